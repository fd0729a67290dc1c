/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a collector listens: "[PROTO://][ADDR:]PORT" as an address, and the sockets for it. Private to
 * src/source.
 */
#ifndef SOURCE_LISTEN_H
#define SOURCE_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "dpitop/addr.h"
#include "dpitop/export_decode.h"

struct listen_address {
	enum export_proto proto;
	bool tcp;
	char scheme[12];           /* "udp", "netflow", "ipfix", "sflow", "ipfix+tcp" */
	char host[ADDR_TEXT + 2];  /* as given, "" if not */
	struct sockaddr_storage address;
	socklen_t bytes;
	uint16_t port;
};

/* 0, or ERR_USAGE. Without an address it is 127.0.0.1; "*" is every one. */
int listen_parse(struct listen_address *l, const char *text, struct error *e);
/* A bound socket that does not block; -1: e says why. buffer_bytes: what to ask of the kernel (UDP). */
int listen_open(const struct listen_address *l, size_t buffer_bytes, struct error *e);
/* What the kernel gave, in bytes; what it dropped for want of room (32 bits, runs over). */
size_t listen_buffer(int fd);
uint32_t listen_drops(int fd);
/* port may be NULL */
struct addr listen_addr_of(const struct sockaddr_storage *s, uint16_t *port);

#endif
