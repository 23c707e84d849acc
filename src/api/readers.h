/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: the part of GET /v1/status about readers and cards.
 */
#ifndef SIGNET_API_READERS_H
#define SIGNET_API_READERS_H

struct cards;
struct readers;
struct writer;

/*
 * The member "pcsc" of an open object: its state, what to do in words, and the
 * readers.  readers may be NULL: nobody watches; cards, too:
 * nobody serves any.
 */
void api_readers_put(struct writer *j, const struct readers *readers,
		     const struct cards *cards);

#endif
