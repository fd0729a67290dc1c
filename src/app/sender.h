/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread that sends messages to one collector, at a pace that its socket buffer survives; see sender.c. Private to
 * src/app.
 */
#ifndef APP_SENDER_H
#define APP_SENDER_H

#include "dpitop/ipfix.h"

struct sender;

struct sender_state {
	struct sent_totals sent, lost;
	bool failing;   /* something was lost in the last seconds */
	const char *why; /* a text of N_(); "": nothing ever was */
	bool renew;     /* the collector was away: it knows no templates. Told once */
	size_t room;    /* bytes of a message, at most */
};

/* Owns the connected socket fd. No thread runs before the first message. */
struct sender *sender_new(int fd);
/* Sends what waits, for some seconds at most; what is left is lost. NULL is fine. */
void sender_free(struct sender *s);
/* One thread, also the next two. Copies m. Where all places are taken: wait until there is one (may_wait), else it is lost. */
void sender_put(struct sender *s, const struct ipfix_message *m, bool may_wait);
void sender_drain(struct sender *s); /* until all is sent, or some seconds have passed */
struct sender_state sender_state(struct sender *s);

#endif
