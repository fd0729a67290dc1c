/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Intervals made by hand, for the tests of history.
 */
#include "config.h"

#include "intervals.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dpitop/log.h"
#include "dpitop/mem.h"

char history_dir[64];

static int run(const char *const argv[])
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

void history_setup(void)
{
	const char *tmp = getenv("TMPDIR");

	log_to_stderr(false);
	snprintf(history_dir, sizeof history_dir, "%.40s/dpitop-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(history_dir));
}

void history_teardown(void)
{
	history_remove(history_dir);
}

void history_remove(const char *dir)
{
	ck_assert_int_eq(run((const char *const[]){"rm", "-rf", dir, NULL}), 0);
}

void history_copy(const char *from, const char *to)
{
	ck_assert_int_eq(run((const char *const[]){"cp", "-a", from, to, NULL}), 0);
}

struct archive_options history_options(void)
{
	return (struct archive_options){.dir = history_dir, .write = true};
}

struct archive *history_archive(int64_t now_us)
{
	struct archive_options o = history_options();
	struct error e = {.text = ""};
	struct archive *a = archive_open(&o, now_us, &e);

	ck_assert_msg(a != NULL, "%s", e.text);
	return a;
}

struct interval *history_interval(enum interval_class c, int64_t from_s, int64_t to_s)
{
	return interval_new(c, from_s * S, to_s * S);
}

struct dim_key history_host_key(uint32_t number)
{
	const uint8_t v4[4] = {10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
	struct dim_key k;

	memset(&k, 0, sizeof k);
	k.host.addr = addr_from_v4(v4);
	return k;
}

struct interval_row *history_host(struct interval *i, uint32_t number, int64_t sent, int64_t received)
{
	struct interval_row *r = interval_add(i);

	r->dim = DIM_HOST;
	r->flags = INTERVAL_LOCAL;
	r->key = history_host_key(number);
	r->bytes[0] = sent;
	r->bytes[1] = received;
	r->packets[0] = r->packets[1] = 1;
	r->flows = 1;
	r->live = 2;
	return r;
}

struct interval_row *history_app(struct interval *i, uint16_t number, const char *name, int64_t bytes)
{
	struct interval_row *r = interval_add(i);

	r->dim = DIM_APP;
	r->key.app.app = number;
	r->text = interval_text(i, name);
	r->bytes[0] = bytes;
	r->packets[0] = 1;
	r->hosts = 3;
	return r;
}

int history_record(struct archive *a, struct interval *i)
{
	struct error e;
	int code = archive_record(a, i, &e);

	interval_unref(i);
	return code;
}

double history_sum(struct archive *a, const struct entity *e, enum series s, int64_t from_s, int64_t to_s, int64_t step_s)
{
	struct series_block b;
	struct error error = {.text = ""};
	double sum = 0;

	ck_assert_ptr_nonnull(e);
	ck_assert_msg(archive_fetch(a, e, from_s * S, to_s * S, step_s * S, &b, &error) == 0, "%s", error.text);
	ck_assert_ptr_nonnull(b.values[s]);
	for (size_t i = 0; i < b.steps; i++)
		sum += isnan(b.values[s][i]) ? 0 : b.values[s][i];
	mem_free(b.memory);
	return sum;
}

double history_at(struct archive *a, const struct entity *e, enum series s, int64_t end_s, int64_t step_s)
{
	struct series_block b;
	struct error error = {.text = ""};
	double v;

	ck_assert_ptr_nonnull(e);
	ck_assert_msg(archive_fetch(a, e, (end_s - step_s) * S, end_s * S, step_s * S, &b, &error) == 0, "%s", error.text);
	ck_assert_uint_eq(b.steps, 1);
	v = b.values[s][0];
	mem_free(b.memory);
	return v;
}
