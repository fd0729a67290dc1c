/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PTR look-ups over uv_udp, for names.c alone. Bounded: 16 in flight, 256 waiting. Lives on one loop.
 */
#ifndef DPITOP_SNAPSHOT_RESOLVER_H
#define DPITOP_SNAPSHOT_RESOLVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "dpitop/addr.h"

struct resolver;

enum resolver_outcome { RESOLVER_NAME, RESOLVER_NO_NAME, RESOLVER_NO_ANSWER, RESOLVER_OUTCOMES };

typedef void resolver_done(void *ctx, const struct addr *a, enum resolver_outcome o, const char *name);

/* Reads nameservers (at most 3) from resolv_conf; none there: 127.0.0.1. e gets what went wrong (the
 * resolver then answers "no answer"); never NULL. */
struct resolver *resolver_new(uv_loop_t *loop, const char *resolv_conf, uint16_t port,
			      resolver_done *done, void *ctx, struct error *e);
/* Ask; done() is called later, from the loop. False if too many wait already. */
bool resolver_ask(struct resolver *r, const struct addr *a);
/* Datagrams sent so far, and questions that wait to be sent or answered. */
void resolver_stats(const struct resolver *r, uint64_t *sent, unsigned *waiting);
/* Does one of these ends ask, and is the other one asked? */
bool resolver_is_own(const struct resolver *r, const struct addr addr[2], const uint16_t port[2]);
/* Close its handles; done() is not called any more; memory goes when the loop has run. */
void resolver_close(struct resolver *r);

#endif
