/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE option table: the command line and --help are read from it (and the manual is checked against
 * it by contrib/check-man). An option is one line: where its value goes and how it is read. Words of
 * a command line are options_parse.c; what options do is the business of those who read struct
 * options. What can also be set in a file or on the screen has its line in the table of settings
 * (dpitop/setting.h), and here only its place. Main thread, at the start.
 */
#include "config.h"

#include "app/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/target.h"
#include "dpitop/addr.h"
#include "dpitop/i18n.h"
#include "dpitop/lasting.h"
#include "dpitop/source.h"
#include "dpitop/text.h"
#include "dpitop/threshold.h"
#include "dpitop/tui.h"
#include "dpitop/units.h"

typedef int setter(const struct option *, struct options *, const char *, struct error *);

static setter set_alert, set_engines, set_export, set_listen, set_cidrs, set_ports;
static setter set_on, set_off, set_text, set_number, set_size, set_speed, set_item, set_networks,
	set_prefix, set_directory, set_report, set_replay, set_setting, set_ascii, set_mode_json, set_mode_batch, set_mode_csv,
	set_mode_interfaces, set_mode_actions, set_mode_daemon, set_attach, set_mode_help, set_mode_version, set_sandbox, set_no_sandbox;

#define AT(field) offsetof(struct options, field)
#define SETTING(group, number) {0, NULL, NULL, NULL, group, set_setting, AT(screen), number, 0}

