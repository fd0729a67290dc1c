/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * month fill DIR [DAYS [ENTITIES]]: a directory of history as after so many days, made through the archive's own functions.
 * month look DIR [ROUNDS]: how long someone waits who looks at it, of a cold disk's cache: for the first picture, for a step
 * within the span in sight, for a jump outside it; the worst and the median, in milliseconds, as JSON. Not a test but a
 * measure; contrib/bench runs it.
 */
#include "config.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "dpitop/history.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "history/archive.h"
#include "model/interval_parts.h"

#define SECOND_US INT64_C(1000000)

enum { DAY_S = 86400, FINE_S = 60, COARSE_S = 300, BATCH_S = 21600, BUSY = 2 /* each entity moves in one of so many intervals */, ROUNDS_MAX = 1000 };

/* ---- filling ---- */

static uint32_t seed = 1;

static uint32_t chance(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

static void add(struct interval *i, enum dim d, const struct dim_key *key, const char *text)
{
	struct interval_row *r = interval_add(i);

	r->dim = (uint8_t)d;
	r->key = *key;
	r->text = text != NULL ? interval_text(i, text) : NULL;
	r->flags = d == DIM_HOST ? INTERVAL_LOCAL : 0;
	r->bytes[0] = 1000 + chance() % 1000000;
	r->bytes[1] = dim_info(d)->pair ? 0 : 100 + chance() % 100000;
	r->packets[0] = 1 + r->bytes[0] / 700;
	r->packets[1] = dim_info(d)->pair ? 0 : 1 + r->bytes[1] / 100;
	r->flows = 1 + chance() % 10;
	r->live = chance() % 10;
}

static struct addr address(unsigned n)
{
	const uint8_t v4[4] = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	return addr_from_v4(v4);
}

static void add_number(struct interval *i, enum dim d, unsigned n)
{
	char text[40];
	struct dim_key k;

	memset(&k, 0, sizeof k);
	snprintf(text, sizeof text, "Application%u", n);
	switch ((int)d) {
	case DIM_HOST: k.host.addr = address(n); break;
	case DIM_APP: k.app.app = (uint16_t)(1000 + n); break;
	case DIM_COUNTRY: k.country.code[0] = (char)('A' + n / 26 % 26), k.country.code[1] = (char)('A' + n % 26); break;
	case DIM_AS: k.as.asn = 64500 + n; break;
	default:
		k.subnet_pair.src = (struct cidr){address(n << 8), 120};
		k.subnet_pair.dst = (struct cidr){address(n / 7 << 8), 120};
	}
	add(i, d, &k, d == DIM_APP ? text : NULL);
}

static void fill_step(struct archive *a, int64_t from_s, int64_t to_s, const unsigned counts[DIM_COUNT])
{
	for (int c = 0; c < INTERVAL_CLASSES; c++) {
		struct interval *i = interval_new((enum interval_class)c, from_s * SECOND_US, to_s * SECOND_US);
		const struct dim_key none = {.interface = {.number = 0}};

		if (c == INTERVAL_LINE) {
			add(i, DIM_INTERFACE, &none, "eth0");
			i->totals = (struct interval_totals){.bytes = 1000000, .packets = 2000, .in_bytes = 1000000};
		}
		for (unsigned d = 0; d < DIM_COUNT; d++)
			for (unsigned n = 0; interval_class_of((enum dim)d) == (enum interval_class)c && n < counts[d]; n++)
				if (chance() % BUSY == 0)
					add_number(i, (enum dim)d, n);
		archive_record(a, i, NULL);
		interval_unref(i);
	}
	if (to_s % BATCH_S == 0) /* many samples of a file at once: that is quick */
		archive_work(a, to_s * SECOND_US, 0);
}

static int fill(const char *dir, int days, unsigned entities)
{
	const unsigned counts[DIM_COUNT] = {[DIM_HOST] = entities * 6 / 10, [DIM_APP] = entities * 3 / 20,
					    [DIM_SUBNET_PAIR] = entities * 3 / 20, [DIM_COUNTRY] = entities / 20, [DIM_AS] = entities / 20};
	struct archive_options o = {.dir = dir, .write = true, .capture_time = true, .size_bytes = UINT64_C(2) << 30};
	int64_t end = (int64_t)time(NULL) / FINE_S * FINE_S - 3600, at = end - (int64_t)days * DAY_S;
	struct error e = {.text = ""};
	struct archive *a = archive_open(&o, 0, &e);

	if (a == NULL) {
		fprintf(stderr, "month: %s\n", e.text);
		return 1;
	}
	for (at -= at % COARSE_S; at < end;) {
		int64_t to = at + (at < end - DAY_S ? COARSE_S : FINE_S);

		fill_step(a, at, to, counts);
		at = to;
	}
	archive_close(a);
	return 0;
}

/* ---- looking ---- */

struct look {
	uv_mutex_t mutex;
	uv_cond_t fresh;
	unsigned published;
	struct feed feed;
	struct snapshot *s; /* what is seen */
};

static void on_published(void *ctx)
{
	struct look *l = ctx;

	uv_mutex_lock(&l->mutex);
	l->published++;
	uv_cond_signal(&l->fresh);
	uv_mutex_unlock(&l->mutex);
}

/* Until there is a picture that does not load and is of another moment than the last one; milliseconds since start_ns. */
static double wait_for_another(struct look *l, uint64_t start_ns)
{
	int64_t before = l->s != NULL ? l->s->replay.to_us : 0;

	for (unsigned seen = 0;;) {
		struct snapshot *s = l->feed.ops->acquire(l->feed.ctx);

		if (s != NULL && !s->replay.loading && s->replay.to_us != before) {
			snapshot_unref(l->s);
			l->s = s;
			return (double)(uv_hrtime() - start_ns) / 1e6;
		}
		snapshot_unref(s);
		uv_mutex_lock(&l->mutex);
		while (l->published == seen)
			uv_cond_wait(&l->fresh, &l->mutex);
		seen = l->published;
		uv_mutex_unlock(&l->mutex);
	}
}

static int forget(const char *path, const struct stat *st, int type, struct FTW *where)
{
	int fd = type == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	(void)st;
	(void)where;
	if (fd >= 0) {
		fdatasync(fd);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		close(fd);
	}
	return 0;
}

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return a < b ? -1 : a > b;
}

