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

static const char system_dir[] = "/run/dpitop";
static const char socket_name[] = "/socket";

static int put(char path[RENDEZVOUS_PATH], const char *folder, const char *rest, struct error *e)
{
	if (folder[0] != '\0' && (size_t)snprintf(path, RENDEZVOUS_PATH, "%s%s", folder, rest) < RENDEZVOUS_PATH)
		return 0;
	return error_set(e, ERR_USAGE, "'%.40s...' is no name of a socket: at most %d characters", folder, RENDEZVOUS_PATH - 1);
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

int rendezvous_prepare(const char *given, const char *user, struct error *e)
{
	struct privs_user u;
	int fd, r = 0;

	if (geteuid() != 0 || given != NULL || folder_of("RUNTIME_DIRECTORY") != NULL)
		return 0;
	if (privs_find_user(&u, user, getenv("SUDO_UID"), getenv("SUDO_GID"), e) != 0)
		return (int)e->code;
	if (mkdir(system_dir, DIRECTORY_MODE) != 0 && errno != EEXIST)
		return error_set(e, ERR_IO, "cannot make '%s' for the socket: %s", system_dir, strerror(errno));
	/* /run is root's alone: nobody else can have put something in its place */
	fd = open(system_dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchown(fd, u.uid, u.gid) != 0)
		r = error_set(e, ERR_IO, "cannot give '%s' to its user: %s", system_dir, strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

/* ---- both ends ---- */

bool rendezvous_trusts(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
		return false;
	return peer.uid == 0 || peer.uid == geteuid() || geteuid() == 0;
}

static int go_to(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	memcpy(to.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

/* ---- the daemon's ---- */

/* True if there is room for a socket of this name. */
static bool make_room(const char *path, struct error *e)
{
	struct stat found;
	int fd;

	if (lstat(path, &found) != 0)
		return true; /* who binds it says what is wrong */
	if (!S_ISSOCK(found.st_mode)) {
		error_set(e, ERR_USAGE, "'%s' is there and no socket: it is left alone", path);
		return false;
	}
	fd = go_to(path);
	if (fd >= 0) {
		close(fd);
		error_set(e, ERR_LIMIT, "another dpitop --daemon is at '%s': dpitop --attach=%s shows it", path, path);
		return false;
	}
	unlink(path);
	return true;
}

int rendezvous_listen(const char *path, struct error *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	folders_make_above(path);
	if (!make_room(path, e))
		return -1;
	memcpy(at.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* the umask leaves no more than 0700 of the moment between the two */
	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && chmod(path, SOCKET_MODE) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	error_set(e, ERR_IO, "cannot make the socket '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
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
	else if (fd < 0 && errno == ECONNREFUSED)
		error_set(e, ERR_NOT_FOUND, "nobody is at '%s' any more; start one: dpitop --daemon", path);
	else if (fd < 0)
		error_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_PERMISSION, "cannot attach to '%s': %s", path, strerror(errno));
	if (fd < 0 || rendezvous_trusts(fd))
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

int rendezvous_connect(char path[RENDEZVOUS_PATH], const char *given, struct error *e)
{
	const char *own = folder_of("XDG_RUNTIME_DIR");

	if (given != NULL)
		return put(path, given, "", e) == 0 ? connect_to(path, e) : -1;
	if (own != NULL && put(path, own, "/dpitop/socket", NULL) == 0 && is_there(path))
		return connect_to(path, e);
	if (put(path, system_dir, socket_name, e) != 0)
		return -1;
	if (is_there(path) || errno != ENOENT)
		return connect_to(path, e);
	error_set(e, ERR_NOT_FOUND, "there is no dpitop --daemon to attach to: no socket in $XDG_RUNTIME_DIR/dpitop and %s; see --attach=PATH", system_dir);
	return -1;
}
