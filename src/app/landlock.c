/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Landlock by system call, landlock(7). Each release of the kernel knows more rights, and refuses those it does not
 * know, so only what its ABI has is asked for. The numbers are those of linux/landlock.h, which has the later
 * ones only where the headers are as new as the kernel. Main thread, before any other is started.
 */
#include "config.h"

#include "app/landlock.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CREATE_VERSION = 1, RULE_PATH = 1, RULE_PORT = 2 };

enum { /* LANDLOCK_ACCESS_FS_... */
	FS_EXECUTE = 1 << 0, FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2, FS_READ_DIR = 1 << 3,
	FS_REMOVE_DIR = 1 << 4, FS_REMOVE_FILE = 1 << 5, FS_MAKE_CHAR = 1 << 6, FS_MAKE_DIR = 1 << 7,
	FS_MAKE_REG = 1 << 8, FS_MAKE_SOCK = 1 << 9, FS_MAKE_FIFO = 1 << 10, FS_MAKE_BLOCK = 1 << 11,
	FS_MAKE_SYM = 1 << 12, FS_REFER = 1 << 13, FS_TRUNCATE = 1 << 14, FS_IOCTL_DEV = 1 << 15,
	FS_FIRST = (1 << 13) - 1, /* all of ABI 1 */
	FS_OF_FILES = FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV,
};
enum { NET_BIND_TCP = 1 << 0, NET_CONNECT_TCP = 1 << 1, SCOPE_ABSTRACT_UNIX = 1 << 0 };

struct ruleset { /* struct landlock_ruleset_attr */
	uint64_t fs, net, scoped;
};

struct path_rule { /* struct landlock_path_beneath_attr */
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

struct port_rule { /* struct landlock_net_port_attr */
	uint64_t allowed, port;
};

/* What came with which ABI, and so much of struct ruleset it takes. */
static const struct knowledge {
	int abi;
	size_t bytes;
	struct ruleset rights;
} known[] = {
	{1, sizeof(uint64_t), {.fs = FS_FIRST}},
	{2, sizeof(uint64_t), {.fs = FS_REFER}},
	{3, sizeof(uint64_t), {.fs = FS_TRUNCATE}},
	{LANDLOCK_ABI_TCP, 2 * sizeof(uint64_t), {.net = NET_BIND_TCP | NET_CONNECT_TCP}},
	{5, 2 * sizeof(uint64_t), {.fs = FS_IOCTL_DEV}},
	{6, 3 * sizeof(uint64_t), {.scoped = SCOPE_ABSTRACT_UNIX}},
};

static const uint64_t uses[] = {
	[LANDLOCK_READ] = FS_READ_FILE | FS_READ_DIR,
	[LANDLOCK_WRITE] = FS_READ_FILE | FS_READ_DIR | FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE |
			   FS_REMOVE_DIR | FS_REFER,
	[LANDLOCK_FOLDERS] = FS_MAKE_DIR | FS_REMOVE_DIR,
	[LANDLOCK_DEVICE] = FS_READ_FILE | FS_WRITE_FILE | FS_IOCTL_DEV,
};

static struct ruleset rights_of(int abi, size_t *bytes)
{
	struct ruleset r = {.fs = 0};

	*bytes = 0;
	for (size_t i = 0; i < sizeof known / sizeof known[0] && known[i].abi <= abi; i++) {
		r.fs |= known[i].rights.fs;
		r.net |= known[i].rights.net;
		r.scoped |= known[i].rights.scoped;
		*bytes = known[i].bytes;
	}
	return r;
}

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return abi > 0 ? (int)abi : 0;
}

int landlock_new(int abi)
{
	size_t bytes;
	struct ruleset r = rights_of(abi, &bytes);

	return (int)syscall(SYS_landlock_create_ruleset, &r, bytes, 0);
}

int landlock_allow(int rules, int abi, const char *path, enum landlock_use use)
{
	struct path_rule rule = {.fd = open(path, O_PATH | O_CLOEXEC)};
	struct stat st;
	size_t unused;
	int r = -1;

	if (rule.fd < 0)
		return -1;
	rule.allowed = uses[use] & rights_of(abi, &unused).fs;
	if (fstat(rule.fd, &st) == 0) {
		if (!S_ISDIR(st.st_mode)) /* of a file, others are refused */
			rule.allowed &= FS_OF_FILES;
		r = (int)syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
	}
	close(rule.fd);
	return r;
}

int landlock_allow_connect(int rules, uint16_t tcp_port)
{
	struct port_rule rule = {.allowed = NET_CONNECT_TCP, .port = tcp_port};

	return (int)syscall(SYS_landlock_add_rule, rules, RULE_PORT, &rule, 0);
}

int landlock_enforce(int rules)
{
	return (int)syscall(SYS_landlock_restrict_self, rules, 0);
}
