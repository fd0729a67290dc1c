/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Interfaces of exporters: by their own counters (sFlow), else by what their records tell of them. Bounded. Private to
 * src/app; engine thread.
 */
#ifndef APP_EXPORT_PORTS_H
#define APP_EXPORT_PORTS_H

#include "dpitop/export_decode.h"
#include "dpitop/flow.h"
#include "dpitop/snapshot.h"

struct export_ports;

struct export_ports *export_ports_new(uint64_t seed);
void export_ports_free(struct export_ports *p); /* NULL is fine */
/* An exporter of that source told of an interface. */
void export_ports_counters(struct export_ports *p, uint32_t source, const struct export_exporter *x, const struct export_counters *n);
/* A record counted for n, as flow_table_record() has it. Hot. */
void export_ports_record(struct export_ports *p, uint32_t source, const struct export_exporter *x, const struct flow_record *r,
			 const struct flow_counters *n);
void export_ports_gone(struct export_ports *p, uint32_t source, const struct export_exporter *x);
void export_ports_tick(struct export_ports *p, int64_t now_us);
/* List all as of now; then give an exporter its own, until the next call. Names are the decoder's; d NULL: none. */
void export_ports_list(struct export_ports *p);
void export_ports_give(struct export_ports *p, struct exporter_info *info, const struct export_decoder *d);

#endif
