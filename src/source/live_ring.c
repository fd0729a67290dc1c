/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The size of the kernel's ring. It is locked memory and counts as the program's, so it is small while little
 * comes; under load it must hold what comes while the engine is at something else, and more when packets come faster
 * than they are read, for a burst ends. It grows early, and shrinks after a quiet minute.
 *
 * A ring cannot be resized with packets in it. Another capture handle is opened beside the first, in libuv's pool: for
 * a protocol that does not occur, then with a filter that refuses everything, then for all, so that its ring stays empty. It
 * joins the first one's PACKET_FANOUT group, where a BPF program of one instruction says which of them the next
 * packet goes to. It gets the capture filter, and the program is exchanged: between two packets, so that none is lost and
 * none comes twice. The old ring is read to its end before the new one is, then closed. packet(7), linux/if_packet.h.
 * Engine thread.
 */
#include "config.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "dpitop/log.h"
#include "dpitop/mem.h"
#include "source/live.h"

enum { RING_FIRST = 6 << 20, RING_BUSY = 32 << 20, RING_MOST = 256 << 20, PEERS_THAT_GROW = 4 };
enum { FILL_GROWS = 10 /* percent */, HOLDS_MS = 1000 /* of what comes */, GROWTH = 3, MEMORY_SHARE = 32 /* of the machine's memory */ };
enum { WINDOW_MS = 100, BUSY_BYTES = 1 << 20, QUIET_MS = 60000, AGAIN_MS = 60000 };
enum { STEP_MS = 5, SILENT_MS = 1000 };
/* The old ring's last block comes within the read time-out, and the new one waits for it: where that cannot be seen, no
 * longer than it has room for. The last few packets are late then, not lost. */
enum { WAIT_MS = 10 };

struct ring_change {
	struct live *live;     /* NULL: it is not wanted any more */
	struct tap_options o;
	char name[64];
	void (*privilege)(void *ctx, bool raise);
	void *privilege_ctx;
	pcap_t *opened;        /* what the pool made; NULL: error says why not */
	struct error error;
	struct tap *next, *old; /* not yet, or no longer, the capture's own */
	uint32_t old_taken;
	uint64_t since_ms, moved_ms; /* the exchange; the old ring's last packets */
	unsigned users;        /* calls of libuv that are still to come */
	uv_work_t work;
	uv_timer_t timer;
};

static bool may_change(const struct source_options *o)
{
	return o->buffer_bytes == 0 && o->peers <= PEERS_THAT_GROW;
}

size_t ring_first_bytes(const struct source_options *o)
{
	return o->buffer_bytes != 0 ? o->buffer_bytes : RING_FIRST;
}

/* For bursts that are faster than the engine: as far as the machine has memory for it. */
static size_t most_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	size_t share = pages > 0 && size > 0 ? (size_t)pages / MEMORY_SHARE * (size_t)size : 0;

	return share < RING_MOST ? share : RING_MOST;
}

/* Step by step: the kernel takes long to make a great one, and the one that there is must last until then. */
static size_t next_bytes(size_t bytes)
{
	size_t next = bytes * GROWTH < most_bytes() ? bytes * GROWTH : most_bytes();

	return next > bytes ? next : bytes;
}

static size_t wanted_bytes(const struct live *l, uint64_t now)
{
	size_t bytes = l->tap->ring_bytes;

	if (bytes < RING_BUSY)
		return l->window_bytes >= BUSY_BYTES ? RING_BUSY : RING_FIRST;
	if (l->base.fill >= FILL_GROWS || l->window_bytes * (HOLDS_MS / WINDOW_MS) > bytes)
		return next_bytes(bytes);
	return now - l->busy_ms >= QUIET_MS ? RING_FIRST : bytes;
}

/* ---- the kernel's side ---- */

static int fd_of(const struct tap *t)
{
	return pcap_fileno(t->pcap);
}

/* Which of a group's sockets, in the order they joined in, gets the next packet. */
static bool choose(int fd, uint32_t number)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, number)};
	struct sock_fprog program = {.len = 1, .filter = code};

	return setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &program, sizeof program) == 0;
}

void ring_is_alone(int fd)
{
	choose(fd, 0);
	close(fd);
}

