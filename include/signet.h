/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet.h: libsignet, the client library of Signet.
 *
 * A program asks signetd, over its unix socket, for the tokens and keys of
 * this machine and for signatures made by them; it verifies signatures without
 * signetd.  Private keys and PINs are never in the program.
 *
 * Calls	Every function that returns int gives 0, or one of the negative
 *		SIGNET_ERR_* numbers.  Out-parameters come last and are written
 *		only on success.
 * Errors	A client, a request and a verifier each keep the error of their
 *		last failed call: signet_client_error() and the like.
 * Ownership	An object is freed by the function of its name; NULL is allowed.
 *		Texts and bytes that an object gives belong to it and stay as
 *		long as it does.  Arguments are copied, unless it says
 *		otherwise.
 * Lists	xxx_at(list, i) and the like give NULL behind the end.
 * Blocking	signet_client_status(), _metrics(), _tokens(), _keys(), _sign(),
 *		_signature(), _cancel(), _pin(), signet_events_open(), _next()
 *		and signet_verify_*() block; all but the last two for no longer
 *		than the client's time limit.
 * Threads	Different objects may be used by different threads at a time;
 *		one object by one thread at a time.
 * Text		UTF-8.  Labels and names come from tokens and files: they may
 *		hold control characters.
 */
#ifndef SIGNET_H
#define SIGNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Error numbers.  They are stable; a newer signetd may send others, which
 * arrive as SIGNET_ERR_INTERNAL with their word in signet_error_word().
 */
enum signet_err {
	SIGNET_OK = 0,
	/* refusals: what was asked for cannot or may not be done */
	SIGNET_ERR_MALFORMED = -1,
	SIGNET_ERR_TOO_LARGE = -2,
	SIGNET_ERR_CALLER_UNKNOWN = -3,
	SIGNET_ERR_NOT_ALLOWED = -4,
	SIGNET_ERR_NO_SUCH_ROUTE = -5,
	SIGNET_ERR_METHOD = -6,
	SIGNET_ERR_MEDIA_TYPE = -7,
	SIGNET_ERR_NO_SUCH_KEY = -8,
	SIGNET_ERR_NO_SUCH_TOKEN = -9,
	SIGNET_ERR_NO_SUCH_REQUEST = -10,
	SIGNET_ERR_AMBIGUOUS = -11,
	SIGNET_ERR_IMPOSSIBLE = -12,
	SIGNET_ERR_EXPIRED = -13,
	SIGNET_ERR_CANCELLED = -14,
	SIGNET_ERR_QUOTA = -15,
	SIGNET_ERR_HEADERS_TOO_LARGE = -16,
	SIGNET_ERR_UNSUPPORTED = -17,
	SIGNET_ERR_FINISHED = -18,
	SIGNET_ERR_CONFIG = -19,
	SIGNET_ERR_USAGE = -20,
	SIGNET_ERR_BAD_SIGNATURE = -21,
	SIGNET_ERR_BAD_CERTIFICATE = -22,
	SIGNET_ERR_CONTENT = -23,
	SIGNET_ERR_DECLINED = -24,
	SIGNET_ERR_NOT_ANSWERED = -25,
	SIGNET_ERR_BANK_REQUEST = -26,
	SIGNET_ERR_REPLAYED = -27,
	SIGNET_ERR_TOKEN_BUSY = -28,
	SIGNET_ERR_IDEMPOTENCY_RUNNING = -29,
	SIGNET_ERR_IDEMPOTENCY_MISMATCH = -30,
	SIGNET_ERR_NO_SUCH_ORIGIN = -31,
	SIGNET_ERR_NO_SUCH_RECORD = -32,
	/* refusals by the token, about a PIN */
	SIGNET_ERR_PIN_WRONG = -40,
	SIGNET_ERR_PIN_LOCKED = -41,
	SIGNET_ERR_PIN_LENGTH = -42,
	SIGNET_ERR_PIN_SOURCE = -43,
	SIGNET_ERR_NOT_LOGGED_IN = -44,
	SIGNET_ERR_NOT_UNATTENDED = -45,
	/* faults: module, device, time, this machine */
	SIGNET_ERR_MODULE = -60,
	SIGNET_ERR_MODULE_LOAD = -61,
	SIGNET_ERR_WORKER_LOST = -62,
	SIGNET_ERR_TOKEN_GONE = -63,
	SIGNET_ERR_DEADLINE = -64,
	SIGNET_ERR_MISMATCH = -65,
	SIGNET_ERR_PROTOCOL = -66,
	SIGNET_ERR_IO = -67,
	SIGNET_ERR_NO_MEMORY = -68,
	SIGNET_ERR_CRYPTO = -69,
	SIGNET_ERR_NOT_DURABLE = -70,
	SIGNET_ERR_SHUTTING_DOWN = -71,
	SIGNET_ERR_NO_DAEMON = -72,
	SIGNET_ERR_STARTING = -73,
	SIGNET_ERR_PROMPT = -74,
	SIGNET_ERR_TIME_STAMP = -75,
	/* bugs: ours */
	SIGNET_ERR_INTERNAL = -99
};

