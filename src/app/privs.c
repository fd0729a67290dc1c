/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Privileges: a parser of hostile packets does not run as root. What is needed later is only to open
 * a capture again when an interface comes back: CAP_NET_RAW stays permitted, and is made effective
 * for that moment. Capabilities by system call (capabilities(7)): no library for four words. Main
 * thread at the start; privs_raise() on an engine's thread.
 */
#include "config.h"

#include "app/privs.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dpitop/i18n.h"

static const uint32_t net_raw = 1u << CAP_NET_RAW;

static int set_capabilities(uint32_t permitted, uint32_t effective)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
		{.permitted = permitted, .effective = effective},
	};

	return (int)syscall(SYS_capset, &head, data);
}

static uint32_t permitted_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	return syscall(SYS_capget, &head, data) == 0 ? data[0].permitted : 0;
}

void privs_raise(void *ctx, bool raise)
{
	uint32_t have = permitted_capabilities() & net_raw;

	(void)ctx;
	if (have) /* a failure shows as "permission denied" of what is tried next */
		set_capabilities(have, raise ? have : 0);
}

static bool parse_id(const char *text, unsigned long *id)
{
	char *end;

	if (!text || !*text)
		return false;
	errno = 0;
	*id = strtoul(text, &end, 10);
	return *end == '\0' && errno == 0 && *id > 0 && *id < UINT32_MAX;
}

static void fill_user(struct privs_user *u, const struct passwd *p)
{
	u->uid = p->pw_uid;
	u->gid = p->pw_gid;
	snprintf(u->name, sizeof u->name, "%s", p->pw_name);
}

int privs_find_user(struct privs_user *u, const char *wanted, const char *sudo_uid,
		    const char *sudo_gid, struct error *e)
{
	const struct passwd *p;
	unsigned long uid, gid;

	memset(u, 0, sizeof *u);
	if (!wanted && parse_id(sudo_uid, &uid)) {
		p = getpwuid((uid_t)uid);
		if (p) {
			fill_user(u, p);
			return 0;
		}
		if (parse_id(sudo_gid, &gid)) {
			u->uid = (uid_t)uid;
			u->gid = (gid_t)gid;
			return 0;
		}
	}
	p = getpwnam(wanted ? wanted : "nobody");
	if (!p)
		return error_set(e, ERR_NOT_FOUND, "there is no user '%.60s' to go on as%s",
				 wanted ? wanted : "nobody", wanted ? "" : _("; name one with --user"));
	fill_user(u, p);
	return 0;
}

const char *privs_home(bool changed_user)
{
	const char *home = changed_user ? NULL : getenv("HOME");
	const struct passwd *p;

	if (home && home[0] == '/')
		return home;
	p = getpwuid(geteuid());
	return p && p->pw_dir[0] == '/' ? p->pw_dir : NULL;
}

static int become(const struct privs_user *u, bool keep_capture, struct error *e)
{
	int groups = u->name[0] ? initgroups(u->name, u->gid) : setgroups(0, NULL);

	if (groups != 0 || prctl(PR_SET_KEEPCAPS, keep_capture ? 1 : 0) != 0 ||
	    setresgid(u->gid, u->gid, u->gid) != 0 || setresuid(u->uid, u->uid, u->uid) != 0)
		return error_set(e, ERR_PERMISSION, "cannot give up root: %s", strerror(errno));
	return 0;
}

int privs_drop(const char *wanted, bool keep_capture, struct error *e)
{
	uint32_t keep = keep_capture ? permitted_capabilities() & net_raw : 0;
	struct privs_user u;
	int r;

	if (geteuid() == 0) {
		r = privs_find_user(&u, wanted, getenv("SUDO_UID"), getenv("SUDO_GID"), e);
		if (r == 0 && u.uid != 0)
			r = become(&u, keep != 0, e);
		if (r != 0)
			return r;
	} else if (wanted) {
		return error_set(e, ERR_USAGE, "--user wants to be started as root");
	}
	if (geteuid() != 0 && set_capabilities(keep, 0) != 0)
		return error_set(e, ERR_PERMISSION, "cannot lower capabilities: %s",
				 strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_set(e, ERR_PERMISSION, "cannot rule out new privileges: %s",
				 strerror(errno));
	return 0;
}
