/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the packets of one capture file or pipe, in order; see reader.c. Private to src/source.
 */
#ifndef SOURCE_READER_H
#define SOURCE_READER_H

#include <pcap/pcap.h>

#include "dpitop/source.h"

struct reader;

enum { READER_END = 0, READER_FRAME = 1 };

/* name "-": stdin. wake_fd: see struct source_options. NULL: e says why, with a remedy if there is
 * one. On a pipe it waits for the file header; waiting ends when wake_fd becomes readable. */
struct reader *reader_open(const char *name, int wake_fd, struct error *e);
void reader_close(struct reader *r);
/* READER_FRAME: f is valid until the next call. READER_END. Or a negative err: the rest cannot be
 * read. After END or an error only reader_close() makes sense. */
int reader_next(struct reader *r, struct frame *f, struct error *e);
bool reader_is_pipe(const struct reader *r);
int reader_linktype(const struct reader *r);
int reader_snaplen(const struct reader *r);
void reader_progress(const struct reader *r, uint64_t *read_bytes, uint64_t *size_bytes);

/* For a thread that reads a pipe: called each time before it would wait for bytes. */
void reader_on_wait(struct reader *r, void (*wait)(void *ctx), void *ctx);
void reader_interrupt(struct reader *r); /* from another thread: waiting ends, reading ends */
bool reader_interrupted(const struct reader *r);

#endif
