/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Live capture: a libpcap handle (tap.c) polled by the engine's loop. Survives the interface going
 * down, up, away and coming back: POLLERR makes libuv stop the poll handle, so it is started again;
 * a deleted interface closes the handle, and rtnetlink's notices plus a slow timer open a new one.
 * Counters run on over such a change. How big the kernel's ring is: live_ring.c. Engine thread.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "source/live.h"

enum { RETRY_MS = 2000, SNAPLEN_DEFAULT = 65535 };
enum { BATCHES = 32 }; /* at most, before the next slice of the long work of the engine */
enum { SLOT_BYTES = 82 }; /* of a packet in the ring, besides its own (struct tpacket3_hdr and what follows it) */

static const struct link_text {
	bool ok;
	const char *text;
} link_texts[] = {
	[LINK_GONE] = {false, N_("gone; waiting for the interface")},
	[LINK_DOWN] = {false, N_("interface is down; waiting")},
	[LINK_NO_CARRIER] = {true, N_("up, no carrier")},
	[LINK_UP] = {true, N_("up")},
};

static struct live *live_of(struct source *s)
{
	return (struct live *)(void *)s;
}

static void set_state(struct live *l, bool ok, const char *text)
{
	if (l->ok == ok && strcmp(l->state, text) == 0)
		return;
	l->ok = ok;
	snprintf(l->state, sizeof l->state, "%s", text);
	if (l->base.sink.event)
		l->base.sink.event(l->base.sink.ctx, &l->base);
}

struct taking { /* of one readable ring; first what on_packet() is given */
	struct source *source;
	uint64_t bytes, packets;
};

static void on_packet(unsigned char *user, const struct pcap_pkthdr *h, const unsigned char *data)
{
	struct taking *taking = (struct taking *)(void *)user;
	struct source *s = taking->source;
	struct frame f;

	source_frame_set(&f, h, data, true);
	taking->bytes += h->caplen + SLOT_BYTES;
	taking->packets++;
	s->sink.frame(s->sink.ctx, s, &f);
}

void live_tap_stats(struct live *l, struct tap *t)
{
	struct pcap_stat now;

	if (pcap_stats(t->pcap, &now) != 0)
		return;
	l->received += (uint32_t)(now.ps_recv - t->last.ps_recv);
	l->dropped += (uint32_t)(now.ps_drop - t->last.ps_drop);
	if (!t->is_old) /* the interface's own count, not the ring's */
		l->if_dropped += (uint32_t)(now.ps_ifdrop - t->last.ps_ifdrop);
	t->last = now;
}

/* What came less what was taken. */
static uint32_t waiting_in(struct live *l, struct tap *t)
{
	uint32_t n;

	live_tap_stats(l, t);
	n = t->last.ps_recv - t->last.ps_drop - t->taken;
	return n <= INT32_MAX ? n : 0;
}

/* They take about what the last ones took. That costs system calls: it is asked where a round did not take all. */
static void follow_fill(struct live *l, struct tap *t, const struct taking *last)
{
	l->base.fill = (unsigned)((double)waiting_in(l, t) * (double)last->bytes / (double)last->packets * 100 / (double)t->ring_bytes);
}

/* Giving megabytes back and leaving the packets' path takes the kernel its time. */
static void close_pcap(uv_work_t *work)
{
	struct tap *t = work->data;

	pcap_close(t->pcap);
	if (t->heir >= 0)
		ring_is_alone(t->heir);
}

static void on_pcap_closed(uv_work_t *work, int status)
{
	struct tap *t = work->data;

	(void)status;
	if (t->closed)
		t->closed(t->ctx);
	mem_free(t);
}

static void on_tap_closed(uv_handle_t *h)
{
	struct tap *t = h->data;

	t->closing.data = t;
	uv_queue_work(h->loop, &t->closing, close_pcap, on_pcap_closed);
}

void live_tap_close(struct tap *t)
{
	t->live = NULL;
	if (t->polled) {
		uv_close((uv_handle_t *)&t->poll, on_tap_closed);
		return;
	}
	pcap_close(t->pcap);
	mem_free(t);
}

static void drop_tap(struct live *l)
{
	struct tap *t = l->tap;

	ring_change_stop(l);
	l->base.fill = 0;
	if (!t)
		return;
	live_tap_stats(l, t);
	l->tap = NULL;
	live_tap_close(t);
}

static void check_link(struct live *l);

