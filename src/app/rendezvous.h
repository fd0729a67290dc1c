/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The socket at which a daemon waits for screens: where it is, making it, and going there; unix(7). Only processes of
 * the same user and of root get through, at either end (SO_PEERCRED). Private to src/app. Main thread.
 */
#ifndef APP_RENDEZVOUS_H
#define APP_RENDEZVOUS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "dpitop/err.h"

enum { RENDEZVOUS_PATH = 108 /* sockaddr_un */ };

/* Where a daemon makes its socket: `given`, else in a directory of its own: $RUNTIME_DIRECTORY (a service's, systemd.exec(5)), for
 * root /run/dpitop, else in $XDG_RUNTIME_DIR. was_root: it was started as root, whoever it goes on as. 0, or a negative err. */
int rendezvous_find(char path[RENDEZVOUS_PATH], const char *given, bool was_root, struct error *e);
/* While the program is root: /run/dpitop, for the user that it goes on as, if the socket will be there and no daemon is. */
int rendezvous_prepare(const char *given, const char *user, struct error *e);

struct rendezvous { /* a daemon's */
	char path[RENDEZVOUS_PATH];
	int fd;
	dev_t device; /* and inode: the socket that is its own, whatever comes to its place later */
	ino_t inode;
};

/* A listening socket at r->path, 0600; it appears there only when it listens. One that nobody listens at any more makes room, any
 * other is left alone. 0, or a negative err. */
int rendezvous_listen(struct rendezvous *r, struct error *e);
void rendezvous_leave(struct rendezvous *r); /* closed, and taken away where the sandbox allows it; else the next one does */
/* A connection to the daemon at `given`, or to where one of this user or of the system is. path: where. -1: e says why; ERR_LIMIT: it
 * does not answer just now. Waits for nothing. */
int rendezvous_connect(char path[RENDEZVOUS_PATH], const char *given, struct error *e);
/* To a daemon: the process at the other end is one of this user, or of root. */
bool rendezvous_trusts(int fd);

#endif
