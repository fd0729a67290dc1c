/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files that draw the Sources pane share: lines with a label. Private to src/tui; main thread.
 */
#ifndef TUI_SOURCES_H
#define TUI_SOURCES_H

#include "tui/screen.h"

enum { SOURCES_LABEL = 14 }; /* cells of labels */

struct place { /* where the next line goes */
	struct tui *t;
	struct rect r;
	int y;
};

/* One line; moves on. */
void sources_line(struct place *p, const char *label, enum style s, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* exporters.c: a source that collects, and its exporters with their interfaces; head: what is known of a socket. */
void exporters_draw(struct place *p, const struct snapshot *s, size_t source, bool head);
/* export_ports.c: the interfaces of an exporter; all: each of them. */
void export_ports_draw(struct place *p, const struct exporter_info *x, bool all);

#endif