enum signet_kind {
	SIGNET_REFUSAL, /* policy, user, PIN, bad input */
	SIGNET_FAULT,	/* module, device, time, this machine */
	SIGNET_BUG	/* of Signet */
};

enum signet_format {
	SIGNET_RAW, /* the signature alone */
	SIGNET_JWS, /* RFC 7515 compact; detached: RFC 7797 */
	SIGNET_CMS  /* RFC 5652 SignedData, DER */
};

struct signet_client;	 /* a connection to signetd */
struct signet_error;	 /* why a call failed */
struct signet_status;	 /* what signetd says about itself */
struct signet_module;	 /* a PKCS#11 module, part of a status */
struct signet_metrics;	 /* what signetd counts */
struct signet_tokens;	 /* list of tokens */
struct signet_token;
struct signet_keys;	 /* list of keys */
struct signet_key;
struct signet_origins;	 /* list of pages that the user has allowed */
struct signet_origin;
struct signet_request;	 /* what is to be signed, and how */
struct signet_signature; /* the answer */
struct signet_events;	 /* what happens, as it happens */
struct signet_event;
struct signet_pin;	 /* how the PINs of a token stand */
struct signet_made_key;	 /* a key that was made, or got its certificate */
struct signet_verifier;	 /* what a signature is verified with */
struct signet_report;	 /* the verdict */

/* "1.2.3": the version of the library. */
const char *signet_version(void);

/* --- client -------------------------------------------------------------- */

/*
 * A client that is not connected yet.  Starts no thread, installs no signal
 * handler, raises no SIGPIPE.  SIGNET_ERR_NO_MEMORY.
 */
int signet_client_new(struct signet_client **out);
void signet_client_free(struct signet_client *c);

/*
 * Absolute path of signetd's socket.  Without this call: $SIGNET_SOCKET, else
 * $XDG_RUNTIME_DIR/signet/signetd.sock, else ~/.cache/signet/signetd.sock.
 * SIGNET_ERR_CONFIG: it is not absolute or too long for a socket.
 */
int signet_client_set_socket(struct signet_client *c, const char *path);

/* The socket's path, as it is or would be used; "" when there is none. */
const char *signet_client_socket(struct signet_client *c);

/*
 * The longest time that one call may take, in milliseconds; 0 is no limit.
 * Without this call five minutes, and no limit for what a person may have to
 * answer, signet_client_sign() and signet_client_pin(): signetd has its own.
 */
void signet_client_set_timeout(struct signet_client *c, unsigned int ms);

/* Why the last failed call failed; until the client's next call. */
const struct signet_error *signet_client_error(struct signet_client *c);

/* --- error --------------------------------------------------------------- */