/* clang-format off */
const struct option option_table[] = {
	{'i', "interface", "NAME", N_("capture on this interface (repeatable; 'any' for all); default: that of the default route"),
	 N_("Where traffic comes from"), set_item, AT(interfaces), 0, 0},
	{'r', "read", "FILE", N_("read this capture file (repeatable, one after the other; '-' for standard input)"),
	 NULL, set_item, AT(files), 0, 0},
	{'c', "collect", "[PROTO://][ADDR:]PORT", N_("collect NetFlow, IPFIX and sFlow on this port (repeatable); PROTO: udp (any), netflow, ipfix, sflow, ipfix+tcp; ADDR: default 127.0.0.1, '*' for all"),
	 NULL, set_listen, AT(collectors), 0, 0},
	{0, "exporters", "CIDR,...", N_("collect from these networks only; default: from anybody"),
	 NULL, set_cidrs, AT(exporters), 0, 0},
	{0, "decode-exports", "[=PORT,...]", N_("collect the flow exports in a capture file, by their UDP ports; default 2055, 2056, 4432, 4739, 6343, 9555, 9995, 9996"),
	 NULL, set_ports, AT(export_ports), 0, 0},
	{'s', "snaplen", "BYTES", N_("capture at most this much of each packet; 0, the default: 65535"),
	 NULL, set_number, AT(snaplen), 0, 262144},
	{'p', "no-promiscuous", NULL, N_("do not put the interface into promiscuous mode"),
	 NULL, set_off, AT(promiscuous), 0, 0},
	{0, "buffer", "SIZE", N_("kernel buffer per interface; default 6Mi, under load 32Mi"),
	 NULL, set_size, AT(buffer_bytes), 65536, 1 << 30},
	{0, "ring", "SIZE", N_("keep the most recent packets in this much memory, for W on the screen; default: none"),
	 NULL, set_size, AT(ring_bytes), 1 << 20, INT64_C(1) << 40},
	{0, "speed", "FACTOR", N_("pace of a capture file on the screen: 1, 10, ... or max; default 1"),
	 NULL, set_speed, AT(speed), 0, 0},
	{'L', "list-interfaces", NULL, N_("list the interfaces that can be captured"),
	 NULL, set_mode_interfaces, 0, 0, 0},

	{'m', "local", "CIDR,...", N_("local networks; default: private ranges and the interface's own"),
	 N_("How traffic is seen"), set_networks, AT(local_networks), 0, 0},
	{0, "prefix", "24[,64]", N_("prefix lengths of IPv4 and IPv6 subnets"),
	 NULL, set_prefix, AT(v4_bits), 0, 0},
	{0, "vlan-aware", NULL, N_("the VLAN is part of what makes a flow"),
	 NULL, set_on, AT(vlan_aware), 0, 0},
	{0, "no-decap", NULL, N_("count tunnels as such, not what they carry"),
	 NULL, set_off, AT(decap), 0, 0},
	{0, "no-dpi", NULL, N_("do not look into packets: name applications by port only"),
	 NULL, set_off, AT(dpi), 0, 0},
	SETTING(NULL, SET_NAMES),
	{0, "geoip", "PATH", N_("GeoIP database: a file or a directory of .mmdb files"),
	 NULL, set_text, AT(geoip), 0, 0},
	SETTING(NULL, SET_HERE),
	{0, "categories", "DIR", N_("categories of sites: a directory of lists of host names and networks"),
	 NULL, set_text, AT(categories), 0, 0},
	{0, "alert", "RULE", N_("alert when a row is over this, such as 'host rate > 100M' (repeatable)"),
	 NULL, set_alert, AT(alerts), 0, 0},
	{0, "max-flows", "NUMBER", N_("flows kept in memory; default 1000000"),
	 NULL, set_size, AT(max_flows), 1, 100000000},
	{0, "max-hosts", "NUMBER", N_("hosts kept in memory; default 1000000"),
	 NULL, set_size, AT(max_hosts), 1, 100000000},
	{0, "engines", "NUMBER", N_("threads that share the packets, up to 16; auto: one less than processors; default 1"),
	 NULL, set_engines, AT(engines), 1, ENGINES_MAX},

	SETTING(N_("What is shown"), SET_VIEW),
	{0, "sort", "[-]NAME", N_("sort by this column, '-' turns its order round"),
	 NULL, set_text, AT(sort), 0, 0},
	{0, "filter", "TEXT", N_("only matching traffic, see dpitop-filter(7)"),
	 NULL, set_text, AT(filter), 0, 0},
	SETTING(NULL, SET_INTERVAL),
	SETTING(NULL, SET_UNIT),
	SETTING(NULL, SET_LOG_SCALE),
	SETTING(NULL, SET_THEME),
	SETTING(NULL, SET_GLYPHS),
	{0, "ascii", NULL, N_("no characters beyond ASCII: the glyph level ascii"),
	 NULL, set_ascii, 0, 0, 0},
	SETTING(NULL, SET_MOUSE),

	{0, "json", NULL, N_("print pictures as JSON, one object a line"),
	 N_("Without a screen"), set_mode_json, 0, 0, 0},
	{0, "batch", NULL, N_("print pictures of one pane as text"),
	 NULL, set_mode_batch, 0, 0, 0},
	{0, "csv", NULL, N_("print pictures of one pane as CSV"),
	 NULL, set_mode_csv, 0, 0, 0},
	{0, "total", NULL, N_("print one picture at the end, of all since the start; default for files"),
	 NULL, set_on, AT(total), 0, 0},
	{0, "top", "NUMBER", N_("rows of each list, 0 for all; default: all of a file, 100 live"),
	 NULL, set_number, AT(top), 0, 100000000},
	{'n', "count", "NUMBER", N_("end after this many pictures"),
	 NULL, set_number, AT(count), 1, 1000000000},

	{0, "daemon", "[=PATH]", N_("capture, collect and record without a screen, in the foreground; screens attach at this socket; default: /run/dpitop/socket for root, else in $XDG_RUNTIME_DIR"),
	 N_("Apart from the screen"), set_mode_daemon, 0, 0, 0},
	{0, "attach", "[=PATH]", N_("show what a daemon sees, on up to 8 screens at a time; also as JSON, text and CSV"),
	 NULL, set_attach, AT(socket), 0, 0},

	{0, "export", "URL", N_("send the flows captured here to this IPFIX collector: ipfix://HOST[:PORT][?biflow=no] (repeatable)"),
	 N_("To collectors"), set_export, AT(exports), 0, 0},
	{0, "export-active", "SECONDS", N_("send a record of a flow that goes on after so long; default 60"),
	 NULL, set_number, AT(export_active_s), 1, 86400},

	{0, "data", "DIR", N_("record history in this directory, also of files and without a screen; default: dpitop in the user's state directory"),
	 N_("History"), set_directory, AT(data), 0, 0},
	SETTING(NULL, SET_HISTORY),
	{0, "history-size", "SIZE", N_("bound of all files of history; default 1Gi"),
	 NULL, set_size, AT(history_bytes), 32 << 20, INT64_C(1) << 50},
	{0, "report", "PERIOD", N_("print what the rows of a pane had in a day, yesterday, week, month or year, as recorded"),
	 NULL, set_report, AT(report), 0, 0},
	{0, "replay", "[DIR]", N_("look at what was recorded there instead of capturing; default: where it is recorded"),
	 NULL, set_replay, AT(replay), 0, 0},
	{0, "from", "TIME", N_("with --replay, what is printed begins here: yesterday 15:10, -2h, 2026-11-20 09:00; default: all"),
	 NULL, set_text, AT(from), 0, 0},
	{0, "to", "TIME", N_("and ends here"),
	 NULL, set_text, AT(to), 0, 0},
	{0, "rrdcached", "ADDRESS", N_("let this rrdcached(1) write the files of history"),
	 NULL, set_text, AT(rrdcached), 0, 0},

	{0, "user", "NAME", N_("when started as root, go on as this user; default: who called sudo, else nobody"),
	 N_("The program"), set_text, AT(user), 0, 0},
	{0, "config", "FILE", N_("settings and keys of the screen; default: ~/.config/dpitop/dpitoprc, see dpitoprc(5)"),
	 NULL, set_text, AT(config), 0, 0},
	{0, "no-config", NULL, N_("read no such file"),
	 NULL, set_off, AT(use_config), 0, 0},
	{0, "sandbox", "WHEN", N_("how far files and TCP are shut off: on as far as the kernel can, the default; strict: in full or not at all"),
	 NULL, set_sandbox, AT(sandbox), 0, 0},
	{0, "no-sandbox", NULL, N_("do not shut them off"),
	 NULL, set_no_sandbox, AT(sandbox), 0, 0},
	{0, "sandbox-status", NULL, N_("say what would be left open with these options; 0 if it can be had in full"),
	 NULL, set_on, AT(sandbox_status), 0, 0},
	{0, "list-actions", NULL, N_("list what keys can be bound to, and their keys"),
	 NULL, set_mode_actions, 0, 0, 0},
	{'V', "version", NULL, N_("print the version"), NULL, set_mode_version, 0, 0, 0},
	{'h', "help", NULL, N_("print this text"), NULL, set_mode_help, 0, 0, 0},
};
/* clang-format on */
const size_t option_count = sizeof option_table / sizeof *option_table;

