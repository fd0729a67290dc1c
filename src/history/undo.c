/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * librrd changes a file in place: killed in the midst, it may have moved the place where an archive writes next and not
 * the time of the file, and all that is added afterwards lies one step off. So the header is put into the
 * file `undo` first, and void when the update is done; who opens the directory puts it back, and adds the same samples
 * from the journal again. One file, the same pages each time.
 *
 *	checksum U name bytes hash        a line, then so many bytes
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/mem.h"
#include "history/parts.h"

enum { HEAD_MAX = FILE_NAME * 3 + 64 };

static int64_t hash_of(const uint8_t *p, size_t n)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return (int64_t)(h >> 1);
}

bool undo_write(struct archive *a, const char *name, const void *header, size_t n)
{
	struct lines l = {0};
	bool ok;

	if (a->undo_fd < 0)
		a->undo_fd = openat(a->dir_fd, "undo", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	line_begin(&l, 'U');
	line_text(&l, name);
	line_number(&l, (int64_t)n);
	line_number(&l, hash_of(header, n));
	line_end(&l);
	l.data = mem_grow(l.data, l.n + n, 1);
	memcpy(l.data + l.n, header, n);
	ok = a->undo_fd >= 0 && pwrite(a->undo_fd, l.data, l.n + n, 0) == (ssize_t)(l.n + n);
	lines_release(&l);
	return ok;
}

void undo_clear(struct archive *a)
{
	/* its checksum fails from now on */
	if (a->undo_fd >= 0 && pwrite(a->undo_fd, "-", 1, 0) != 1) {
		close(a->undo_fd);
		a->undo_fd = -1;
		unlinkat(a->dir_fd, "undo", 0);
	}
}

/* "3f/hosts-10.0.0.5.rrd", as file_name() makes it */
static bool is_a_name(const char *s)
{
	static const char hex[] = "0123456789abcdef";
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-%~";

	return strspn(s, hex) == 2 && s[2] == '/' && s[3] != '.' && s[3] != '\0' && strspn(s + 3, signs) == strlen(s + 3);
}

static void hurry(struct archive *a, const char *name)
{
	char buf[FILE_NAME];

	for (struct entity *e = a->stored.first; e != NULL; e = e->link.next)
		if (strcmp(file_name(e->dim, e->other || e->dim == ENTITY_TOTALS ? NULL : e->text, buf), name) == 0)
			e->hurry = true;
}

static void put_back(struct archive *a, const char *name, const void *header, size_t n)
{
	int fd = dir_open_file(a, name, O_RDWR);
	struct rrd_shape shape;
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;

	if (size > 0 && rrd_check(header, n, (uint64_t)size, &shape, NULL) == 0 && shape.header_bytes == n &&
	    pwrite(fd, header, n, 0) == (ssize_t)n)
		hurry(a, name);
	if (fd >= 0)
		close(fd);
}

void undo_restore(struct archive *a)
{
	int fd = openat(a->dir_fd, "undo", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	size_t room = HEAD_MAX + RRD_HEADER_MAX;
	char *text = mem_alloc(room), name[FILE_NAME];
	ssize_t got = fd >= 0 ? pread(fd, text, room, 0) : 0;
	const char *end = got > 0 ? memchr(text, '\n', (size_t)got) : NULL;
	struct line l;
	int64_t n, hash;

	if (end != NULL && line_parse(&l, text, (size_t)(end - text)) && l.type == 'U' && line_get_text(&l, name, sizeof name) &&
	    line_get_range(&l, 1, text + got - end - 1, &n) && line_get_number(&l, &hash) &&
	    hash == hash_of((const uint8_t *)end + 1, (size_t)n) && is_a_name(name))
		put_back(a, name, end + 1, (size_t)n);
	mem_free(text);
	if (fd >= 0)
		close(fd);
	unlinkat(a->dir_fd, "undo", 0);
}