/* SIGNET_ERR_*. */
int signet_error_code(const struct signet_error *e);
enum signet_kind signet_error_kind(const struct signet_error *e);
/* The end of the problem type: "no-such-key". */
const char *signet_error_word(const struct signet_error *e);
/* One line about this sort of error. */
const char *signet_error_title(const struct signet_error *e);
/* What happened here, and what to do; may be "". */
const char *signet_error_detail(const struct signet_error *e);
/* The PKCS#11 result, "CKR_DEVICE_ERROR"; NULL when none was at fault. */
const char *signet_error_ckr(const struct signet_error *e);
/* Id of the request that failed; NULL when it had none. */
const char *signet_error_request(const struct signet_error *e);
/* True when the same call again signs nothing twice and costs no PIN try. */
bool signet_error_retry(const struct signet_error *e);
/* The RFC 9457 problem document: as received, or made of the above. */
const char *signet_error_json(const struct signet_error *e);

/* --- status -------------------------------------------------------------- */

/* Ask for the status (GET /v1/status). */
int signet_client_status(struct signet_client *c, struct signet_status **out);
void signet_status_free(struct signet_status *s);
const char *signet_status_json(const struct signet_status *s);
const char *signet_status_version(const struct signet_status *s);
/* "starting", "ready" or "draining". */
const char *signet_status_state(const struct signet_status *s);
/* Why it is not well, in words; NULL behind the last reason. */
const char *signet_status_reason(const struct signet_status *s, size_t i);
int64_t signet_status_uptime(const struct signet_status *s); /* seconds */
int64_t signet_status_tokens(const struct signet_status *s);
/* Requests that wait. */
int64_t signet_status_queue(const struct signet_status *s);
/* The limit of that name; -1 when there is none. */
int64_t signet_status_limit(const struct signet_status *s, const char *name);
/* Of pages at the loopback: "off", "listening", "failed"; NULL: not told. */
const char *signet_status_loopback(const struct signet_status *s);
int64_t signet_status_loopback_port(const struct signet_status *s);
/* Why it failed; NULL when it did not. */
const char *signet_status_loopback_error(const struct signet_status *s);
/* Origins of pages that may ask, by any way in; NULL behind the last one. */
const char *signet_status_page(const struct signet_status *s, size_t i);
const struct signet_module *signet_status_module(const struct signet_status *s,
						 size_t i);
const char *signet_module_name(const struct signet_module *m);
const char *signet_module_path(const struct signet_module *m);
/* "starting", "ready" or "failed". */
const char *signet_module_state(const struct signet_module *m);
/* What the module says of itself; may be "". */
const char *signet_module_description(const struct signet_module *m);
/* "0.23": of the library, as it says; may be "". */
const char *signet_module_version(const struct signet_module *m);
int64_t signet_module_workers(const struct signet_module *m);
int64_t signet_module_restarts(const struct signet_module *m);
/* Detail of its last error; NULL when it had none. */
const char *signet_module_error(const struct signet_module *m);

/* --- metrics ------------------------------------------------------------- */

/*
 * What signetd counts (GET /metrics): text in the format of Prometheus,
 * version 0.0.4.
 */
int signet_client_metrics(struct signet_client *c, struct signet_metrics **out);
void signet_metrics_free(struct signet_metrics *m);
const char *signet_metrics_text(const struct signet_metrics *m);

/* --- tokens -------------------------------------------------------------- */

/* Ask for the tokens (GET /v1/tokens). */
int signet_client_tokens(struct signet_client *c, struct signet_tokens **out);
/* The same, and those that are not initialised (?uninitialized=true). */
int signet_client_all_tokens(struct signet_client *c,
			     struct signet_tokens **out);
void signet_tokens_free(struct signet_tokens *t);
const char *signet_tokens_json(const struct signet_tokens *t);
const struct signet_token *signet_tokens_at(const struct signet_tokens *t,
					    size_t i);
