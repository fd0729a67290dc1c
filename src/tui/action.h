/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keys do, as tables: actions with their help, and the keys bound to them. The help screen, the
 * footer and dpitoprc(5) are made from these. Main thread.
 */
#ifndef TUI_ACTION_H
#define TUI_ACTION_H

#include "tui/screen.h"

struct action {
	const char *name; /* stable: `bind KEY name` */
	const char *keys; /* by default, as key_parse() reads them, a space between them; "": none */
	const char *help;
	enum reaction (*run)(struct tui *t, int arg);
	int arg;          /* for run: one function, several actions */
	unsigned modes;   /* MODE_BIT()s in which it works */
	bool (*works)(const struct tui *t); /* where else it depends on the pane or feed; NULL: anywhere */
};

#define MODE_BIT(m) (1u << (m))

size_t action_count(void);
const struct action *action_at(size_t i);
const struct action *action_find(const char *name, size_t n); /* NULL */
enum reaction action_run(struct tui *t, const char *name); /* whether it works here or not */
bool action_works(const struct tui *t, const struct action *a); /* here and now */
bool action_explains(const struct action *a); /* run where it does not work, it says why and does no more */

struct footer_key {
	const char *action, *label;
	unsigned modes;
};

size_t footer_count(void);
const struct footer_key *footer_at(size_t i);
const struct action *footer_action(const struct tui *t, const struct footer_key *k); /* NULL: not here */
enum reaction footer_clicked(struct tui *t, int i);

/* ---- action_row.c ---- */
enum reaction act_details(struct tui *t, int arg);
enum reaction act_back(struct tui *t, int arg);     /* to the page before */
enum reaction act_block(struct tui *t, int arg);    /* 1: the next block, -1 */
enum reaction act_pivot(struct tui *t, int arg);
enum reaction act_flows_of(struct tui *t, int arg);
enum reaction act_tag(struct tui *t, int arg);
enum reaction act_untag(struct tui *t, int arg);
enum reaction act_copy(struct tui *t, int arg);
enum reaction act_write_packets(struct tui *t, int arg);

/* ---- exporters.c ---- */
enum reaction act_exporter(struct tui *t, int step); /* 1: the next one is chosen, -1 */
enum reaction act_exporter_ports(struct tui *t, int arg); /* list its interfaces, or no more */

/* ---- bindings.c ---- */
void bindings_init(struct bindings *b); /* the defaults */
/* Two actions share a key if they never work in the same mode; else the last one bound has it. It is the
 * first of the action's keys, which help and footer show. */
void bindings_bind(struct bindings *b, uint32_t key, const struct action *a);
void bindings_unbind(struct bindings *b, uint32_t key);
void bindings_choose(struct bindings *b, const struct tui_settings *s); /* as the user bound them */
/* The action that works here, else the first that can say why it does not; NULL: the key does nothing here. */
const struct action *bindings_find(const struct tui *t, uint32_t key);
size_t bindings_keys(const struct bindings *b, const struct action *a, uint32_t *keys, size_t max);
const char *bindings_first(const struct bindings *b, const struct action *a, char buf[KEY_TEXT]); /* "" if none */

#endif
