/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells that some network interface changed; see netlink.c. Private to src/source.
 */
#ifndef SOURCE_NETLINK_H
#define SOURCE_NETLINK_H

#include <uv.h>

struct link_watch;

/* NULL when the kernel gives no such socket (the caller then lives on its timer). */
struct link_watch *link_watch_new(uv_loop_t *loop, void (*changed)(void *ctx), void *ctx);
void link_watch_close(struct link_watch *w); /* memory goes when the loop has run; NULL is fine */

#endif