/* What the answer has of it, as a JSON object. */
const char *signet_token_json(const struct signet_token *t);
/* Its PKCS#11 URI (RFC 7512). */
const char *signet_token_uri(const struct signet_token *t);
const char *signet_token_label(const struct signet_token *t);
const char *signet_token_serial(const struct signet_token *t);
const char *signet_token_manufacturer(const struct signet_token *t);
const char *signet_token_model(const struct signet_token *t);
/* Name of the module in the configuration. */
const char *signet_token_module(const struct signet_token *t);
/* Name of the slot or reader; may be "". */
const char *signet_token_slot(const struct signet_token *t);
/* "ready", "logged-in", "failed" or "uninitialized". */
const char *signet_token_state(const struct signet_token *t);
/* "ok", "count-low", "final-try", "locked" or "uninitialized". */
const char *signet_token_pin(const struct signet_token *t);
bool signet_token_login_required(const struct signet_token *t);
/* The PIN is typed on the reader. */
bool signet_token_pinpad(const struct signet_token *t);
/* It signs without anybody being asked. */
bool signet_token_unattended(const struct signet_token *t);
int64_t signet_token_keys(const struct signet_token *t);
/* Why it failed; NULL when it did not. */
const char *signet_token_error(const struct signet_token *t);

/* --- events -------------------------------------------------------------- */

/*
 * Listen to what happens (GET /v1/events): tokens and keys that come and go,
 * requests of this user, modules that fail (docs/events.md).  types is a list
 * of the types that are wanted, with commas between; NULL: all.  after is the
 * id behind which to go on, of an earlier signet_event_id(); NULL: begin with
 * what is there.  Of c only the socket is used, and only now.  Waits for
 * signetd no longer than the client's time limit.
 * SIGNET_ERR_NO_DAEMON, _MALFORMED (a type that is none), _QUOTA.
 */
int signet_events_open(struct signet_client *c, const char *types,
		       const char *after, struct signet_events **out);
void signet_events_close(struct signet_events *e);

/*
 * Wait for the next event, at most ms milliseconds; 0 is no limit.  *out stays
 * until the next call.  When signetd goes away there is one event
 * "disconnected"; then it is connected to again, without an end, and "live"
 * tells that it is back: what happened in between follows, unless "lost" says
 * that it is not known.
 * SIGNET_ERR_DEADLINE: nothing happened; call again.  What else fails is final.
 */
int signet_events_next(struct signet_events *e, unsigned int ms,
		       const struct signet_event **out);

/* Why the last signet_events_next() failed; until the next. */
const struct signet_error *signet_events_error(struct signet_events *e);

/* "token-inserted", ..., "live", "lost", "disconnected". */
const char *signet_event_type(const struct signet_event *e);
/* Where to go on behind it; NULL when it has no place in the order. */
const char *signet_event_id(const struct signet_event *e);
/* It did not happen now: it is there. */
bool signet_event_snapshot(const struct signet_event *e);
/* A member that is a text, or a number; NULL, or -1, when there is none. */
const char *signet_event_text(const struct signet_event *e, const char *name);
int64_t signet_event_number(const struct signet_event *e, const char *name);
/* Detail of its error; NULL when it has none. */
const char *signet_event_error(const struct signet_event *e);
/* The whole event, as a JSON object. */
const char *signet_event_json(const struct signet_event *e);

/* --- pages --------------------------------------------------------------- */

/*
 * Ask for the pages that this user has allowed to ask for signatures (GET
 * /v1/origins).
 */
int signet_client_origins(struct signet_client *c,
			  struct signet_origins **out);
void signet_origins_free(struct signet_origins *o);
const char *signet_origins_json(const struct signet_origins *o);
const struct signet_origin *signet_origins_at(const struct signet_origins *o,
					      size_t i);
/* "https://bank.example" */
const char *signet_origin_name(const struct signet_origin *o);
/* "page": the user, asked in a dialog; "program": by a program. */
const char *signet_origin_by(const struct signet_origin *o);
/* RFC 3339. */
const char *signet_origin_since(const struct signet_origin *o);

/*
 * Allow a page (POST /v1/origins): the program has the user's consent, who is
 * not asked.  SIGNET_ERR_MALFORMED, _NOT_ALLOWED (no rule would know it),
 * _QUOTA, _NOT_DURABLE.
 */
