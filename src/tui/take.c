/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is taken out of the screen: a row's address to the clipboard, a list to a file, a row's packets
 * to a file. Asks for the file's name and says how it went; what a file holds is app's business, given
 * as a function. Main thread; called by actions and screen.c.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/units.h"
#include "tui/screen.h"
#include "tui/timeline.h"

enum { COPY_TEXT = 640, NAME_TEXT = 96 };

/* ---- the clipboard ---- */

/* "10.0.0.7:2000", "[2001:db8::1]:443"; without a port the address alone. */
static void end_text(const struct row *r, int end, char *buf, size_t size)
{
	char addr[ADDR_TEXT];

	addr_format(&r->addr[end], addr, sizeof addr);
	if (r->port[end] == 0)
		snprintf(buf, size, "%s", addr);
	else
		snprintf(buf, size, addr_is_v4(&r->addr[end]) ? "%s:%u" : "[%s]:%u", addr, r->port[end]);
}

/* What an operator pastes: a host's address, both ends of a flow, what names any other row. */
static const char *row_text(const struct row *r, char *buf, size_t size)
{
	char client[ADDR_TEXT + 8], server[ADDR_TEXT + 8];

	if (r->dim == DIM_HOST) {
		addr_format(&r->addr[0], buf, size);
	} else if (r->dim == DIM_FLOW) {
		end_text(r, 0, client, sizeof client);
		end_text(r, 1, server, sizeof server);
		snprintf(buf, size, "%s %s", client, server);
	} else {
		snprintf(buf, size, "%s%s%s", r->label, r->label2[0] != '\0' ? " " : "", r->label2);
	}
	return buf;
}

static bool is_sum(const struct row *r)
{
	return r == NULL || (r->flags & (ROW_OTHER | ROW_SUM));
}

enum reaction take_copy(struct tui *t, const struct row *r)
{
	char text[COPY_TEXT];

	if (is_sum(r))
		screen_say(t, STYLE_DIM, "this row has no address to copy");
	else if (t->term == NULL || !term_copy(t->term, row_text(r, text, sizeof text)))
		screen_say(t, STYLE_WARN, "this terminal has no clipboard for programs (OSC 52)");
	else
		screen_say(t, STYLE_DIM, "to the terminal's clipboard: %s", text);
	return REACT_DRAW;
}

/* ---- files ---- */

/* Letters, digits, points; all else becomes a dash, never two, none at the end: good in any shell. */
static void file_safe(char *dst, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s != '\0' && n + 1 < size; s++) {
		if (isalnum((unsigned char)*s) || *s == '.' || *s == '_')
			dst[n++] = (char)tolower((unsigned char)*s);
		else if (n > 0 && dst[n - 1] != '-')
			dst[n++] = '-';
	}
	while (n > 0 && (dst[n - 1] == '-' || dst[n - 1] == '.'))
		n--;
	dst[n] = '\0';
}

static bool is_taken(const struct tui *t, const char *path)
{
	return t->exists[0] != '\0' && strcmp(t->exists, path) == 0;
}

/* The label is what is seen of a prompt however long its text: it says what Enter does. */
static const char *label(const struct tui *t, const char *path)
{
	if (is_taken(t, path))
		return _("Exists: Enter replaces, or rename:");
	return t->write->packets ? _("Write packets to (.pcapng):") : _("Write list to (.json, .csv):");
}

/* "dpitop-hosts-20231114-2213.json" */
static enum reaction ask(struct tui *t, const char *what, const char *ending)
{
	char name[NAME_TEXT], when[UNIT_TEXT], path[TUI_PATH];

	file_safe(name, sizeof name, what);
	unit_datetime(screen_now_us(t), when, sizeof when); /* 2023-11-14 22:13:20 */
	snprintf(path, sizeof path, "dpitop-%s%s%.4s%.2s%.2s-%.2s%.2s.%s", name, name[0] != '\0' ? "-" : "", when,
		 when + 5, when + 8, when + 11, when + 14, ending);
	t->exists[0] = '\0';
	return screen_prompt(t, PROMPT_WRITE, label(t, path), path);
}

static bool is_busy(struct tui *t)
{
	if (t->write != NULL)
		screen_say(t, STYLE_WARN, "another file is still being written");
	else if (t->o.write == NULL)
		screen_say(t, STYLE_DIM, "no files can be written here");
	return t->write != NULL || t->o.write == NULL;
}

void take_release(struct tui *t)
{
	if (t->write == NULL)
		return;
	snapshot_unref(t->write->picture);
	mem_free(t->write);
	t->write = NULL;
}

enum reaction take_list(struct tui *t)
{
	struct want *w;