static void tell(const char *name, double *ms, int n, const char *end)
{
	qsort(ms, (size_t)n, sizeof *ms, ascending);
	printf("\"%s\": {\"median_ms\": %.1f, \"worst_ms\": %.1f, \"count\": %d}%s", name, ms[n / 2], ms[n - 1], n, end);
}

static double open_and_look(struct look *l, const char *dir, struct history **h)
{
	struct history_options o = {.dir = dir};
	struct error e = {.text = ""};
	uint64_t start = uv_hrtime();
	struct want *want = mem_zalloc(sizeof *want);

	for (int d = 0; d < DIM_COUNT; d++)
		want->lists[d] = (struct want_list){.on = d == DIM_HOST || d == DIM_APP || d == DIM_COUNTRY, .top = 20};
	*h = history_open(&o, &e);
	if (*h == NULL) {
		fprintf(stderr, "month: %s\n", e.text);
		exit(1);
	}
	l->feed = history_feed(*h, want, on_published, l);
	mem_free(want);
	return wait_for_another(l, start);
}

static void close_look(struct look *l, struct history *h)
{
	history_feed_end(h);
	snapshot_unref(l->s);
	l->s = NULL;
	history_close(h);
}

/* To a day that is not in sight, the days in an order that has no two neighbours beside each other. */
static double jump(struct look *l, int i)
{
	int64_t span = l->s->replay.span_to_us - l->s->replay.span_from_us;
	uint64_t start = uv_hrtime();

	l->feed.ops->replay->seek(l->feed.ctx, l->s->replay.span_from_us + span / 16 * (1 + i * 5 % 13) + i * 60 * SECOND_US);
	return wait_for_another(l, start);
}

static double step(struct look *l, int i)
{
	uint64_t start = uv_hrtime();

	l->feed.ops->replay->step(l->feed.ctx, i % 2 == 0 ? -1 : -2);
	return wait_for_another(l, start);
}

static int look(const char *dir, int rounds)
{
	double first[2], steps[ROUNDS_MAX], jumps[ROUNDS_MAX];
	struct history *h;
	struct look l = {.s = NULL};

	uv_mutex_init(&l.mutex);
	uv_cond_init(&l.fresh);
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			nftw(dir, forget, 16, FTW_PHYS);
		first[i] = open_and_look(&l, dir, &h);
		if (i == 0)
			close_look(&l, h);
	}
	for (int i = 0; i < rounds; i++)
		steps[i] = step(&l, i);
	nftw(dir, forget, 16, FTW_PHYS);
	for (int i = 0; i < rounds; i++)
		jumps[i] = jump(&l, i);
	close_look(&l, h);
	printf("{\"first_cold_ms\": %.1f, \"first_ms\": %.1f, ", first[0], first[1]);
	tell("step", steps, rounds, ", ");
	tell("jump", jumps, rounds, "}\n");
	return 0;
}

int main(int argc, char **argv)
{
	int number = argc > 3 ? atoi(argv[3]) : 30, more = argc > 4 ? atoi(argv[4]) : 2000;

	log_to_stderr(false);
	if (argc > 2 && strcmp(argv[1], "fill") == 0 && number > 0 && more > 0)
		return fill(argv[2], number, (unsigned)more);
	if (argc > 2 && strcmp(argv[1], "look") == 0 && number > 0 && number <= ROUNDS_MAX)
		return look(argv[2], number);
	fprintf(stderr, "usage: month fill DIR [DAYS [ENTITIES]] | month look DIR [ROUNDS]\n");
	return 2;
}
