/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user asked for, and the one table that says what can be asked; see options.c. Private to
 * src/app.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "dpitop/err.h"
#include "dpitop/setting.h"
#include "dpitop/snapshot.h"

enum { OPTIONS_FILTER_TEXT = 1024, OPTIONS_UNSET = -1, OPTION_NAME = 40 };

enum mode { MODE_SCREEN, MODE_JSON, MODE_BATCH, MODE_CSV, MODE_DAEMON, MODE_INTERFACES, MODE_ACTIONS, MODE_HELP, MODE_VERSION };
enum { ENGINES_AUTO = 0, ENGINES_MAX = 16 };
enum sandbox_want { SANDBOX_ON, SANDBOX_STRICT, SANDBOX_OFF }; /* strict: all of it, or not at all */

struct options_list { /* a repeatable option; the strings are the command line's */
	const char *items[SNAPSHOT_SOURCES];
	size_t count;
};

struct options {
	int argc;
	char **argv; /* the command line: read again over what a file says */
	enum mode mode;
	struct options_list interfaces, files, collectors, alerts, exports;
	char capture_filter[OPTIONS_FILTER_TEXT]; /* trailing arguments, joined by blanks */
	const char *local_networks; /* NULL: private ranges and the interface's own */
	const char *exporters, *export_ports; /* NULL: not given; export_ports "": the usual ones */
	const char *sort, *filter, *geoip, *categories, *user, *config; /* NULL: not given */
	const char *data, *rrdcached; /* NULL: not given */
	const char *replay_dir, *from, *to; /* likewise */
	const char *socket; /* of --daemon and --attach; NULL: the usual one */
	struct tui_settings screen; /* view, names and interval are for printing too */
	int64_t snaplen, top, count, max_flows, max_hosts, export_active_s; /* OPTIONS_UNSET where not given */
	int64_t buffer_bytes, ring_bytes, history_bytes;
	int64_t v4_bits, v6_bits;
	int64_t engines; /* ENGINES_AUTO: as many as suit the machine */
	int report;      /* enum lasting; OPTIONS_UNSET */
	int sandbox;     /* enum sandbox_want */
	double speed;    /* 0: as fast as possible */
	bool replay, attach;
	bool promiscuous, vlan_aware, decap, total, dpi, use_config, sandbox_status;
};

struct option {
	char letter;          /* '\0': none */
	const char *name;     /* NULL: a setting's, as are argument and help */
	const char *argument; /* as --help shows it; "[DIR]": may be left out; NULL: a switch */
	const char *help;
	const char *group;    /* a heading of --help; NULL: the one before goes on */
	int (*set)(const struct option *o, struct options *all, const char *value,
		   struct error *e);
	size_t offset;        /* of the field in struct options */
	int64_t min, max;     /* numbers; min of a setting: which (enum setting_number) */
};

extern const struct option option_table[];
extern const size_t option_count;

bool options_prints(const struct options *o); /* pictures on standard output, no screen */
void options_init(struct options *o);
const char *option_name(const struct option *o, char buf[OPTION_NAME]); /* as --help shows it; returns buf */
const struct setting *option_setting(const struct option *o); /* NULL: it is none */
const char *option_argument(const struct option *o); /* as --help shows it; NULL: a switch */
char option_letter(const struct option *o);          /* '\0': none */
bool option_takes_bare(const struct option *o);      /* its value is optional: only "--name=value" gives one */
const struct view *options_view(const struct options *o); /* NULL: none was asked for */
/* Read a command line. 0, or ERR_USAGE. Strings of argv are kept. */
int options_parse(struct options *o, int argc, char **argv, struct error *e);
void options_help(FILE *out);

#endif
