/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recording of history. Live on the screen it is on unless the user says otherwise; without a screen and of
 * files only with --data. It lies in the user's state directory (XDG Base Directory Specification), a
 * service's in /var/lib. Main thread.
 */
#include "config.h"

#include "app/record.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/privs.h"
#include "dpitop/i18n.h"

enum { MODE = 0700 };

static const char service_dir[] = "/var/lib/dpitop";

bool record_is_wanted(const struct options *o, const struct tui_settings *settings)
{
	if (!settings->history)
		return false;
	return o->data != NULL || (o->mode == MODE_SCREEN && o->files.count == 0) || o->mode == MODE_DAEMON;
}

/* ---- where ---- */

static bool is_dir(const char *path)
{
	struct stat st;

	return path != NULL && path[0] == '/' && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int put(struct record *r, const char *folder, const char *rest, struct error *e)
{
	if (folder[0] != '\0' && (size_t)snprintf(r->dir, sizeof r->dir, "%s%s", folder, rest) < sizeof r->dir)
		return 0;
	r->dir[0] = '\0';
	return error_set(e, ERR_USAGE, "'%.60s...' is no name of a directory for history", folder);
}

int record_find(struct record *r, const struct options *o, bool changed_user, struct error *e)
{
	const char *state = changed_user ? NULL : getenv("XDG_STATE_HOME"), *home;

	if (o->data != NULL)
		return put(r, o->data, "", e);
	if (state != NULL && state[0] == '/')
		return put(r, state, "/dpitop", e);
	home = geteuid() != 0 ? privs_home(changed_user) : NULL;
	return is_dir(home) ? put(r, home, "/.local/state/dpitop", e) : put(r, service_dir, "", e);
}

/* ---- while it is root ---- */

static bool has_home(uid_t uid)
{
	const struct passwd *p = getpwuid(uid);

	return p != NULL && is_dir(p->pw_dir);
}

static int make_for(const char *path, const struct privs_user *u)
{
	int fd, r = -1;

	if (mkdir(path, MODE) != 0)
		return errno == EEXIST ? 0 : -1; /* whose it is is not ours to change */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = fchown(fd, u->uid, u->gid);
	close(fd);
	return r;
}

int record_prepare(const struct options *o, struct error *e)
{
	struct privs_user u;

	if (geteuid() != 0 || !record_is_wanted(o, &o->screen))
		return 0;
	if (privs_find_user(&u, o->user, getenv("SUDO_UID"), getenv("SUDO_GID"), e) != 0)
		return (int)e->code;
	if (u.uid == 0 || (o->data == NULL && has_home(u.uid)))
		return 0;
	if (make_for(o->data != NULL ? o->data : service_dir, &u) != 0 && o->data != NULL)
		return error_set(e, ERR_IO, "cannot make '%.200s' for history: %s", o->data, strerror(errno));
	return 0;
}

/* ---- joining ---- */

static bool on_ready(void *ctx)
{
	return history_ready(ctx);
}

static void on_put(void *ctx, struct interval *i)
{
	history_put(ctx, i);
}

static void on_state(void *ctx, struct history_info *out)
{
	history_state(ctx, out);
}

static bool on_lasting(void *ctx, enum dim d, const struct dim_key *k, int64_t taken_us, int64_t pending, uint64_t bytes[LASTING_COUNT])
{
	return history_lasting(ctx, d, k, taken_us, pending, bytes);
}

/* A capture's history is asked for: that another process records there is a failure. */
static int check_writing(struct record *r, struct error *e)
{
	struct history_info info;

	history_state(r->history, &info);
	if (info.writing)
		return 0;
	return error_set(e, ERR_IO, "no history is written to '%.100s': %s", r->dir, info.text);
}

int record_open(struct record *r, struct engine *g, const struct options *o, const struct tui_settings *settings, bool changed_user,
		struct error *e)
{
	struct engine_history to = {.ready = on_ready, .put = on_put, .state = on_state, .lasting = on_lasting};
	struct history_options h = {
		.write = true,
		.size_bytes = o->history_bytes > 0 ? (uint64_t)o->history_bytes : 0,
		.rrdcached = o->rrdcached,
		.capture_time = engine_has_files(g),
		.patient = o->data == NULL,
		.geoip = o->geoip,
		.local_networks = o->local_networks,
		.dpi = engine_dpi(g),
	};

	if (!record_is_wanted(o, settings))
		return 0;
	if (record_find(r, o, changed_user, e) != 0)
		return (int)e->code;
	h.dir = r->dir;
	r->asked = o->data != NULL;
	r->history = history_open(&h, e);
	if (r->history == NULL || (h.capture_time && check_writing(r, e) != 0)) {
		history_close(r->history);
		r->history = NULL;
		return (int)e->code;
	}
	to.ctx = r->history;
	engine_keep_history(g, &to);
	return 0;
}

int record_close(struct record *r, struct error *e)
{
	int code = 0;

	if (r->history == NULL)
		return 0;
	if (r->asked)
		code = history_flush(r->history, e);
	history_close(r->history);
	r->history = NULL;
	return code;
}
