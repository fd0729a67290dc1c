/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files written from the screen: the file is made first, so that what is wrong with it is known at
 * once; then the engine gathers what belongs into it; then it is written. Files are touched in libuv's
 * pool only: a disk that hangs never stops the screen. A file that could not be written whole is
 * taken away again. Main thread, but for on_extracted() (engine's) and the work (pool's).
 */
#include "config.h"

#include "app/save.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/privs.h"
#include "app/ring.h"
#include "app/sandbox.h"
#include "dpitop/export.h"
#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "dpitop/pcapng.h"
#include "dpitop/text.h"
#include "dpitop/units.h"

enum { INTERFACES = 64, OWNER_ONLY = 0600 /* traffic is nobody else's business */ };
enum stage { IDLE, OPENING, EXTRACTING, WRITING };

struct interface { /* of a pcapng file */
	unsigned source;
	int linktype;
};

struct save {
	uv_loop_t *loop;
	struct save_from from;
	void (*told)(void *ctx, enum tui_written how, const char *text);
	void *ctx;
	const struct sandbox *sandbox;
	bool closing, closed; /* asked to; its handle is */
	enum stage stage;
	uv_work_t work;
	struct tui_write asked;
	char path[PATH_MAX];  /* asked for, "~" made the home directory */
	char temp[PATH_MAX];  /* written, then put in the other's place; "": the path itself */
	int fd;               /* -1: not open */
	char names[SNAPSHOT_SOURCES][64]; /* of the sources */
	int snaplen;          /* greatest of them */
	enum tui_written how;
	char text[256];
	/* from the engine's thread */
	uv_async_t fresh;
	uv_mutex_t mutex;
	bool ready;
	struct engine_extract got;
};

/* ---- in the pool ---- */

/* Its user may write there, but the process may not: access(2) knows nothing of the sandbox. */
static bool is_shut_off(const struct save *s)
{
	const char *slash = strrchr(s->path, '/');
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%.*s/", slash != NULL ? (int)(slash - s->path) : 1, slash != NULL ? s->path : ".");
	return s->sandbox->on && access(folder, W_OK | X_OK) == 0;
}

static int failed(struct save *s, int number)
{
	struct passwd entry, *user = NULL;
	char room[1024], who[64];

	s->how = TUI_FAILED;
	if (number != EACCES && number != EPERM) {
		snprintf(s->text, sizeof s->text, _("cannot write '%.100s': %s"), s->path,
			 strerror(number));
		return -1;
	}
	if (is_shut_off(s)) {
		snprintf(s->text, sizeof s->text, _("'%.100s' is outside the sandbox; try /tmp, or where dpitop was started"),
			 s->path);
		return -1;
	}
	if (getpwuid_r(geteuid(), &entry, room, sizeof room, &user) == 0 && user != NULL)
		snprintf(who, sizeof who, "'%.40s'", user->pw_name);
	else
		snprintf(who, sizeof who, "%u", (unsigned)geteuid());
	snprintf(s->text, sizeof s->text, _("user %s may not write '%.100s'; try /tmp"), who, s->path);
	return -1;
}

/* Another file goes into the old one's place only when it is whole. */
static int open_beside(struct save *s)
{
	struct stat found;

	if (lstat(s->path, &found) == 0 && !S_ISREG(found.st_mode)) {
		s->how = TUI_FAILED;
		snprintf(s->text, sizeof s->text, _("'%.150s' is no regular file: left alone"), s->path);
		return -1;
	}
	if ((size_t)snprintf(s->temp, sizeof s->temp, "%s.XXXXXX", s->path) >= sizeof s->temp) {
		s->temp[0] = '\0';
		return failed(s, ENAMETOOLONG);
	}
	s->fd = mkostemp(s->temp, O_CLOEXEC); /* 0600 */
	if (s->fd >= 0)
		return 0;
	s->temp[0] = '\0';
	return failed(s, errno);
}

static void open_file(uv_work_t *work)
{
	struct save *s = work->data;

	s->temp[0] = '\0';
	if (s->asked.replace) {
		open_beside(s);
		return;
	}
	s->fd = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, OWNER_ONLY);
	if (s->fd >= 0)
		return;
	if (errno != EEXIST) {
		failed(s, errno);
		return;
	}
	s->how = TUI_EXISTS;
	snprintf(s->text, sizeof s->text, _("'%.150s' is there already"), s->path);
}

static void take_away(struct save *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	unlink(s->temp[0] != '\0' ? s->temp : s->path);
}

/* The picture with the one list that was asked for. */
static int write_rows(struct save *s, FILE *out, struct error *e)
{
	struct snapshot *one = mem_alloc(sizeof *one);
	const char *end = strrchr(s->path, '.');
	enum dim d = s->asked.dim;
	int i, r;

	if (s->got.rows != NULL)
		gather_sort(s->got.rows, d, &s->asked.list);
	*one = *(s->got.rows != NULL ? s->got.rows : s->asked.picture);
	for (i = 0; i < DIM_LIST_COUNT; i++)
		if (i != (int)d)
			one->lists[i] = (struct list){.dim = (enum dim)i};
	if (end != NULL && strcmp(end, ".csv") == 0)
		r = export_csv(out, one, d, true, e);
	else
		r = export_json(out, one, e);
	mem_free(one);
	return r;
}

