/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exporters: a decoder for each source that has their datagrams, who may send, and what pictures show of
 * them. Records go to the core. Private to src/app; engine thread.
 */
#ifndef APP_EXPORTS_H
#define APP_EXPORTS_H

#include "app/core.h"
#include "dpitop/source.h"

/* NULL: neither a collector nor a file to be looked into is among the sources; or e is filled. */
struct exports *exports_new(struct core *c, const struct engine_options *o, struct error *e);
void exports_free(struct exports *x); /* after the sources are closed; NULL is fine */
/* For source number `source`: to be borrowed by it. */
const struct source_exports *exports_of(struct exports *x, unsigned source);
/* A packet of a file: true if it is an exporter's, which is then collected. Hot. */
bool exports_packet(struct exports *x, unsigned source, const struct packet *p);
/* A tick closed. x NULL is fine. */
void exports_tick(struct exports *x, int64_t now_us, int64_t elapsed_us);
/* As of now: of a source; of all exporters, until the next call. x NULL is fine. */
void exports_describe(const struct exports *x, unsigned source, struct source_info *info);
size_t exports_list(struct exports *x, const struct exporter_info **list);

#endif