void live_lost(struct live *l, const char *why)
{
	char text[sizeof l->state];

	snprintf(text, sizeof text, "lost: %.200s; waiting", why);
	drop_tap(l);
	set_state(l, false, text);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct tap *t = poll->data;
	struct live *l = t->live;
	struct taking taking = {.bytes = 0};
	int n, batches;

	(void)events;
	if (!l)
		return;
	taking.source = &l->base;
	/* Also when status says error: dispatching takes the error off the socket. */
	for (batches = 0, n = SOURCE_BATCH; n == SOURCE_BATCH && batches < BATCHES; batches++) {
		n = pcap_dispatch(t->pcap, SOURCE_BATCH, on_packet, (unsigned char *)&taking);
		if (n <= 0)
			break;
		t->taken += (uint32_t)n;
		l->base.sink.batch(l->base.sink.ctx, &l->base);
	}
	if (n < 0) {
		live_lost(l, pcap_geterr(t->pcap));
		return;
	}
	if (status < 0) { /* libuv has stopped the handle */
		uv_poll_start(poll, UV_READABLE, on_readable);
		check_link(l);
	}
	if (t == l->tap) { /* neither an old one nor given up */
		l->base.fill = 0;
		if (n == SOURCE_BATCH)
			follow_fill(l, t, &taking);
	}
	ring_took(l, taking.bytes);
}

void live_tap_options(const struct live *l, struct tap_options *o)
{
	*o = (struct tap_options){
		.name = l->base.name,
		.capture_filter = l->filter,
		.snaplen = l->options.snaplen,
		.buffer_bytes = ring_first_bytes(&l->options),
		.promiscuous = l->options.promiscuous,
	};
}

struct tap *live_tap_new(struct live *l, pcap_t *p, size_t ring_bytes)
{
	struct tap *t = mem_zalloc(sizeof *t);

	t->pcap = p;
	t->group = t->heir = -1;
	t->ring_bytes = ring_bytes;
	t->live = l;
	t->poll.data = t;
	tap_link_state(l->base.name, &t->link_index);
	return t;
}

static int try_open(struct live *l, enum tap_fault *fault, struct error *e)
{
	struct tap_options o;
	pcap_t *p;

	live_tap_options(l, &o);
	if (l->loop && l->options.privilege)
		l->options.privilege(l->options.privilege_ctx, true);
	p = tap_open(&o, fault, e);
	if (l->loop && l->options.privilege)
		l->options.privilege(l->options.privilege_ctx, false);
	if (!p)
		return e->code;
	l->tap = live_tap_new(l, p, o.buffer_bytes);
	ring_prepare(l, l->tap);
	l->linktype = pcap_datalink(p);
	return 0;
}

int live_tap_poll(struct live *l, struct tap *t, struct error *e)
{
	int r = uv_poll_init(l->loop, &t->poll, pcap_get_selectable_fd(t->pcap));

	if (r != 0)
		return error_set(e, ERR_IO, "cannot wait for packets of '%.40s': %s", l->base.name, uv_strerror(r));
	t->polled = true;
	return uv_poll_start(&t->poll, UV_READABLE, on_readable);
}

static int start_poll(struct live *l, struct error *e)
{
	int r = live_tap_poll(l, l->tap, e);

	if (r != 0) {
		live_tap_close(l->tap);
		l->tap = NULL;
	}
	return r;
}

static void reopen(struct live *l)
{
	struct error e = {.code = ERR_NONE};
	enum tap_fault fault;

	if (try_open(l, &fault, &e) == 0 && start_poll(l, &e) == 0) {
		check_link(l);
		return;
	}
	if (fault == TAP_GONE || fault == TAP_DOWN)
		set_state(l, false, link_texts[fault == TAP_GONE ? LINK_GONE : LINK_DOWN].text);
	else
		set_state(l, false, e.text);
}

/* Compare what we hold with what there is. Called at each notice, and now and then. */
static void check_link(struct live *l)
{
	unsigned index;
	enum link_state state = tap_link_state(l->base.name, &index);

	if (l->tap && l->tap->link_index == 0) { /* no network interface: "any", usbmon ... */
		set_state(l, true, link_texts[LINK_UP].text);
		return;
	}
	if (l->tap && index != l->tap->link_index)
		drop_tap(l);
	if (!l->tap && state != LINK_DOWN) {
		reopen(l);
		return;
	}
	set_state(l, l->tap && link_texts[state].ok, link_texts[state].text);
}

static void on_link_change(void *ctx)
{
	check_link(ctx);
}

static void on_retry(uv_timer_t *t)
{
	struct live *l = t->data;

	if (!l->tap || !l->ok || !l->watch)
		check_link(l);
	ring_took(l, 0);
}