int signet_client_origin_allow(struct signet_client *c, const char *origin);
/*
 * Take it back (DELETE /v1/origins): at once, also for what it has asked for.
 * SIGNET_ERR_NO_SUCH_ORIGIN; SIGNET_ERR_NOT_DURABLE: until signetd is started
 * anew.
 */
int signet_client_origin_revoke(struct signet_client *c, const char *origin);

/* --- PINs ---------------------------------------------------------------- */

enum signet_pin_operation {
	SIGNET_PIN_STATUS,    /* only look */
	SIGNET_PIN_CHANGE,    /* of the user, by the old one */
	SIGNET_PIN_UNBLOCK,   /* a new one, by that of the security officer */
	SIGNET_PIN_INITIALIZE /* the token: all that is on it is lost */
};

/*
 * Look at the PINs of a token, or have its holder change them (POST
 * /v1/pin-operations).  PINs are typed in a dialog of signetd's, or on the
 * reader: the program never has them.  token is its URI; NULL: the only one
 * there is, else SIGNET_ERR_AMBIGUOUS.  label is that of a token to be
 * initialised, else NULL.
 * SIGNET_ERR_PIN_WRONG, _PIN_LOCKED, _PIN_LENGTH, _DECLINED, _NOT_ANSWERED,
 * _TOKEN_BUSY, _NOT_ALLOWED (the token is unattended), _PROMPT.
 */
int signet_client_pin(struct signet_client *c,
		      enum signet_pin_operation operation, const char *token,
		      const char *label, struct signet_pin **out);
void signet_pin_free(struct signet_pin *p);
const char *signet_pin_json(const struct signet_pin *p);
/* Its URI; NULL when it was initialised, and has another one now. */
const char *signet_pin_token(const struct signet_pin *p);
const char *signet_pin_label(const struct signet_pin *p);
/* Of the user: "ok", "count-low", "final-try", "locked", "uninitialized". */
const char *signet_pin_state(const struct signet_pin *p);
/* Of the security officer: "ok", "count-low", "final-try", "locked". */
const char *signet_pin_so_state(const struct signet_pin *p);
/* PINs are typed on the reader. */
bool signet_pin_pinpad(const struct signet_pin *p);
/* The least and most characters of a PIN. */
int64_t signet_pin_min(const struct signet_pin *p);
int64_t signet_pin_max(const struct signet_pin *p);

/* --- new keys ------------------------------------------------------------ */

/*
 * Have a key pair made on a token (POST /v1/key-operations), under a CKA_ID in
 * hexadecimal; on a card it takes the place of the key that is there.  type is
 * "p256" or "rsa2048"; token as of signet_client_pin(); label may be NULL.
 * SIGNET_ERR_IMPOSSIBLE: its module cannot, and the error names the program
 * that can, or (of tokens without places) there is a key of that id; else as
 * signet_client_pin().
 */
int signet_client_key_generate(struct signet_client *c, const char *token,
			       const char *id, const char *type,
			       const char *label, struct signet_made_key **out);
/*
 * Bring the certificate in a file, PEM or DER, to the key of that id.
 * SIGNET_ERR_BAD_CERTIFICATE: it is none, or another key's; else as above.
 */
int signet_client_key_certificate(struct signet_client *c, const char *token,
				  const char *id, const char *path,
				  const char *label,
				  struct signet_made_key **out);
void signet_made_key_free(struct signet_made_key *k);
const char *signet_made_key_json(const struct signet_made_key *k);
/* The token's URI; the CKA_ID in hexadecimal. */
const char *signet_made_key_token(const struct signet_made_key *k);
const char *signet_made_key_id(const struct signet_made_key *k);
/* SubjectPublicKeyInfo (RFC 5280 4.1.2.7), DER in base64. */
const char *signet_made_key_public(const struct signet_made_key *k);

/* --- keys ---------------------------------------------------------------- */

/*
 * Ask for the keys (GET /v1/keys): those of the token of that URI, whose
 * certificate's issuer contains that text, and whose certificate has that
 * extended usage.  NULL is any; the list may be empty.
 */
