/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sandbox: what of the file system and of TCP the options need, and nothing else (landlock.c). Root and
 * capabilities are the business of privs.c, and come before. What it cannot rule (UDP, raw sockets, signals to
 * processes of the same user) dpitop(1) says. Main thread.
 */
#include "config.h"

#include "app/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/landlock.h"
#include "app/privs.h"
#include "app/rcfile.h"
#include "app/record.h"
#include "app/rendezvous.h"
#include "dpitop/folders.h"
#include "dpitop/i18n.h"

enum { RRDCACHED_PORT = 42217 };

struct rules {
	int fd, abi;   /* -1: the kernel has none */
	FILE *report;  /* NULL: none is wanted */
};

static const struct place {
	enum landlock_use use;
	const char *path;
} places[] = {
	/* programs' public part: libraries that libc loads late, languages, terminals, time zones, geo data */
	{LANDLOCK_READ, "/usr"}, {LANDLOCK_READ, "/lib"}, {LANDLOCK_READ, "/lib64"}, {LANDLOCK_READ, LOCALEDIR},
	{LANDLOCK_READ, "/var/lib/GeoIP"},
	/* names: nsswitch.conf(5), resolver(5) */
	{LANDLOCK_READ, "/etc/passwd"}, {LANDLOCK_READ, "/etc/group"}, {LANDLOCK_READ, "/etc/nsswitch.conf"},
	{LANDLOCK_READ, "/etc/hosts"}, {LANDLOCK_READ, "/etc/host.conf"}, {LANDLOCK_READ, "/etc/gai.conf"},
	{LANDLOCK_READ, "/etc/resolv.conf"}, {LANDLOCK_READ, "/etc/services"}, {LANDLOCK_READ, "/run/systemd/resolve"},
	{LANDLOCK_READ, "/run/resolvconf"}, {LANDLOCK_READ, "/run/NetworkManager"},
	{LANDLOCK_READ, "/etc/ld.so.cache"}, {LANDLOCK_READ, "/etc/localtime"}, {LANDLOCK_READ, "/etc/terminfo"},
	/* an interface that comes back */
	{LANDLOCK_READ, "/proc/self"}, {LANDLOCK_READ, "/sys/class/net"}, {LANDLOCK_READ, "/sys/devices"},
	{LANDLOCK_DEVICE, "/dev/null"}, {LANDLOCK_DEVICE, "/dev/tty"}, {LANDLOCK_READ, "/dev/urandom"},
#ifdef COVERAGE_FOLDER
	{LANDLOCK_WRITE, COVERAGE_FOLDER},
#endif
};

static void allow(const struct rules *r, enum landlock_use use, const char *path)
{
	static const char *const words[] = {[LANDLOCK_READ] = "read", [LANDLOCK_WRITE] = "write", [LANDLOCK_FOLDERS] = "folders",
					     [LANDLOCK_DEVICE] = "device"};
	bool there;

	if (path == NULL || path[0] == '\0')
		return;
	there = r->fd >= 0 ? landlock_allow(r->fd, r->abi, path, use) == 0 : access(path, F_OK) == 0;
	if (r->report != NULL && (there || use == LANDLOCK_WRITE)) /* which is made when the program really runs */
		fprintf(r->report, "%-7s %s\n", words[use], path);
}

