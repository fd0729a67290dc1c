/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Flow exports as a source: a UDP socket, read many datagrams at a time, or a TCP one for IPFIX. What
 * is in a datagram is the decoder's business, what comes of it that of who gave us the decoder. When a
 * datagram came is the kernel's word. Engine thread.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "source/accept.h"
#include "source/kinds.h"
#include "source/listen.h"

enum { BUFFER_BYTES = 32 << 20, DATAGRAM_BYTES = 65536, MESSAGES = 32 };
enum { BATCHES = 8 }; /* at most, before the next slice of the long work of the engine */

struct message { /* room for one datagram */
	struct sockaddr_storage from;
	struct iovec iov;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct timespec))];
	} control;
};

struct collector {
	struct source base; /* first */
	struct listen_address at;
	const struct source_exports *exports;
	int fd;
	uv_poll_t poll;
	bool started;
	struct acceptor *acceptor;  /* TCP */
	size_t buffer_bytes;
	uint32_t drops_before;      /* of the kernel's counter, which is 32 bits wide */
	uint64_t drops, refused;
	int64_t newest_us;
	struct message messages[MESSAGES];
	struct mmsghdr heads[MESSAGES];
	uint8_t *data;              /* MESSAGES times DATAGRAM_BYTES */
};

static struct collector *collector_of(struct source *s)
{
	return (struct collector *)(void *)s;
}

/* The socket was asked for stamps, so that there is one; else the newest stands in. */
static int64_t stamp_of(struct collector *c, struct msghdr *h)
{
	struct timespec t;

	for (struct cmsghdr *m = CMSG_FIRSTHDR(h); m != NULL; m = CMSG_NXTHDR(h, m)) {
		if (m->cmsg_level != SOL_SOCKET || m->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(m), sizeof t);
		c->newest_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	}
	return c->newest_us;
}

static void take(struct collector *c, unsigned i)
{
	struct msghdr *h = &c->heads[i].msg_hdr;
	struct export_datagram dg = {
		.data = c->messages[i].iov.iov_base, .bytes = c->heads[i].msg_len, .to_port = c->at.port, .proto = c->at.proto};

	dg.from = listen_addr_of(&c->messages[i].from, &dg.from_port);
	dg.to = listen_addr_of(&c->at.address, NULL);
	dg.ts_us = stamp_of(c, h);
	if (c->exports->allows != NULL && !c->exports->allows(c->exports->ctx, &dg.from))
		c->refused++;
	else
		export_decode(c->exports->decoder, &dg, c->exports->sink);
}

static void ready(struct collector *c)
{
	for (unsigned i = 0; i < MESSAGES; i++) {
		struct message *m = &c->messages[i];

		m->iov = (struct iovec){c->data + (size_t)i * DATAGRAM_BYTES, DATAGRAM_BYTES};
		c->heads[i].msg_hdr = (struct msghdr){
			.msg_name = &m->from, .msg_namelen = sizeof m->from, .msg_iov = &m->iov, .msg_iovlen = 1,
			.msg_control = m->control.bytes, .msg_controllen = sizeof m->control.bytes};
	}
}

static int receive(struct collector *c)
{
	int n;

	ready(c);
	n = recvmmsg(c->fd, c->heads, MESSAGES, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		take(c, (unsigned)i);
	if (n > 0) {
		c->exports->done(c->exports->ctx);
		c->base.sink.batch(c->base.sink.ctx, &c->base);
	}
	return n;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct collector *c = poll->data;

	(void)events;
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, on_readable); /* libuv has stopped the handle */
	for (unsigned batches = 0; batches < BATCHES && receive(c) == MESSAGES; batches++)
		;
}

static void add_drops(struct collector *c)
{
	uint32_t now;

	if (c->fd < 0 || c->at.tcp)
		return;
	now = listen_drops(c->fd);
	c->drops += (uint32_t)(now - c->drops_before);
	c->drops_before = now;
}

static void collector_free(struct collector *c)
{
	if (c->fd >= 0)
		close(c->fd);
	mem_free(c->data);
	mem_free(c->base.name);
	mem_free(c);
}

static struct source *collector_open(const struct source_options *o, struct error *e)
{
	struct collector *c = mem_zalloc(sizeof *c);
	char name[sizeof c->at.scheme + sizeof c->at.host + 16];

	c->base.ops = &source_collector_ops;
	c->exports = o->exports;
	c->fd = -1;
	if (listen_parse(&c->at, o->name, e) == 0)
		c->fd = listen_open(&c->at, o->buffer_bytes != 0 ? o->buffer_bytes : BUFFER_BYTES, e);
	if (c->fd < 0) {
		collector_free(c);
		return NULL;
	}
	snprintf(name, sizeof name, "%s://%s:%u", c->at.scheme, c->at.host, c->at.port);
	c->base.name = mem_strdup(name);
	c->buffer_bytes = c->at.tcp ? 0 : listen_buffer(c->fd);
	if (!c->at.tcp)
		c->data = mem_alloc((size_t)MESSAGES * DATAGRAM_BYTES);
	return &c->base;
}

static int collector_start(struct source *s, uv_loop_t *loop, struct error *e)
{
	struct collector *c = collector_of(s);
	int r;

	if (c->at.tcp) {
		c->acceptor = acceptor_new(c->fd, &c->at, loop, c->exports, &c->refused, e);
		c->fd = -1; /* its own now */
		return c->acceptor != NULL ? 0 : ERR_IO;
	}
	r = uv_poll_init(loop, &c->poll, c->fd);
	if (r != 0)
		return error_set(e, ERR_IO, "cannot wait for datagrams of '%.60s': %s", s->name, uv_strerror(r));
	c->poll.data = c;
	c->started = true;
	return uv_poll_start(&c->poll, UV_READABLE, on_readable);
}

static void collector_stats(struct source *s, struct source_state *out)
{
	struct collector *c = collector_of(s);

	add_drops(c);
	snprintf(out->text, sizeof out->text, N_("listening"));
	out->ok = true;
	out->dropped = c->drops;
	out->refused = c->refused;
	out->buffer_bytes = c->buffer_bytes;
}

static void on_poll_closed(uv_handle_t *h)
{
	collector_free(h->data);
}

static void collector_close(struct source *s)
{
	struct collector *c = collector_of(s);

	acceptor_close(c->acceptor);
	if (c->started)
		uv_close((uv_handle_t *)&c->poll, on_poll_closed);
	else
		collector_free(c);
}

const struct source_ops source_collector_ops = {
	.kind = "collector",
	.help = "flow records of routers and switches: NetFlow, IPFIX, sFlow",
	.open = collector_open,
	.start = collector_start,
	.stats = collector_stats,
	.close = collector_close,
	.live = true,
};