/* The number of the packet's interface in the file, written when it first comes. -1: too many. */
static int interface_of(struct save *s, FILE *out, const struct ring_packet *p, struct interface *all,
			int *count)
{
	int i;

	for (i = 0; i < *count; i++)
		if (all[i].source == p->source && all[i].linktype == p->linktype)
			return i;
	if (i == INTERFACES)
		return -1;
	all[i] = (struct interface){p->source, p->linktype};
	*count = i + 1;
	pcapng_interface(out, p->source < SNAPSHOT_SOURCES ? s->names[p->source] : "", p->linktype,
			 (uint32_t)s->snaplen);
	return i;
}

static int write_packets(struct save *s, FILE *out, struct error *e)
{
	struct interface all[INTERFACES];
	struct ring_cursor c;
	struct ring_packet p;
	int count = 0;

	pcapng_section(out, s->asked.wanted.expression);
	ring_begin(s->got.packets, &c);
	while (ring_next(s->got.packets, &c, &p)) {
		int i = interface_of(s, out, &p, all, &count);

		if (i >= 0)
			pcapng_packet(out, (uint32_t)i, p.frame.ts_us, p.frame.data, p.frame.cap_len,
				      p.frame.wire_len);
	}
	if (ferror(out) || fflush(out) != 0)
		return error_set(e, ERR_IO, "cannot write the output: %s", strerror(errno));
	return 0;
}

static void write_file(uv_work_t *work)
{
	struct save *s = work->data;
	struct error e = {.code = ERR_NONE};
	FILE *out = fdopen(s->fd, "w");
	int r, number;

	if (out == NULL) {
		failed(s, errno);
		take_away(s);
		return;
	}
	s->fd = -1;
	errno = 0;
	r = s->asked.packets ? write_packets(s, out, &e) : write_rows(s, out, &e);
	number = errno;
	if (fclose(out) != 0 && r == 0) {
		r = -1;
		number = errno;
	}
	if (r == 0 && s->temp[0] != '\0' && rename(s->temp, s->path) != 0) {
		r = -1;
		number = errno;
	}
	if (r == 0)
		return;
	failed(s, number != 0 ? number : EIO);
	take_away(s);
}

/* ---- on the loop ---- */

static void say_written(struct save *s)
{
	const struct tui_write *w = &s->asked;
	char some[UNIT_TEXT], all[UNIT_TEXT];

	if (w->packets) {
		struct ring_info info;

		ring_state(s->got.packets, &info);
		snprintf(s->text, sizeof s->text, _("wrote %s of the %s packets kept to '%.120s'"),
			 unit_count(info.packets, some, sizeof some),
			 unit_count(s->got.looked, all, sizeof all), s->path);
		if (s->got.missed > 0)
			snprintf(s->text + strlen(s->text), sizeof s->text - strlen(s->text),
				 _(", %s were overwritten meanwhile"),
				 unit_count(s->got.missed, some, sizeof some));
		return;
	}
	const struct list *l = &(s->got.rows != NULL ? s->got.rows : w->picture)->lists[w->dim];
	const char *rest = l->other.flags & ROW_OTHER ? l->other.label2 : "";

	unit_count(l->count, some, sizeof some);
	if (rest[0] != '\0')
		snprintf(s->text, sizeof s->text,
			 i18n_count("wrote %s row and the sum of %s to '%.120s'",
				    "wrote %s rows and the sum of %s to '%.120s'", l->count),
			 some, rest, s->path);
	else
		snprintf(s->text, sizeof s->text,
			 i18n_count("wrote %s row to '%.120s'", "wrote %s rows to '%.120s'", l->count), some,
			 s->path);
}

/* Tell how it went and be free for the next. */
static void finish(struct save *s)
{
	snapshot_unref(s->got.rows);
	ring_free(s->got.packets);
	snapshot_unref(s->asked.picture);
	memset(&s->got, 0, sizeof s->got);
	s->asked.picture = NULL;
	s->stage = IDLE;
	if (s->closing)
		log_line(s->how == TUI_WROTE ? LOG_INFO_ : LOG_ERROR_, "%s", s->text);
	else
		s->told(s->ctx, s->how, s->text);
}

static void on_written(uv_work_t *work, int status)
{
	struct save *s = work->data;

	(void)status;
	if (s->how == TUI_WROTE)
		say_written(s);
	finish(s);
	if (s->closed)
		mem_free(s);
}

/* text: NULL when it is there already. */
static void give_up(struct save *s, const char *text)
{
	take_away(s); /* an empty file: nothing to wait for */
	s->how = TUI_FAILED;
	if (text != NULL)
		snprintf(s->text, sizeof s->text, "%.200s", text);
	finish(s);
}

