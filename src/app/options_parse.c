/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of a command line: which option of the table each is, what is its value, and what options mean
 * together. Main thread, at the start.
 */
#include "config.h"

#include <string.h>

#include "app/options.h"
#include "dpitop/i18n.h"
#include "dpitop/tui.h"

/* A setting that is a switch has both forms, --names and --no-names: a file may have turned it. *value
 * is what the form says. */
static bool is_switch_form(const struct option *o, const char *name, size_t n, const char **value)
{
	const struct setting *s = option_setting(o);
	bool no = n > 3 && strncmp(name, "no-", 3) == 0;

	if (!s || s->kind != SETTING_SWITCH || setting_find(name + (no ? 3 : 0), n - (no ? 3 : 0)) != s)
		return false;
	*value = no ? "off" : "on";
	return true;
}

static const struct option *find_long(const char *name, size_t n, const char **value)
{
	char own[OPTION_NAME];
	size_t i;

	for (i = 0; i < option_count; i++) {
		if (is_switch_form(&option_table[i], name, n, value))
			return &option_table[i];
		if (strlen(option_name(&option_table[i], own)) == n && strncmp(own, name, n) == 0)
			return &option_table[i];
	}
	return NULL;
}

static const struct option *find_short(char letter, const char **value)
{
	size_t i;

	for (i = 0; i < option_count; i++) {
		const struct setting *s = option_setting(&option_table[i]);

		if (option_letter(&option_table[i]) != letter)
			continue;
		if (s && s->kind == SETTING_SWITCH)
			*value = s->is_on ? "off" : "on";
		return &option_table[i];
	}
	return NULL;
}

struct cursor { /* where in the command line we are */
	char **argv;
	int argc, at;
};

static const char *next_word(struct cursor *c)
{
	return c->at < c->argc ? c->argv[c->at++] : NULL;
}

/* One that is no option. */
static const char *next_value(struct cursor *c)
{
	return c->at < c->argc && c->argv[c->at][0] != '-' ? c->argv[c->at++] : NULL;
}

/* "[DIR]": a word that is no option belongs to it. */
static bool may_be_bare(const struct option *o)
{
	return option_argument(o) != NULL && option_argument(o)[0] == '[' && !option_takes_bare(o);
}

/* "--name", "--name value", "--name=value" */
static int parse_long(struct options *all, struct cursor *c, const char *word, struct error *e)
{
	const char *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - word) : strlen(word);
	const char *value = NULL;
	const struct option *o = find_long(word, n, &value);

	if (!o)
		return error_set(e, ERR_USAGE, "there is no option '--%.*s'; dpitop --help lists "
				 "them", (int)(n < 60 ? n : 60), word);
	if (!option_argument(o) && equals)
		return error_set(e, ERR_USAGE, "--%.*s takes no value", (int)n, word);
	if (option_argument(o))
		value = equals ? equals + 1 : may_be_bare(o) ? next_value(c) : next_word(c);
	if (option_takes_bare(o) && !equals) {
		c->at -= value != NULL; /* the word was not its own */
		value = "";
	}
	if (option_argument(o) && !value && !may_be_bare(o))
		return error_set(e, ERR_USAGE, "--%.*s wants %s", (int)n, word, option_argument(o));
	return o->set(o, all, value, e);
}

/* "-x", "-xyz" for switches, "-x value", "-xvalue" */
static int parse_short(struct options *all, struct cursor *c, const char *letters,
		       struct error *e)
{
	int r = 0;

	while (r == 0 && *letters) {
		const char *value = NULL;
		const struct option *o = find_short(*letters++, &value);

		if (!o)
			return error_set(e, ERR_USAGE, "there is no option '-%c'; dpitop --help "
					 "lists them", letters[-1]);
		if (option_argument(o)) {
			value = *letters ? letters : next_word(c);
			letters = "";
			if (!value)
				return error_set(e, ERR_USAGE, "-%c wants %s", option_letter(o),
						 option_argument(o));
		}
		r = o->set(o, all, value, e);
	}
	return r;
}

static int add_filter_word(struct options *all, const char *word, struct error *e)
{
	size_t used = strlen(all->capture_filter), n = strlen(word);

	if (used + n + 2 > sizeof all->capture_filter)
		return error_set(e, ERR_USAGE, "the capture filter is too long");
	if (used)
		all->capture_filter[used++] = ' ';
	memcpy(all->capture_filter + used, word, n + 1);
	return 0;
}

/* What is replayed has its sources behind it. */
static int check_replay(const struct options *o, struct error *e)
{
	if (!o->replay)
		return o->from || o->to ? error_set(e, ERR_USAGE, "--from and --to want --replay") : 0;
	if (o->interfaces.count + o->files.count + o->collectors.count > 0 || o->capture_filter[0])
		return error_set(e, ERR_USAGE, "--replay shows what was recorded: it goes with no -i, -r, -c or capture filter");
	if (o->report >= 0)
		return error_set(e, ERR_USAGE, "--report and --replay do not go together");
	if (o->data)
		return error_set(e, ERR_USAGE, "--replay records nothing: give the directory to --replay itself, not to --data");
	if (o->replay_dir && o->replay_dir[0] == '\0')
		return error_set(e, ERR_USAGE, "--replay wants a directory, or none");
	if (o->mode == MODE_SCREEN && (o->from || o->to))
		return error_set(e, ERR_USAGE, "--from and --to want --json, --batch or --csv; on the screen @ goes to a time");
	return 0;
}

