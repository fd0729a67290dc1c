/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Landlock as the program uses it, from inside: a child shuts itself off and tries what it may and what it may
 * not. tests/sandbox.py looks at the running program from outside.
 */
#include "config.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/landlock.h"
#include "app/options.h"
#include "app/sandbox.h"

Suite *sandbox_suite(void);

static char folder[] = "/tmp/dpitop-sandbox-XXXXXX";

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static void path_of(char *buf, size_t size, const char *name)
{
	snprintf(buf, size, "%s/%s", folder, name);
}

static void make(const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	path_of(path, sizeof path, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fclose(f);
}

static void make_folder(const char *name)
{
	char path[PATH_MAX];

	path_of(path, sizeof path, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

/* errno of opening it, 0. */
static int opening(const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	path_of(path, sizeof path, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* errno of connecting to a port of this host where nobody listens; at once, and never EACCES, without a sandbox. */
static int connecting(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r = connect(fd, (struct sockaddr *)&a, sizeof a) == 0 ? 0 : errno;
	close(fd);
	return r;
}

/* Run it in a process of its own; the number of its first check that fails, 0: none. */
static int in_a_child(int (*checks)(void))
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ? 99 : checks());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "status %d", status);
	return WEXITSTATUS(status);
}

static bool is_there(void)
{
	if (landlock_abi() > 0)
		return true;
	fprintf(stderr, "skipped: this kernel has no Landlock\n");
	return false;
}

static int rules_of_paths(void)
{
	int abi = landlock_abi(), rules = landlock_new(abi);
	char path[PATH_MAX];

	path_of(path, sizeof path, "read");
	if (rules < 0 || landlock_allow(rules, abi, path, LANDLOCK_READ) != 0)
		return 1;
	path_of(path, sizeof path, "write");
	if (landlock_allow(rules, abi, path, LANDLOCK_WRITE) != 0)
		return 2;
	path_of(path, sizeof path, "not there");
	if (landlock_allow(rules, abi, path, LANDLOCK_READ) == 0 || errno != ENOENT)
		return 3;
	if (landlock_enforce(rules) != 0)
		return 4;
	close(rules);
	if (opening("read/file", O_RDONLY) != 0 || opening("write/file", O_RDWR) != 0 || opening("write/new", O_WRONLY | O_CREAT) != 0)
		return 5;
	if (opening("read/file", O_WRONLY) != EACCES || opening("read/new", O_WRONLY | O_CREAT) != EACCES)
		return 6;
	if (opening("secret", O_RDONLY) != EACCES || opening("secret", O_WRONLY) != EACCES)
		return 7;
	return execl("/bin/true", "true", (char *)NULL) == -1 && errno == EACCES ? 0 : 8;
}

START_TEST(landlock_leaves_open_what_was_allowed_and_nothing_else)
{
	if (!is_there())
		return;
	make_folder("read");
	make_folder("write");
	make("read/file");
	make("write/file");
	make("secret");
	ck_assert_int_eq(in_a_child(rules_of_paths), 0);
	ck_assert_int_eq(opening("secret", O_RDONLY), 0);
}
END_TEST

static int rules_of_ports(void)
{
	int abi = landlock_abi(), rules = landlock_new(abi);

	if (rules < 0 || landlock_allow_connect(rules, 9) != 0 || landlock_enforce(rules) != 0)
		return 1;
	return connecting(9) == EACCES ? 2 : connecting(10) != EACCES ? 3 : 0;
}

START_TEST(landlock_leaves_open_the_port_that_was_allowed_and_no_other)
{
	if (!is_there())
		return;
	if (landlock_abi() < LANDLOCK_ABI_TCP) {
		fprintf(stderr, "skipped: Landlock of this kernel cannot rule TCP\n");
		return;
	}
	ck_assert_int_ne(connecting(10), EACCES);
	ck_assert_int_eq(in_a_child(rules_of_ports), 0);
}
END_TEST

/* Every older kernel's rights are a set that this one takes. */
static int rules_of_older_kernels(void)
{
	int newest = landlock_abi();

	for (int abi = 1; abi <= newest; abi++) {
		int rules = landlock_new(abi);

		if (rules < 0 || landlock_allow(rules, abi, folder, LANDLOCK_WRITE) != 0 || landlock_allow(rules, abi, "/dev/null", LANDLOCK_DEVICE) != 0)
			return abi;
		close(rules);
	}
	return 0;
}

START_TEST(landlock_asks_an_older_kernel_for_what_it_has)
{
	if (is_there())
		ck_assert_int_eq(in_a_child(rules_of_older_kernels), 0);
}
END_TEST

static void read_options(struct options *o, const char **words, int count)
{
	struct error e = {.code = ERR_NONE};

	options_init(o);
	ck_assert_msg(options_parse(o, count, (char **)words, &e) == 0, "%s", e.text);
}

static int sandbox_of_a_service(void)
{
	char data[PATH_MAX];
	const char *words[] = {"dpitop", "--json", "--data", data, "--rrdcached", "127.0.0.1:9"};
	struct sandbox s = {.on = false};
	struct options o;

	path_of(data, sizeof data, "data");
	read_options(&o, words, 6);
	if (sandbox_enter(&s, &o, &o.screen, NULL) != 0 || !s.on || s.abi != landlock_abi() || s.text[0] == '\0')
		return 1;
	if (opening("data/new", O_WRONLY | O_CREAT) != 0)
		return 2;
	if (opening("secret", O_RDONLY) != EACCES || opening("new", O_WRONLY | O_CREAT) != EACCES)
		return 3;
	if (open("/etc/shadow", O_RDONLY | O_CLOEXEC) >= 0 || open("/etc/hosts", O_RDONLY | O_CLOEXEC) < 0)
		return 4;
	return s.abi < LANDLOCK_ABI_TCP ? 0 : connecting(9) == EACCES ? 5 : connecting(10) != EACCES ? 6 : 0;
}

START_TEST(sandbox_of_a_service_has_its_history_and_its_rrdcached)
{
	struct stat st;
	char data[PATH_MAX];

	if (!is_there())
		return;
	make("secret");
	ck_assert_int_eq(in_a_child(sandbox_of_a_service), 0);
	path_of(data, sizeof data, "data");
	ck_assert_int_eq(stat(data, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
}
END_TEST

static int no_sandbox(void)
{
	const char *words[] = {"dpitop", "--no-sandbox"};
	struct sandbox s = {.on = true};
	struct options o;

	read_options(&o, words, 2);
	if (sandbox_enter(&s, &o, &o.screen, NULL) != 0 || s.on)
		return 1;
	return opening("secret", O_RDONLY);
}

START_TEST(sandbox_that_is_not_wanted_is_none)
{
	make("secret");
	ck_assert_int_eq(in_a_child(no_sandbox), 0);
}
END_TEST

START_TEST(sandbox_is_on_or_strict)
{
	const char *wrong[] = {"dpitop", "--sandbox", "maybe"}, *strict[] = {"dpitop", "--sandbox=strict"};
	struct error e = {.code = ERR_NONE};
	struct options o;

	options_init(&o);
	ck_assert_int_eq(o.sandbox, SANDBOX_ON);
	ck_assert_int_eq(options_parse(&o, 3, (char **)wrong, &e), ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(e.text, "maybe"));
	read_options(&o, strict, 2);
	ck_assert_int_eq(o.sandbox, SANDBOX_STRICT);
}
END_TEST

Suite *sandbox_suite(void)
{
	Suite *s = suite_create("sandbox");
	TCase *c = tcase_create("sandbox");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, landlock_leaves_open_what_was_allowed_and_nothing_else);
	tcase_add_test(c, landlock_leaves_open_the_port_that_was_allowed_and_no_other);
	tcase_add_test(c, landlock_asks_an_older_kernel_for_what_it_has);
	tcase_add_test(c, sandbox_of_a_service_has_its_history_and_its_rrdcached);
	tcase_add_test(c, sandbox_that_is_not_wanted_is_none);
	tcase_add_test(c, sandbox_is_on_or_strict);
	suite_add_tcase(s, c);
	return s;
}