static void say_ended(struct save *s)
{
	snprintf(s->text, sizeof s->text, _("'%.150s' was not written: the end came before"), s->path);
}

static void begin_writing(struct save *s)
{
	s->stage = WRITING;
	uv_queue_work(s->loop, &s->work, write_file, on_written);
}

static void copy_sources(struct save *s)
{
	struct snapshot *newest = s->from.newest(s->from.ctx);

	memset(s->names, 0, sizeof s->names);
	s->snaplen = 0;
	for (size_t i = 0; newest != NULL && i < newest->source_count; i++) {
		memcpy(s->names[i], newest->sources[i].name, sizeof s->names[i]);
		if (newest->sources[i].snaplen > s->snaplen)
			s->snaplen = newest->sources[i].snaplen;
	}
	snapshot_unref(newest);
}

static void on_fresh(uv_async_t *a)
{
	struct save *s = a->data;
	struct ring_info info;
	char all[UNIT_TEXT], text[128];
	bool ready;

	uv_mutex_lock(&s->mutex);
	ready = s->ready;
	s->ready = false;
	uv_mutex_unlock(&s->mutex);
	if (!ready || s->closing)
		return;
	if (s->got.error.code != ERR_NONE) {
		give_up(s, s->got.error.text);
		return;
	}
	copy_sources(s);
	if (s->asked.packets) {
		ring_state(s->got.packets, &info);
		if (info.packets == 0) {
			snprintf(text, sizeof text, _("none of the %s packets kept belongs to it: no file "
				 "is written"), unit_count(s->got.looked, all, sizeof all));
			give_up(s, text);
			return;
		}
	}
	begin_writing(s);
}

static void on_extracted(void *ctx, struct engine_extract *x)
{
	struct save *s = ctx;

	uv_mutex_lock(&s->mutex);
	s->got = *x;
	s->ready = true;
	uv_mutex_unlock(&s->mutex);
	uv_async_send(&s->fresh);
}

static void on_opened(uv_work_t *work, int status)
{
	struct save *s = work->data;
	const struct tui_write *w = &s->asked;
	bool asked = true;

	(void)status;
	if (s->closing) {
		if (s->fd >= 0)
			take_away(s);
		s->how = TUI_FAILED;
		say_ended(s);
		finish(s);
		if (s->closed)
			mem_free(s);
		return;
	}
	if (s->fd < 0) {
		finish(s);
		return;
	}
	s->stage = EXTRACTING;
	if (w->packets && s->from.packets == NULL)
		give_up(s, _("no packets are kept here"));
	else if (w->packets)
		asked = s->from.packets(s->from.ctx, &w->wanted, on_extracted, s);
	else if (w->picture == NULL)
		asked = s->from.rows(s->from.ctx, w->dim, &w->list, w->names, on_extracted, s);
	else
		begin_writing(s);
	if (!asked)
		give_up(s, _("the engine is busy with another file"));
}

static int set_path(struct save *s, const char *path, struct error *e)
{
	const char *home = path[0] == '~' && path[1] == '/' ? privs_home(s->sandbox->changed_user) : NULL;
	int n = snprintf(s->path, sizeof s->path, "%s%s", home != NULL ? home : "",
			 home != NULL ? path + 1 : path);

	return n >= 0 && (size_t)n < sizeof s->path ? 0 : error_set(e, ERR_USAGE, "the file's name is too long");
}

struct save *save_new(uv_loop_t *loop, const struct save_from *from, const struct sandbox *sandbox,
		      void (*told)(void *ctx, enum tui_written how, const char *text), void *ctx)
{
	struct save *s = mem_zalloc(sizeof *s);

	s->loop = loop;
	s->from = *from;
	s->sandbox = sandbox;
	s->told = told;
	s->ctx = ctx;
	s->fd = -1;
	s->work.data = s;
	uv_mutex_init(&s->mutex);
	uv_async_init(loop, &s->fresh, on_fresh);
	s->fresh.data = s;
	return s;
}

int save_start(struct save *s, const struct tui_write *w, struct error *e)
{
	if (s->stage != IDLE)
		return error_set(e, ERR_LIMIT, "another file is still being written");
	if (set_path(s, w->path, e) != 0)
		return ERR_USAGE;
	s->asked = *w;
	if (w->picture != NULL)
		snapshot_ref(w->picture);
	s->fd = -1;
	s->how = TUI_WROTE;
	s->stage = OPENING;
	uv_queue_work(s->loop, &s->work, open_file, on_opened);
	return 0;
}

static void on_closed(uv_handle_t *h)
{
	struct save *s = h->data;

	uv_mutex_destroy(&s->mutex);
	s->closed = true;
	if (s->stage == IDLE)
		mem_free(s);
}

void save_close(struct save *s)
{
	s->closing = true;
	if (s->stage == EXTRACTING) {
		say_ended(s);
		give_up(s, NULL);
	}
	uv_close((uv_handle_t *)&s->fresh, on_closed);
}
