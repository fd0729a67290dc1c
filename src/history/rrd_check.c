/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header of a librrd file, checked: magic, version, the float that tells the machine's kind, counts, sizes,
 * names, and each number librrd uses as an index or in a loop. A file that passes cannot make it read or write
 * outside the file. Fuzzed (tests/fuzz/fuzz_rrd.c).
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "history/rrd_file.h"
#include "history/rrd_format.h"

enum { STEP_MAX = 86400, ROWS_MAX = 1 << 22, PDPS_MAX = 1 << 20 };

static const double float_cookie = 8.642135E130;
static const int64_t time_max = (int64_t)1 << 33; /* year 2242 */

size_t rrd_header_bytes(size_t ds, size_t rras)
{
	return sizeof(struct rrd_head) + ds * sizeof(struct rrd_ds) + rras * sizeof(struct rrd_rra) + sizeof(struct rrd_live) +
	       ds * sizeof(struct rrd_pdp) + ds * rras * sizeof(struct rrd_cdp) + rras * sizeof(unsigned long);
}

static int bad(struct error *e, const char *what)
{
	return error_set(e, ERR_FORMAT, "not a usable RRD file: %s", what);
}

static bool is_word(const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	if (n == 0 || n == size)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
		      s[i] == '_' || s[i] == '-'))
			return false;
	return true;
}

static int check_head(const struct rrd_head *h, struct rrd_shape *out, struct error *e)
{
	if (memcmp(h->cookie, "RRD", 4) != 0)
		return bad(e, _("no magic number"));
	if (memcmp(h->version, "0003", 5) != 0)
		return bad(e, _("another version of the format"));
	if (h->float_cookie != float_cookie)
		return bad(e, _("written by another kind of machine"));
	if (h->ds_count < 1 || h->ds_count > RRD_DS || h->rra_count < 1 || h->rra_count > RRD_RRAS)
		return bad(e, _("number of data sources or archives"));
	if (h->step_s < 1 || h->step_s > STEP_MAX)
		return bad(e, _("its step"));
	out->step_s = (uint32_t)h->step_s;
	out->ds_count = h->ds_count;
	out->rra_count = h->rra_count;
	return 0;
}

/* Other types and functions (COMPUTE, HWPREDICT ...) have parameters that are not checked here. */
static int check_source(const struct rrd_ds *d, struct rrd_shape *out, size_t i, struct error *e)
{
	if (!is_word(d->name, sizeof d->name) || !is_word(d->type, sizeof d->type))
		return bad(e, _("name of a data source"));
	if (strcmp(d->type, "ABSOLUTE") != 0 && strcmp(d->type, "GAUGE") != 0)
		return bad(e, _("type of a data source"));
	memcpy(out->ds[i].name, d->name, RRD_NAME);
	out->ds[i].absolute = d->type[0] == 'A';
	return 0;
}

static int check_archive(const struct rrd_rra *r, struct rrd_shape *out, size_t i, struct error *e)
{
	if (!is_word(r->function, sizeof r->function))
		return bad(e, _("function of an archive"));
	if (strcmp(r->function, "AVERAGE") != 0 && strcmp(r->function, "MAX") != 0)
		return bad(e, _("function of an archive"));
	if (r->rows < 1 || r->rows > ROWS_MAX || r->pdps < 1 || r->pdps > PDPS_MAX)
		return bad(e, _("size of an archive"));
	if (!(r->par[0].value >= 0 && r->par[0].value < 1))
		return bad(e, _("share of unknown steps of an archive"));
	out->rra[i].max = r->function[0] == 'M';
	out->rra[i].rows = (uint32_t)r->rows;
	out->rra[i].pdps = (uint32_t)r->pdps;
	return 0;
}

/* What is copied from the bytes: they may lie anywhere. */
struct reader {
	const char *at;
};

static void take(struct reader *r, void *to, size_t n)
{
	memcpy(to, r->at, n);
	r->at += n;
}

static int check_definitions(struct reader *r, struct rrd_shape *out, struct error *e)
{
	for (size_t i = 0; i < out->ds_count; i++) {
		struct rrd_ds d;

		take(r, &d, sizeof d);
		if (check_source(&d, out, i, e) != 0)
			return ERR_FORMAT;
	}
	for (size_t i = 0; i < out->rra_count; i++) {
		struct rrd_rra a;

		take(r, &a, sizeof a);
		if (check_archive(&a, out, i, e) != 0)
			return ERR_FORMAT;
	}
	return 0;
}

