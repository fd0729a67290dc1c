/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which interfaces there are, which one is meant when none is named, and what networks one has.
 * Asks libpcap, /proc/net and getifaddrs(3); keeps nothing. Called by app at the start.
 */
#include "config.h"

#include "source/interfaces.h"

#include <ifaddrs.h>
#include <inttypes.h>
#include <net/route.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/socket.h>

#include "dpitop/addr.h"
#include "dpitop/source.h"

bool interfaces_route4(FILE *in, char *name, size_t size)
{
	char line[512], device[64];
	unsigned long destination, gateway, mask;
	unsigned flags, metric, best = 0;
	int used, references;
	bool found = false;

	while (fgets(line, sizeof line, in)) {
		if (sscanf(line, "%63s %lx %lx %x %d %d %u %lx", device, &destination, &gateway,
			   &flags, &references, &used, &metric, &mask) != 8)
			continue;
		if (destination != 0 || mask != 0 || !(flags & RTF_UP) || (flags & RTF_REJECT))
			continue;
		if (found && metric >= best)
			continue;
		found = true;
		best = metric;
		snprintf(name, size, "%s", device);
	}
	return found;
}

bool interfaces_route6(FILE *in, char *name, size_t size)
{
	char line[512], device[64], destination[40];
	unsigned bits, source_bits, metric, best = 0, flags;
	bool found = false;

	while (fgets(line, sizeof line, in)) {
		/* destination, its bits, source, its bits, next hop, metric, references, use,
		 * flags, device */
		if (sscanf(line, "%39s %x %*s %x %*s %x %*x %*x %x %63s", destination, &bits,
			   &source_bits, &metric, &flags, device) != 6)
			continue;
		if (bits != 0 || !(flags & RTF_UP) || (flags & RTF_REJECT))
			continue;
		if (strcmp(device, "lo") == 0 || (found && metric >= best))
			continue;
		found = true;
		best = metric;
		snprintf(name, size, "%s", device);
	}
	return found;
}

static bool default_route(char *name, size_t size)
{
	static const struct {
		const char *path;
		bool (*read)(FILE *in, char *name, size_t size);
	} tables[] = {
		{"/proc/net/route", interfaces_route4},
		{"/proc/net/ipv6_route", interfaces_route6},
	};
	bool found = false;
	size_t i;

	for (i = 0; i < sizeof tables / sizeof *tables && !found; i++) {
		FILE *in = fopen(tables[i].path, "re");

		if (!in)
			continue;
		found = tables[i].read(in, name, size);
		fclose(in);
	}
	return found;
}

static bool addr_of(const struct sockaddr *sa, struct addr *a)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (!sa)
		return false;
	if (sa->sa_family == AF_INET) {
		memcpy(&v4, sa, sizeof v4);
		*a = addr_from_v4((const uint8_t *)&v4.sin_addr);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&v6, sa, sizeof v6);
		*a = addr_from_v6((const uint8_t *)&v6.sin6_addr);
		return true;
	}
	return false;
}

static void put_addresses(const pcap_addr_t *from, char *dst, size_t size)
{
	size_t used = 0;

	dst[0] = '\0';
	for (; from; from = from->next) {
		char text[ADDR_TEXT];
		struct addr a;

		if (!addr_of(from->addr, &a))
			continue;
		addr_format(&a, text, sizeof text);
		if (used + strlen(text) + 2 > size)
			break;
		used += (size_t)snprintf(dst + used, size - used, "%s%s", used ? " " : "", text);
	}
}

size_t source_interfaces(struct source_interface *out, size_t max, struct error *e)
{
	char text[PCAP_ERRBUF_SIZE] = "", chosen[64] = "";
	pcap_if_t *all = NULL, *i;
	size_t n = 0;

	if (pcap_findalldevs(&all, text) != 0) {
		error_set(e, ERR_IO, "cannot list interfaces: %s", text);
		return 0;
	}
	source_default_interface(chosen, sizeof chosen, NULL);
	for (i = all; i && n < max; i = i->next, n++) {
		struct source_interface *o = &out[n];

		memset(o, 0, sizeof *o);
		snprintf(o->name, sizeof o->name, "%s", i->name);
		snprintf(o->description, sizeof o->description, "%s",
			 i->description ? i->description : "");
		o->up = i->flags & PCAP_IF_UP;
		o->loopback = i->flags & PCAP_IF_LOOPBACK;
		o->is_default = strcmp(o->name, chosen) == 0;
		put_addresses(i->addresses, o->addresses, sizeof o->addresses);
	}
	pcap_freealldevs(all);
	if (n == 0)
		error_set(e, ERR_NOT_FOUND, "there is no interface to capture on");
	return n;
}

/* Interfaces in libpcap's order: the first that is up and no loopback, else any that is up. */
static bool first_up(char *buf, size_t size)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_if_t *all = NULL, *i;
	const pcap_if_t *best = NULL;

	if (pcap_findalldevs(&all, text) != 0)
		return false;
	for (i = all; i; i = i->next) {
		if (!(i->flags & PCAP_IF_UP) || strcmp(i->name, "any") == 0)
			continue;
		if (!best || ((best->flags & PCAP_IF_LOOPBACK) && !(i->flags & PCAP_IF_LOOPBACK)))
			best = i;
	}
	if (best)
		snprintf(buf, size, "%s", best->name);
	pcap_freealldevs(all);
	return best != NULL;
}

int source_default_interface(char *buf, size_t size, struct error *e)
{
	if (default_route(buf, size) || first_up(buf, size))
		return 0;
	return error_set(e, ERR_NOT_FOUND, "there is no interface to capture on that is up");
}

static unsigned mask_bits(const struct sockaddr *mask, bool v4)
{
	struct addr a;
	unsigned bits = 0, i = v4 ? 12 : 0;

	if (!addr_of(mask, &a))
		return v4 ? 32 : 128;
	for (; i < sizeof a.b && a.b[i] == 0xff; i++)
		bits += 8;
	if (i < sizeof a.b)
		bits += (unsigned)__builtin_popcount(a.b[i]);
	return bits;
}

void source_interface_networks(const char *name, void (*each)(void *ctx, const struct cidr *c),
			       void *ctx)
{
	struct ifaddrs *all = NULL, *i;

	if (getifaddrs(&all) != 0)
		return;
	for (i = all; i; i = i->ifa_next) {
		struct addr a;
		struct cidr c;

		if (strcmp(name, "any") != 0 && strcmp(i->ifa_name, name) != 0)
			continue;
		if (!addr_of(i->ifa_addr, &a))
			continue;
		memset(&c, 0, sizeof c);
		c.bits = (uint8_t)mask_bits(i->ifa_netmask, addr_is_v4(&a));
		c.addr = addr_prefix(&a, c.bits);
		each(ctx, &c);
	}
	freeifaddrs(all);
}
