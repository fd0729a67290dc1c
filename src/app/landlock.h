/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Landlock: what files and TCP ports this thread, and those it starts from then on, can still reach; whatever their
 * user may. See landlock.c. Private to src/app. Main thread, before any other is started.
 */
#ifndef APP_LANDLOCK_H
#define APP_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* What may be done with a path, and with all below it. */
enum landlock_use {
	LANDLOCK_READ,   /* files and lists of directories */
	LANDLOCK_WRITE,  /* that, and make, change and remove */
	LANDLOCK_FOLDERS, /* make empty directories, give them other names, remove them */
	LANDLOCK_DEVICE, /* read and write what is there, terminals: and set */
};

enum { LANDLOCK_ABI_TCP = 4 }; /* from this on TCP can be ruled */

int landlock_abi(void); /* of this kernel; 0: it has none, or it is switched off */
/* A ruleset that allows nothing yet; a descriptor for the calls below, to be closed. -1: errno tells why not. */
int landlock_new(int abi);
/* 0; -1: errno tells why not (ENOENT: no such path). */
int landlock_allow(int rules, int abi, const char *path, enum landlock_use use);
int landlock_allow_connect(int rules, uint16_t tcp_port); /* only from LANDLOCK_ABI_TCP on */
/* From now on. Wants no_new_privs. 0; -1: errno tells why not. */
int landlock_enforce(int rules);

#endif
