/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages between a daemon and a screen over a stream: four bytes of length (of what follows the head, big-endian),
 * one that says what it is, then that. Private to src/app. On one loop's thread.
 */
#ifndef APP_TALK_H
#define APP_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "dpitop/pack.h"

enum talk_type {
	TALK_HELLO = 1, /* both, first: texts, each ended by a NUL: pack_version(); of a daemon also its subject, its directory of history */
	TALK_REFUSED,   /* daemon: why, a text; then it closes */
	TALK_WANT,      /* screen: want_pack() */
	TALK_PICTURE,   /* daemon: snapshot_pack() */
	TALK_WANT_ROWS, /* screen: all rows of the one list that a want has on */
	TALK_ROWS,      /* daemon: them, as a picture */
	TALK_NO_ROWS    /* daemon: why not, a text */
};

enum { TALK_HEAD = 5, TALK_TO_DAEMON = 1 << 16, TALK_TO_SCREEN = 1 << 30 }; /* longest messages, bytes */

struct talk {
	void (*message)(void *ctx, enum talk_type type, const uint8_t *data, size_t bytes);
	void (*written)(void *ctx); /* nothing waits to be written any more */
	void (*ended)(void *ctx);   /* the other one has left, or says what cannot be: talk_close() it */
	void (*closed)(void *ctx);  /* it is no more used */
	void *ctx;
	size_t most;                /* longest message that is taken */
	/* talk.c */
	uv_pipe_t pipe;
	uint8_t *read;
	size_t used, room;
	unsigned writing;
	bool closing;
};

/* The first members are set, the rest zeroed. fd, a connected socket, is the talk's. 0, or -1: it cannot be; closed() comes all the same. */
int talk_open(struct talk *t, uv_loop_t *loop, int fd);
/* Takes what is in body over, and empties it. Nothing after talk_close(). */
void talk_send(struct talk *t, enum talk_type type, struct pack_buffer *body);
void talk_send_text(struct talk *t, enum talk_type type, const char *text);
void talk_close(struct talk *t); /* closed() comes later, from the loop; what is being written may be lost. Once is enough */
void talk_close_when_written(struct talk *t); /* nothing is read any more */

void talk_put_text(struct pack_buffer *b, const char *text); /* one of TALK_HELLO's */
/* The next of them, or NULL; from the beginning with *at 0. */
const char *talk_next_text(const uint8_t *data, size_t bytes, size_t *at);
void talk_head(uint8_t head[TALK_HEAD], enum talk_type type, size_t bytes);
/* Length of the body that follows a head, SIZE_MAX: it is none. */
size_t talk_body(const uint8_t head[TALK_HEAD], size_t most);

#endif
