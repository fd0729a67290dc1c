/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: files of librrd. What rrd_check() lets pass has all its rows within the file, and librrd can add to
 * it without falling over it. The file lies in memory, under the name of its descriptor.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "history/rrd_file.h"
#include "history/rrd_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LARGEST = 1 << 17, SAMPLE = 32 + 4 * RRD_DS };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void read_rows(int fd, const struct rrd_shape *s)
{
	for (size_t r = 0; r < s->rra_count; r++) {
		size_t width = s->ds_count, max = s->rra[r].rows;
		double *rows = malloc(max * width * sizeof *rows);
		int64_t end;
		long got;

		expect(rows != NULL);
		got = rrd_rows(fd, s, r, 0, INT64_MAX / 2, rows, max, &end);
		/* a file younger than its rows are many begins with steps before 1970, which nobody asks for */
		expect(got >= 0 && (size_t)got <= max && end % ((int64_t)s->rra[r].pdps * s->step_s) == 0);
		free(rows);
	}
}

static void add(int fd, const struct rrd_shape *s, int64_t steps)
{
	char path[64], sample[SAMPLE];
	const char *all = sample;
	int n = snprintf(sample, sizeof sample, "%lld", (long long)(s->last_s - s->last_s % s->step_s + steps * s->step_s));

	for (size_t i = 0; i < s->ds_count; i++)
		n += snprintf(sample + n, sizeof sample - (size_t)n, ":7");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	rrd_store_update(path, &all, 1, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rrd_shape shape;
	uint8_t *header;
	int fd;

	if (n > LARGEST || rrd_check(data, n, n, &shape, NULL) != 0)
		return 0;
	expect(shape.header_bytes <= n && shape.file_bytes == n);
	fd = memfd_create("rrd", MFD_CLOEXEC);
	header = malloc(RRD_HEADER_MAX);
	expect(fd >= 0 && header != NULL && write(fd, data, n) == (ssize_t)n);
	read_rows(fd, &shape);
	for (int64_t steps = 1; steps < 4000; steps = steps * 61 + 1) {
		add(fd, &shape, steps);
		expect(lseek(fd, 0, SEEK_END) == (off_t)n);
		if (rrd_check_fd(fd, header, 4096, &shape, NULL) != 0)
			break;
		read_rows(fd, &shape);
	}
	free(header);
	close(fd);
	return 0;
}
