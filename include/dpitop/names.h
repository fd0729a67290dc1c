/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of addresses: what was learned on the wire (the model keeps that) comes first; else an asynchronous PTR
 * look-up over uv_udp: nameservers of resolv.conf, /etc/hosts first, 2 s time-out twice, at most 16 in
 * flight, bounded cache with negative entries, answers matched by id, port and question. Lives on one loop.
 */
#ifndef DPITOP_NAMES_H
#define DPITOP_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "dpitop/addr.h"
#include "dpitop/err.h"

struct names;
struct names_stats;

struct names_options {
	const char *resolv_conf; /* NULL: /etc/resolv.conf */
	const char *hosts;       /* NULL: /etc/hosts */
	unsigned cache;          /* entries, 0: 8192 */
	bool lookups;            /* false: hosts file and cache only */
	uint16_t port;           /* of the nameservers, 0: 53 */
	bool here;               /* the traffic is of this machine and now: its own look-ups are in it */
};

struct names *names_new(uv_loop_t *loop, const struct names_options *o, struct error *e); /* e: warnings; never NULL */
void names_close(struct names *n); /* closes its handles; memory goes when the loop has run once more */
/* The name or NULL; asks for it in the background when not known yet. now_us: wall clock. */
const char *names_get(struct names *n, const struct addr *a, int64_t now_us);
/* The name or NULL as far as it is known; never asks. */
const char *names_peek(const struct names *n, const struct addr *a);
/* Is a UDP flow between these ends one of its look-ups? By the ports it asks from and the servers it asks. */
bool names_is_own(const struct names *n, const struct addr addr[2], const uint16_t port[2]);
void names_set_lookups(struct names *n, bool on);
void names_stats(const struct names *n, struct names_stats *out);

#endif
