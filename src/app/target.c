/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses of collectors and sockets connected to them; see target.h. Opened before privileges are given up and the
 * sandbox is entered, which a resolver may not like.
 */
#include "config.h"

#include "app/target.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/ipfix.h"

enum { SEND_BUFFER = 1 << 20, HEADERS_V4 = 20 + 8, HEADERS_V6 = 40 + 8 };

static const char scheme[] = "ipfix://";

static int parse_port(struct target *t, const char *text, size_t n, struct error *e)
{
	unsigned long port = 0;

	for (size_t i = 0; i < n && port <= UINT16_MAX; i++)
		port = text[i] >= '0' && text[i] <= '9' ? port * 10 + (unsigned long)(text[i] - '0') : UINT16_MAX + 1ul;
	if (port == 0 || port > UINT16_MAX)
		return error_set(e, ERR_USAGE, "'%.*s' is no port: 1 to 65535", (int)(n < 40 ? n : 40), text);
	t->port = (uint16_t)port;
	return 0;
}

/* "name", "192.0.2.1:4739", "[2001:db8::1]:4739" */
static int parse_place(struct target *t, const char *text, size_t n, struct error *e)
{
	bool bracket = n > 0 && text[0] == '[';
	const char *end = memchr(text, bracket ? ']' : ':', n), *colon;
	size_t host = end != NULL ? (size_t)(end - text) : n;

	colon = bracket && end != NULL ? end + 1 : end;
	text += bracket;
	host -= bracket;
	if ((bracket && end == NULL) || host == 0 || host >= sizeof t->host)
		return error_set(e, ERR_USAGE, "it names no host: ipfix://192.0.2.1:4739, ipfix://[2001:db8::1]:4739 or "
				 "ipfix://collector.example:4739");
	snprintf(t->host, sizeof t->host, "%.*s", (int)host, text);
	n -= (size_t)(colon != NULL ? colon - (text - bracket) : (ptrdiff_t)n);
	if (n == 0)
		return 0;
	if (*colon != ':')
		return error_set(e, ERR_USAGE, "behind the address comes a colon and the port, not '%.*s'", (int)(n < 40 ? n : 40),
				 colon);
	if (!bracket && memchr(colon + 1, ':', n - 1) != NULL)
		return error_set(e, ERR_USAGE, "IPv6 addresses are in brackets: ipfix://[2001:db8::1]:4739");
	return parse_port(t, colon + 1, n - 1, e);
}

int target_parse(struct target *t, const char *url, struct error *e)
{
	size_t n;

	*t = (struct target){.port = IPFIX_PORT, .biflow = true};
	if (strncmp(url, scheme, sizeof scheme - 1) != 0)
		return error_set(e, ERR_USAGE, "'%.60s' is nowhere to export to; there is ipfix://HOST:PORT (UDP)", url);
	url += sizeof scheme - 1;
	n = strcspn(url, "?");
	if (url[n] == '?' && strcmp(url + n, "?biflow=no") != 0 && strcmp(url + n, "?biflow=yes") != 0)
		return error_set(e, ERR_USAGE, "behind the port may stand ?biflow=no or ?biflow=yes, not '%.60s'", url + n);
	t->biflow = strcmp(url + n, "?biflow=no") != 0;
	return parse_place(t, url, n, e);
}

static void prepare(int fd, int family)
{
	int bytes = SEND_BUFFER, v4 = IP_PMTUDISC_DO, v6 = IPV6_PMTUDISC_DO;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	if (family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof v4);
	else
		setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof v6);
}

static int open_one(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), failed;

	if (fd < 0)
		return -1;
	prepare(fd, a->ai_family);
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	failed = errno;
	close(fd);
	errno = failed;
	return -1;
}

int target_open(const struct target *t, struct error *e)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV}, *all;
	char port[8];
	int r, fd = -1;

	snprintf(port, sizeof port, "%u", t->port);
	r = getaddrinfo(t->host, port, &hints, &all);
	if (r != 0) {
		error_set(e, ERR_IO, "cannot export to '%.100s': %s", t->host, r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r));
		return -1;
	}
	for (const struct addrinfo *a = all; fd < 0 && a != NULL; a = a->ai_next)
		fd = open_one(a);
	if (fd < 0)
		error_set(e, ERR_IO, "cannot export to '%.100s': %s", t->host, strerror(errno));
	freeaddrinfo(all);
	return fd;
}

size_t target_room(int fd)
{
	struct sockaddr_storage peer;
	socklen_t peer_bytes = sizeof peer, bytes = sizeof(int);
	bool v6;
	int mtu = 0;

	if (getpeername(fd, (struct sockaddr *)&peer, &peer_bytes) != 0)
		return IPFIX_MESSAGE_MAX;
	v6 = peer.ss_family == AF_INET6;
	if (getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU, &mtu, &bytes) != 0)
		return IPFIX_MESSAGE_MAX;
	mtu -= v6 ? HEADERS_V6 : HEADERS_V4;
	return mtu > 0 ? (size_t)mtu : 0;
}
