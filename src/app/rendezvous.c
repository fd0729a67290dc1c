/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The socket between a daemon and its screens; see rendezvous.h. Main thread.
 */
#include "config.h"

#include "app/rendezvous.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/privs.h"
#include "dpitop/folders.h"
#include "dpitop/i18n.h"

enum { BACKLOG = 8, DIRECTORY_MODE = 0700, SOCKET_MODE = 0600 };

enum { LONGEST = RENDEZVOUS_PATH - 2 /* there is one beside it for a moment, with a character more */ };

static const char system_dir[] = "/run/dpitop";
static const char socket_name[] = "/socket";

static int put(char path[RENDEZVOUS_PATH], const char *folder, const char *rest, struct error *e)
{
	if (folder[0] != '\0' && snprintf(path, RENDEZVOUS_PATH, "%s%s", folder, rest) <= LONGEST)
		return 0;
	return error_set(e, ERR_USAGE, "'%.40s...' is no name of a socket: at most %d characters", folder, LONGEST);
}

static const char *folder_of(const char *variable)
{
	const char *folder = getenv(variable);

	return folder != NULL && folder[0] == '/' && strchr(folder, ':') == NULL ? folder : NULL;
}

int rendezvous_find(char path[RENDEZVOUS_PATH], const char *given, bool was_root, struct error *e)
{
	if (given != NULL)
		return put(path, given, "", e);
	if (folder_of("RUNTIME_DIRECTORY") != NULL)
		return put(path, folder_of("RUNTIME_DIRECTORY"), socket_name, e);
	if (was_root)
		return put(path, system_dir, socket_name, e);
	if (folder_of("XDG_RUNTIME_DIR") != NULL)
		return put(path, folder_of("XDG_RUNTIME_DIR"), "/dpitop/socket", e);
	return error_set(e, ERR_USAGE, "there is no $XDG_RUNTIME_DIR for the socket: name one, --daemon=/path/of/socket");
}

/* ---- both ends ---- */

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	memcpy(at.sun_path, path, strlen(path) + 1);
	return at;
}

/* screen: root's looks at anybody's daemon; a daemon that is root's listens to root alone. */
static bool is_peer(int fd, bool screen)
{
	struct ucred peer;
	socklen_t n = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid() || (screen && geteuid() == 0);
}

bool rendezvous_trusts(int fd)
{
	return is_peer(fd, false);
}

/* -1 and errno; EAGAIN: as many wait there already as it lets. */
static int go_to(const char *path)
{
	struct sockaddr_un to = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), saved;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* ---- the daemon's ---- */

static int say_taken(const char *path, struct error *e)
{
	return error_set(e, ERR_LIMIT, "another dpitop --daemon is at '%s': dpitop --attach=%s shows it", path, path);
}

/* Nobody listens there. */
static int check_is_free(const char *path, struct error *e)
{
	struct stat found;
	int fd;

	if (lstat(path, &found) != 0)
		return 0; /* who binds it says what is wrong */
	if (!S_ISSOCK(found.st_mode))
		return error_set(e, ERR_USAGE, "'%s' is there and no socket: it is left alone", path);
	fd = go_to(path);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 || errno == EAGAIN)
		return say_taken(path, e);
	if (errno == ECONNREFUSED || errno == ENOENT)
		return 0;
	return error_set(e, ERR_PERMISSION, "the socket '%s' is another user's and is left alone: %s", path, strerror(errno));
}

