/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connections of IPFIX exporters; see accept.h. So many at most, and one that says nothing for long
 * makes room for a new one. Bytes go to the decoder's stream as they come, with the time of the loop's
 * turn, for TCP has no stamps. Engine thread; called by collector.c.
 */
#include "config.h"

#include "source/accept.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dpitop/mem.h"

enum { CONNECTIONS = 256, READ_BYTES = 65536, READS = 4 /* of one connection in a turn */ };

struct connection {
	uv_poll_t poll;
	int fd;
	struct acceptor *owner;     /* NULL: closing */
	struct export_stream *stream;
	uint64_t heard;             /* loop time, ms */
};

struct acceptor {
	uv_poll_t poll;
	uv_loop_t *loop;
	int fd;
	const struct source_exports *exports;
	uint64_t *refused;
	struct listen_address at;
	struct connection *connections[CONNECTIONS];
	uint8_t data[READ_BYTES];
};

/* ---- one connection ---- */

static void on_connection_closed(uv_handle_t *h)
{
	struct connection *c = h->data;

	close(c->fd);
	mem_free(c);
}

static void drop(struct connection *c)
{
	struct acceptor *a = c->owner;

	for (unsigned i = 0; i < CONNECTIONS; i++)
		if (a->connections[i] == c)
			a->connections[i] = NULL;
	export_stream_free(c->stream);
	c->owner = NULL;
	uv_close((uv_handle_t *)&c->poll, on_connection_closed);
}

static void on_data(uv_poll_t *poll, int status, int events)
{
	struct connection *c = poll->data;
	struct acceptor *a = c->owner;
	ssize_t n = 0;
	int r;

	(void)events;
	if (status < 0)
		n = -1, errno = EIO;
	for (unsigned i = 0; i < READS && status >= 0; i++) {
		n = recv(c->fd, a->data, sizeof a->data, MSG_DONTWAIT);
		if (n <= 0)
			break;
		c->heard = uv_now(a->loop);
		r = export_stream_feed(c->stream, a->data, (size_t)n, a->exports->now_us(), a->exports->sink);
		a->exports->done(a->exports->ctx);
		if (r != 0) { /* no IPFIX */
			drop(c);
			return;
		}
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		drop(c);
}

/* ---- all of them ---- */

/* The one that said nothing for longest. */
static void drop_oldest(struct acceptor *a)
{
	struct connection *oldest = NULL;

	for (unsigned i = 0; i < CONNECTIONS; i++)
		if (a->connections[i] != NULL && (oldest == NULL || a->connections[i]->heard < oldest->heard))
			oldest = a->connections[i];
	if (oldest == NULL)
		return;
	++*a->refused;
	drop(oldest);
}

static struct connection **room(struct acceptor *a)
{
	unsigned i = 0;

	while (a->connections[i] != NULL)
		if (++i == CONNECTIONS) {
			drop_oldest(a);
			i = 0;
		}
	return &a->connections[i];
}

static void greet(struct acceptor *a, int fd, const struct export_datagram *dg)
{
	struct connection *c = mem_zalloc(sizeof *c), **place = room(a);

	c->fd = fd;
	c->owner = a;
	c->heard = uv_now(a->loop);
	c->poll.data = c;
	if (uv_poll_init(a->loop, &c->poll, fd) != 0) {
		close(fd);
		mem_free(c);
		return;
	}
	c->stream = export_stream_new(a->exports->decoder, dg);
	*place = c;
	uv_poll_start(&c->poll, UV_READABLE | UV_DISCONNECT, on_data);
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
	struct acceptor *a = poll->data;
	struct export_datagram dg = {.to_port = a->at.port, .proto = EXPORT_ONLY_IPFIX, .ts_us = a->exports->now_us()};
	struct sockaddr_storage from;
	socklen_t size = sizeof from;
	int fd;

	(void)events;
	if (status < 0)
		return;
	fd = accept4(a->fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE) /* else it would be asked for without end */
			drop_oldest(a);
		return;
	}
	dg.from = listen_addr_of(&from, &dg.from_port);
	dg.to = listen_addr_of(&a->at.address, NULL);
	if (a->exports->allows != NULL && !a->exports->allows(a->exports->ctx, &dg.from)) {
		++*a->refused;
		close(fd);
		return;
	}
	greet(a, fd, &dg);
}

struct acceptor *acceptor_new(int fd, const struct listen_address *at, uv_loop_t *loop, const struct source_exports *exports,
			      uint64_t *refused, struct error *e)
{
	struct acceptor *a = mem_zalloc(sizeof *a);
	int r = uv_poll_init(loop, &a->poll, fd);

	if (r != 0) {
		error_set(e, ERR_IO, "cannot wait for connections on port %u: %s", at->port, uv_strerror(r));
		close(fd);
		mem_free(a);
		return NULL;
	}
	a->loop = loop;
	a->fd = fd;
	a->at = *at;
	a->exports = exports;
	a->refused = refused;
	a->poll.data = a;
	uv_poll_start(&a->poll, UV_READABLE, on_connection);
	return a;
}

static void on_closed(uv_handle_t *h)
{
	struct acceptor *a = h->data;

	close(a->fd);
	mem_free(a);
}

void acceptor_close(struct acceptor *a)
{
	if (a == NULL)
		return;
	for (unsigned i = 0; i < CONNECTIONS; i++)
		if (a->connections[i] != NULL)
			drop(a->connections[i]);
	uv_close((uv_handle_t *)&a->poll, on_closed);
}
