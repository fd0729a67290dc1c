/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader on a thread of its own, for captures that come through a pipe; see pipe.c. Private to
 * src/source.
 */
#ifndef SOURCE_PIPE_H
#define SOURCE_PIPE_H

#include "source/reader.h"

struct pipe;

enum { PIPE_WAIT = 2 }; /* beside READER_END and READER_FRAME: nothing there yet */

/* Starts reading. ready() is called on the loop when frames or the end have come. The reader stays
 * the caller's; it is the thread's alone until pipe_close(). */
struct pipe *pipe_new(struct reader *r, uv_loop_t *loop, void (*ready)(void *ctx), void *ctx);
/* As reader_next(), and PIPE_WAIT. f is valid until the next call. */
int pipe_next(struct pipe *p, struct frame *f, struct error *e);
void pipe_close(struct pipe *p); /* ends the thread at once; memory goes when the loop has run */

#endif
