/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange: one HTTP request and its answer, without the HTTP library.
 *
 * A handler gets the exchange when its body is there.  It answers at once, or
 * keeps it and answers from a later callback of the loop.
 */
#ifndef SIGNET_API_EXCHANGE_H
#define SIGNET_API_EXCHANGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "api/body.h"
#include "base/buf.h"
#include "base/err.h"
#include "broker/broker.h"

struct api;
struct exchange;
struct key_operation;
struct own_records;
struct pairing;
struct pin_operation;

/* Text of an answer: the largest are the lists of keys. */
#define EXCHANGE_TEXT_MAX (256u * 1024 * 1024)

struct exchange {
	struct api *api;
	struct broker *broker;
	const struct caller *caller; /* of its connection */
	void *http;		     /* of http.c */
	const struct route *route;
	char argument[64];	     /* the {id} of the path */
	struct request *request;     /* counted; signatures only */
	struct stream *stream;	     /* of stream.c; NULL: an ordinary answer */
	struct pin_operation *pin_operation; /* owned by who runs it */
	struct key_operation *key_operation; /* the same */
	struct pairing *pairing;     /* the same */
	struct own_records *own_records; /* the same */
	struct body *body;	     /* POST only */
	struct error failure;	     /* found while the body arrived */
	uint8_t digest[32];	     /* SHA-256 of the body; see digested */
	bool digested;		     /* it has an Idempotency-Key */
	bool async;		     /* Prefer: respond-async (RFC 7240) */
	bool answered;
	struct broker_waiter waiter;
	bool waiting;
	void (*then)(struct exchange *x); /* of exchange_wait() */
	/* The client has gone while the answer was awaited. */
	void (*gone)(struct exchange *x);
};

/*
 * A large result inside an answer: text before, the bytes (as base64, or as
 * they are), text behind.
 */
struct exchange_large {
	struct slice bytes;
	bool b64;
	struct buf tail;
};

/*
 * Answer with JSON text, which is taken over and left empty.  Exactly once an
 * exchange; it must not be used afterwards.
 */
void exchange_answer(struct exchange *x, unsigned status, struct buf *json);

/* The same with text of another kind. */
void exchange_answer_text(struct exchange *x, unsigned status,
			  const char *media_type, struct buf *text);

/* The same with a Location field. */
void exchange_answer_location(struct exchange *x, unsigned status,
			      struct buf *json, const char *location);

/*
 * json is what stands before the bytes; the request, whose they are, is kept
 * until all is sent.
 */
void exchange_answer_large(struct exchange *x, unsigned status,
			   struct buf *json, struct exchange_large *large,
			   struct request *owner);

/* Answer with a problem document; request may be NULL. */
void exchange_refuse(struct exchange *x, const struct error *e,
		     const char *request);

/* What an answer without an end is made of, see exchange_stream(). */
struct exchange_source {
	/*
	 * The next bytes into out[max]: how many; 0 when there are none now,
	 * until exchange_stream_wake(); EXCHANGE_STREAM_END.
	 */
	ssize_t (*read)(void *arg, char *out, size_t max);
	/* The client has gone, or all is sent: called once, whatever ends. */
	void (*closed)(void *arg);
	void *arg;
};
#define EXCHANGE_STREAM_END (-1)

/*
 * Answer 200 and send what source gives, as long as the client takes it: one
 * that takes nothing for LIMIT_IDLE_SECONDS is cut.
 */
void exchange_stream(struct exchange *x, const char *media_type,
		     const struct exchange_source *source);
/* There is something to read again. */
void exchange_stream_wake(struct exchange *x);
/* Close the connection at once: closed() is called in a later turn. */
void exchange_stream_cut(struct exchange *x);

/* The body of a request; as body_json(), and what was wrong before its end. */
int exchange_json(const struct exchange *x, json_t **out, struct error *e)
	MUST_CHECK;
/* Query argument and header field; NULL when it is not there. */
const char *exchange_query(const struct exchange *x, const char *name);
const char *exchange_header(const struct exchange *x, const char *name);

/*
 * Who asks for what there may be waits a little for modules that are starting,
 * see broker_wait(): true when then() will be called later.
 */
bool exchange_wait(struct exchange *x, const char *uri, unsigned ms,
		   void (*then)(struct exchange *x)) MUST_CHECK;

#endif
