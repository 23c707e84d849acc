/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits: every amount that a peer controls, with the reason for its size.
 *
 * GET /v1/status lists those a client can meet; docs/limits.md is made of
 * these comments.
 */
#ifndef SIGNET_BASE_LIMITS_H
#define SIGNET_BASE_LIMITS_H

/* Content of a signature: the largest payment files of a bank's back office
 * are some tens of MiB; it streams to a file, so this costs no memory. */
#define LIMIT_CONTENT (64u * 1024 * 1024)

/* The body of a request less its content: JSON members and their names; the
 * payments of a batch are members, up to 1 KiB each. */
#define LIMIT_BODY_MEMBERS (1024u * 1024)

/* Content up to this stays in memory and is hashed at once in the loop:
 * 16 KiB of SHA-256 are 10 to 40 us. Above it a compute thread does it. */
#define LIMIT_CONTENT_INLINE (16u * 1024)

/* Ed25519 needs the whole message on the token, in one frame. */
#define LIMIT_EDDSA_MESSAGE (1024u * 1024)

/* A frame between signetd and a worker: the largest message and its fields. */
#define LIMIT_FRAME (LIMIT_EDDSA_MESSAGE + 64u * 1024)

/* Request line and header fields of one HTTP request. */
#define LIMIT_HTTP_HEADER (16u * 1024)

/* Connections: enough for 10,000 idle keep-alive clients and some more. */
#define LIMIT_CONNECTIONS 12000u

/* Seconds in which a connection must make progress, or it is closed. */
#define LIMIT_IDLE_SECONDS 60u

/* Requests that may wait for one token; one more is answered with 429. */
#define LIMIT_QUEUE 1024u

/* Milliseconds a request may wait for its token, unless it says "expires". */
#define LIMIT_WAIT_MS 60000u

/* Milliseconds a list, or a signature whose key is not known, waits for
 * modules that are still starting; or whoever names a token, for the next
 * worker of one that had it. */
#define LIMIT_LIST_WAIT_MS 2000u
#define LIMIT_KEY_WAIT_MS 5000u

/* Requests that are remembered after their end, for GET /v1/signatures/{id}:
 * those that were to be asked for later, and those that were answered at once,
 * which nobody may miss.  One of either takes some 15 KiB. */
#define LIMIT_FINISHED 256u
#define LIMIT_FINISHED_ANSWERED 16u

/* Items, 3 KiB each, that the requests of either kind may have together: one
 * batch of LIMIT_BATCH, or many small ones. */
#define LIMIT_FINISHED_ITEMS 1000u

/* Sign requests sent to one shard before its answers are in: the next one is
 * already there when it has finished one. */
#define LIMIT_PIPELINE 16u

/* Signatures under one approval: a day's payments of a small business. */
#define LIMIT_BATCH 1000u

/* A content that is shown is parsed in memory; larger ones are blind. */
#define LIMIT_SHOWN (4u * 1024 * 1024)

/* Lines of one content, and bytes of one value: what a person can read. */
#define LIMIT_LINES 4096u
#define LIMIT_VALUE 1024u

/* A payment as JSON: its twelve fields with every character escaped. */
#define LIMIT_PAYMENT (128u * 1024)

/* A request that a bank signed: it is read before its signature is known to
 * be good, and JSON takes much more memory than it has bytes. */
#define LIMIT_BANK_REQUEST (256u * 1024)

/* The nonce of a sign-in, as Web eID has it: 256 bits are 44 characters. */
#define LIMIT_CHALLENGE_LEAST 44u
#define LIMIT_CHALLENGE 128u

/* A native message of a browser extension, both ways: browsers take 1 MiB of
 * a host, and a request without its content has no more. Those of Web eID
 * have a limit of their own protocol; no JSON object of use has less than
 * 5 bytes. */
#define LIMIT_NATIVE_MESSAGE (1024u * 1024)
#define LIMIT_WEBEID_MESSAGE 8192u
#define LIMIT_NATIVE_LEAST 5u

