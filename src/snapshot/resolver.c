/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stub resolver for PTR records (RFC 1034 section 5.3.1, RFC 1035), and for nothing else: one
 * question a datagram, two tries of two seconds, then the next address. It exists because
 * getnameinfo() in a thread pool can neither be cancelled nor waited for with a limit. An answer is
 * believed only if it comes from the server asked, to the socket asked from, with the id and the
 * question that were sent. Runs on the loop of names.c, its only caller.
 */
#include "config.h"

#include "snapshot/resolver.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/dns.h"
#include "dpitop/map.h"
#include "dpitop/mem.h"

enum {
	IN_FLIGHT = 16,
	WAITING = 256,
	SERVERS = 3, /* resolv.conf(5): MAXNS */
	TRIES = 2,
	TIMEOUT_MS = 2000,
	TIMER_MS = 250,
	QUERY_BYTES = 128,
	DATAGRAM_BYTES = 4096,
	DNS_PORT = 53
};

struct query {
	struct addr addr;
	uint64_t deadline_ms;
	uint16_t id;
	uint8_t tries, server;
	bool busy;
};

struct resolver {
	uv_loop_t *loop;
	uv_udp_t socket[2]; /* 0: IPv4, 1: IPv6; opened when a server of the family exists */
	uv_timer_t timer;
	bool open[2];
	uint16_t port[2]; /* local ports */
	struct sockaddr_storage server[SERVERS];
	unsigned servers;
	struct query query[IN_FLIGHT];
	struct addr waiting[WAITING]; /* ring */
	unsigned head, count, busy;
	uint64_t sent;
	unsigned handles; /* still to be closed */
	resolver_done *done;
	void *ctx;
	uint64_t random; /* state of the id generator */
	uint8_t datagram[DATAGRAM_BYTES];
};

static unsigned family_index(const struct sockaddr_storage *s)
{
	return s->ss_family == AF_INET6;
}

static uint16_t next_id(struct resolver *r)
{
	r->random++;
	return (uint16_t)hash_bytes(&r->random, sizeof r->random, r->random ^ (uintptr_t)r);
}

static void add_server(struct resolver *r, const char *text, uint16_t port)
{
	struct sockaddr_storage *s = &r->server[r->servers];

	memset(s, 0, sizeof *s);
	if (uv_ip4_addr(text, port, (struct sockaddr_in *)s) == 0 ||
	    uv_ip6_addr(text, port, (struct sockaddr_in6 *)s) == 0)
		r->servers++;
}

static void read_resolv_conf(struct resolver *r, const char *path, uint16_t port)
{
	char line[512], server[128];
	FILE *f = fopen(path, "re");

	while (f != NULL && r->servers < SERVERS && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, " nameserver %127s", server) == 1)
			add_server(r, server, port);
	if (f != NULL)
		fclose(f);
	if (r->servers == 0)
		add_server(r, "127.0.0.1", port); /* resolv.conf(5): the default */
}

/* Send the query of a slot to its server; a failure counts as a lost datagram. */
static void send_query(struct resolver *r, struct query *q)
{
	uint8_t bytes[QUERY_BYTES];
	struct sockaddr_storage *to = &r->server[q->server];
	unsigned family = family_index(to);
	uv_buf_t buf = {.base = (char *)bytes};

	q->id = next_id(r);
	q->deadline_ms = uv_now(r->loop) + TIMEOUT_MS;
	buf.len = dns_ptr_query(bytes, sizeof bytes, q->id, &q->addr);
	if (!r->open[family])
		return;
	uv_udp_try_send(&r->socket[family], &buf, 1, (struct sockaddr *)to);
	r->sent++;
}

static void on_timer(uv_timer_t *timer);

static void start_next(struct resolver *r)
{
	for (unsigned i = 0; i < IN_FLIGHT && r->count > 0; i++) {
		struct query *q = &r->query[i];

		if (q->busy)
			continue;
		*q = (struct query){.addr = r->waiting[r->head], .busy = true, .tries = 1};
		r->head = (r->head + 1) % WAITING;
		r->count--;
		r->busy++;
		send_query(r, q);
	}
	if (r->busy > 0 && !uv_is_active((uv_handle_t *)&r->timer))
		uv_timer_start(&r->timer, on_timer, TIMER_MS, TIMER_MS);
	else if (r->busy == 0)
		uv_timer_stop(&r->timer);
}

static void finish(struct resolver *r, struct query *q, enum resolver_outcome o, const char *name)
{
	struct addr a = q->addr;

	q->busy = false;
	r->busy--;
	r->done(r->ctx, &a, o, name);
}

static void on_timer(uv_timer_t *timer)
{
	struct resolver *r = timer->data;
	uint64_t now = uv_now(r->loop);

	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		struct query *q = &r->query[i];

		if (!q->busy || now < q->deadline_ms)
			continue;
		if (q->tries >= TRIES) {
			finish(r, q, RESOLVER_NO_ANSWER, NULL);
			continue;
		}
		q->tries++;
		q->server = (uint8_t)((q->server + 1) % r->servers);
		send_query(r, q);
	}
	start_next(r);
}

static bool same_endpoint(const struct sockaddr *a, const struct sockaddr_storage *b)
{
	if (a->sa_family != b->ss_family)
		return false;
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *x = (const void *)a, *y = (const void *)b;

		return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
	}
	const struct sockaddr_in6 *x = (const void *)a, *y = (const void *)b;

	return x->sin6_port == y->sin6_port &&
	       memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr) == 0;
}

