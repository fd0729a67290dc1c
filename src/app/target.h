/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where flows are exported to: "ipfix://HOST[:PORT][?biflow=no]", and a socket connected to it; see target.c. Private to
 * src/app. Main thread, at the start.
 */
#ifndef APP_TARGET_H
#define APP_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"

struct target {
	char host[256];
	uint16_t port;
	bool biflow; /* both directions in a record */
};

/* 0, or ERR_USAGE. */
int target_parse(struct target *t, const char *url, struct error *e);
/* A UDP socket, connected, that does not block and whose datagrams are not fragmented; the host's name is resolved
 * here. -1: e says why. */
int target_open(const struct target *t, struct error *e);
/* Bytes of a datagram that take the path in one piece, as far as the kernel knows. */
size_t target_room(int fd);

#endif
