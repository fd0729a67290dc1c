/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Capture files through libpcap: pcap in both byte orders and precisions, pcapng. Regular files are
 * read by stdio; pipes and devices through a stream of our own, whose reads can be interrupted. What
 * libpcap refuses is said in one line with a remedy (reader_error.c). One thread per reader, but for
 * reader_interrupt().
 */
#include "config.h"

#include "source/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dpitop/mem.h"
#include "source/kinds.h"
#include "source/reader_error.h"

enum { FILE_BUFFER = 1 << 18, PIPE_BUFFER = 1 << 16 };

struct reader {
	char *name;
	int fd, wake_fd, stop_fd;
	FILE *stream;
	char *buffer; /* the stream's */
	pcap_t *pcap; /* owns the stream once open */
	bool pipe, precise;
	atomic_bool interrupted;
	uint8_t head[READER_HEAD]; /* the first bytes, to say what the file is */
	size_t head_count;
	uint64_t size_bytes, packets;
	atomic_ullong read_bytes;
	void (*wait)(void *ctx);
	void *wait_ctx;
};

/* Wait until fd can be read. False: interrupted. */
static bool wait_readable(struct reader *r)
{
	struct pollfd p[3] = {
		{.fd = r->fd, .events = POLLIN},
		{.fd = r->stop_fd, .events = POLLIN},
		{.fd = r->wake_fd > 0 ? r->wake_fd : -1, .events = POLLIN},
	};
	int n = poll(p, 3, 0);

	if (n == 0) {
		if (r->wait)
			r->wait(r->wait_ctx);
		do
			n = poll(p, 3, -1);
		while (n < 0 && errno == EINTR);
	}
	if (n < 0 || p[1].revents || p[2].revents)
		atomic_store(&r->interrupted, true);
	return !atomic_load(&r->interrupted);
}

static ssize_t pipe_read(void *cookie, char *dst, size_t size)
{
	struct reader *r = cookie;
	ssize_t n;

	do {
		if (!wait_readable(r))
			return 0;
		n = read(r->fd, dst, size);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	if (n > 0) {
		size_t room = sizeof r->head - r->head_count;
		size_t take = (size_t)n < room ? (size_t)n : room;

		memcpy(r->head + r->head_count, dst, take);
		r->head_count += take;
		atomic_fetch_add(&r->read_bytes, (unsigned long long)n);
	}
	return n;
}

static int open_fd(struct reader *r, struct stat *st, struct error *e)
{
	char why[80];

	if (strcmp(r->name, "-") == 0) {
		r->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (r->fd >= 0 && isatty(r->fd))
			return error_set(e, ERR_USAGE, "standard input is a terminal; pipe a "
					 "capture into it: tcpdump -w - | dpitop -r -");
	} else { /* non-blocking: a FIFO without a writer must not hold us in open() */
		r->fd = open(r->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	}
	if (r->fd < 0 || fstat(r->fd, st) != 0)
		return error_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
				 "cannot open '%.100s': %s", r->name,
				 source_os_error(errno, why, sizeof why));
	if (S_ISDIR(st->st_mode))
		return error_set(e, ERR_IO, "cannot read '%.100s': it is a directory", r->name);
	if (S_ISREG(st->st_mode) && st->st_size == 0)
		return error_set(e, ERR_FORMAT, "cannot read '%.100s': it is empty", r->name);
	return 0;
}

static int open_stream(struct reader *r, const struct stat *st, struct error *e)
{
	cookie_io_functions_t io = {.read = pipe_read};
	size_t size = PIPE_BUFFER;

	r->pipe = !S_ISREG(st->st_mode);
	if (r->pipe) {
		r->stream = fopencookie(r, "r", io);
	} else {
		ssize_t n = pread(r->fd, r->head, sizeof r->head, 0);

		r->head_count = n > 0 ? (size_t)n : 0;
		r->size_bytes = (uint64_t)st->st_size;
		r->stream = fdopen(r->fd, "r");
		size = FILE_BUFFER;
	}
	if (!r->stream)
		return error_set(e, ERR_IO, "cannot read '%.100s'", r->name);
	r->buffer = mem_alloc(size);
	setvbuf(r->stream, r->buffer, _IOFBF, size);
	__fsetlocking(r->stream, FSETLOCKING_BYCALLER); /* two reads a packet, by one thread */
	return 0;
}

struct reader *reader_open(const char *name, int wake_fd, struct error *e)
{
	struct reader *r = mem_zalloc(sizeof *r);
	char text[PCAP_ERRBUF_SIZE] = "";
	struct stat st;

	r->name = mem_strdup(strcmp(name, "-") == 0 ? "-" : name);
	r->wake_fd = wake_fd;
	r->fd = -1;
	r->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (open_fd(r, &st, e) != 0 || open_stream(r, &st, e) != 0)
		goto failed;
	r->pcap = pcap_fopen_offline(r->stream, text);
	if (!r->pcap) {
		if (atomic_load(&r->interrupted))
			error_set(e, ERR_IO, "interrupted while waiting for '%.100s'", name);
		else
			reader_say_open_error(name, r->head, r->head_count, text, e);
		goto failed;
	}
	/* A pcap file (version 2.x) has 32-bit seconds, pcapng (1.x) has 64. */
	r->precise = pcap_major_version(r->pcap) == 1;
	return r;
failed:
	reader_close(r);
	return NULL;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	if (r->pcap)
		pcap_close(r->pcap); /* closes the stream */
	else if (r->stream)
		fclose(r->stream);
	if (r->fd >= 0 && (r->pipe || !r->stream)) /* else the stream has closed it */
		close(r->fd);
	if (r->stop_fd >= 0)
		close(r->stop_fd);
	mem_free(r->buffer);
	mem_free(r->name);
	mem_free(r);
}

int reader_next(struct reader *r, struct frame *f, struct error *e)
{
	struct pcap_pkthdr *h;
	const unsigned char *data;
	int status = pcap_next_ex(r->pcap, &h, &data);

	if (status == 1) {
		source_frame_set(f, h, data, r->precise);
		r->packets++;
		return READER_FRAME;
	}
	if (status == PCAP_ERROR_BREAK || atomic_load(&r->interrupted))
		return READER_END;
	return reader_say_read_error(r->name, r->packets, pcap_geterr(r->pcap), e);
}

bool reader_is_pipe(const struct reader *r)
{
	return r->pipe;
}

int reader_linktype(const struct reader *r)
{
	return pcap_datalink(r->pcap);
}

int reader_snaplen(const struct reader *r)
{
	return pcap_snapshot(r->pcap);
}

void reader_progress(const struct reader *r, uint64_t *read_bytes, uint64_t *size_bytes)
{
	off_t at = r->pipe ? -1 : ftello(r->stream);

	*read_bytes = at >= 0 ? (uint64_t)at : atomic_load(&r->read_bytes);
	*size_bytes = r->size_bytes;
}

void reader_on_wait(struct reader *r, void (*wait)(void *ctx), void *ctx)
{
	r->wait = wait;
	r->wait_ctx = ctx;
}

void reader_interrupt(struct reader *r)
{
	uint64_t one = 1;

	if (write(r->stop_fd, &one, sizeof one) < 0)
		return; /* it can only be full, which wakes as well */
}

bool reader_interrupted(const struct reader *r)
{
	return atomic_load(&r->interrupted);
}