static struct source *live_open(const struct source_options *o, struct error *e)
{
	struct live *l = mem_zalloc(sizeof *l);
	struct error own = {.code = ERR_NONE};
	enum tap_fault fault = TAP_NO_FAULT;

	l->base.ops = &source_live_ops;
	l->base.name = mem_strdup(o->name);
	l->options = *o;
	l->linktype = DLT_EN10MB;
	snprintf(l->filter, sizeof l->filter, "%s", o->capture_filter ? o->capture_filter : "");
	if (l->options.snaplen <= 0)
		l->options.snaplen = SNAPLEN_DEFAULT;
	if (try_open(l, &fault, &own) == 0) {
		unsigned index;
		enum link_state state = tap_link_state(o->name, &index);

		if (index == 0)
			state = LINK_UP;
		set_state(l, link_texts[state].ok, link_texts[state].text);
		return &l->base;
	}
	/* An interface that is down may come up: the filter must be right all the same. */
	if (fault == TAP_DOWN && source_filter_check(l->linktype, l->filter, &own) == 0) {
		set_state(l, false, link_texts[LINK_DOWN].text);
		return &l->base;
	}
	if (e)
		*e = own;
	source_close(&l->base);
	return NULL;
}

static int live_start(struct source *s, uv_loop_t *loop, struct error *e)
{
	struct live *l = live_of(s);
	int r;

	l->loop = loop;
	uv_timer_init(loop, &l->retry);
	l->retry.data = l;
	uv_timer_start(&l->retry, on_retry, RETRY_MS, RETRY_MS);
	l->watch = link_watch_new(loop, on_link_change, l);
	if (!l->tap) {
		check_link(l);
		return 0;
	}
	r = start_poll(l, e);
	if (r == 0)
		check_link(l);
	return r;
}

static void live_stats(struct source *s, struct source_state *out)
{
	struct live *l = live_of(s);

	if (l->tap)
		live_tap_stats(l, l->tap);
	snprintf(out->text, sizeof out->text, "%s", l->state);
	out->ok = l->ok;
	out->dropped = l->dropped;
	out->if_dropped = l->if_dropped;
	out->snaplen = l->tap ? pcap_snapshot(l->tap->pcap) : l->options.snaplen;
	out->buffer_bytes = l->tap ? l->tap->ring_bytes : ring_first_bytes(&l->options);
	snprintf(out->filter, sizeof out->filter, "%.127s", l->filter);
}

static int live_capture_filter(struct source *s, const char *text, struct error *e)
{
	struct live *l = live_of(s);
	struct bpf_program code;
	int r;

	if (strlen(text) >= sizeof l->filter)
		return error_set(e, ERR_USAGE, "the capture filter is too long");
	r = source_compile(&code, l->linktype, l->options.snaplen, text, e);
	if (r != 0)
		return r;
	if (l->tap && pcap_setfilter(l->tap->pcap, &code) != 0)
		r = error_set(e, ERR_IO, "cannot set the capture filter: %s",
			      pcap_geterr(l->tap->pcap));
	else
		snprintf(l->filter, sizeof l->filter, "%s", text);
	pcap_freecode(&code);
	return r;
}

static void live_refuse(struct source *s)
{
	struct live *l = live_of(s);

	if (l->tap)
		tap_refuse(l->tap->pcap);
}

static uint64_t live_waiting(struct source *s)
{
	struct live *l = live_of(s);
	struct tap *old = ring_old(l);

	return (l->tap ? waiting_in(l, l->tap) : 0) + (uint64_t)(old ? waiting_in(l, old) : 0);
}

static int live_linktype(const struct source *s)
{
	return ((const struct live *)(const void *)s)->linktype;
}

static void live_free(struct live *l)
{
	mem_free(l->base.name);
	mem_free(l);
}

static void on_timer_closed(uv_handle_t *h)
{
	live_free(h->data);
}

static void live_close(struct source *s)
{
	struct live *l = live_of(s);

	drop_tap(l);
	if (!l->loop) {
		live_free(l);
		return;
	}
	link_watch_close(l->watch);
	uv_close((uv_handle_t *)&l->retry, on_timer_closed);
}

const struct source_ops source_live_ops = {
	.kind = "live",
	.help = "packets of a network interface, through libpcap",
	.open = live_open,
	.start = live_start,
	.stats = live_stats,
	.capture_filter = live_capture_filter,
	.refuse = live_refuse,
	.waiting = live_waiting,
	.linktype = live_linktype,
	.close = live_close,
	.live = true,
};