/* The directory in which a file is, or would be. */
static void allow_above(const struct rules *r, const char *path)
{
	char folder[PATH_MAX];
	const char *slash;

	if (realpath(path, folder) == NULL) /* a link stays a link: what it points to is replaced */
		snprintf(folder, sizeof folder, "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		allow(r, LANDLOCK_WRITE, ".");
	else if (slash != folder)
		allow(r, LANDLOCK_WRITE, (folder[slash - folder] = '\0', folder));
}

/* ---- what the options need ---- */

static void allow_terminal(const struct rules *r, bool changed_user)
{
	const char *home = privs_home(changed_user), *list = getenv("TERMINFO_DIRS");
	char path[PATH_MAX];

	if (ttyname_r(STDOUT_FILENO, path, sizeof path) == 0)
		allow(r, LANDLOCK_DEVICE, path);
	allow(r, LANDLOCK_READ, getenv("TERMINFO"));
	if (home != NULL && (size_t)snprintf(path, sizeof path, "%s/.terminfo", home) < sizeof path)
		allow(r, LANDLOCK_READ, path);
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ":");

		if ((size_t)snprintf(path, sizeof path, "%.*s", (int)n, list) < sizeof path)
			allow(r, LANDLOCK_READ, path);
		list += n + (list[n] == ':');
	}
}

static void allow_settings(const struct rules *r, const struct options *o, bool changed_user)
{
	struct rcfile f;

	if (!o->use_config)
		return;
	rcfile_find(&f, o->config, changed_user);
	if (f.path[0] != '\0' && (r->report != NULL || folders_make_above(f.path) == 0))
		allow_above(r, f.path);
}

/* Files that w and W write: where the program was started, unless that is everything. */
static void allow_files(const struct rules *r)
{
	char here[PATH_MAX];

	if (getcwd(here, sizeof here) != NULL && strcmp(here, "/") != 0)
		allow(r, LANDLOCK_WRITE, here);
	allow(r, LANDLOCK_WRITE, "/tmp");
}

/* So that history goes on when its directory is removed: folders.h. */
static void allow_spare(const struct rules *r, const char *dir)
{
	char real[PATH_MAX], spare[PATH_MAX];

	if (folders_spare(realpath(dir, real) != NULL ? real : dir, spare, sizeof spare) == NULL)
		return;
	if (r->report == NULL && folders_make(spare) != 0) /* no right to: then it cannot be made anew either */
		return;
	allow(r, LANDLOCK_WRITE, spare);
	*strrchr(spare, '/') = '\0';
	allow(r, LANDLOCK_FOLDERS, spare);
}

static int allow_history(const struct rules *r, const struct options *o, const struct tui_settings *settings, bool changed_user,
			 struct error *e)
{
	bool looks_back = o->replay || o->report >= 0 || o->attach;
	struct record where = {.history = NULL};

	if (looks_back && o->replay_dir != NULL) {
		allow(r, LANDLOCK_READ, o->replay_dir);
		return 0;
	}
	if (o->attach || (!looks_back && !record_is_wanted(o, settings)))
		return 0;
	if (record_find(&where, o, changed_user, e) != 0)
		return (int)e->code;
	if (!looks_back && r->report == NULL)
		folders_make(where.dir); /* who opens it says why not */
	allow(r, looks_back ? LANDLOCK_READ : LANDLOCK_WRITE, where.dir);
	if (!looks_back)
		allow_spare(r, where.dir);
	return 0;
}

/* "unix:/path", "/path", "host", "host:port", "[address]:port"; rrdcached(1). */
static void allow_rrdcached(const struct rules *r, const char *address)
{
	const char *colon = address != NULL ? strrchr(address, ':') : NULL;
	unsigned long port = RRDCACHED_PORT;

	if (address == NULL || address[0] == '/' || strncmp(address, "unix:", 5) == 0)
		return;
	if (colon != NULL && strspn(colon + 1, "0123456789") == strlen(colon + 1) && colon[1] != '\0')
		port = strtoul(colon + 1, NULL, 10);
	if (port == 0 || port > UINT16_MAX)
		return;
	if (r->abi >= LANDLOCK_ABI_TCP)
		landlock_allow_connect(r->fd, (uint16_t)port);
	if (r->report != NULL)
		fprintf(r->report, "%-7s %lu\n", "connect", port);
}

/* The directory of its own that a daemon's socket is in, to take it away at the end. */
static void allow_socket(const struct rules *r, const struct options *o, bool changed_user)
{
	char path[RENDEZVOUS_PATH];

	if (o->mode == MODE_DAEMON && o->socket == NULL && rendezvous_find(path, NULL, changed_user || geteuid() == 0, NULL) == 0)
		allow_above(r, path);
}

