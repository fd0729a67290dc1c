/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Directories that are made where they are missing. Any thread.
 */
#include "config.h"

#include "dpitop/folders.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MODE = 0700 };

int folders_make_above(const char *path)
{
	char folder[PATH_MAX];

	if (strlen(path) >= sizeof folder) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		if (slash == path)
			continue;
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		if (mkdir(folder, MODE) != 0 && errno != EEXIST)
			return -1;
	}
	return 0;
}

int folders_make(const char *path)
{
	if (folders_make_above(path) != 0)
		return -1;
	return mkdir(path, MODE) == 0 || errno == EEXIST ? 0 : -1;
}

const char *folders_spare(const char *path, char *buf, size_t size)
{
	const char *name = strrchr(path, '/');
	int n = name != NULL && name != path ? snprintf(buf, size, "%.*s/.%s.spare", (int)(name - path), path, name + 1) : -1;

	return n > 0 && (size_t)n < size ? buf : NULL;
}
