/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard output. Whoever reads it may have stopped to read, and then a write waits: a signal that ends the program ends
 * the wait, and the stream stays failed, so that the rest of a picture does not wait anew. Other signals are nothing to
 * it. Main thread.
 */
#include "config.h"

#include "app/output.h"

#include <errno.h>
#include <unistd.h>

#include "app/signals.h"

static ssize_t on_write(void *cookie, const char *data, size_t n)
{
	struct output *o = cookie;
	size_t done = 0;

	while (done < n && o->failed == 0) {
		ssize_t r = write(STDOUT_FILENO, data + done, n - done);

		if (r >= 0)
			done += (size_t)r;
		else if (errno != EINTR || signals_seen())
			o->failed = errno;
	}
	if (done < n)
		errno = o->failed;
	return (ssize_t)done; /* fopencookie(3): less than n is an error */
}

FILE *output_open(struct output *o)
{
	o->failed = 0;
	return fopencookie(o, "w", (cookie_io_functions_t){.write = on_write});
}