/* Requests that one extension's port has under way: a page asks for one thing,
 * and listens. */
#define LIMIT_NATIVE_CALLS 32u

/* Seconds from iat to exp of a bank's request, and how much of them the
 * bank's clock may be ahead: what was asked for yesterday is not meant now. */
#define LIMIT_BANK_LIFE_SECONDS 3600u
#define LIMIT_BANK_SKEW_SECONDS 60u

/* One record of evidence: what the contents of a request show, at most, and
 * its names. */
#define LIMIT_RECORD (96u * 1024 * 1024)

/* Kept with a record: a content that was shown, and a signature as released.
 * Larger signatures hold a large content; their digest is kept. */
#define LIMIT_EVIDENCE_SIGNATURE (1024u * 1024)

/* Kept with a record: what a supervisor or a signer signed to agree, as JWS.
 * Of a larger one the digest is kept. */
#define LIMIT_EVIDENCE_APPROVAL (2u * 1024 * 1024)

/* Records of requests without a signature that wait for a disk that is full;
 * of more, only the number is kept. */
#define LIMIT_EVIDENCE_WAITING 1000u

/* Milliseconds that the end of signetd waits for a token to sign the last
 * checkpoint. */
#define LIMIT_LAST_CHECKPOINT_MS 2000u

/* GET /v1/evidence: records in one answer, and bytes of them together, unless
 * it is the first; a record that is larger than LIMIT_OWN_RECORD is told with
 * its hash only (signet evidence show has it). */
#define LIMIT_OWN_RECORDS 100u
#define LIMIT_OWN_BYTES (1024u * 1024)
#define LIMIT_OWN_RECORD (8u * 1024 * 1024)

/* Records of others, too, that are looked at for one answer, and milliseconds
 * of it: a compute thread is busy so long. */
#define LIMIT_OWN_ROWS 1000u
#define LIMIT_OWN_MS 20u

/* Who reads the evidence at the same time: one is served, the others wait. */
#define LIMIT_OWN_WAITING 64u

/* What a time-stamping authority answers: a stamp with its certificates has
 * some 6 KiB. */
#define LIMIT_STAMP (64u * 1024)

/* An Idempotency-Key, and the answer that is kept with it. */
#define LIMIT_IDEMPOTENCY_KEY 255u
#define LIMIT_IDEMPOTENCY_ANSWER (4u * 1024 * 1024)

/* Currencies under one approval: a person adds up no more. */
#define LIMIT_CURRENCIES 32u

/* Payees that a batch names; how many more there are is told. */
#define LIMIT_PAYEES 100u

/* XML: depth of elements (pain.001 has 12), bytes of one tag (a parser takes
 * time by the square of its attributes), kinds of elements not shown. */
#define LIMIT_XML_DEPTH 32u
#define LIMIT_XML_TAG 4096u
#define LIMIT_XML_NOT_SHOWN 256u

/* Approvals that may wait for a person, those of one user and of all. */
#define LIMIT_APPROVALS_USER 8u
#define LIMIT_APPROVALS 64u

/* Seconds a person has to answer, unless configured. */
#define LIMIT_PROMPT_SECONDS 120u

/* Dialogs for one request: each wrong PIN costs one. */
#define LIMIT_PROMPTS 3u

/* PINs that are typed for one approval: one a signature where the key asks
 * for it every time. */
#define LIMIT_PINS 16u

/* What signetd tells a prompt: the shown lines of a whole batch, as JSON. */
#define LIMIT_PROMPT_REQUEST (8u * 1024 * 1024)

/* Milliseconds in which that must have come, and what a pinentry may take to
 * start, or to end after its time is over. */
#define LIMIT_PROMPT_READ_MS 10000u
#define LIMIT_PINENTRY_START_MS 10000u
#define LIMIT_PINENTRY_GRACE_MS 2000u

/* Readers: pcsc-lite has room for as many (PCSCLITE_MAX_READERS_CONTEXTS). */
#define LIMIT_READERS 16u
/* Events that are kept for who comes back after a pause: those of everybody,
 * and those of users' requests. A module that fails with a full queue tells
 * LIMIT_QUEUE of these at once, which must not overrun who reads. */
