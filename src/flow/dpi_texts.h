/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The texts nDPI holds of a flow. Private to dpi.c and dpi_texts.c, the files that see the library.
 */
#ifndef FLOW_DPI_TEXTS_H
#define FLOW_DPI_TEXTS_H

#include <ndpi_api.h>

#include "dpitop/flow.h"

struct dpi_texts {
	const char *text[FLOW_TEXT_COUNT]; /* NULL or "" if none; borrowed from the state or from here */
	char code[8], answer[ADDR_TEXT];
};

void dpi_texts_get(struct dpi_texts *t, struct ndpi_flow_struct *s, const struct dpi_class *c);

#endif
