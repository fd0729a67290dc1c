/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses to listen at and sockets bound to them; see listen.h. Opened before privileges are given
 * up, so that ports below 1024 can be had. Called by collector.c; parsing in any thread.
 */
#include "config.h"

#include "source/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/source.h"
#include "source/kinds.h"

enum { BACKLOG = 16 };

static const struct scheme {
	const char *name;
	enum export_proto proto;
	bool tcp;
} schemes[] = {
	{"udp", EXPORT_AUTO, false}, {"auto", EXPORT_AUTO, false}, {"netflow", EXPORT_NETFLOW, false},
	{"ipfix", EXPORT_ONLY_IPFIX, false}, {"sflow", EXPORT_ONLY_SFLOW, false}, {"ipfix+tcp", EXPORT_ONLY_IPFIX, true},
	{"tcp", EXPORT_ONLY_IPFIX, true},
};

static int parse_scheme(struct listen_address *l, const char *text, size_t n, struct error *e)
{
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		const struct scheme *s = &schemes[i];

		if (strlen(s->name) != n || strncmp(s->name, text, n) != 0)
			continue;
		l->proto = s->proto;
		l->tcp = s->tcp;
		snprintf(l->scheme, sizeof l->scheme, "%s", s->tcp ? "ipfix+tcp" : s->proto == EXPORT_AUTO ? "udp" : s->name);
		return 0;
	}
	return error_set(e, ERR_USAGE, "'%.*s' is no protocol to collect; there are udp, netflow, ipfix, sflow and ipfix+tcp",
			 (int)(n < 40 ? n : 40), text);
}

static int parse_port(struct listen_address *l, const char *text, struct error *e)
{
	char *end;
	unsigned long port;

	errno = 0;
	port = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || port == 0 || port > UINT16_MAX)
		return error_set(e, ERR_USAGE, "'%.60s' is no port to listen on: 1 to 65535, as in 2055, 192.0.2.1:2055 or "
				 "[::]:2055", text);
	l->port = (uint16_t)port;
	return 0;
}

static void set_v4(struct listen_address *l, struct in_addr a)
{
	struct sockaddr_in s = {.sin_family = AF_INET, .sin_port = htons(l->port), .sin_addr = a};

	memcpy(&l->address, &s, sizeof s);
	l->bytes = sizeof s;
}

static void set_v6(struct listen_address *l, const struct in6_addr *a)
{
	struct sockaddr_in6 s = {.sin6_family = AF_INET6, .sin6_port = htons(l->port), .sin6_addr = *a};

	memcpy(&l->address, &s, sizeof s);
	l->bytes = sizeof s;
}

static int parse_host(struct listen_address *l, const char *host, size_t n, struct error *e)
{
	char text[ADDR_TEXT];
	struct in6_addr v6 = in6addr_any;
	struct in_addr v4 = {.s_addr = htonl(INADDR_LOOPBACK)};
	bool bracket = n >= 2 && host[0] == '[' && host[n - 1] == ']';

	snprintf(l->host, sizeof l->host, "%.*s", (int)n, host);
	snprintf(text, sizeof text, "%.*s", (int)(bracket ? n - 2 : n), bracket ? host + 1 : host);
	if (n == 0)
		set_v4(l, v4);
	else if (strcmp(text, "*") == 0)
		set_v6(l, &v6);
	else if (!bracket && inet_pton(AF_INET, text, &v4) == 1)
		set_v4(l, v4);
	else if (bracket && n < sizeof text && inet_pton(AF_INET6, text, &v6) == 1)
		set_v6(l, &v6);
	else
		return error_set(e, ERR_USAGE, "'%.60s' is no address to listen at; IPv6 ones are in brackets: [::1]:2055", text);
	return 0;
}

