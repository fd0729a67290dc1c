/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: any bytes as a capture file. What is read lies in memory, no frame is longer than was captured
 * at most, what is wrong is said in clean text; and the same bytes from a pipe are the same frames.
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/text.h"
#include "scratch.h"
#include "source/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LARGEST = 60000, WIDEST = 1 << 24 }; /* less than a pipe holds */

struct found {
	bool opened;
	int linktype, ended;
	uint64_t frames, hash;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_error(const struct error *e, int r)
{
	expect(r < 0 && e->code == (enum err)r && e->text[0] != '\0');
}

static void take(struct found *found, const struct frame *f)
{
	expect(f->cap_len <= WIDEST);
	found->frames++;
	for (uint32_t i = 0; i < f->cap_len; i++) /* a sanitizer sees what is not there */
		found->hash = (found->hash ^ f->data[i]) * 1099511628211u;
	found->hash = (found->hash ^ (uint64_t)f->ts_us ^ f->wire_len) * 1099511628211u;
}

static struct found read_all(const char *name)
{
	struct found found = {.hash = 1};
	struct error e = {.code = ERR_NONE};
	struct reader *r = reader_open(name, -1, &e);
	struct frame f;

	if (r == NULL) {
		check_error(&e, e.code);
		return found;
	}
	found.opened = true;
	found.linktype = reader_linktype(r);
	while ((found.ended = reader_next(r, &f, &e)) == READER_FRAME)
		take(&found, &f);
	if (found.ended != READER_END)
		check_error(&e, found.ended);
	reader_close(r);
	return found;
}

static struct found read_piped(const uint8_t *data, size_t n)
{
	struct found found;
	char name[32];
	int ends[2];

	expect(pipe2(ends, O_CLOEXEC) == 0 && write(ends[1], data, n) == (ssize_t)n);
	snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
	/* the reader opens the pipe anew, and there has to be one who writes while it does */
	int again = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	expect(again >= 0);
	close(again);
	close(ends[1]);
	found = read_all(name);
	close(ends[0]);
	return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct scratch s;
	struct found file, piped;

	if (n > LARGEST)
		return 0;
	scratch_make(&s, "x.pcap", data, n);
	file = read_all(s.path);
	scratch_remove(&s);
	if (!file.opened)
		return 0;
	piped = read_piped(data, n);
	expect(piped.opened && piped.linktype == file.linktype && piped.frames == file.frames && piped.hash == file.hash &&
	       (piped.ended == READER_END) == (file.ended == READER_END));
	return 0;
}