int signet_client_keys(struct signet_client *c, const char *token,
		       const char *issuer, const char *purpose,
		       struct signet_keys **out);
void signet_keys_free(struct signet_keys *k);
const char *signet_keys_json(const struct signet_keys *k);
const struct signet_key *signet_keys_at(const struct signet_keys *k, size_t i);
/* Its PKCS#11 URI: what signet_request_set_key() takes. */
const char *signet_key_uri(const struct signet_key *k);
/* URI of its token. */
const char *signet_key_token(const struct signet_key *k);
const char *signet_key_label(const struct signet_key *k);
const char *signet_key_id(const struct signet_key *k); /* CKA_ID, hex */
/* "RSA", "EC" or "OKP". */
const char *signet_key_type(const struct signet_key *k);
int64_t signet_key_size(const struct signet_key *k); /* bits */
/* "P-256"; NULL for RSA. */
const char *signet_key_curve(const struct signet_key *k);
/* The i-th algorithm it can do, by its JOSE name. */
const char *signet_key_algorithm(const struct signet_key *k, size_t i);
/* The PIN is asked for before every signature. */
bool signet_key_always_authenticate(const struct signet_key *k);
/* DER SubjectPublicKeyInfo; its length in *len. */
const unsigned char *signet_key_public_key(const struct signet_key *k,
					   size_t *len);
/* DER; NULL and 0 when the key has no certificate. */
const unsigned char *signet_key_certificate(const struct signet_key *k,
					    size_t *len);
/* Of the certificate; NULL without one. Times are RFC 3339. */
const char *signet_key_subject(const struct signet_key *k);
const char *signet_key_issuer(const struct signet_key *k);
const char *signet_key_serial(const struct signet_key *k);
const char *signet_key_not_before(const struct signet_key *k);
const char *signet_key_not_after(const struct signet_key *k);
/* base64url SHA-256 of the certificate. */
const char *signet_key_thumbprint(const struct signet_key *k);
const char *signet_key_usage(const struct signet_key *k, size_t i);
const char *signet_key_extended_usage(const struct signet_key *k, size_t i);
/* The i-th thing a person should know ("expires in 3 days"). */
const char *signet_key_warning(const struct signet_key *k, size_t i);

/* --- signing ------------------------------------------------------------- */

/*
 * A request: CMS, detached, with the one usable key there is, its own
 * algorithm, and no content yet.  It may be used for several calls.
 * A set function gives SIGNET_ERR_NO_MEMORY, or what it names.
 */
int signet_request_new(struct signet_request **out);
void signet_request_free(struct signet_request *r);
/* A PKCS#11 URI; NULL: the only key there is, else SIGNET_ERR_AMBIGUOUS. */
int signet_request_set_key(struct signet_request *r, const char *uri);
/* A JOSE name ("ES256", "PS256"); NULL: what fits the key. */
int signet_request_set_algorithm(struct signet_request *r, const char *name);
/* Sets detached too: true for CMS and raw, false for JWS. */
void signet_request_set_format(struct signet_request *r,
			       enum signet_format format);
void signet_request_set_detached(struct signet_request *r, bool detached);
/* ECDSA, SIGNET_RAW: r||s (IEEE P1363) instead of DER. */
void signet_request_set_p1363(struct signet_request *r, bool p1363);
/* "application/octet-stream" without this call. */
int signet_request_set_media_type(struct signet_request *r, const char *type);
/* The content's name, as the person who approves sees it; NULL: none. */
int signet_request_set_name(struct signet_request *r, const char *name);
/* Seconds since 1970 after which it may not be signed any more; 0: never. */
void signet_request_set_expires(struct signet_request *r, int64_t when);
/* Answer at once, do not wait: see signet_client_signature(). */
void signet_request_set_async(struct signet_request *r, bool async);

/*
 * Make a batch: from now on the set functions of the content, its media type
 * and its name are about one more item.  All items, at most 1000, are signed by
 * the same key in the same way under one approval: whoever is asked sees them
 * all, and a PIN is typed once.  SIGNET_ERR_TOO_LARGE.
 */