static void *field(const struct option *o, struct options *all)
{
	return (char *)all + o->offset;
}

static int set_on(const struct option *o, struct options *all, const char *value, struct error *e)
{
	(void)value;
	(void)e;
	*(bool *)field(o, all) = true;
	return 0;
}

static int set_off(const struct option *o, struct options *all, const char *value, struct error *e)
{
	(void)value;
	(void)e;
	*(bool *)field(o, all) = false;
	return 0;
}

static int set_text(const struct option *o, struct options *all, const char *value,
		    struct error *e)
{
	(void)e;
	*(const char **)field(o, all) = value;
	return 0;
}

static int set_directory(const struct option *o, struct options *all, const char *value, struct error *e)
{
	if (*value == '\0')
		return error_set(e, ERR_USAGE, "--%s wants a directory", o->name);
	return set_text(o, all, value, e);
}

static int set_report(const struct option *o, struct options *all, const char *value, struct error *e)
{
	static const char *const periods[LASTING_COUNT] = {"day", "yesterday", "week", "month", "year"};

	for (int i = 0; i < LASTING_COUNT; i++) {
		if (strcmp(periods[i], value) == 0) {
			*(int *)field(o, all) = i;
			return 0;
		}
	}
	return error_set(e, ERR_USAGE, "--%s wants day, yesterday, week, month or year, not '%.40s'", o->name, value);
}

static int set_sandbox(const struct option *o, struct options *all, const char *value, struct error *e)
{
	all->sandbox = strcmp(value, "strict") == 0 ? SANDBOX_STRICT : SANDBOX_ON;
	if (all->sandbox == SANDBOX_STRICT || strcmp(value, "on") == 0)
		return 0;
	return error_set(e, ERR_USAGE, "--%s wants on or strict, not '%.40s'", o->name, value);
}

static int set_no_sandbox(const struct option *o, struct options *all, const char *value, struct error *e)
{
	(void)o, (void)value, (void)e;
	all->sandbox = SANDBOX_OFF;
	return 0;
}

static int set_replay(const struct option *o, struct options *all, const char *value, struct error *e)
{
	(void)o;
	(void)e;
	all->replay = true;
	all->replay_dir = value; /* NULL: the usual one */
	return 0;
}

static int set_item(const struct option *o, struct options *all, const char *value,
		    struct error *e)
{
	struct options_list *l = field(o, all);

