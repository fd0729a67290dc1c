/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be set of the screen: THE table of settings. The command line, --help, the configuration file
 * (dpitoprc(5)) and the setup screen are made from it. Main thread.
 */
#ifndef DPITOP_SETTING_H
#define DPITOP_SETTING_H

#include "dpitop/column.h"
#include "dpitop/err.h"

enum { SETTING_TEXT = 32, SETTING_UNSET = -1, CHOSEN_KEYS_MAX = 128 };

struct action;

struct chosen_key {
	uint32_t key;
	const struct action *action; /* NULL: the key does nothing */
};

struct setting_place {
	bool known;
	double latitude, longitude; /* degrees north and east */
	char text[SETTING_TEXT];    /* as it was given: "DE" */
};

struct tui_settings {
	int theme;  /* enum theme_number */
	int glyphs; /* 0: what the terminal can, else 1 + enum glyphs */
	int unit;   /* of rates: 0 bits, 1 bytes, 2 packets */
	int view;   /* the pane to begin with; SETTING_UNSET */
	double interval; /* seconds between pictures; SETTING_UNSET */
	bool names, mouse, log_scale;
	bool history; /* is kept: where it is on without being asked for */
	struct setting_place here; /* where we are, for the map */
	struct column_choice columns[DIM_LIST_COUNT];
	struct chosen_key keys[CHOSEN_KEYS_MAX]; /* as bound by the user, in that order */
	size_t key_count;
};

enum setting_kind { SETTING_CHOICE /* int */, SETTING_SWITCH /* bool */, SETTING_SECONDS /* double */,
		    SETTING_PLACE /* struct setting_place */ };
enum setting_page { PAGE_NONE, PAGE_DISPLAY, PAGE_COLOURS, PAGE_BEHAVIOUR, PAGE_FILE /* option and file only */ };
enum setting_number {
	SET_THEME, SET_GLYPHS, SET_UNIT, SET_LOG_SCALE, SET_VIEW, SET_INTERVAL, SET_NAMES, SET_MOUSE, SET_HERE, SET_HISTORY,
	SETTING_COUNT
};

struct setting {
	const char *name;     /* in the file; the option too, but for switches that are on by default: --no-NAME */
	char letter;          /* of the option; '\0': none */
	const char *argument; /* as --help shows it; NULL: a switch */
	const char *help;     /* what it does, without capital and full stop; a switch: what it does when on */
	const char *label;    /* on the setup screen */
	enum setting_page page;
	enum setting_kind kind;
	size_t offset;        /* in struct tui_settings */
	const char *(*choice)(size_t i); /* names of a choice, NULL behind the last */
	bool is_on;           /* a switch, by default */
};

extern const struct setting setting_table[SETTING_COUNT];

void settings_init(struct tui_settings *s); /* the defaults */
const struct setting *setting_find(const char *name, size_t n); /* NULL */
bool settings_ascii(const struct tui_settings *s); /* nothing beyond ASCII is asked for */
/* A switch takes "on" and "off". 0, or ERR_USAGE with what it wants instead. */
int setting_set(const struct setting *one, struct tui_settings *s, const char *value, struct error *e);
/* What setting_set() reads; "" when it is not set. Returns buf. */
const char *setting_text(const struct setting *one, const struct tui_settings *s, char buf[SETTING_TEXT]);
void setting_turn(const struct setting *one, struct tui_settings *s, int step); /* the next value, -1: the one before */
bool setting_is_default(const struct setting *one, const struct tui_settings *s);

#endif
