/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pack: a picture, and what it is asked for, as bytes and back; for screens that are another process than the engine
 * (dpitop --attach). Both are the same build of the program (pack_version()), so there is no other compatibility. What is read
 * is checked all the same: nothing that it holds can lead outside of the picture. Numbers are LEB128, least significant
 * bits first; texts have their length in front. Any thread, one at a time with one buffer.
 */
#ifndef DPITOP_PACK_H
#define DPITOP_PACK_H

#include "dpitop/snapshot.h"

/* Changes with the program's version and with what is packed. */
const char *pack_version(char *buf, size_t size);

struct pack_buffer { /* zeroed before its first use, but for most; grows as needed */
	uint8_t *at; /* mem_free() it */
	size_t used, room;
	size_t most; /* bytes; 0: any number of them */
	bool full;   /* more than those: packing has stopped somewhere behind them, and what is there is of no use */
};

/* Behind what is in b. */
void snapshot_pack(struct pack_buffer *b, const struct snapshot *s);
void want_pack(struct pack_buffer *b, const struct want *w);
/* A picture, the caller's; its texts are made clean. NULL: the bytes are none, or some are left over. */
struct snapshot *snapshot_unpack(const uint8_t *data, size_t bytes);
/* False likewise; *w is not to be used then. */
bool want_unpack(struct want *w, const uint8_t *data, size_t bytes);

#endif
