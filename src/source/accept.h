/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IPFIX over TCP (RFC 7011 section 10.4): connections of exporters. Private to src/source; engine
 * thread.
 */
#ifndef SOURCE_ACCEPT_H
#define SOURCE_ACCEPT_H

#include <uv.h>

#include "dpitop/source.h"
#include "source/listen.h"

struct acceptor;

/* fd: a listening socket, whose owner it becomes in any case. refused: counts connections that were not taken. NULL: e
 * says why. */
struct acceptor *acceptor_new(int fd, const struct listen_address *at, uv_loop_t *loop, const struct source_exports *exports,
			      uint64_t *refused, struct error *e);
void acceptor_close(struct acceptor *a); /* with its connections; memory goes when the loop has run; NULL is fine */

#endif