int listen_parse(struct listen_address *l, const char *text, struct error *e)
{
	const char *scheme = strstr(text, "://"), *colon;
	int r;

	memset(l, 0, sizeof *l);
	r = parse_scheme(l, scheme != NULL ? text : "udp", scheme != NULL ? (size_t)(scheme - text) : 3, e);
	if (r != 0)
		return r;
	text = scheme != NULL ? scheme + 3 : text;
	colon = strrchr(text, ':');
	r = parse_port(l, colon != NULL ? colon + 1 : text, e);
	return r != 0 ? r : parse_host(l, text, colon != NULL ? (size_t)(colon - text) : 0, e);
}

int source_listen_check(const char *text, struct error *e)
{
	struct listen_address l;

	return listen_parse(&l, text, e);
}

/* Every address of both families, where there are both. */
static int open_socket(const struct listen_address *l, struct sockaddr_storage *address, socklen_t *bytes)
{
	int type = (l->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, no = 0;
	int fd = socket(l->address.ss_family, type, 0);

	*address = l->address;
	*bytes = l->bytes;
	if (fd >= 0 && l->address.ss_family == AF_INET6 && strcmp(l->host, "*") == 0)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
	if (fd < 0 && errno == EAFNOSUPPORT && strcmp(l->host, "*") == 0) {
		struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(l->port)};

		memcpy(address, &any, sizeof any);
		*bytes = sizeof any;
		fd = socket(AF_INET, type, 0);
	}
	return fd;
}

static int say_failed(const struct listen_address *l, int error, struct error *e)
{
	char why[80];

	source_os_error(error, why, sizeof why);
	if (error == EADDRINUSE)
		return error_set(e, ERR_IO, "cannot listen on %s port %u: another program does already (ss -%cnlp shows which)",
				 l->tcp ? "TCP" : "UDP", l->port, l->tcp ? 't' : 'u');
	if (error == EADDRNOTAVAIL)
		return error_set(e, ERR_IO, "cannot listen at %s: this machine has no such address; *:%u is every one it has",
				 l->host, l->port);
	return error_set(e, error == EACCES ? ERR_PERMISSION : ERR_IO, "cannot listen on %s port %u: %s%s",
			 l->tcp ? "TCP" : "UDP", l->port, why, error == EACCES && l->port < 1024 ? "; ports below 1024 want root" : "");
}

static void set_buffer(int fd, size_t bytes)
{
	int n = bytes < INT32_MAX / 2 ? (int)bytes : INT32_MAX / 2;

	/* beyond net.core.rmem_max where we may, else as much as we may */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &n, sizeof n) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
}

int listen_open(const struct listen_address *l, size_t buffer_bytes, struct error *e)
{
	struct sockaddr_storage address;
	socklen_t bytes;
	int yes = 1, fd = open_socket(l, &address, &bytes), failed;

	if (fd < 0) {
		say_failed(l, errno, e);
		return -1;
	}
	if (l->tcp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	else
		set_buffer(fd, buffer_bytes);
	if ((l->tcp || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) == 0) &&
	    bind(fd, (struct sockaddr *)&address, bytes) == 0 && (!l->tcp || listen(fd, BACKLOG) == 0))
		return fd;
	failed = errno;
	close(fd);
	say_failed(l, failed, e);
	return -1;
}

size_t listen_buffer(int fd)
{
	int n = 0;
	socklen_t size = sizeof n;

	return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &n, &size) == 0 && n > 0 ? (size_t)n : 0;
}

uint32_t listen_drops(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t size = sizeof info;

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) != 0 || size <= SK_MEMINFO_DROPS * sizeof info[0])
		return 0;
	return info[SK_MEMINFO_DROPS];
}

struct addr listen_addr_of(const struct sockaddr_storage *s, uint16_t *port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	uint16_t number = 0;
	struct addr a = addr_none;

	if (s->ss_family == AF_INET) {
		memcpy(&v4, s, sizeof v4);
		a = addr_from_v4((const uint8_t *)&v4.sin_addr);
		number = ntohs(v4.sin_port);
	} else if (s->ss_family == AF_INET6) {
		memcpy(&v6, s, sizeof v6);
		a = addr_from_v6(v6.sin6_addr.s6_addr);
		number = ntohs(v6.sin6_port);
	}
	if (port != NULL)
		*port = number;
	return a;
}
