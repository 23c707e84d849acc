/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame: the unit of the worker protocol (docs/PROTOCOL.worker).
 *
 *   u32 length of what follows | u16 type | u8 kind | u8 zero | u32 id | body
 *
 * All numbers are big-endian.  Pure: reads from and writes to memory.
 */
#ifndef SIGNET_WIRE_FRAME_H
#define SIGNET_WIRE_FRAME_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/* Version of the protocol, in the first message of each side. */
#define WIRE_VERSION 2

enum wire_type {
	WIRE_HELLO = 1,	 /* load the module */
	WIRE_TOKENS = 2, /* list tokens */
	WIRE_LOGIN = 3,	 /* log in with a pin-source file */
	WIRE_KEYS = 4,	 /* list keys and certificates of a token */
	WIRE_SIGN = 5,
	WIRE_LOGOUT = 6,
	WIRE_PREPARE = 7, /* before somebody is asked for a PIN */
	WIRE_PIN = 8,	  /* change, unblock or set PINs */
	WIRE_READERS = 9, /* of signet-reader: readers and cards, from now on */
	WIRE_MANAGE = 10, /* make a key pair, import a certificate */
	WIRE_STAMP = 11,  /* of signet-stamp: a time stamp */
	WIRE_TYPE_LAST = WIRE_STAMP,
};

/* Direction and place of a frame in its exchange. */
enum wire_kind {
	WIRE_REQ = 1,  /* signetd to worker */
	WIRE_MORE = 2, /* worker to signetd: one of several answers */
	WIRE_REP = 3,  /* worker to signetd: the last or only answer */
	WIRE_FAIL = 4, /* worker to signetd: a struct error instead */
};

struct wire_frame {
	enum wire_type type;
	enum wire_kind kind;
	uint32_t id;	   /* of the request, chosen by signetd */
	struct slice body; /* borrowed from the input */
};

/* Bytes before the body. */
#define WIRE_FRAME_HEAD 12

/*
 * Start a frame at the end of out; returns the offset wire_frame_end() needs
 * once the body is written.
 */
size_t wire_frame_begin(struct buf *out, enum wire_type type,
			enum wire_kind kind, uint32_t id);
void wire_frame_end(struct buf *out, size_t start);

/*
 * Take the first whole frame off the front of *in.
 * 1: *frame is filled (its body points into the input) and *in moved on;
 * 0: more bytes are needed; ERR_PROTOCOL: the length or a head field is not
 * possible, and the peer must be ended.
 */
int wire_frame_next(struct slice *in, struct wire_frame *frame,
		    struct error *e) MUST_CHECK;

#endif
