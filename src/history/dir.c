/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The directory: made, locked, swept; files in it opened without following a link, set aside and removed. All
 * paths but those for librrd are relative to its descriptor.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "dpitop/folders.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "history/journal.h"
#include "history/parts.h"

enum { MODE = 0700, SHARDS = 256 };

static const char damaged[] = ".damaged";

void archive_trouble(struct archive *a, const char *what, int error_number)
{
	if (error_number == ENOSPC || error_number == EDQUOT)
		snprintf(a->trouble, sizeof a->trouble, _("the disk is full: cannot write %s"), what);
	else
		snprintf(a->trouble, sizeof a->trouble, _("cannot write %s: %s"), what, strerror(error_number));
}

/* ---- opening ---- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void dir_close(struct archive *a)
{
	close_fd(&a->undo_fd);
	close_fd(&a->rrd_fd);
	close_fd(&a->dir_fd);
	close_fd(&a->lock_fd);
}

static bool open_rrd(struct archive *a, bool make)
{
	if (a->rrd_fd >= 0)
		return true;
	if (make && mkdirat(a->dir_fd, "rrd", MODE) != 0 && errno != EEXIST)
		return false;
	a->rrd_fd = openat(a->dir_fd, "rrd", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return a->rrd_fd >= 0;
}

int dir_open(struct archive *a, struct error *e)
{
	const char *dir = a->options.dir;
	char *real;

	if (a->options.write && folders_make(dir) != 0)
		return error_set(e, errno == EACCES ? ERR_PERMISSION : ERR_IO, "cannot make the directory '%.150s': %s", dir, strerror(errno));
	real = realpath(dir, NULL);
	if (real != NULL && strlen(real) + FILE_NAME + 8 > PATH_ROOM) {
		free(real);
		real = NULL;
		errno = ENAMETOOLONG;
	}
	if (real == NULL)
		return errno == ENOENT ? error_set(e, ERR_NOT_FOUND, "there is no directory '%.150s': --data DIR records history", dir)
				       : error_set(e, ERR_IO, "cannot open the directory '%.150s': %s", dir, strerror(errno));
	snprintf(a->dir, sizeof a->dir, "%s", real);
	free(real);
	a->dir_fd = open(a->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (a->dir_fd < 0)
		return error_set(e, errno == EACCES ? ERR_PERMISSION : ERR_IO, "cannot open the directory '%.150s': %s", a->dir, strerror(errno));
	open_rrd(a, false);
	return 0;
}

/* The PID of who holds the lock; 0: not known. */
static long holder(int fd)
{
	char text[32] = "";

	return pread(fd, text, sizeof text - 1, 0) > 0 ? strtol(text, NULL, 10) : 0;
}

bool dir_lock(struct archive *a)
{
	char text[32];
	int fd = openat(a->dir_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int n;

	if (fd < 0) {
		snprintf(a->reader_text, sizeof a->reader_text, _("read only: cannot write in %.100s: %.40s"), a->dir, strerror(errno));
		return false;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		snprintf(a->reader_text, sizeof a->reader_text, _("read only: process %ld records here"), holder(fd));
		close(fd);
		return false;
	}
	n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		snprintf(a->reader_text, sizeof a->reader_text, _("read only: cannot write in %.100s: %.40s"), a->dir, strerror(errno));
		close(fd);
		return false;
	}
	a->lock_fd = fd;
	return true;
}

bool dir_is_gone(const struct archive *a)
{
	struct stat ours, there;

	return fstat(a->dir_fd, &ours) != 0 || stat(a->dir, &there) != 0 || ours.st_ino != there.st_ino ||
	       ours.st_dev != there.st_dev;
}

