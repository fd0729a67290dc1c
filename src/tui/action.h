/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keys do, as tables: actions with their help, and keys bound to them. The help screen and the
 * footer are made from these. Main thread.
 */
#ifndef TUI_ACTION_H
#define TUI_ACTION_H

#include "tui/screen.h"

struct action {
	const char *keys;  /* as the help shows them */
	const char *help;
	enum reaction (*run)(struct tui *t, uint32_t key);
	uint32_t bound[6]; /* keys, 0 ends the list */
	unsigned modes;    /* MODE_BIT()s in which it works */
};

#define MODE_BIT(m) (1u << (m))

size_t action_count(void);
const struct action *action_at(size_t i);
const struct action *action_by_key(enum mode m, uint32_t key); /* NULL */

struct footer_key {
	const char *key, *label;
	uint32_t press;
	unsigned modes;
};

size_t footer_count(void);
const struct footer_key *footer_at(size_t i);
bool footer_applies(const struct tui *t, const struct footer_key *k);
enum reaction footer_clicked(struct tui *t, int i);

#endif
