/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard output. Whoever reads it may have stopped to read, and then a write waits: a signal that ends the program, come
 * meanwhile or before, ends the wait after a moment, and the stream stays failed, so that the rest of a picture does not wait
 * anew. Other signals are nothing to it. Main thread.
 */
#include "config.h"

#include "app/output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/signals.h"

enum { PATIENCE_MS = 1000 }; /* with a reader, once the program is to end */

/* Until there is room for PIPE_BUF bytes, pipe(7): a write that waits would not know of a signal that came just before. */
static bool has_room(void)
{
	struct pollfd p[] = {{.fd = STDOUT_FILENO, .events = POLLOUT}, {.fd = signals_fd(), .events = POLLIN}};

	while (!signals_seen())
		if (poll(p, 2, -1) > 0 && p[0].revents != 0)
			return true;
	return poll(p, 1, PATIENCE_MS) > 0;
}

static ssize_t on_write(void *cookie, const char *data, size_t n)
{
	struct output *o = cookie;
	size_t done = 0;

	while (done < n && o->failed == 0) {
		size_t most = o->waits && n - done > PIPE_BUF ? PIPE_BUF : n - done;
		ssize_t r;

		if (o->waits && !has_room()) {
			o->failed = EINTR;
			break;
		}
		r = write(STDOUT_FILENO, data + done, most);
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
	struct stat found;

	o->failed = 0;
	o->waits = fstat(STDOUT_FILENO, &found) != 0 || !S_ISREG(found.st_mode);
	return fopencookie(o, "w", (cookie_io_functions_t){.write = on_write});
}
