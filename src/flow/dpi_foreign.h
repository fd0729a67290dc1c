/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names that the library does not know, with numbers beyond its own. Private to src/flow.
 */
#ifndef FLOW_DPI_FOREIGN_H
#define FLOW_DPI_FOREIGN_H

#include "dpitop/dpi.h"

struct dpi_foreign { /* zeroed: empty */
	char *names[DPI_KINDS][DPI_FOREIGN_MAX];
	unsigned count[DPI_KINDS];
};

void dpi_foreign_release(struct dpi_foreign *f);
int dpi_foreign_touch(struct dpi_foreign *f, enum dpi_kind kind, const char *name); /* -1: no room */
const char *dpi_foreign_name(const struct dpi_foreign *f, enum dpi_kind kind, unsigned number); /* NULL: none of these */

#endif
