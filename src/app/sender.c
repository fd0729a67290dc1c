/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Datagrams out: a bounded ring of messages and a thread that takes them from there to the socket, so that the engine
 * never waits for a network. A socket takes datagrams faster than most collectors do, and on the way nobody says that
 * one was dropped: so after a few there is a pause. What the kernel did not take, or the collector's host refused, is counted.
 */
#include "config.h"

#include "app/sender.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "app/target.h"
#include "dpitop/i18n.h"
#include "dpitop/mem.h"

/* A burst fits into a socket's usual 208 KiB several times, as the kernel counts: 2.3 KiB each. A second has 16,000 messages,
 * some 130,000 flows; where more are coming the bursts grow with what waits. */
enum { RING = 2048, BURST = 16, BURST_MAX = 64, WRITABLE_MS = 200 };
#define PAUSE_NS (1 * 1000 * 1000l)
#define PATIENCE_NS (UINT64_C(10) * 1000 * 1000 * 1000)
#define FAILING_NS (UINT64_C(3) * 1000 * 1000 * 1000)

struct queued {
	uint8_t data[IPFIX_MESSAGE_MAX];
	struct ipfix_message m;
};

struct sender {
	int fd;
	bool threaded;
	uv_thread_t thread;
	uv_mutex_t mutex;     /* of all below */
	uv_cond_t work, room;
	struct queued *ring;  /* the thread's: `count` from `first` on; the others are the engine's */
	unsigned first, count;
	bool stop, hasty;     /* hasty: nobody waits for room, and what finds none is lost */
	struct sender_state state;
	uint64_t failed_ns;   /* when something was lost last */
	struct ipfix_message last; /* that the socket took; without its data */
};

static void add(struct sent_totals *t, const struct ipfix_message *m)
{
	t->messages++;
	t->records += m->records;
	t->option_records += m->option_records;
	t->bytes += m->bytes;
	t->packets += m->packets;
	t->octets += m->octets;
}

static void take_off(struct sent_totals *t, const struct ipfix_message *m)
{
	t->messages--;
	t->records -= m->records;
	t->option_records -= m->option_records;
	t->bytes -= m->bytes;
	t->packets -= m->packets;
	t->octets -= m->octets;
}

static const char *reason(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return N_("nobody listens there");
	case EMSGSIZE:
		return N_("messages were too long for the path");
	case EAGAIN: case ENOBUFS:
		return N_("more than can be sent");
	case ENETUNREACH: case EHOSTUNREACH: case ENETDOWN:
		return N_("there is no way to it");
	case EPERM: case EACCES:
		return N_("forbidden by this machine");
	default:
		return N_("cannot be sent");
	}
}

/* With the mutex. */
static void lose(struct sender *s, const struct ipfix_message *m, int error)
{
	add(&s->state.lost, m);
	s->state.why = reason(error);
	s->failed_ns = uv_hrtime();
}

/* ---- the thread ---- */

/* The host said of the last datagram that it came to no one. With the mutex. */
static void refuse(struct sender *s)
{
	if (s->last.bytes > 0) {
		take_off(&s->state.sent, &s->last);
		lose(s, &s->last, ECONNREFUSED);
	}
	s->last.bytes = 0;
	s->state.renew = true;
}

/* Takes the ICMP error that waits, if one does. */
static bool was_refused(struct sender *s)
{
	int error = 0;
	socklen_t bytes = sizeof error;

	return getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) == 0 && error == ECONNREFUSED;
}

/* 0, or errno; *refused: the one before was. */
static int send_one(struct sender *s, const struct queued *q, bool *refused)
{
	struct pollfd writable = {.fd = s->fd, .events = POLLOUT};

	for (unsigned tries = 0;; tries++) {
		if (send(s->fd, q->data, q->m.bytes, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == ECONNREFUSED)
			*refused = true;
		else if (errno == EAGAIN || errno == ENOBUFS)
			poll(&writable, 1, WRITABLE_MS);
		else if (errno != EINTR)
			return errno;
		if (tries == 2)
			return errno;
	}
}

static void send_burst(struct sender *s, unsigned first, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct queued *q = &s->ring[(first + i) % RING];
		bool refused = false;
		int error = send_one(s, q, &refused);
		size_t room = error == EMSGSIZE ? target_room(s->fd) : 0;

		uv_mutex_lock(&s->mutex);
		if (refused)
			refuse(s);
		if (error == 0) {
			add(&s->state.sent, &q->m);
			s->last = q->m;
		} else {
			lose(s, &q->m, error);
		}
		if (error == EMSGSIZE)
			s->state.room = room;
		uv_mutex_unlock(&s->mutex);
	}
}