static int check_live(struct reader *r, struct rrd_shape *out, struct error *e)
{
	struct rrd_live live;

	take(r, &live, sizeof live);
	if (live.last < 1 || (int64_t)live.last > time_max || live.last_us < 0 || live.last_us > 999999)
		return bad(e, _("time of its last update"));
	out->last_s = live.last;
	for (size_t i = 0; i < out->ds_count; i++) {
		struct rrd_pdp p;

		take(r, &p, sizeof p);
		if (strnlen(p.last, sizeof p.last) == sizeof p.last || p.scratch[0].count > out->step_s)
			return bad(e, _("state of a data source"));
	}
	for (size_t i = 0; i < out->ds_count * out->rra_count; i++) {
		struct rrd_cdp c;

		take(r, &c, sizeof c);
		if (c.scratch[RRD_CDP_UNKNOWN].count > out->rra[i / out->ds_count].pdps)
			return bad(e, _("state of an archive"));
	}
	return 0;
}

static int check_rows(struct reader *r, uint64_t file_bytes, struct rrd_shape *out, struct error *e)
{
	uint64_t at = out->header_bytes;

	for (size_t i = 0; i < out->rra_count; i++) {
		unsigned long row;

		take(r, &row, sizeof row);
		if (row >= out->rra[i].rows)
			return bad(e, _("place in an archive"));
		out->rra[i].newest = (uint32_t)row;
		out->rra[i].offset = at;
		at += (uint64_t)out->rra[i].rows * out->ds_count * sizeof(double);
	}
	if (at != file_bytes)
		return bad(e, _("its size is not what its header says"));
	return 0;
}

int rrd_check(const void *header, size_t n, uint64_t file_bytes, struct rrd_shape *out, struct error *e)
{
	struct reader r = {header};
	struct rrd_head h;

	memset(out, 0, sizeof *out);
	if (n < sizeof h)
		return bad(e, _("it is too short"));
	take(&r, &h, sizeof h);
	if (check_head(&h, out, e) != 0)
		return ERR_FORMAT;
	out->header_bytes = rrd_header_bytes(out->ds_count, out->rra_count);
	out->file_bytes = file_bytes;
	if (n < out->header_bytes)
		return bad(e, _("it is too short"));
	if (check_definitions(&r, out, e) != 0 || check_live(&r, out, e) != 0)
		return ERR_FORMAT;
	return check_rows(&r, file_bytes, out, e);
}

static int check_begin(int fd, void *buf, size_t n, uint64_t file_bytes, struct rrd_shape *out, struct error *e)
{
	ssize_t got = pread(fd, buf, n, 0);

	if (got < 0)
		return error_set(e, ERR_IO, "cannot read it: %s", strerror(errno));
	return rrd_check(buf, (size_t)got, file_bytes, out, e);
}

int rrd_check_fd(int fd, void *buf, size_t likely, struct rrd_shape *out, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return error_set(e, ERR_IO, "cannot read it: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERR_FORMAT, "it is not a regular file");
	if (check_begin(fd, buf, likely, (uint64_t)st.st_size, out, NULL) == 0)
		return 0;
	return check_begin(fd, buf, RRD_HEADER_MAX, (uint64_t)st.st_size, out, e);
}

int64_t rrd_newest_s(const struct rrd_shape *s, size_t r)
{
	int64_t step = (int64_t)s->rra[r].pdps * s->step_s;

	return s->last_s - s->last_s % step;
}

/* n steps from row `row` on, without going round. */
static bool read_part(int fd, const struct rrd_shape *s, size_t r, uint32_t row, size_t n, double *out)
{
	size_t line = s->ds_count * sizeof(double);
	ssize_t got = n > 0 ? pread(fd, out, n * line, (off_t)(s->rra[r].offset + row * line)) : 0;

	if (got >= 0 && (size_t)got < n * line)
		errno = EIO;
	return got >= 0 && (size_t)got == n * line;
}

long rrd_rows(int fd, const struct rrd_shape *s, size_t r, int64_t from_s, int64_t to_s, double *out, size_t max, int64_t *end_s)
{
	int64_t step = (int64_t)s->rra[r].pdps * s->step_s, newest = rrd_newest_s(s, r);
	int64_t first = from_s - from_s % step + step, last = to_s - to_s % step; /* ends of steps */
	int64_t oldest = newest - (int64_t)(s->rra[r].rows - 1) * step;
	size_t n, back, begin, part;

	first = first > oldest ? first : oldest;
	last = last < newest ? last : newest;
	*end_s = first;
	if (first > last)
		return 0;
	n = (size_t)((last - first) / step) + 1;
	if (n > max) {
		errno = EOVERFLOW;
		return -1;
	}
	back = (size_t)((newest - first) / step); /* < rows */
	begin = (s->rra[r].newest + s->rra[r].rows - back) % s->rra[r].rows;
	part = n < s->rra[r].rows - begin ? n : s->rra[r].rows - begin;
	if (!read_part(fd, s, r, (uint32_t)begin, part, out) ||
	    !read_part(fd, s, r, 0, n - part, out + part * s->ds_count))
		return -1;
	return (long)n;
}