static bool join(struct tap *t, int group)
{
	int value = group | PACKET_FANOUT_CBPF << 16;

	t->group = group;
	return setsockopt(fd_of(t), SOL_PACKET, PACKET_FANOUT, &value, sizeof value) == 0;
}

void ring_prepare(struct live *l, struct tap *t)
{
	int value = (PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	socklen_t n = sizeof value;

	if (!may_change(&l->options) || setsockopt(fd_of(t), SOL_PACKET, PACKET_FANOUT, &value, sizeof value) != 0 ||
	    getsockopt(fd_of(t), SOL_PACKET, PACKET_FANOUT, &value, &n) != 0 || !choose(fd_of(t), 0))
		return; /* an old kernel: then it stays as it is */
	t->group = value & 0xffff;
}

/* From here on all packets come to the socket, and none into its ring. */
static bool refuse_all(pcap_t *p)
{
	struct sockaddr_ll bound;
	socklen_t n = sizeof bound;

	if (!tap_refuse(p) || getsockname(pcap_fileno(p), (struct sockaddr *)&bound, &n) != 0)
		return false;
	bound.sll_protocol = htons(ETH_P_ALL);
	return bind(pcap_fileno(p), (struct sockaddr *)&bound, sizeof bound) == 0;
}

/* The filter that the kernel runs for the old one, not through libpcap: that would run it once more over the first
 * packets, and refuse them where only the kernel knows the answer ("inbound"). */
static int copy_filter(const struct live *l, const struct tap *from, const struct tap *to, struct error *e)
{
	struct sock_filter code[BPF_MAXINSNS];
	socklen_t n = BPF_MAXINSNS; /* instructions */
	struct sock_fprog program = {.filter = code};
	int unused = 0, r;

	if (getsockopt(fd_of(from), SOL_SOCKET, SO_GET_FILTER, code, &n) != 0)
		n = 0;
	if (n == 0 && l->filter[0]) /* too long for the kernel */
		return tap_set_filter(to->pcap, l->filter, e);
	program.len = (unsigned short)n;
	r = n > 0 ? setsockopt(fd_of(to), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)
		  : setsockopt(fd_of(to), SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
	return r == 0 ? 0 : error_set(e, ERR_IO, "the other one takes no filter");
}

/* All that the ring ever held was read. Where libpcap keeps some to itself (what a loopback sends, what a new filter
 * refuses) this never comes true. */
static bool is_read(const struct tap *t)
{
	struct pcap_stat s;

	return pcap_stats(t->pcap, &s) == 0 && t->taken == (uint32_t)(s.ps_recv - s.ps_drop);
}

struct tap *ring_old(const struct live *l)
{
	return l->change ? l->change->old : NULL;
}

/* ---- the end of a change ---- */

static void release(struct ring_change *c)
{
	if (--c->users == 0)
		mem_free(c);
}

static void on_timer_closed(uv_handle_t *h)
{
	release(h->data);
}

static void end(struct ring_change *c)
{
	if (c->live)
		c->live->change = NULL;
	c->live = NULL;
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

void ring_change_stop(struct live *l)
{
	struct ring_change *c = l->change;

	if (!c)
		return;
	if (c->next)
		live_tap_close(c->next);
	if (c->old) {
		live_tap_stats(l, c->old);
		live_tap_close(c->old);
	}
	c->next = c->old = NULL;
	end(c);
}

static void fail(struct ring_change *c, const char *why)
{
	struct live *l = c->live;

	log_line(LOG_WARN_, "%.60s: the kernel's ring stays as it is: %.200s", l->base.name, why);
	l->not_before_ms = uv_now(l->loop) + AGAIN_MS;
	ring_change_stop(l);
}

static void on_old_closed(void *ctx)
{
	struct ring_change *c = ctx;

	if (c->live)
		end(c);
	release(c);
}

static void close_old(struct ring_change *c)
{
	struct tap *t = c->old;

	c->old = NULL;
	c->users++;
	t->heir = dup(fd_of(c->live->tap));
	t->closed = on_old_closed;
	t->ctx = c;
	uv_timer_stop(&c->timer);
	live_tap_stats(c->live, t);
	live_tap_close(t);
}

/* ---- its steps ---- */

static void drain(struct ring_change *c, uint64_t now)
{
	struct live *l = c->live;
	struct error e = {.code = ERR_NONE};
	bool drained = is_read(c->old);

	if (c->old->taken != c->old_taken)
		c->moved_ms = now;
	c->old_taken = c->old->taken;
	if (!l->tap->polled && (drained || (now - c->since_ms >= WAIT_MS && c->moved_ms != now)) &&
	    live_tap_poll(l, l->tap, &e) != 0) {
		live_lost(l, e.text);
		return;
	}
	if (drained || now - c->moved_ms >= SILENT_MS)
		close_old(c);
}

static void on_step(uv_timer_t *timer)
{
	drain(timer->data, uv_now(timer->loop));
}

static void hand_over(struct ring_change *c)
{
	struct live *l = c->live;
	struct tap *t = c->next;
	struct error e = {.code = ERR_NONE};

	if (copy_filter(l, l->tap, t, &e) != 0) {
		fail(c, e.text);
		return;
	}
	pcap_stats(t->pcap, &t->last);
	if (!choose(fd_of(t), 1)) {
		fail(c, _("the packets do not go there"));
		return;
	}
	live_tap_stats(l, l->tap);
	l->tap->is_old = true;
	c->old = l->tap;
	c->old_taken = c->old->taken;
	l->tap = t;
	c->next = NULL;
	c->since_ms = c->moved_ms = uv_now(l->loop);
	uv_timer_start(&c->timer, on_step, 0, STEP_MS);
}

static void on_opened(uv_work_t *work, int status)
{
	struct ring_change *c = work->data;
	struct live *l = c->live;

	(void)status;
	if (l && c->opened) {
		c->next = live_tap_new(l, c->opened, c->o.buffer_bytes);
		if (pcap_datalink(c->opened) == l->linktype && join(c->next, l->tap->group) && is_read(c->next))
			hand_over(c);
		else
			fail(c, _("the other one cannot share the packets"));
	} else if (l) {
		fail(c, c->error.text);
	} else if (c->opened) {
		pcap_close(c->opened);
	}
	release(c);
}

/* In the pool: megabytes are made and mapped. */
static void open_ring(uv_work_t *work)
{
	struct ring_change *c = work->data;
	enum tap_fault fault;

	if (c->privilege)
		c->privilege(c->privilege_ctx, true);
	c->opened = tap_open(&c->o, &fault, &c->error);
	if (c->privilege)
		c->privilege(c->privilege_ctx, false);
	if (!c->opened || refuse_all(c->opened))
		return;
	pcap_close(c->opened);
	c->opened = NULL;
	error_set(&c->error, ERR_IO, "the other one takes no filter");
}

static void begin(struct live *l, size_t bytes)
{
	struct ring_change *c = mem_zalloc(sizeof *c);

	live_tap_options(l, &c->o);
	snprintf(c->name, sizeof c->name, "%s", l->base.name);
	c->o.name = c->name;
	c->o.capture_filter = "";
	c->o.buffer_bytes = bytes;
	c->o.protocol = ETH_P_ECONET; /* is no more */
	c->privilege = l->options.privilege;
	c->privilege_ctx = l->options.privilege_ctx;
	c->live = l;
	l->change = c;
	c->users = 2;
	uv_timer_init(l->loop, &c->timer);
	c->timer.data = c->work.data = c;
	uv_queue_work(l->loop, &c->work, open_ring, on_opened);
}

void ring_took(struct live *l, uint64_t bytes)
{
	size_t wanted;
	uint64_t now;

	if (!l->loop || !l->tap || l->tap->group < 0)
		return;
	now = uv_now(l->loop);
	if (now - l->window_ms >= WINDOW_MS) {
		l->window_ms = now;
		l->window_bytes = 0;
	}
	l->window_bytes += bytes;
	if (l->window_bytes >= BUSY_BYTES)
		l->busy_ms = now;
	if (l->change || now < l->not_before_ms)
		return;
	wanted = wanted_bytes(l, now);
	if (wanted != l->tap->ring_bytes)
		begin(l, wanted);
}