static void pause_a_little(void)
{
	const struct timespec pause = {.tv_nsec = PAUSE_NS};

	nanosleep(&pause, NULL);
}

/* With the mutex, which it gives up meanwhile. */
static void work_on(struct sender *s)
{
	unsigned burst = s->hasty ? BURST + (BURST_MAX - BURST) * s->count / RING : BURST;
	unsigned first = s->first, n = s->count < burst ? s->count : burst;

	uv_mutex_unlock(&s->mutex);
	send_burst(s, first, n);
	pause_a_little();
	uv_mutex_lock(&s->mutex);
	if (was_refused(s))
		refuse(s);
	s->first = (s->first + n) % RING;
	s->count -= n;
	uv_cond_signal(&s->room);
}

static void run(void *ctx)
{
	struct sender *s = ctx;

	uv_mutex_lock(&s->mutex);
	for (;;) {
		while (s->count == 0 && !s->stop)
			uv_cond_wait(&s->work, &s->mutex);
		if (s->count == 0)
			break;
		work_on(s);
	}
	uv_mutex_unlock(&s->mutex);
}

/* ---- the engine's side ---- */

struct sender *sender_new(int fd)
{
	struct sender *s = mem_zalloc(sizeof *s);

	s->fd = fd;
	s->state.why = "";
	s->state.room = target_room(fd);
	uv_mutex_init(&s->mutex);
	uv_cond_init(&s->work);
	uv_cond_init(&s->room);
	return s;
}

/* With the mutex: until at most `left` messages wait. False: some seconds have passed. */
static bool wait_until(struct sender *s, unsigned left)
{
	uint64_t end = uv_hrtime() + PATIENCE_NS, now;

	while (s->count > left) {
		now = uv_hrtime();
		if (now >= end)
			return false;
		uv_cond_timedwait(&s->room, &s->mutex, end - now);
	}
	return true;
}

void sender_drain(struct sender *s)
{
	uv_mutex_lock(&s->mutex);
	wait_until(s, 0);
	uv_mutex_unlock(&s->mutex);
}

/* With the mutex. What the thread has begun to send, it counts. */
static void give_up_rest(struct sender *s)
{
	while (s->count > BURST_MAX)
		lose(s, &s->ring[(s->first + --s->count) % RING].m, EAGAIN);
}

void sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	uv_mutex_lock(&s->mutex);
	s->stop = true;
	uv_cond_signal(&s->work);
	if (!wait_until(s, 0))
		give_up_rest(s);
	uv_mutex_unlock(&s->mutex);
	if (s->threaded)
		uv_thread_join(&s->thread);
	close(s->fd);
	uv_mutex_destroy(&s->mutex);
	uv_cond_destroy(&s->work);
	uv_cond_destroy(&s->room);
	mem_free(s->ring);
	mem_free(s);
}

static void start(struct sender *s)
{
	s->ring = mem_array(RING, sizeof *s->ring);
	s->threaded = uv_thread_create(&s->thread, run, s) == 0;
}

void sender_put(struct sender *s, const struct ipfix_message *m, bool may_wait)
{
	struct queued *q;

	if (s->ring == NULL)
		start(s);
	uv_mutex_lock(&s->mutex);
	s->hasty = !may_wait;
	if (!s->threaded || (s->count == RING && (!may_wait || !wait_until(s, RING - 1)))) {
		lose(s, m, EAGAIN);
	} else {
		q = &s->ring[(s->first + s->count) % RING];
		q->m = *m;
		memcpy(q->data, m->data, m->bytes);
		if (s->count++ == 0)
			uv_cond_signal(&s->work);
	}
	uv_mutex_unlock(&s->mutex);
}

struct sender_state sender_state(struct sender *s)
{
	struct sender_state state;

	uv_mutex_lock(&s->mutex);
	state = s->state;
	s->state.renew = false;
	state.failing = s->failed_ns != 0 && uv_hrtime() - s->failed_ns < FAILING_NS;
	uv_mutex_unlock(&s->mutex);
	return state;
}