/* The daemon has the sources and records them. */
static int check_attach(const struct options *o, struct error *e)
{
	if (!o->attach)
		return 0;
	if (o->mode == MODE_DAEMON)
		return error_set(e, ERR_USAGE, "--daemon and --attach do not go together: one is started, then the others go there");
	if (o->interfaces.count + o->files.count + o->collectors.count > 0 || o->capture_filter[0])
		return error_set(e, ERR_USAGE, "--attach shows what the daemon sees: it goes with no -i, -r, -c or capture filter");
	if (o->replay || o->report >= 0 || o->data || o->exports.count > 0 || o->categories || o->alerts.count > 0)
		return error_set(e, ERR_USAGE, "--attach goes with no --replay, --report, --data, --export, --categories or --alert: these are the daemon's");
	if (o->total)
		return error_set(e, ERR_USAGE, "--total is of one's own capture: it does not go with --attach");
	return 0;
}

static int check_daemon(const struct options *o, struct error *e)
{
	if (o->mode != MODE_DAEMON)
		return 0;
	if (o->files.count > 0)
		return error_set(e, ERR_USAGE, "--daemon is for live traffic: it goes with no -r");
	if (o->replay || o->report >= 0)
		return error_set(e, ERR_USAGE, "--daemon records: it goes with neither --replay nor --report");
	if (o->sort || o->filter || o->screen.view >= 0)
		return error_set(e, ERR_USAGE, "--view, --sort and --filter are of those who look: give them to --attach");
	return 0;
}

/* Only what is captured is exported. */
static int check_exports(const struct options *o, struct error *e)
{
	if (o->exports.count == 0)
		return o->export_active_s > 0 ? error_set(e, ERR_USAGE, "--export-active wants --export") : 0;
	if (o->replay || o->report >= 0)
		return error_set(e, ERR_USAGE, "--export is of what is captured: it goes with neither --replay nor --report");
	if (o->collectors.count && !o->interfaces.count)
		return error_set(e, ERR_USAGE, "--export sends what is captured here; with -c alone that is nothing");
	return 0;
}

static int check_together(const struct options *o, struct error *e)
{
	if (o->interfaces.count + o->files.count + o->collectors.count > SNAPSHOT_SOURCES)
		return error_set(e, ERR_USAGE, "at most %d sources", SNAPSHOT_SOURCES);
	if (o->collectors.count && o->files.count)
		return error_set(e, ERR_USAGE, "-c and -r do not go together; --decode-exports collects what is in a capture file");
	if (o->export_ports && !o->files.count)
		return error_set(e, ERR_USAGE, "--decode-exports wants a capture file: -r FILE; -c PORT collects live");
	if (o->exporters && !o->collectors.count && !o->export_ports)
		return error_set(e, ERR_USAGE, "--exporters wants -c or --decode-exports");
	if (o->capture_filter[0] && o->collectors.count && !o->interfaces.count)
		return error_set(e, ERR_USAGE, "a capture filter is for packets: with -c alone there are none, but see --filter");
	if (o->interfaces.count && o->files.count)
		return error_set(e, ERR_USAGE, "-i and -r do not go together: live traffic and a "
				 "capture file have different clocks");
	if (o->report >= 0 && (o->interfaces.count || o->files.count || o->collectors.count || o->capture_filter[0]))
		return error_set(e, ERR_USAGE, "--report is of what was recorded: it takes no sources");
	if (options_prints(o) && o->config)
		return error_set(e, ERR_USAGE, "--config is of the screen; what prints reads no such file");
	if (o->config && !o->use_config)
		return error_set(e, ERR_USAGE, "--config and --no-config do not go together");
	if ((o->mode == MODE_SCREEN || o->mode == MODE_DAEMON) && (o->total || o->count > 0 || o->top >= 0))
		return error_set(e, ERR_USAGE, "--total, --top and -n want --json, --batch or --csv");
	if (o->mode != MODE_SCREEN && o->ring_bytes > 0)
		return error_set(e, ERR_USAGE, "--ring is of use on the screen only");
	if (options_prints(o) && o->total && o->files.count && o->count > 0)
		return error_set(e, ERR_USAGE, "with -r, --total and -n do not go together");
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct error *e)
{
	struct cursor c = {.argv = argv, .argc = argc, .at = 1};
	bool options_ended = false;
	const char *word;
	int r = 0;

	o->argc = argc;
	o->argv = argv;
	while (r == 0 && (word = next_word(&c)) != NULL) {
		if (options_ended || word[0] != '-' || word[1] == '\0')
			r = add_filter_word(o, word, e);
		else if (strcmp(word, "--") == 0)
			options_ended = true;
		else if (word[1] == '-')
			r = parse_long(o, &c, word + 2, e);
		else
			r = parse_short(o, &c, word + 1, e);
	}
	if (o->report >= 0 && o->mode == MODE_SCREEN)
		o->mode = MODE_BATCH;
	if (r == 0)
		r = check_replay(o, e);
	if (r == 0)
		r = check_attach(o, e);
	if (r == 0)
		r = check_daemon(o, e);
	if (r == 0)
		r = check_exports(o, e);
	return r != 0 ? r : check_together(o, e);
}
