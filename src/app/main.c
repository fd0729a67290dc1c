/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * main(): read the options, open what needs rights, give the rights up, run with or without a
 * screen. The only place that prints errors and ends the program. Exit status: 0, 1 failed at run
 * time, 2 wrong usage, 128 + n after signal n.
 */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/attach.h"
#include "app/attach_print.h"
#include "app/daemon.h"
#include "app/headless.h"
#include "app/lists.h"
#include "app/options.h"
#include "app/privs.h"
#include "app/record.h"
#include "app/rendezvous.h"
#include "app/report.h"
#include "app/replay.h"
#include "app/sandbox.h"
#include "app/screen.h"
#include "app/signals.h"
#include "dpitop/dpi.h"
#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/source.h"
#include "dpitop/text.h"
#include "dpitop/tui.h"

enum { EXIT_RUN = 1, EXIT_USAGE = 2, EXIT_SIGNAL = 128, INTERFACES = 128, NOTE_CELLS = 8 };

static int fail(int status, const struct error *e)
{
	char text[2 * sizeof e->text];

	text_clean(text, sizeof text, e->text, strlen(e->text));
	fprintf(stderr, "dpitop: %s\n", text);
	return status;
}

static int failed(int r, const struct error *e)
{
	if (r == HEADLESS_CUT)
		return EXIT_SIGNAL + signals_seen();
	return fail(r == ERR_USAGE ? EXIT_USAGE : EXIT_RUN, e);
}

static int list_interfaces(void)
{
	static struct source_interface all[INTERFACES];
	struct error e = {.code = ERR_NONE};
	size_t i, n = source_interfaces(all, INTERFACES, &e);

	if (n == 0)
		return fail(EXIT_RUN, &e);
	for (i = 0; i < n; i++) {
		const char *note = all[i].is_default ? _("default") : all[i].up ? "" : _("down");

		printf("%-16s %s%*s %s%s%s\n", all[i].name, note, NOTE_CELLS - text_width(note), "", all[i].addresses,
		       all[i].addresses[0] && all[i].description[0] ? "  " : "",
		       all[i].description);
	}
	return 0;
}

static int print_version(void)
{
	printf("dpitop %s (%s, %s, %s)\n", PACKAGE_VERSION, pcap_lib_version(), dpi_version(), history_library());
	return 0;
}

static size_t add_sources(struct engine_source *dst, size_t n, const char *kind, const struct options_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		dst[n++] = (struct engine_source){kind, l->items[i]};
	return n;
}

/* The sources: files, or interfaces and what is collected, else the default interface. */
static size_t choose_sources(struct engine_source *dst, const struct options *o, char *name,
			     size_t size, struct error *e)
{
	size_t n = add_sources(dst, 0, "file", &o->files);

	n = add_sources(dst, n, "live", &o->interfaces);
	n = add_sources(dst, n, "collector", &o->collectors);
	if (n > 0)
		return n;
	if (source_default_interface(name, size, e) != 0)
		return 0;
	dst[0] = (struct engine_source){"live", name};
	return 1;
}

static size_t given(int64_t n)
{
	return n > 0 ? (size_t)n : 0;
}

/* One processor is left to the rest of the program: the screen, history, the model. */
static unsigned engines_of(const struct options *o)
{
	cpu_set_t allowed;
	int n = 1;

	if (o->engines != ENGINES_AUTO)
		return (unsigned)o->engines;
	CPU_ZERO(&allowed);
	if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
		n = CPU_COUNT(&allowed) - 1;
	return n < 1 ? 1 : n > ENGINES_MAX ? ENGINES_MAX : (unsigned)n;
}

static struct engine *open_engine(const struct options *o, const struct engine_source *sources,
				  size_t count, int wake_fd, struct error *e)
{
	struct engine_options g = {
		.sources = sources,
		.source_count = count,
		.capture_filter = o->capture_filter,
		.snaplen = (int)given(o->snaplen),
		.buffer_bytes = given(o->buffer_bytes),
		.ring_bytes = given(o->ring_bytes),
		.promiscuous = o->promiscuous,
		.speed = o->speed,
		.wake_fd = wake_fd,
		.privilege = privs_raise,
		.local_networks = o->local_networks,
		.v4_bits = (unsigned)o->v4_bits,
		.v6_bits = (unsigned)o->v6_bits,
		.geoip = o->geoip,
		.decap = o->decap,
		.vlan_aware = o->vlan_aware,
		.dpi = o->dpi,
		.names = o->screen.names,
		.exporters = o->exporters,
		.export_ports = o->export_ports,
		.keep_ended = o->files.count > 0 || o->total,
		.max_flows = given(o->max_flows),
		.max_hosts = given(o->max_hosts),
		.engines = engines_of(o),
		.export_to = o->exports.items,
		.export_count = o->exports.count,
		.export_active_s = (int64_t)given(o->export_active_s),
		.alerts = o->alerts.items,
		.alert_count = o->alerts.count,
		.tick_us = options_prints(o) ? headless_tick_us(o) : 0,
	};

	return engine_open(&g, e);
}