int signet_request_add(struct signet_request *r);
/* Take the last item away again; of the only one, what was set. */
void signet_request_drop(struct signet_request *r);

/*
 * The content, at most 64 MiB.  Exactly one of these five; a later one takes
 * the place of an earlier one.
 * bytes are borrowed: they have to stay until the last call with the request.
 */
void signet_request_set_bytes(struct signet_request *r, const void *bytes,
			      size_t len);
/*
 * A file, opened now, read while it is sent: it is never in memory whole.
 * SIGNET_ERR_IO, SIGNET_ERR_TOO_LARGE.  A pipe or a device is read to its end
 * now, into memory; this blocks.
 */
int signet_request_set_file(struct signet_request *r, const char *path);
/* The same for an open descriptor; a file is read from its beginning. It is
 * borrowed, and has to stay open until the last call with the request. */
int signet_request_set_fd(struct signet_request *r, int fd);
/* Only a digest, by "sha-256", "sha-384" or "sha-512": a blind request. */
int signet_request_set_digest(struct signet_request *r, const char *algorithm,
			      const void *digest, size_t len);

/*
 * A payment: the text of one JSON object (docs/content.md), at most 128 KiB,
 * which is copied.  Its media type is given by that; what is signed is its
 * canonical form (RFC 8785).  SIGNET_ERR_CONTENT: it is no JSON object.
 */
int signet_request_set_payment(struct signet_request *r, const char *json,
			       size_t len);
/* That canonical form: the content of the signature; NULL: it is no payment. */
const unsigned char *signet_request_payment(struct signet_request *r,
					    size_t *len);

/*
 * Write the signature to this blocking descriptor while it arrives; -1: keep it
 * in the answer.  For a signature that holds a large content.  After a failure
 * what is written there is not a signature.  A batch has none.
 */
void signet_request_set_output(struct signet_request *r, int fd);

/* Why the last set function of this request failed. */
const struct signet_error *signet_request_error(struct signet_request *r);

/*
 * Sign (POST /v1/signatures).  Not sent a second time by itself, whatever
 * happens: when the connection breaks the result is SIGNET_ERR_PROTOCOL, and it
 * is not known whether there was a signature.
 * Somebody may have to answer a dialog first; the end of the program withdraws
 * it.
 * SIGNET_ERR_IO: the content cannot be read, has changed while it was read, or
 * the output cannot be written.
 * SIGNET_ERR_DECLINED, _NOT_ANSWERED, _PIN_WRONG, _PIN_LOCKED: the person who
 * was asked.  _NOT_ALLOWED: the policy; the detail says why.
 */
int signet_client_sign(struct signet_client *c, const struct signet_request *r,
		       struct signet_signature **out);
/*
 * What was signed of a batch whose signet_client_sign() failed, the first items
 * in their order; NULL: nothing.  Belongs to the client, until its next call.
 */
const struct signet_signature *signet_client_partial(
	const struct signet_client *c);
/* The state and result of a request by its id (GET /v1/signatures/{id}). */
int signet_client_signature(struct signet_client *c, const char *id,
			    struct signet_signature **out);
/* Cancel a request (DELETE). SIGNET_ERR_FINISHED: it is too late. */
int signet_client_cancel(struct signet_client *c, const char *id);

void signet_signature_free(struct signet_signature *s);
/* The answer; without "signature" when that went to the output, and without
 * the "items" of a batch. */
const char *signet_signature_json(const struct signet_signature *s);
const char *signet_signature_id(const struct signet_signature *s);
/* "released", or how far it is: "received", "approved", "signing", ... */
const char *signet_signature_state(const struct signet_signature *s);
/* These are "" until it is released. */
const char *signet_signature_key(const struct signet_signature *s);
const char *signet_signature_algorithm(const struct signet_signature *s);
const char *signet_signature_format(const struct signet_signature *s);
/* Raw bytes, DER (CMS) or ASCII (JWS); NULL when it went to the output or is
 * not released. Its length in *len, also when it went to the output. */
