/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of rows as text that means the same in every run, on every machine and with every release of
 * nDPI: "10.0.0.5", "TLS.Google", "10.0.0.0/24>internet", "DE", "15169". For files. Dimensions without history
 * (interval_class_of()) have none.
 */
#ifndef DPITOP_KEY_TEXT_H
#define DPITOP_KEY_TEXT_H

#include "dpitop/dpi.h"
#include "dpitop/model.h"

enum { KEY_TEXT = 192 };

/* Into buf (KEY_TEXT is enough for any key); returns buf. d: names of applications and categories, may be
 * NULL where the dimension has none. interface: the name of DIM_INTERFACE's source, else NULL. Any thread. */
const char *key_text(enum dim dim, const struct dim_key *k, const struct dpi *d, const char *interface, char *buf, size_t size);
/* Are keys of that dimension kept as text, because their numbers are the library's or a run's? */
bool key_is_named(enum dim dim);
/* Back. 0, or ERR_FORMAT: it is no key of that dimension (files may be damaged, or forged). Applications and
 * categories that the linked nDPI does not know get ids of their own (dpi_foreign()), as long as there is room. Two applications
 * that are called the same have one key. An interface's key is its name. d: NULL is fine where key_text() takes NULL. */
int key_text_parse(enum dim dim, const char *text, struct dpi *d, struct dim_key *k);

#endif