static int read_categories(struct engine *g, const char *directory, struct error *e)
{
	struct categories *c = lists_read(directory, e);

	if (!c)
		return (int)e->code;
	engine_categories(g, c);
	categories_unref(c);
	return 0;
}

static const char *subject_of(const struct engine_source *sources, size_t count, char *buf,
			      size_t size)
{
	const char *name = sources[0].name, *slash = strrchr(name, '/');
	char socket[64];

	if (strcmp(sources[0].kind, "collector") == 0 && !slash) {
		snprintf(socket, sizeof socket, "udp://%s%.40s", strchr(name, ':') ? "" : ":", name);
		name = socket;
	} else if (strcmp(sources[0].kind, "collector") != 0 && slash && slash[1]) {
		name = slash + 1;
	}
	if (strcmp(name, "-") == 0)
		name = _("standard input");
	if (count > 1)
		snprintf(buf, size, "%.40s +%zu", name, count - 1);
	else
		snprintf(buf, size, "%.60s", name);
	text_clean(buf, size, buf, strlen(buf));
	return buf;
}

static int print_live(struct engine *g, struct record *record, struct sandbox *sandbox, const struct options *o, const struct want *want,
		      int wake_fd, struct error *e)
{
	int r = sandbox_enter(sandbox, o, &o->screen, e);

	if (r == 0)
		r = record_open(record, g, o, &o->screen, sandbox->changed_user, e);
	return r == 0 ? headless_run(g, o, want, wake_fd, e) : r;
}

/* Root was given up: the socket is made by who will take it away. */
static int serve_live(struct engine *g, struct record *record, struct sandbox *sandbox, const struct options *o, const char *subject,
		      int wake_fd, struct error *e)
{
	struct rendezvous place = {.fd = -1};
	char history[PATH_MAX];
	int r = rendezvous_find(place.path, o->socket, sandbox->changed_user || geteuid() == 0, e);

	if (r == 0)
		r = rendezvous_listen(&place, e);
	if (r != 0)
		return r;
	r = sandbox_enter(sandbox, o, &o->screen, e);
	if (r == 0)
		r = record_open(record, g, o, &o->screen, sandbox->changed_user, e);
	if (r == 0) {
		log_line(LOG_INFO_, _("screens can attach: dpitop --attach=%s"), place.path);
		r = daemon_run(g, o, place.fd, subject, record->history && realpath(record->dir, history) ? history : "", wake_fd, e);
	}
	rendezvous_leave(&place);
	return r;
}

static int run(const struct options *o, const struct want *want)
{
	struct engine_source sources[SNAPSHOT_SOURCES];
	struct error e = {.code = ERR_NONE};
	char interface[64], subject[80];
	int wake_fd = signals_catch(), r;
	size_t count = choose_sources(sources, o, interface, sizeof interface, &e);
	struct record record = {.history = NULL};
	struct sandbox sandbox = {.on = false};
	struct engine *g = NULL;
	uid_t user;

	if (count == 0)
		return fail(EXIT_RUN, &e);
	g = open_engine(o, sources, count, wake_fd, &e);
	if (!g)
		return signals_seen() ? EXIT_SIGNAL + signals_seen() : fail(EXIT_RUN, &e);
	user = geteuid();
	r = record_prepare(o, &e);
	if (r == 0 && o->mode == MODE_DAEMON)
		r = rendezvous_prepare(o->socket, o->user, &e);
	if (r == 0)
		r = privs_drop(o->user, strcmp(sources[0].kind, "live") == 0, &e); /* interfaces come first */
	if (r == 0 && o->categories) /* as who will read them again */
		r = read_categories(g, o->categories, &e);
	sandbox.changed_user = geteuid() != user;
	if (r == 0 && o->mode == MODE_SCREEN)
		r = screen_run(g, NULL, &record, &sandbox, o, subject_of(sources, count, subject, sizeof subject), wake_fd, &e);
	else if (r == 0 && o->mode == MODE_DAEMON)
		r = serve_live(g, &record, &sandbox, o, subject_of(sources, count, subject, sizeof subject), wake_fd, &e);
	else if (r == 0)
		r = print_live(g, &record, &sandbox, o, want, wake_fd, &e);
	engine_close(g);
	r = record_close(&record, r == 0 ? &e : NULL) != 0 && r == 0 ? (int)e.code : r;
	if (r != 0)
		return failed(r, &e);
	/* Without a screen a signal ends in order when totals were asked for, and a daemon ends by nothing else. */
	if (signals_seen() && o->mode != MODE_DAEMON && !(o->mode != MODE_SCREEN && (o->total || o->files.count)))
		return EXIT_SIGNAL + signals_seen();
	return 0;
}