/* The question must be the one that was asked: compare its text with that of our own query. */
static bool answers_question(const struct query *q, const struct dns_message *m)
{
	struct dns_message own;
	uint8_t bytes[QUERY_BYTES];
	size_t n = dns_ptr_query(bytes, sizeof bytes, q->id, &q->addr);

	return dns_parse(&own, bytes, n) && own.query_type == m->query_type &&
	       strcmp(own.query, m->query) == 0;
}

static void on_receive(uv_udp_t *socket, ssize_t n, const uv_buf_t *buf,
		       const struct sockaddr *from, unsigned flags)
{
	struct resolver *r = socket->data;
	struct dns_message m;

	if (n <= 0 || from == NULL || (flags & UV_UDP_PARTIAL) != 0 ||
	    !dns_parse(&m, (const uint8_t *)buf->base, (size_t)n) || !m.response)
		return;
	for (unsigned i = 0; i < IN_FLIGHT; i++) {
		struct query *q = &r->query[i];

		if (!q->busy || q->id != m.id || !same_endpoint(from, &r->server[q->server]) ||
		    !answers_question(q, &m))
			continue;
		finish(r, q, m.ptr[0] != '\0' ? RESOLVER_NAME : RESOLVER_NO_NAME, m.ptr);
		start_next(r);
		return;
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct resolver *r = handle->data;

	(void)suggested;
	*buf = uv_buf_init((char *)r->datagram, sizeof r->datagram);
}

static int open_socket(struct resolver *r, unsigned family)
{
	struct sockaddr_storage any = {.ss_family = family ? AF_INET6 : AF_INET}, local;
	int size = sizeof local, rc = uv_udp_init(r->loop, &r->socket[family]);

	if (rc != 0)
		return rc;
	r->socket[family].data = r;
	r->open[family] = true;
	r->handles++;
	rc = uv_udp_bind(&r->socket[family], (struct sockaddr *)&any, 0);
	if (rc == 0)
		rc = uv_udp_recv_start(&r->socket[family], on_alloc, on_receive);
	if (rc == 0)
		rc = uv_udp_getsockname(&r->socket[family], (struct sockaddr *)&local, &size);
	if (rc == 0) /* sin_port and sin6_port lie at the same place */
		r->port[family] = ntohs(((struct sockaddr_in *)&local)->sin_port);
	uv_unref((uv_handle_t *)&r->socket[family]);
	return rc;
}

struct resolver *resolver_new(uv_loop_t *loop, const char *resolv_conf, uint16_t port,
			      resolver_done *done, void *ctx, struct error *e)
{
	struct resolver *r = mem_zalloc(sizeof *r);

	r->loop = loop;
	r->done = done;
	r->ctx = ctx;
	r->random = hash_seed();
	read_resolv_conf(r, resolv_conf, port != 0 ? port : DNS_PORT);
	uv_timer_init(loop, &r->timer);
	uv_unref((uv_handle_t *)&r->timer);
	r->timer.data = r;
	r->handles = 1;
	for (unsigned i = 0; i < r->servers; i++) {
		unsigned family = family_index(&r->server[i]);
		int rc = r->open[family] ? 0 : open_socket(r, family);

		if (rc != 0)
			error_set(e, ERR_IO, "cannot look up names: %s", uv_strerror(rc));
	}
	return r;
}

bool resolver_ask(struct resolver *r, const struct addr *a)
{
	if (r->count == WAITING)
		return false;
	r->waiting[(r->head + r->count++) % WAITING] = *a;
	start_next(r);
	return true;
}

void resolver_stats(const struct resolver *r, uint64_t *sent, unsigned *waiting)
{
	*sent = r->sent;
	*waiting = r->count + r->busy;
}

static bool is_server(const struct sockaddr_storage *s, const struct addr *a, uint16_t port)
{
	const struct sockaddr_in6 *v6 = (const void *)s;
	const struct sockaddr_in *v4 = (const void *)s;
	struct addr server = s->ss_family == AF_INET ? addr_from_v4((const uint8_t *)&v4->sin_addr)
						     : addr_from_v6((const uint8_t *)&v6->sin6_addr);

	return port == ntohs(v4->sin_port) && addr_eq(a, &server); /* sin6_port lies at the same place */
}

/* Sockets stay open, and so their ports stay ours, until the end. */
bool resolver_is_own(const struct resolver *r, const struct addr addr[2], const uint16_t port[2])
{
	for (unsigned end = 0; end < 2; end++)
		for (unsigned i = 0; i < r->servers; i++) {
			unsigned family = family_index(&r->server[i]);

			if (r->open[family] && port[end] == r->port[family] && is_server(&r->server[i], &addr[!end], port[!end]))
				return true;
		}
	return false;
}

static void on_closed(uv_handle_t *handle)
{
	struct resolver *r = handle->data;

	if (--r->handles == 0)
		mem_free(r);
}

void resolver_close(struct resolver *r)
{
	uv_close((uv_handle_t *)&r->timer, on_closed);
	for (unsigned i = 0; i < 2; i++)
		if (r->open[i])
			uv_close((uv_handle_t *)&r->socket[i], on_closed);
}
