/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file for the time of one input, of targets whose code under test opens its files by name: in memory where
 * /dev/shm is.
 */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
	char folder[64], path[96];
};

static inline void scratch_make(struct scratch *s, const char *name, const uint8_t *data, size_t n)
{
	FILE *f;

	snprintf(s->folder, sizeof s->folder, "%s/dpitop-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(s->folder) == NULL)
		abort();
	snprintf(s->path, sizeof s->path, "%s/%s", s->folder, name);
	f = fopen(s->path, "we");
	if (f == NULL || fwrite(data, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static inline void scratch_remove(const struct scratch *s)
{
	unlink(s->path);
	rmdir(s->folder);
}

#endif
