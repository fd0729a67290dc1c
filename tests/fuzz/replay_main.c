/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Feeds each file of the directories given to a fuzz target, so that corpora replay in the tests
 * without libFuzzer. A target that finds something aborts.
 */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The file is copied into a block of its exact size: a read past the end is seen by a sanitizer. */
static int replay_file(const char *path)
{
	struct stat st;
	FILE *f = fopen(path, "rb");
	uint8_t *data;

	if (f == NULL || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode)) {
		if (f != NULL)
			fclose(f);
		return 0;
	}
	data = malloc((size_t)st.st_size + (st.st_size == 0));
	if (data == NULL || fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		perror(path);
		exit(1);
	}
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)st.st_size);
	free(data);
	return 1;
}

int main(int argc, char **argv)
{
	int replayed = 0;

	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		struct dirent *e;
		char path[4096];

		if (d == NULL) {
			perror(argv[i]);
			return 1;
		}
		while ((e = readdir(d)) != NULL) {
			snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
			replayed += replay_file(path);
		}
		closedir(d);
	}
	printf("%d passed, 0 failed\n", replayed);
	return replayed > 0 ? 0 : 1;
}
