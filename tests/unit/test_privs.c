/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Giving up root: whom the program becomes, and (as root only) that it does. tests/live.py looks at
 * the running program from outside.
 */
#include "config.h"

#include <check.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/privs.h"

Suite *privs_suite(void);

START_TEST(callers_of_sudo_stay_themselves)
{
	struct privs_user u;
	struct error e = {.code = ERR_NONE};

	/* no such user in the table: the numbers are enough */
	ck_assert_int_eq(privs_find_user(&u, NULL, "54321", "54322", &e), 0);
	ck_assert_uint_eq(u.uid, 54321);
	ck_assert_uint_eq(u.gid, 54322);
	ck_assert_str_eq(u.name, "");
}
END_TEST

START_TEST(without_sudo_it_is_nobody)
{
	const struct passwd *p = getpwnam("nobody");
	struct privs_user u;

	if (!p)
		return;
	ck_assert_int_eq(privs_find_user(&u, NULL, NULL, NULL, NULL), 0);
	ck_assert_uint_eq(u.uid, p->pw_uid);
	/* root through sudo of root, or rubbish in the environment, is no one to become */
	ck_assert_int_eq(privs_find_user(&u, NULL, "0", "0", NULL), 0);
	ck_assert_uint_eq(u.uid, p->pw_uid);
	ck_assert_int_eq(privs_find_user(&u, NULL, "12x", "12", NULL), 0);
	ck_assert_uint_eq(u.uid, p->pw_uid);
}
END_TEST

START_TEST(user_that_is_not_there_is_named)
{
	struct privs_user u;
	struct error e = {.code = ERR_NONE};

	ck_assert_int_eq(privs_find_user(&u, "no-such-user", NULL, NULL, &e), ERR_NOT_FOUND);
	ck_assert_ptr_nonnull(strstr(e.text, "no-such-user"));
}
END_TEST

static uint32_t capabilities(bool effective)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	ck_assert_int_eq(syscall(SYS_capget, &head, data), 0);
	return effective ? data[0].effective : data[0].permitted;
}

START_TEST(dropping_keeps_at_most_the_right_to_capture)
{
	struct error e = {.code = ERR_NONE};
	bool root = geteuid() == 0 && getpwnam("nobody");
	uint32_t had = capabilities(false);

	unsetenv("SUDO_UID");
	ck_assert_msg(privs_drop(NULL, true, &e) == 0, "%s", e.text);
	if (root)
		ck_assert_uint_ne(geteuid(), 0);
	ck_assert_uint_eq(capabilities(true), 0);
	ck_assert_uint_eq(capabilities(false), had & (1u << CAP_NET_RAW));
	ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	privs_raise(NULL, true);
	ck_assert_uint_eq(capabilities(true), had & (1u << CAP_NET_RAW));
	privs_raise(NULL, false);
	ck_assert_uint_eq(capabilities(true), 0);
}
END_TEST

START_TEST(dropping_for_files_keeps_nothing)
{
	struct error e = {.code = ERR_NONE};

	unsetenv("SUDO_UID");
	ck_assert_msg(privs_drop(NULL, false, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(capabilities(false), 0);
}
END_TEST

START_TEST(another_user_wants_root)
{
	struct error e = {.code = ERR_NONE};

	if (geteuid() == 0 && setresuid(54321, 54321, 54321) != 0)
		return;
	ck_assert_int_eq(privs_drop("nobody", true, &e), ERR_USAGE);
}
END_TEST

START_TEST(home_is_the_users_own_once_root_is_given_up)
{
	const struct passwd *p = getpwuid(geteuid());

	setenv("HOME", "/somewhere/else", 1);
	ck_assert_str_eq(privs_home(false), "/somewhere/else");
	if (p)
		ck_assert_str_eq(privs_home(true), p->pw_dir);
	setenv("HOME", "relative", 1);
	if (p)
		ck_assert_str_eq(privs_home(false), p->pw_dir);
}
END_TEST

Suite *privs_suite(void)
{
	Suite *s = suite_create("privs");
	TCase *t = tcase_create("privs");

	tcase_add_test(t, callers_of_sudo_stay_themselves);
	tcase_add_test(t, without_sudo_it_is_nobody);
	tcase_add_test(t, user_that_is_not_there_is_named);
	tcase_add_test(t, dropping_keeps_at_most_the_right_to_capture);
	tcase_add_test(t, dropping_for_files_keeps_nothing);
	tcase_add_test(t, another_user_wants_root);
	tcase_add_test(t, home_is_the_users_own_once_root_is_given_up);
	suite_add_tcase(s, t);
	return s;
}
