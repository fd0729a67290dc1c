/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the flow room asks of nDPI. A state is one flow's memory inside the library; it goes back as soon
 * as the library is done with the flow. Private to src/flow.
 */
#ifndef FLOW_DPI_H
#define FLOW_DPI_H

#include <stddef.h>

#include "dpitop/flow.h"

struct dpi_state;

struct dpi_state *dpi_state_new(void);
void dpi_state_free(struct dpi_state *s); /* NULL is fine */
/* Show one IP packet (header first, n at most 65,535). True when the library has seen enough. */
bool dpi_look(struct dpi *d, struct dpi_state *s, const uint8_t *packet, size_t n, int64_t ts_us, struct dpi_class *c);
/* The verdict: what was found, else a guess by port and address. Fills class, risks, flags and a new meta. */
void dpi_verdict(struct dpi *d, struct dpi_state *s, struct flow *f);
/* What is known before the verdict, for a flow that has no meta and a class. */
void dpi_preview(struct dpi *d, struct dpi_state *s, struct flow *f);
/* What protocol, ports and addresses alone tell. */
void dpi_guess(const struct dpi *d, const struct flow *f, struct dpi_class *c);
size_t dpi_memory(size_t states); /* estimate, bytes */

/* flow_meta.c */
struct flow_meta *flow_meta_new(const char *const text[FLOW_TEXT_COUNT]); /* copies, cleans; NULL if all are empty */
struct flow_meta *flow_meta_copy(const struct flow_meta *m);

#endif