const unsigned char *signet_signature_bytes(const struct signet_signature *s,
					    size_t *len);
/* Items of the batch, and how many of them are signed; 1, and 0 or 1, when it
 * is none. */
size_t signet_signature_count(const struct signet_signature *s);
size_t signet_signature_signed(const struct signet_signature *s);
/* The signature of the i-th item, as signet_signature_bytes(). */
const unsigned char *signet_signature_item(const struct signet_signature *s,
					   size_t i, size_t *len);
/* The i-th certificate, DER, the signer's first. */
const unsigned char *signet_signature_certificate(
	const struct signet_signature *s, size_t i, size_t *len);

/* --- verifying ----------------------------------------------------------- */

/*
 * What a signature is verified with.  Needs no signetd.  Verdicts are in the
 * words of ETSI EN 319 102-1; without a CA no signature passes.
 * The functions that read a file give SIGNET_ERR_IO, SIGNET_ERR_TOO_LARGE
 * (128 MiB), SIGNET_ERR_BAD_CERTIFICATE, SIGNET_ERR_NO_MEMORY.
 */
int signet_verifier_new(struct signet_verifier **out);
void signet_verifier_free(struct signet_verifier *v);
const struct signet_error *signet_verifier_error(struct signet_verifier *v);
/* CA certificates that are relied on: PEM, one or more, or one in DER. */
int signet_verifier_add_ca_file(struct signet_verifier *v, const char *path);
/* Revocation lists, likewise.  With any, a signer that none of them tells
 * about is not good. */
int signet_verifier_add_crl_file(struct signet_verifier *v, const char *path);
/* The signer, for a signature that carries no certificate: a certificate or a
 * public key; PEM or DER.  Further certificates in it may help the chain. */
int signet_verifier_set_certificate_file(struct signet_verifier *v,
					 const char *path);
/* The content of a detached signature; of this descriptor, to its end. */
int signet_verifier_set_content_file(struct signet_verifier *v,
				     const char *path);
int signet_verifier_set_content_fd(struct signet_verifier *v, int fd);
/* JOSE name, for a raw signature; NULL: whichever the key can do.
 * SIGNET_ERR_UNSUPPORTED: there is no such algorithm. */
int signet_verifier_set_algorithm(struct signet_verifier *v, const char *name);
/* Judge as of this time, seconds since 1970; without this call: now. */
void signet_verifier_set_time(struct signet_verifier *v, int64_t when);

/*
 * Verify: CMS (DER or PEM), JWS (compact) or raw, told apart by their first
 * bytes.  0 whenever there is a verdict, whatever it is: look at
 * signet_report_passed().
 */
int signet_verify_bytes(struct signet_verifier *v, const void *signature,
			size_t len, struct signet_report **out);
int signet_verify_file(struct signet_verifier *v, const char *path,
		       struct signet_report **out);
int signet_verify_fd(struct signet_verifier *v, int fd,
		     struct signet_report **out);

void signet_report_free(struct signet_report *r);
/* The report as a JSON object. */
const char *signet_report_json(const struct signet_report *r);
bool signet_report_passed(const struct signet_report *r);
/* "TOTAL-PASSED", "TOTAL-FAILED" or "INDETERMINATE". */
const char *signet_report_verdict(const struct signet_report *r);
/* Its reason in the words of the standard, "REVOKED"; "" when it passed. */
const char *signet_report_sub(const struct signet_report *r);
/* The same as a sentence. */
const char *signet_report_text(const struct signet_report *r);
enum signet_format signet_report_format(const struct signet_report *r);
/* These are "" when they are not known. */
const char *signet_report_algorithm(const struct signet_report *r);
const char *signet_report_signer(const struct signet_report *r);
const char *signet_report_issuer(const struct signet_report *r);
const char *signet_report_serial(const struct signet_report *r);
/* As the signer says: nobody vouches for it.  RFC 3339, or "". */
const char *signet_report_signing_time(const struct signet_report *r);

#ifdef __cplusplus
}
#endif

#endif
