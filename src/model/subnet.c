/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Local networks, and the subnet an address is counted in. Looked up once per host, not per packet; the
 * list is short. Immutable once the engine runs.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/model.h"

struct subnets {
	unsigned v4_bits, v6_bits;
	struct cidr *local;
	size_t count;
};

struct subnets *subnets_new(unsigned v4_bits, unsigned v6_bits)
{
	struct subnets *s = mem_zalloc(sizeof *s);

	s->v4_bits = v4_bits <= 32 ? v4_bits : 32;
	s->v6_bits = v6_bits <= 128 ? v6_bits : 128;
	return s;
}

struct prefix subnets_prefix(const struct subnets *s)
{
	return (struct prefix){.v4 = (uint8_t)s->v4_bits, .v6 = (uint8_t)s->v6_bits};
}

void subnets_free(struct subnets *s)
{
	if (s == NULL)
		return;
	mem_free(s->local);
	mem_free(s);
}

void subnets_add_cidr(struct subnets *s, const struct cidr *c)
{
	s->local = mem_grow(s->local, s->count + 1, sizeof *s->local);
	s->local[s->count++] = *c;
}

int subnets_add_local(struct subnets *s, const char *cidr_list, struct error *e)
{
	const char *p = cidr_list;

	for (;;) {
		char text[CIDR_TEXT + 8];
		size_t n = strcspn(p, ",");
		struct cidr c;

		if (n == 0)
			return error_set_at(e, ERR_USAGE, (int)(p - cidr_list),
					    "local networks '%s': a network is missing; write 10.0.0.0/8,2001:db8::/32",
					    cidr_list);
		if (n >= sizeof text)
			return error_set_at(e, ERR_USAGE, (int)(p - cidr_list), "local networks: '%.*s' is no network",
					    (int)sizeof text, p);
		memcpy(text, p, n);
		text[n] = '\0';
		if (cidr_parse(&c, text, e) != 0) {
			if (e != NULL)
				e->position = (int)(p - cidr_list);
			return ERR_USAGE;
		}
		subnets_add_cidr(s, &c);
		p += n;
		if (*p == '\0')
			return 0;
		p++;
	}
}

void subnets_add_private(struct subnets *s)
{
	/* RFC 1918, 6598, 3927, 1122 section 3.2.1.3, 4193, 4291 */
	static const char *const networks[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
					       "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"};

	for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
		struct cidr c;

		if (cidr_parse(&c, networks[i], NULL) == 0)
			subnets_add_cidr(s, &c);
	}
}

bool subnets_is_local(const struct subnets *s, const struct addr *a)
{
	for (size_t i = 0; i < s->count; i++)
		if (cidr_contains(&s->local[i], a))
			return true;
	return false;
}

static unsigned length_for(const struct addr *a, struct prefix p)
{
	return addr_is_v4(a) ? p.v4 : p.v6;
}

bool subnets_refines(const struct subnets *s, struct prefix p)
{
	return p.v4 > s->v4_bits || p.v6 > s->v6_bits;
}

/* How long the widest local network around a is, if it is no longer than `most`; else `most`. */
static unsigned widest_local(const struct subnets *s, const struct addr *a, unsigned most)
{
	unsigned bits = most;

	for (size_t i = 0; i < s->count; i++)
		if (s->local[i].bits < bits && cidr_contains(&s->local[i], a))
			bits = s->local[i].bits;
	return bits;
}

struct cidr subnets_widen(const struct subnets *s, const struct cidr *made, struct prefix p)
{
	struct cidr c = *made;
	unsigned wanted = length_for(&made->addr, p), least;

	if (made->bits == 0 || wanted >= made->bits)
		return c;
	least = widest_local(s, &made->addr, made->bits);
	c.bits = (uint8_t)(wanted > least ? wanted : least);
	c.addr = addr_prefix(&made->addr, c.bits);
	return c;
}

struct cidr subnets_at(const struct subnets *s, const struct addr *a, struct prefix p)
{
	struct cidr c = subnets_of(s, a);
	unsigned wanted = length_for(a, p);

	if (c.bits == 0 || wanted <= c.bits)
		return subnets_widen(s, &c, p);
	c.bits = (uint8_t)wanted;
	c.addr = addr_prefix(a, wanted);
	return c;
}

struct cidr subnets_of(const struct subnets *s, const struct addr *a)
{
	static const uint8_t zero[4];
	struct cidr c;

	memset(&c, 0, sizeof c);
	if (!subnets_is_local(s, a)) {
		c.addr = addr_from_v4(zero); /* 0.0.0.0/0: internet */
		return c;
	}
	c.bits = (uint8_t)(addr_is_v4(a) ? s->v4_bits : s->v6_bits);
	c.addr = addr_prefix(a, c.bits);
	return c;
}