static int allow_all(const struct rules *r, const struct options *o, const struct tui_settings *settings, bool changed_user,
		     struct error *e)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		allow(r, places[i].use, places[i].path);
	allow(r, LANDLOCK_READ, secure_getenv("TEXTDOMAINDIR"));
	allow(r, LANDLOCK_READ, o->geoip);
	allow(r, LANDLOCK_READ, o->categories);
	allow_rrdcached(r, o->rrdcached);
	allow_socket(r, o, changed_user);
	if (o->mode == MODE_SCREEN) {
		allow_terminal(r, changed_user);
		allow_settings(r, o, changed_user);
		allow_files(r);
	}
	return allow_history(r, o, settings, changed_user, e);
}

/* ---- entering ---- */

/* A sentence in s; whether that is all there is to have. */
static bool judge(struct sandbox *s, bool wanted, int failed)
{
	bool root = geteuid() == 0;

	if (!wanted)
		snprintf(s->text, sizeof s->text, "%s", _("off (--no-sandbox)"));
	else if (s->abi == 0)
		snprintf(s->text, sizeof s->text, "%s", _("off: this kernel has no Landlock, or it is switched off"));
	else if (failed != 0)
		snprintf(s->text, sizeof s->text, _("off: %.100s"), strerror(failed));
	else if (s->abi < LANDLOCK_ABI_TCP)
		snprintf(s->text, sizeof s->text, _("files only: Landlock of this kernel (ABI %d) cannot rule TCP"), s->abi);
	else if (root)
		snprintf(s->text, sizeof s->text, _("files and TCP (Landlock, ABI %d), but as root"), s->abi);
	else
		snprintf(s->text, sizeof s->text, _("files and TCP (Landlock, ABI %d)"), s->abi);
	s->on = wanted && s->abi > 0 && failed == 0;
	return s->on && s->abi >= LANDLOCK_ABI_TCP && !root;
}

static int enter(struct sandbox *s, const struct options *o, const struct tui_settings *settings, FILE *report, bool *whole,
		 struct error *e)
{
	bool wanted = o->sandbox != SANDBOX_OFF;
	struct rules r = {.fd = -1, .report = report};
	int failed = 0, code;

	s->abi = r.abi = landlock_abi();
	if (wanted && s->abi > 0) {
		r.fd = landlock_new(s->abi);
		failed = r.fd < 0 ? errno : 0;
	}
	code = wanted ? allow_all(&r, o, settings, s->changed_user, e) : 0;
	if (code == 0 && r.fd >= 0 && landlock_enforce(r.fd) != 0)
		failed = errno;
	if (r.fd >= 0)
		close(r.fd);
	*whole = judge(s, wanted, failed);
	return code;
}

int sandbox_enter(struct sandbox *s, const struct options *o, const struct tui_settings *settings, struct error *e)
{
	bool whole;

	if (enter(s, o, settings, NULL, &whole, e) != 0)
		return (int)e->code;
	if (!whole && o->sandbox == SANDBOX_STRICT)
		return error_set(e, ERR_UNSUPPORTED, "the sandbox cannot be had in full: %s", s->text);
	return 0;
}

int sandbox_status(const struct options *o, struct error *e)
{
	uid_t user = geteuid();
	struct sandbox s = {.on = false};
	bool whole;

	if (privs_drop(o->user, true, e) != 0)
		return (int)e->code;
	s.changed_user = geteuid() != user;
	if (enter(&s, o, &o->screen, stdout, &whole, e) != 0)
		return (int)e->code;
	printf("%-7s %u\n", "user", (unsigned)geteuid());
	printf("%-7s %s\n", "sandbox", s.text);
	return whole ? 0 : error_set(e, ERR_UNSUPPORTED, "the sandbox cannot be had in full: %s", s.text);
}