	if (l->count == SNAPSHOT_SOURCES)
		return error_set(e, ERR_USAGE, "--%s is given more than %d times", o->name,
				 SNAPSHOT_SOURCES);
	if (*value == '\0')
		return error_set(e, ERR_USAGE, "--%s wants a name", o->name);
	l->items[l->count++] = value;
	return 0;
}

static int set_alert(const struct option *o, struct options *all, const char *value, struct error *e)
{
	struct thresholds *t = thresholds_new();
	struct error own = {.code = ERR_NONE};
	int r = thresholds_add(t, value, &own);

	thresholds_free(t);
	if (r != 0)
		return error_set(e, ERR_USAGE, "--%s: %.350s", o->name, own.text);
	return set_item(o, all, value, e);
}

static int set_checked(const struct option *o, struct options *all, const char *value, int64_t n,
		       struct error *e)
{
	if (n < o->min || n > o->max)
		return error_set(e, ERR_USAGE, "--%s wants a number from %lld to %lld, not '%.40s'",
				 o->name, (long long)o->min, (long long)o->max, value);
	*(int64_t *)field(o, all) = n;
	return 0;
}

static int set_number(const struct option *o, struct options *all, const char *value,
		      struct error *e)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (end == value || *end || errno)
		n = o->min - 1;
	return set_checked(o, all, value, n, e);
}

static int set_size(const struct option *o, struct options *all, const char *value,
		    struct error *e)
{
	uint64_t n;

	if (unit_parse(value, &n, NULL) != 0 || n > INT64_MAX)
		n = (uint64_t)o->min - 1;
	return set_checked(o, all, value, (int64_t)n, e);
}

static int parse_real(const char *value, double *n)
{
	char *end;

	errno = 0;
	*n = strtod(value, &end);
	return end != value && *end == '\0' && errno == 0;
}

static int set_speed(const struct option *o, struct options *all, const char *value,
		     struct error *e)
{
	double n = 0;

	if (strcmp(value, "max") != 0 && (!parse_real(value, &n) || !(n >= 0.01 && n <= 100000)))
		return error_set(e, ERR_USAGE, "--%s wants a factor from 0.01 to 100000 or 'max', "
				 "not '%.40s'", o->name, value);
	*(double *)field(o, all) = n;
	return 0;
}

static int set_networks(const struct option *o, struct options *all, const char *value,
			struct error *e)
{
	struct subnets *s = subnets_new(24, 64);
	struct error own = {.code = ERR_NONE};
	int r = subnets_add_local(s, value, &own);

	subnets_free(s);
	if (r != 0)
		return error_set(e, ERR_USAGE, "--%s: %.200s", o->name, own.text);
	return set_text(o, all, value, e);
}

static int set_listen(const struct option *o, struct options *all, const char *value, struct error *e)
{
	struct error own = {.code = ERR_NONE};

	if (source_listen_check(value, &own) != 0)
		return error_set(e, ERR_USAGE, "--%s: %.200s", o->name, own.text);
	return set_item(o, all, value, e);
}

static int set_export(const struct option *o, struct options *all, const char *value, struct error *e)
{
	struct error own = {.code = ERR_NONE};
	struct target t;

	if (target_parse(&t, value, &own) != 0)
		return error_set(e, ERR_USAGE, "--%s: %.300s", o->name, own.text);
	if (all->exports.count == SNAPSHOT_EXPORTS)
		return error_set(e, ERR_USAGE, "--%s is given more than %d times", o->name, SNAPSHOT_EXPORTS);
	return set_item(o, all, value, e);
}

static int set_cidrs(const struct option *o, struct options *all, const char *value, struct error *e)
{
	if (*value == '\0')
		return error_set(e, ERR_USAGE, "--%s wants networks like 192.0.2.0/24,2001:db8::/32", o->name);
	return set_networks(o, all, value, e);
}

static int set_ports(const struct option *o, struct options *all, const char *value, struct error *e)
{
	const char *p = value;

	while (*p != '\0') {
		char *end;
		unsigned long port = strtoul(p, &end, 10);

		if (*p < '0' || *p > '9' || port == 0 || port > 65535 || (*end != '\0' && (*end != ',' || end[1] == '\0')))
			return error_set(e, ERR_USAGE, "--%s wants ports like 2055,4739, not '%.40s'", o->name, value);
		p = *end == ',' ? end + 1 : end;
	}
	return set_text(o, all, value, e);
}

static int set_prefix(const struct option *o, struct options *all, const char *value,
		      struct error *e)
{
	int v4, v6 = 64, used = 0;

