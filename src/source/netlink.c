/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Notices of the kernel that a network interface came, went, or changed (rtnetlink(7), group
 * RTMGRP_LINK; needs no privilege). The messages are not read: what they say may be old by the time
 * they are, so the listener asks for the present state of its own interface by name. Runs on the
 * engine's loop; used by live.c.
 */
#include "config.h"

#include "source/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dpitop/mem.h"

struct link_watch {
	uv_poll_t poll;
	int fd;
	void (*changed)(void *ctx);
	void *ctx;
};

static void on_message(uv_poll_t *poll, int status, int events)
{
	struct link_watch *w = poll->data;
	char bytes[8192];
	ssize_t n;

	(void)events;
	do /* ENOBUFS: messages were lost, which is news as well */
		n = recv(w->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	while (n > 0 || (n < 0 && (errno == ENOBUFS || errno == EINTR)));
	if (status < 0)
		uv_poll_start(poll, UV_READABLE, on_message);
	if (w->changed)
		w->changed(w->ctx);
}

static void on_closed(uv_handle_t *h)
{
	struct link_watch *w = h->data;

	close(w->fd);
	mem_free(w);
}

struct link_watch *link_watch_new(uv_loop_t *loop, void (*changed)(void *ctx), void *ctx)
{
	struct sockaddr_nl me = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	struct link_watch *w;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0)
		return NULL;
	w = mem_zalloc(sizeof *w);
	w->fd = fd;
	w->changed = changed;
	w->ctx = ctx;
	w->poll.data = w;
	if (bind(fd, (struct sockaddr *)&me, sizeof me) != 0 ||
	    uv_poll_init(loop, &w->poll, fd) != 0) {
		close(fd);
		mem_free(w);
		return NULL;
	}
	uv_poll_start(&w->poll, UV_READABLE, on_message);
	return w;
}

void link_watch_close(struct link_watch *w)
{
	if (!w)
		return;
	w->changed = NULL;
	uv_close((uv_handle_t *)&w->poll, on_closed);
}
