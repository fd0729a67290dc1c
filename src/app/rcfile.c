/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The configuration file on disk: where it is, reading it, and writing it as a whole or not at all. Runs after
 * root was given up, so that it is read and written with the rights of the user whose file it is. What its
 * lines mean is the business of rc.c. Main thread; called by main and the screen's owner.
 */
#include "config.h"

#include "app/rcfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/privs.h"
#include "dpitop/folders.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"

enum { LARGEST = 1 << 20, NEW_MODE = 0644 };

static const char below[] = "/dpitop/dpitoprc";

static bool is_absolute(const char *path)
{
	return path != NULL && path[0] == '/';
}

static void put_path(struct rcfile *f, const char *folder, const char *middle)
{
	if ((size_t)snprintf(f->path, sizeof f->path, "%s%s%s", folder, middle, below) < sizeof f->path)
		return;
	f->path[0] = '\0';
	snprintf(f->nowhere, sizeof f->nowhere, _("the name of the home directory is too long"));
}

void rcfile_find(struct rcfile *f, const char *given, bool changed_user)
{
	const struct passwd *p = getpwuid(geteuid());
	const char *config = changed_user ? NULL : getenv("XDG_CONFIG_HOME");
	const char *home = privs_home(changed_user);
	struct stat st;

	memset(f, 0, sizeof *f);
	if (given != NULL) {
		snprintf(f->path, sizeof f->path, "%s", given);
	} else if (is_absolute(config)) {
		put_path(f, config, "");
	} else {
		if (home != NULL && stat(home, &st) == 0 && S_ISDIR(st.st_mode))
			put_path(f, home, "/.config");
		else
			snprintf(f->nowhere, sizeof f->nowhere, _("user %.60s has no home directory; name a file with --config"),
				 p != NULL ? p->pw_name : _("of this number"));
	}
}

/* NULL and errno: it cannot be read. */
static char *read_whole(const char *path, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text;
	ssize_t got = 0;

	*n = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > LARGEST) {
		close(fd);
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
		return NULL;
	}
	text = mem_zalloc((size_t)st.st_size + 1);
	while (*n < (size_t)st.st_size && (got = read(fd, text + *n, (size_t)st.st_size - *n)) > 0)
		*n += (size_t)got;
	close(fd);
	if (got >= 0)
		return text;
	mem_free(text);
	return NULL;
}

int rcfile_read(struct rcfile *f, bool given, struct tui_settings *s, struct error *e)
{
	size_t n;
	char *text;

	if (f->path[0] == '\0')
		return 0;
	text = read_whole(f->path, &n);
	if (text == NULL && !given && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (text == NULL)
		return error_set(e, ERR_IO, "cannot read '%.150s': %s; mend it, or use --no-config", f->path,
				 errno == EINVAL ? _("no regular file") : strerror(errno));
	f->there = true;
	f->problem_count = rc_read(s, text, n, f->problems, RCFILE_PROBLEMS);
	if (f->problem_count > RCFILE_PROBLEMS)
		f->problem_count = RCFILE_PROBLEMS;
	mem_free(text);
	return 0;
}

static int write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, text, n);

		if (put < 0)
			return -1;
		text += put;
		n -= (size_t)put;
	}
	return fsync(fd);
}

/* Beside the file, then in its place. errno tells why not. */
static int replace(const char *path, const char *text, mode_t mode)
{
	char other[PATH_MAX];
	int fd, error;

	if ((size_t)snprintf(other, sizeof other, "%s.XXXXXX", path) >= sizeof other) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(other, O_CLOEXEC);
	if (fd < 0)
		return -1;
	error = write_all(fd, text, strlen(text)) != 0 || fchmod(fd, mode) != 0 ? errno : 0;
	if (close(fd) != 0 && error == 0)
		error = errno;
	if (error == 0 && rename(other, path) == 0)
		return 0;
	if (error == 0)
		error = errno;
	unlink(other);
	errno = error;
	return -1;
}

int rcfile_save(struct rcfile *f, const struct tui_settings *s, struct error *e)
{
	char target[PATH_MAX], *old, *text;
	mode_t mode = NEW_MODE;
	struct stat st;
	size_t n;
	int r;

	if (f->path[0] == '\0')
		return error_set(e, ERR_NOT_FOUND, "cannot save: %s", f->nowhere);
	if (realpath(f->path, target) == NULL) /* a link stays a link: what it points to is replaced */
		memcpy(target, f->path, sizeof target);
	old = read_whole(target, &n);
	if (old == NULL && errno != ENOENT && errno != ENOTDIR)
		return error_set(e, ERR_IO, "cannot save '%.150s': %s", f->path, strerror(errno));
	if (stat(target, &st) == 0)
		mode = st.st_mode & 07777;
	text = rc_write(s, old != NULL ? old : "", n);
	r = folders_make_above(target) == 0 ? replace(target, text, mode) : -1;
	if (r != 0)
		error_set(e, ERR_IO, "cannot save '%.150s': %s", f->path, strerror(errno));
	else
		f->there = true;
	mem_free(old);
	mem_free(text);
	return r != 0 ? (int)e->code : 0;
}
