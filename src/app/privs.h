/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Giving up root; see privs.c. Private to src/app.
 */
#ifndef APP_PRIVS_H
#define APP_PRIVS_H

#include <stdbool.h>
#include <sys/types.h>

#include "dpitop/err.h"

struct privs_user {
	uid_t uid;
	gid_t gid;
	char name[64];
};

/* Whom to become: `wanted` by name, else sudo's caller, else nobody. */
int privs_find_user(struct privs_user *u, const char *wanted, const char *sudo_uid,
		    const char *sudo_gid, struct error *e);

/* Before any thread is started. As root: become that user, keeping CAP_NET_RAW permitted but not
 * effective if keep_capture. With file capabilities: lower them the same way. No new privileges in
 * any case. wanted may be NULL. */
int privs_drop(const char *wanted, bool keep_capture, struct error *e);
/* The home of the user the process runs as now, good until the next look into the table of users; NULL: none is
 * known. changed_user: root was given up, and HOME is not that user's. Main thread. */
const char *privs_home(bool changed_user);
/* Make CAP_NET_RAW effective or not for the calling thread; for source_options.privilege. */
void privs_raise(void *ctx, bool raise);

#endif