	if (overview_is_shown(t) || sources_is_shown(t)) {
		screen_say(t, STYLE_DIM, "a list is written from its own pane, 2 to 8");
		return REACT_DRAW;
	}
	if (past_is_shown(t) && (t->picture == NULL || t->picture->lists[pane_dim(t)].rows == NULL)) {
		screen_say(t, STYLE_DIM, "not recorded: there is no such list");
		return REACT_DRAW;
	}
	if (is_busy(t))
		return REACT_DRAW;
	if (t->frozen && (t->picture == NULL || t->picture->lists[pane_dim(t)].rows == NULL)) {
		screen_say(t, STYLE_DIM, "the frozen picture has no such list");
		return REACT_DRAW;
	}
	w = mem_zalloc(sizeof *w);
	pane_want(t, w);
	t->write = mem_zalloc(sizeof *t->write);
	t->write->dim = pane_dim(t);
	t->write->list = w->lists[pane_dim(t)];
	t->write->names = t->set.names;
	mem_free(w);
	if (t->frozen || past_is_shown(t)) {
		t->write->picture = t->picture;
		snapshot_ref(t->picture);
	}
	return ask(t, dim_info(pane_dim(t))->title, "json");
}

static void and_also(char *buf, size_t size, const char *expression)
{
	size_t used = strlen(buf);

	if (expression[0] != '\0')
		snprintf(buf + used, size - used, "%s(%s)", used > 0 ? " and " : "", expression);
}

/* What pins the row, under all that it is shown under. False: nothing does. */
static bool pin(const struct tui *t, const struct row *r, const char *within, struct packets_wanted *p)
{
	char row[EXPRESSION_TEXT], filter[sizeof((struct want *)0)->filter];

	if (filter_of_row(r, row, sizeof row)[0] == '\0')
		return false;
	trail_filter(t, filter, sizeof filter);
	p->by_address = filter[0] == '\0' && within[0] == '\0' && (r->dim == DIM_HOST || r->dim == DIM_FLOW);
	p->expression[0] = '\0';
	and_also(p->expression, sizeof p->expression, filter);
	and_also(p->expression, sizeof p->expression, within);
	and_also(p->expression, sizeof p->expression, row);
	return true;
}

enum reaction take_packets(struct tui *t, const struct row *r, const char *within)
{
	char text[COPY_TEXT];
	struct packets_wanted p = {.expression = ""};

	if (past_is_shown(t)) {
		screen_say(t, STYLE_DIM, "not recorded: history keeps no packets");
		return REACT_DRAW;
	}
	if (is_busy(t))
		return REACT_DRAW;
	if (t->picture == NULL || t->picture->ring.size_bytes == 0) {
		screen_say(t, STYLE_WARN, "no packets are kept; start dpitop with --ring 64Mi");
		return REACT_DRAW;
	}
	if (is_sum(r) || !pin(t, r, within, &p)) {
		screen_say(t, STYLE_DIM, "packets cannot be told by this row");
		return REACT_DRAW;
	}
	p.dim = (enum dim)r->dim;
	memcpy(p.addr, r->addr, sizeof p.addr);
	memcpy(p.port, r->port, sizeof p.port);
	p.vlan = r->vlan;
	p.l4 = r->l4;
	p.first_us = r->first_us;
	p.last_us = r->flags & ROW_ENDED ? r->last_us : INT64_MAX;
	t->write = mem_zalloc(sizeof *t->write);
	t->write->packets = true;
	t->write->wanted = p;
	return ask(t, row_text(r, text, sizeof text), "pcapng");
}

static bool ends_in(const char *s, const char *ending)
{
	size_t n = strlen(s), m = strlen(ending);

	return n > m && strcmp(s + n - m, ending) == 0 && s[n - m - 1] != '/';
}

int take_check(struct tui *t, struct error *e)
{
	const char *path = t->prompt.text;

	t->prompt.label = label(t, path);
	if (t->write->packets && !ends_in(path, ".pcapng"))
		return error_set(e, ERR_USAGE, "must end in .pcapng");
	if (!t->write->packets && !ends_in(path, ".json") && !ends_in(path, ".csv"))
		return error_set(e, ERR_USAGE, "must end in .json or .csv");
	return 0;
}

/* Enter on the name that was said to be taken replaces the file. */
enum reaction take_write(struct tui *t)
{
	struct error e = {.code = ERR_NONE};

	snprintf(t->write->path, sizeof t->write->path, "%s", t->prompt.text);
	t->write->replace = is_taken(t, t->prompt.text);
	screen_say(t, STYLE_DIM, "writing '%s' ...", t->write->path);
	if (t->o.write(t->o.ctx, t->write, &e) != 0) {
		screen_say(t, STYLE_ALARM, "%s", e.text);
		take_release(t);
	}
	return REACT_DRAW;
}

void take_written(struct tui *t, enum tui_written how, const char *text)
{
	static const enum style styles[] = {[TUI_WROTE] = STYLE_GOOD, [TUI_EXISTS] = STYLE_WARN, [TUI_FAILED] = STYLE_ALARM};

	if (how == TUI_EXISTS && t->write != NULL && (t->mode == MODE_PANE || t->mode == MODE_DETAIL)) {
		snprintf(t->exists, sizeof t->exists, "%s", t->write->path);
		t->message[0] = '\0';
		screen_prompt(t, PROMPT_WRITE, label(t, t->exists), t->exists);
		return;
	}
	screen_say(t, styles[how], "%s", text);
	take_release(t);
}