#define LIMIT_EVENTS 256u
#define LIMIT_USER_EVENTS (2u * LIMIT_QUEUE)

/* Bytes of one event: the URI of a key, an error, and their names. */
#define LIMIT_EVENT (16u * 1024)

/* Programs that listen to events, those of one user and all: each of them is
 * looked at for each event. */
#define LIMIT_SUBSCRIBERS_USER 128u
#define LIMIT_SUBSCRIBERS 512u

/* What a listener is told at its beginning: all tokens of all modules. */
#define LIMIT_SNAPSHOT (4u * 1024 * 1024)

/* Seconds after which a listener is sent something if nothing happens. */
#define LIMIT_HEARTBEAT_SECONDS 15u

/* Certificates that are told of in one second to be about to expire. */
#define LIMIT_EXPIRING 32u

/* Connections of pages over the loopback, on each of its two addresses: a
 * browser keeps 6 for an origin. Those beyond wait in the kernel. */
#define LIMIT_PAGE_CONNECTIONS 128u

/* Seconds in which one of these must make progress, or it is closed: it comes
 * from this machine, and takes a place. */
#define LIMIT_PAGE_IDLE_SECONDS 10u

/* The body of a request of a page: an order, a contract, not an archive. */
#define LIMIT_PAGE_BODY (4u * 1024 * 1024)

/* Origins of pages: that users allow, and of developers. Nobody knows more. */
#define LIMIT_PAGES 256u

/* What a page may send that only asks to be allowed: nothing. */
#define LIMIT_CANDIDATE_BODY 1024u

/* Dialogs of one page that were not approved, in a row, before it has to wait:
 * who signs mistypes and thinks again. Pages that ask to be allowed wait from
 * the first one on, and for each other. */
#define LIMIT_REFUSALS 3u

/* Seconds of that wait: it doubles from the first to the last. After as long
 * again without a dialog nothing is remembered. */
#define LIMIT_PATIENCE_FIRST_SECONDS 5u
#define LIMIT_PATIENCE_LAST_SECONDS 600u

/* check: sampled verifies one signature in so many, at least: a worker that has
 * gone wrong is known within a second at a thousand a second. */
#define LIMIT_SAMPLE 1000u

#define LIMIT_RULES 256u	/* in the policy */
#define LIMIT_MODULES 16u	/* in the configuration: each is a process */
#define LIMIT_SHARDS 32u	/* of one module: one for a core is of use */
#define LIMIT_TOKENS 64u	/* of one module */
#define LIMIT_KEYS 16384u	/* of one token */
#define LIMIT_CERTIFICATE (32u * 1024) /* DER bytes of one certificate */
#define LIMIT_CHAIN 8u		/* certificates sent with a signature */
#define LIMIT_SPKI 4096u	/* DER bytes of a public key: RSA-16384 fits */
#define LIMIT_SIGNATURE 2048u	/* bytes: RSA-16384 */
#define LIMIT_LABEL 256u	/* CKA_LABEL, bytes */
#define LIMIT_KEY_ID 128u	/* CKA_ID, bytes */
#define LIMIT_URI 2048u		/* a PKCS#11 URI */
#define LIMIT_NAME 256u		/* name of a content, as shown */
#define LIMIT_PATH 1024u	/* a file name in the configuration */

/* Milliseconds until a module call must have ended, unless configured. */
#define LIMIT_DEADLINE_MS 10000u
/* ... and for a new key pair: a card looks for RSA primes by itself. */
#define LIMIT_KEY_MAKING_MS 120000u
/* ... and for starting a worker: C_Initialize of network HSMs is slow. */
#define LIMIT_START_MS 30000u

/* Restart of a worker that failed: doubles from the first to the last. */
#define LIMIT_BACKOFF_FIRST_MS 20u
#define LIMIT_BACKOFF_LAST_MS 5000u

#endif