	if (sscanf(value, "%3d%n,%3d%n", &v4, &used, &v6, &used) < 1 || value[used] != '\0' ||
	    v4 < 0 || v4 > 32 || v6 < 0 || v6 > 128)
		return error_set(e, ERR_USAGE, "--%s wants lengths like 24 or 24,64, not '%.40s'",
				 o->name, value);
	all->v4_bits = v4;
	all->v6_bits = v6;
	return 0;
}

bool options_prints(const struct options *o)
{
	return o->mode == MODE_JSON || o->mode == MODE_BATCH || o->mode == MODE_CSV;
}

/* NULL: an option that is no setting. */
const struct setting *option_setting(const struct option *o)
{
	return o->set == set_setting ? &setting_table[o->min] : NULL;
}

static int set_setting(const struct option *o, struct options *all, const char *value, struct error *e)
{
	struct error own = {.code = ERR_NONE};

	if (setting_set(option_setting(o), field(o, all), value, &own) != 0)
		return error_set(e, ERR_USAGE, "--%s", own.text);
	return 0;
}

static int set_ascii(const struct option *o, struct options *all, const char *value, struct error *e)
{
	(void)o;
	(void)value;
	return setting_set(&setting_table[SET_GLYPHS], &all->screen, "ascii", e);
}

static int set_mode(const struct option *o, struct options *all, enum mode mode, struct error *e)
{
	enum mode before = all->mode;

	all->mode = mode;
	if ((options_prints(all) || mode == MODE_DAEMON) && before != mode && before != MODE_SCREEN)
		return error_set(e, ERR_USAGE, "--%s does not go with what was asked before it",
				 o->name);
	return 0;
}

static int set_mode_json(const struct option *o, struct options *all, const char *value,
			 struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_JSON, e);
}

static int set_mode_batch(const struct option *o, struct options *all, const char *value,
			  struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_BATCH, e);
}

static int set_mode_csv(const struct option *o, struct options *all, const char *value,
			struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_CSV, e);
}

static int set_mode_daemon(const struct option *o, struct options *all, const char *value, struct error *e)
{
	all->socket = *value != '\0' ? value : NULL;
	return set_mode(o, all, MODE_DAEMON, e);
}

static int set_attach(const struct option *o, struct options *all, const char *value, struct error *e)
{
	(void)o, (void)e;
	all->attach = true;
	all->socket = *value != '\0' ? value : NULL;
	return 0;
}

static int set_mode_interfaces(const struct option *o, struct options *all, const char *value,
			       struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_INTERFACES, e);
}

static int set_mode_actions(const struct option *o, struct options *all, const char *value,
			    struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_ACTIONS, e);
}

static int set_mode_help(const struct option *o, struct options *all, const char *value,
			 struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_HELP, e);
}

static int set_mode_version(const struct option *o, struct options *all, const char *value,
			    struct error *e)
{
	(void)value;
	return set_mode(o, all, MODE_VERSION, e);
}

static int set_engines(const struct option *o, struct options *all, const char *value, struct error *e)
{
	if (strcmp(value, "auto") != 0)
		return set_number(o, all, value, e);
	*(int64_t *)field(o, all) = ENGINES_AUTO;
	return 0;
}

void options_init(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->snaplen = o->top = o->count = o->max_flows = o->max_hosts = o->export_active_s = o->report = OPTIONS_UNSET;
	settings_init(&o->screen);
	o->engines = 1;
	o->v4_bits = 24;
	o->v6_bits = 64;
	o->speed = 1;
	o->promiscuous = o->decap = o->dpi = o->use_config = true;
}

const struct view *options_view(const struct options *o)
{
	return o->screen.view >= 0 ? view_at((size_t)o->screen.view) : NULL;
}

const char *option_name(const struct option *o, char buf[OPTION_NAME])
{
	const struct setting *s = option_setting(o);

	snprintf(buf, OPTION_NAME, "%s%s", s && s->is_on ? "no-" : "", s ? s->name : o->name);
	return buf;
}

const char *option_argument(const struct option *o)
{
	return option_setting(o) ? option_setting(o)->argument : o->argument;
}

char option_letter(const struct option *o)
{
	return option_setting(o) ? option_setting(o)->letter : o->letter;
}

bool option_takes_bare(const struct option *o)
{
	return option_argument(o) != NULL && option_argument(o)[0] == '[' && option_argument(o)[1] == '=';
}