int rendezvous_prepare(const char *given, const char *user, struct error *e)
{
	char path[RENDEZVOUS_PATH];
	struct privs_user u;
	int fd, r = 0;

	if (geteuid() != 0 || given != NULL || folder_of("RUNTIME_DIRECTORY") != NULL)
		return 0;
	if (put(path, system_dir, socket_name, e) != 0 || check_is_free(path, e) != 0 ||
	    privs_find_user(&u, user, getenv("SUDO_UID"), getenv("SUDO_GID"), e) != 0)
		return (int)e->code;
	if (mkdir(system_dir, DIRECTORY_MODE) != 0 && errno != EEXIST)
		return error_set(e, ERR_IO, "cannot make '%s' for the socket: %s", system_dir, strerror(errno));
	/* /run is root's alone: nobody else can have put something in its place */
	fd = open(system_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchmod(fd, DIRECTORY_MODE) != 0 || fchown(fd, u.uid, u.gid) != 0)
		r = error_set(e, ERR_IO, "cannot give '%s' to its user: %s", system_dir, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

static bool is_own(const struct rendezvous *r)
{
	struct stat found;

	return lstat(r->path, &found) == 0 && found.st_dev == r->device && found.st_ino == r->inode;
}

/* A socket that listens, under a name beside its own. */
static bool listen_beside(struct rendezvous *r, const char *beside)
{
	struct sockaddr_un at = address_of(beside);
	struct stat made;

	unlink(beside);
	r->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0 || bind(r->fd, (struct sockaddr *)&at, sizeof at) != 0 || chmod(beside, SOCKET_MODE) != 0 ||
	    listen(r->fd, BACKLOG) != 0 || lstat(beside, &made) != 0)
		return false;
	r->device = made.st_dev;
	r->inode = made.st_ino;
	return true;
}

/* In the place of one that is dead. */
static bool take_place(const struct rendezvous *r, const char *beside)
{
	if (unlink(r->path) != 0 && errno != ENOENT)
		return false;
	return link(beside, r->path) == 0;
}

int rendezvous_listen(struct rendezvous *r, struct error *e)
{
	char beside[RENDEZVOUS_PATH + 1];
	bool there;
	int code;

	folders_make_above(r->path);
	code = check_is_free(r->path, e);
	if (code != 0)
		return code;
	snprintf(beside, sizeof beside, "%s~", r->path);
	there = listen_beside(r, beside) && take_place(r, beside);
	if (!there && errno == EEXIST)
		code = say_taken(r->path, e);
	else if (!there)
		code = error_set(e, ERR_IO, "cannot make the socket '%s': %s", r->path, strerror(errno));
	else if (!is_own(r))
		code = say_taken(r->path, e);
	unlink(beside);
	if (code != 0 && r->fd >= 0)
		close(r->fd);
	return code;
}

void rendezvous_leave(struct rendezvous *r)
{
	if (is_own(r))
		unlink(r->path);
	close(r->fd);
}

/* ---- the screen's ---- */

static bool is_no_socket(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 && !S_ISSOCK(found.st_mode);
}

static int connect_to(const char *path, struct error *e)
{
	int fd = go_to(path);

	if (fd < 0 && is_no_socket(path))
		error_set(e, ERR_FORMAT, "'%s' is no socket", path);
	else if (fd < 0 && errno == EAGAIN)
		error_set(e, ERR_LIMIT, "the daemon at '%s' does not answer", path);
	else if (fd < 0 && errno == ECONNREFUSED)
		error_set(e, ERR_NOT_FOUND, "nobody is at '%s' any more; start one: dpitop --daemon", path);
	else if (fd < 0)
		error_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_PERMISSION, "cannot attach to '%s': %s", path, strerror(errno));
	if (fd < 0 || is_peer(fd, true))
		return fd;
	close(fd);
	error_set(e, ERR_PERMISSION, "who is at '%s' is another user and not to be trusted", path);
	return -1;
}

static bool is_there(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0;
}

/* One that a daemon left when it was killed hides nobody: the system's is looked for then, too. */
int rendezvous_connect(char path[RENDEZVOUS_PATH], const char *given, struct error *e)
{
	const char *own = folder_of("XDG_RUNTIME_DIR");
	bool has_own = given == NULL && own != NULL && put(path, own, "/dpitop/socket", NULL) == 0 && is_there(path);
	int fd = -1;

	if (given != NULL)
		return put(path, given, "", e) == 0 ? connect_to(path, e) : -1;
	if (has_own)
		fd = connect_to(path, e);
	if (fd >= 0 || (has_own && e->code != ERR_NOT_FOUND) || put(path, system_dir, socket_name, NULL) != 0)
		return fd;
	if (is_there(path) || errno != ENOENT)
		return connect_to(path, e);
	if (!has_own)
		error_set(e, ERR_NOT_FOUND, "there is no dpitop --daemon to attach to: no socket in $XDG_RUNTIME_DIR/dpitop and %s; see --attach=PATH", system_dir);
	return -1;
}