bool dir_is_writable(struct archive *a)
{
	if (faccessat(a->dir_fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return true;
	archive_trouble(a, a->dir, errno); /* EROFS, too */
	return false;
}

bool dir_reopen(struct archive *a)
{
	int fd = open(a->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	dir_close(a);
	a->dir_fd = fd;
	a->read_inode = 0;
	return true;
}

/* Where the sandbox has one, for nothing may be written in one that is made now. */
static bool take_spare(const struct archive *a)
{
	char spare[PATH_ROOM];

	return folders_spare(a->dir, spare, sizeof spare) != NULL && rename(spare, a->dir) == 0;
}

void dir_remove_spare(const struct archive *a)
{
	char spare[PATH_ROOM];

	if (folders_spare(a->dir, spare, sizeof spare) != NULL)
		rmdir(spare);
}

bool dir_renew(struct archive *a)
{
	int fd;

	if ((!take_spare(a) && folders_make(a->dir) != 0) || (fd = open(a->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		snprintf(a->trouble, sizeof a->trouble, _("directory removed (%.40s): make it, restart dpitop"), strerror(errno));
		return false;
	}
	dir_close(a);
	a->dir_fd = fd;
	if (!dir_lock(a)) {
		snprintf(a->trouble, sizeof a->trouble, "%s", a->reader_text);
		return false;
	}
	a->junk_bytes = 0;
	return true;
}

/* ---- files ---- */

int dir_open_file(struct archive *a, const char *name, int flags)
{
	char shard[3] = {name[0], name[1], '\0'};
	int folder, fd, saved;

	if (!open_rrd(a, false))
		return -1;
	folder = openat(a->rrd_fd, shard, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return -1;
	fd = openat(folder, name + 3, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	saved = errno;
	close(folder);
	errno = saved;
	return fd;
}

bool dir_make_shard(struct archive *a, const char *shard)
{
	struct stat st;

	if (a->rrd_fd >= 0 && fstat(a->rrd_fd, &st) == 0 && st.st_nlink == 0)
		close_fd(&a->rrd_fd); /* somebody removed it */
	return open_rrd(a, true) && (mkdirat(a->rrd_fd, shard, MODE) == 0 || errno == EEXIST);
}

const char *entity_file_name(const struct entity *e, char buf[FILE_NAME])
{
	return file_name(e->dim, e->other || e->dim == ENTITY_TOTALS ? NULL : e->text, buf);
}

void dir_set_aside(struct archive *a, const struct entity *e)
{
	char name[FILE_NAME], aside[FILE_NAME + sizeof damaged];
	struct stat st;

	entity_file_name(e, name);
	snprintf(aside, sizeof aside, "%s%s", name, damaged);
	if (a->rrd_fd < 0)
		return;
	if (fstatat(a->rrd_fd, aside, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		a->junk_bytes -= (uint64_t)st.st_size < a->junk_bytes ? (uint64_t)st.st_size : a->junk_bytes;
	if (renameat(a->rrd_fd, name, a->rrd_fd, aside) != 0)
		return;
	a->state.damaged++;
	if (fstatat(a->rrd_fd, aside, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		a->junk_bytes += (uint64_t)st.st_size;
}

void dir_remove_file(struct archive *a, const struct entity *e)
{
	char name[FILE_NAME];

	if (a->rrd_fd >= 0)
		unlinkat(a->rrd_fd, entity_file_name(e, name), 0);
}

uint64_t dir_free_bytes(const struct archive *a)
{
	struct statvfs s;

	return fstatvfs(a->dir_fd, &s) == 0 ? (uint64_t)s.f_bavail * s.f_frsize : 0;
}

/* ---- what lies there ---- */

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Half a file of librrd's, which it would have renamed: "x.rrd" and six signs. */
static bool is_half_made(const char *name)
{
	size_t n = strlen(name);

	return n > 10 && strncmp(name + n - 10, ".rrd", 4) == 0 && !ends_with(name, damaged);
}

/* Call for each regular file of ours below rrd/; ends early when that returns true. */
static bool walk(struct archive *a, bool (*each)(struct archive *a, int folder, const char *shard, const char *name, const struct stat *st))
{
	bool done = false;

	for (int i = 0; i < SHARDS && !done && a->rrd_fd >= 0; i++) {
		char shard[3];
		struct dirent *d;
		struct stat st;
		DIR *list;
		int fd;

		snprintf(shard, sizeof shard, "%02x", (unsigned)i & 0xff);
		fd = openat(a->rrd_fd, shard, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		list = fd >= 0 ? fdopendir(fd) : NULL;
		while (list != NULL && !done && (d = readdir(list)) != NULL)
			if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
				done = each(a, fd, shard, d->d_name, &st);
		if (list != NULL)
			closedir(list);
		else if (fd >= 0)
			close(fd);
	}
	return done;
}

struct known_file {
	uint64_t hash;
	struct entity *entity;
};

static uint64_t hash_of(const struct archive *a, const char *shard, const char *name)
{
	return hash_bytes(name, strlen(name), hash_bytes(shard, strlen(shard), a->seed[0]));
}

static bool sweep_one(struct archive *a, int folder, const char *shard, const char *name, const struct stat *st)
{
	uint64_t hash = hash_of(a, shard, name);
	struct known_file *known = map_get(a->known_files, &hash);

	if (known != NULL)
		known->entity->there = true;
	else if (is_half_made(name))
		unlinkat(folder, name, 0);
	else if (!ends_with(name, ".rrd") || !adopt(a, shard, name))
		a->junk_bytes += (uint64_t)st->st_size;
	return false;
}

void dir_sweep(struct archive *a)
{
	open_rrd(a, false);
	a->known_files = map_new(sizeof(uint64_t), sizeof(struct known_file), ENTITY_MAX, a->seed[1]);
	a->junk_bytes = 0;
	for (struct entity *e = a->stored.first; e != NULL; e = e->link.next) {
		char name[FILE_NAME], shard[3] = "";
		struct known_file *known;
		uint64_t hash;

		entity_file_name(e, name);
		memcpy(shard, name, 2);
		hash = hash_of(a, shard, name + 3);
		known = map_touch(a->known_files, &hash, NULL);
		if (known != NULL)
			known->entity = e;
		e->there = false;
	}
	walk(a, sweep_one);
	map_free(a->known_files);
	a->known_files = NULL;
	for (struct entity *e = a->stored.first, *next; e != NULL; e = next) {
		next = e->link.next;
		if (!e->there && e->waiting.count > 0)
			entity_unmade(a, e, true);
		else if (!e->there) /* removed: by us, without time to say so, or by somebody */
			entity_store(a, e, false);
	}
}

static bool remove_one(struct archive *a, int folder, const char *shard, const char *name, const struct stat *st)
{
	(void)shard;
	if (!ends_with(name, damaged) || unlinkat(folder, name, 0) != 0)
		return false;
	a->junk_bytes -= (uint64_t)st->st_size < a->junk_bytes ? (uint64_t)st->st_size : a->junk_bytes;
	return true;
}

bool dir_remove_junk(struct archive *a)
{
	return walk(a, remove_one);
}

void dir_remove_journals(struct archive *a)
{
	int fd = openat(a->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	char present[JOURNAL_NAME];
	struct dirent *d;

	journal_name(a->journal.number, present);
	while (list != NULL && (d = readdir(list)) != NULL)
		if (strncmp(d->d_name, "journal.", 8) == 0 && strcmp(d->d_name, present) != 0)
			unlinkat(a->dir_fd, d->d_name, 0);
	if (list != NULL)
		closedir(list);
	else if (fd >= 0)
		close(fd);
}