/* "history", or the directory's name. */
static const char *replay_subject(const struct options *o, char *buf, size_t size)
{
	const char *dir = o->replay_dir ? o->replay_dir : "", *end = dir + strlen(dir), *name;

	while (end > dir && end[-1] == '/')
		end--;
	name = end;
	while (name > dir && name[-1] != '/')
		name--;
	text_clean(buf, size, name, (size_t)(end - name));
	return buf[0] && strcmp(buf, ".") != 0 ? buf : _("history");
}

/* No source is opened, and no right kept. */
static int run_replay(const struct options *o, const struct want *want)
{
	struct error e = {.code = ERR_NONE};
	struct record record = {.history = NULL};
	int wake_fd = signals_catch(), r;
	struct sandbox sandbox = {.on = false};
	uid_t user = geteuid();
	char subject[80];

	r = privs_drop(o->user, false, &e);
	sandbox.changed_user = geteuid() != user;
	if (r == 0) /* before history's thread is started */
		r = sandbox_enter(&sandbox, o, &o->screen, &e);
	if (r == 0)
		r = replay_open(&record, o, sandbox.changed_user, &e);
	if (r == 0 && o->mode == MODE_SCREEN)
		r = screen_run(NULL, NULL, &record, &sandbox, o, replay_subject(o, subject, sizeof subject), wake_fd, &e);
	else if (r == 0)
		r = replay_print(record.history, o, want, &e);
	record_close(&record, NULL);
	if (r != 0)
		return failed(r, &e);
	return signals_seen() ? EXIT_SIGNAL + signals_seen() : 0;
}

/* The daemon's history, if this user may read it: else H has nothing to go to. */
static void open_history(struct record *record, const struct options *o, bool changed_user)
{
	struct error e = {.code = ERR_NONE};

	if (o->mode == MODE_SCREEN && o->replay_dir != NULL && replay_open(record, o, changed_user, &e) != 0)
		log_line(LOG_WARN_, "%s", e.text);
}

/* What another process captures. Rights are needed to go there only. */
static int run_attached(const struct options *given, const struct want *want)
{
	struct error e = {.code = ERR_NONE};
	struct record record = {.history = NULL};
	struct sandbox sandbox = {.on = false};
	struct options own = *given;
	int wake_fd = signals_catch(), r;
	uid_t user = geteuid();
	struct attach *attach = attach_open(own.socket, wake_fd, &e);

	if (attach == NULL)
		return signals_seen() ? EXIT_SIGNAL + signals_seen() : failed((int)e.code, &e);
	if (attach_history(attach)[0] != '\0')
		own.replay_dir = attach_history(attach);
	r = privs_drop(own.user, false, &e);
	sandbox.changed_user = geteuid() != user;
	if (r == 0)
		r = sandbox_enter(&sandbox, &own, &own.screen, &e);
	if (r == 0)
		open_history(&record, &own, sandbox.changed_user);
	if (r == 0 && own.mode == MODE_SCREEN)
		r = screen_run(NULL, attach, &record, &sandbox, &own, attach_subject(attach), wake_fd, &e);
	else if (r == 0)
		r = attach_print(attach, &own, want, wake_fd, &e);
	else
		attach_close(attach);
	record_close(&record, NULL);
	if (r != 0)
		return failed(r, &e);
	return signals_seen() ? EXIT_SIGNAL + signals_seen() : 0;
}

/* Where the translations are; secure_getenv(3): not the caller's word for a program with capabilities. */
static const char *locale_folder(void)
{
	const char *folder = secure_getenv("TEXTDOMAINDIR");

	return folder != NULL && *folder ? folder : LOCALEDIR;
}

/* A standard descriptor that is closed must not become that of a capture or of history, which would then take what is
 * printed. In its place comes one that cannot be used that way: what is printed to it is an error still. */
static void hold_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct error e = {.code = ERR_NONE};
	struct options o;
	struct want want;

	hold_standard();
	umask(FILE_MASK);
	i18n_open(locale_folder());
	options_init(&o);
	if (options_parse(&o, argc, argv, &e) != 0)
		return fail(EXIT_USAGE, &e);
	switch (o.mode) {
	case MODE_HELP:
		options_help(stdout);
		return 0;
	case MODE_VERSION:
		return print_version();
	case MODE_ACTIONS:
		tui_list_actions(stdout);
		return 0;
	case MODE_INTERFACES:
		return list_interfaces();
	default:
		break;
	}
	/* what programs read has nothing in another language; a screen knows later whether it is of ASCII alone */
	i18n_english(o.mode == MODE_JSON || o.mode == MODE_CSV || settings_ascii(&o.screen));
	if (headless_want(&want, &o, &e) != 0)
		return fail(EXIT_USAGE, &e);
	if (o.sandbox_status)
		return sandbox_status(&o, &e) != 0 ? fail(EXIT_RUN, &e) : 0;
	if (o.report >= 0)
		return report_run(&o, &want, &e) != 0 ? fail(EXIT_RUN, &e) : 0;
	if (o.attach)
		return run_attached(&o, &want);
	return o.replay ? run_replay(&o, &want) : run(&o, &want);
}
