/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of rows as text for files, and back. What such a text is never changes: files of years ago are read
 * with it. Numbers are those of registries (protocols, EtherTypes, AS) or names where they are the
 * library's or a run's. Any thread; for history.
 */
#include "config.h"

#include "dpitop/key_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/flow.h"
#include "dpitop/interval.h"
#include "dpitop/text.h"

enum { CODE_TEXT = 8 /* "0xff01" */, DIGITS_MAX = 10 };

static const char internet[] = "internet", nowhere[] = "--", nameless[] = "(none)";

struct source { /* what a key is written with */
	const struct dpi *dpi;
	const char *interface;
};

typedef void writer(const struct dim_key *k, const struct source *s, char *buf, size_t size);
typedef int reader(const char *text, struct dpi *d, struct dim_key *k);

/* ---- numbers ---- */

static void write_number(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "%u", (unsigned)k->small.number);
}

static void write_hex(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "0x%04x", (unsigned)k->small.number);
}

static void write_as(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "%lu", (unsigned long)k->as.asn);
}

/* Decimal as it is written here: no sign, no blank, no zero in front. */
static int parse_decimal(const char *text, uint64_t max, uint64_t *out)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > DIGITS_MAX || text[n] != '\0' || (text[0] == '0' && n > 1))
		return ERR_FORMAT;
	*out = strtoull(text, NULL, 10);
	return *out <= max ? 0 : ERR_FORMAT;
}

static int parse_small(const char *text, uint64_t max, struct dim_key *k)
{
	uint64_t n;

	if (parse_decimal(text, max, &n) != 0)
		return ERR_FORMAT;
	k->small.number = (uint16_t)n;
	return 0;
}

static int read_byte(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	return parse_small(text, UINT8_MAX, k);
}

static int read_vlan(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	return parse_small(text, UINT16_MAX, k);
}

static int read_hex(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	if (strlen(text) != 6 || strncmp(text, "0x", 2) != 0 || strspn(text + 2, "0123456789abcdef") != 4)
		return ERR_FORMAT;
	k->small.number = (uint16_t)strtoul(text + 2, NULL, 16);
	return 0;
}

static int read_as(const char *text, struct dpi *d, struct dim_key *k)
{
	uint64_t n;

	(void)d;
	if (parse_decimal(text, UINT32_MAX, &n) != 0)
		return ERR_FORMAT;
	k->as.asn = (uint32_t)n;
	return 0;
}

/* ---- addresses ---- */

static void write_host(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	addr_format(&k->host.addr, buf, size);
}

static int read_host(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	return addr_parse(&k->host.addr, text, NULL) == 0 ? 0 : ERR_FORMAT;
}

static void write_net(const struct cidr *net, char *buf, size_t size)
{
	if (net->bits == 0 && addr_is_v4(&net->addr))
		snprintf(buf, size, "%s", internet);
	else
		cidr_format(net, buf, size);
}

static int read_net(const char *text, struct cidr *net)
{
	if (strcmp(text, internet) == 0)
		text = "0.0.0.0/0";
	else if (strchr(text, '/') == NULL)
		return ERR_FORMAT;
	return cidr_parse(net, text, NULL) == 0 ? 0 : ERR_FORMAT;
}

static void write_subnet(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	write_net(&k->subnet.net, buf, size);
}

static int read_subnet(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	return read_net(text, &k->subnet.net);
}

static void write_pair(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	char src[CIDR_TEXT], dst[CIDR_TEXT];

	(void)s;
	write_net(&k->subnet_pair.src, src, sizeof src);
	write_net(&k->subnet_pair.dst, dst, sizeof dst);
	snprintf(buf, size, "%s>%s", src, dst);
}

static int read_pair(const char *text, struct dpi *d, struct dim_key *k)
{
	const char *to = strchr(text, '>');
	char src[CIDR_TEXT];

	(void)d;
	if (to == NULL || (size_t)(to - text) >= sizeof src)
		return ERR_FORMAT;
	snprintf(src, sizeof src, "%.*s", (int)(to - text), text);
	if (read_net(src, &k->subnet_pair.src) != 0)
		return ERR_FORMAT;
	return read_net(to + 1, &k->subnet_pair.dst);
}

/* ---- countries ---- */

static bool is_code(const char c[2])
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return c[0] != '\0' && c[1] != '\0' && strchr(signs, c[0]) != NULL && strchr(signs, c[1]) != NULL;
}

/* What a database has instead of a code is two bytes all the same. */
static const char *write_code(const char c[2], char buf[CODE_TEXT])
{
	if (is_code(c))
		snprintf(buf, CODE_TEXT, "%.2s", c);
	else if (c[0] == '\0' && c[1] == '\0')
		snprintf(buf, CODE_TEXT, "%s", nowhere);
	else
		snprintf(buf, CODE_TEXT, "0x%02x%02x", (unsigned)(uint8_t)c[0], (unsigned)(uint8_t)c[1]);
	return buf;
}

static int read_code(const char *text, char code[2])
{
	struct dim_key number;

	if (strcmp(text, nowhere) == 0) {
		memset(code, 0, 2);
		return 0;
	}
	if (strlen(text) == 2 && is_code(text)) {
		memcpy(code, text, 2);
		return 0;
	}
	memset(&number, 0, sizeof number);
	if (read_hex(text, NULL, &number) != 0)
		return ERR_FORMAT;
	code[0] = (char)(number.small.number >> 8);
	code[1] = (char)number.small.number;
	return 0;
}

static void write_country(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	char code[CODE_TEXT];

	(void)s;
	snprintf(buf, size, "%s", write_code(k->country.code, code));
}

static int read_country(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	return read_code(text, k->country.code);
}

/* ---- what stands beside what ---- */

/* "A>B" into its halves. */
static bool split(const char *text, size_t size, char *src, const char **dst)
{
	const char *to = strchr(text, '>');

	if (to == NULL || (size_t)(to - text) >= size)
		return false;
	snprintf(src, size, "%.*s", (int)(to - text), text);
	*dst = to + 1;
	return true;
}

static void write_country_pair(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	char src[CODE_TEXT], dst[CODE_TEXT];

	(void)s;
	snprintf(buf, size, "%s>%s", write_code(k->country_pair.src, src), write_code(k->country_pair.dst, dst));
}

static int read_country_pair(const char *text, struct dpi *d, struct dim_key *k)
{
	char src[CODE_TEXT];
	const char *dst;

	(void)d;
	if (!split(text, sizeof src, src, &dst) || read_code(src, k->country_pair.src) != 0)
		return ERR_FORMAT;
	return read_code(dst, k->country_pair.dst);
}

static void write_as_pair(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "%lu>%lu", (unsigned long)k->as_pair.src, (unsigned long)k->as_pair.dst);
}

static void write_vlan_pair(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "%u>%u", (unsigned)k->vlan_pair.src, (unsigned)k->vlan_pair.dst);
}

static int parse_numbers(const char *text, uint64_t max, uint64_t out[2])
{
	char src[DIGITS_MAX + 1];
	const char *dst;

	if (!split(text, sizeof src, src, &dst) || parse_decimal(src, max, &out[0]) != 0)
		return ERR_FORMAT;
	return parse_decimal(dst, max, &out[1]);
}

static int read_as_pair(const char *text, struct dpi *d, struct dim_key *k)
{
	uint64_t n[2];

	(void)d;
	if (parse_numbers(text, UINT32_MAX, n) != 0)
		return ERR_FORMAT;
	k->as_pair.src = (uint32_t)n[0];
	k->as_pair.dst = (uint32_t)n[1];
	return 0;
}

static int read_vlan_pair(const char *text, struct dpi *d, struct dim_key *k)
{
	uint64_t n[2];

	(void)d;
	if (parse_numbers(text, UINT16_MAX, n) != 0)
		return ERR_FORMAT;
	k->vlan_pair.src = (uint16_t)n[0];
	k->vlan_pair.dst = (uint16_t)n[1];
	return 0;
}

/* "DE Berlin"; "--": not known. */
static void write_city(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	char code[CODE_TEXT];

	(void)s;
	write_code(k->city.country, code);
	if (k->city.name[0] != '\0')
		snprintf(buf, size, "%s %.*s", code, (int)sizeof k->city.name, k->city.name);
	else
		snprintf(buf, size, "%s", code);
}

static int read_city(const char *text, struct dpi *d, struct dim_key *k)
{
	const char *blank = strchr(text, ' ');
	char code[CODE_TEXT];
	size_t n;

	(void)d;
	if (blank == NULL)
		return read_code(text, k->city.country);
	n = strlen(blank + 1);
	if ((size_t)(blank - text) >= sizeof code || n == 0 || n >= sizeof k->city.name)
		return ERR_FORMAT;
	snprintf(code, sizeof code, "%.*s", (int)(blank - text), text);
	memcpy(k->city.name, blank + 1, n);
	return read_code(code, k->city.country);
}

/* ---- of flows ---- */

/* Protocols that have ports and names that stay; numbers of IANA's registry of protocols. */
static const struct { const char *name; uint8_t l4; } with_ports[] = {{"tcp", 6}, {"udp", 17}, {"dccp", 33}, {"sctp", 132}, {"udplite", 136}};

enum { WITH_PORTS = sizeof with_ports / sizeof with_ports[0] };

/* "443/tcp" */
static void write_port(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	for (size_t i = 0; i < WITH_PORTS; i++) {
		if (with_ports[i].l4 != k->port.l4)
			continue;
		snprintf(buf, size, "%u/%s", (unsigned)k->port.port, with_ports[i].name);
		return;
	}
	snprintf(buf, size, "%u/%u", (unsigned)k->port.port, (unsigned)k->port.l4);
}

static int read_l4(const char *text, uint8_t *l4)
{
	uint64_t n;

	for (size_t i = 0; i < WITH_PORTS; i++)
		if (strcmp(with_ports[i].name, text) == 0) {
			*l4 = with_ports[i].l4;
			return 0;
		}
	if (parse_decimal(text, UINT8_MAX, &n) != 0)
		return ERR_FORMAT;
	for (size_t i = 0; i < WITH_PORTS; i++)
		if (with_ports[i].l4 == n)
			return ERR_FORMAT; /* a key has one text */
	*l4 = (uint8_t)n;
	return 0;
}

static int read_port(const char *text, struct dpi *d, struct dim_key *k)
{
	const char *slash = strchr(text, '/');
	char number[DIGITS_MAX + 1];
	uint64_t n;

	(void)d;
	if (slash == NULL || (size_t)(slash - text) >= sizeof number)
		return ERR_FORMAT;
	snprintf(number, sizeof number, "%.*s", (int)(slash - text), text);
	if (parse_decimal(number, UINT16_MAX, &n) != 0)
		return ERR_FORMAT;
	k->port.port = (uint16_t)n;
	return read_l4(slash + 1, &k->port.l4);
}

static void write_state(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "%s", flow_state_name((enum flow_state)k->small.number));
}

static int read_state(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	for (unsigned state = 0; state < FLOW_STATE_COUNT; state++)
		if (strcmp(flow_state_name((enum flow_state)state), text) == 0) {
			k->small.number = (uint16_t)state;
			return 0;
		}
	return ERR_FORMAT;
}

/* Bits of the TCP header (RFC 9293, 3.1). */
static int read_flags(const char *text, struct dpi *d, struct dim_key *k)
{
	return read_hex(text, d, k) == 0 && k->small.number <= UINT8_MAX ? 0 : ERR_FORMAT;
}

/* ---- names ---- */

static void write_app(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	struct dpi_class c = {.master = k->app.master, .app = k->app.app};

	if (s->dpi != NULL)
		dpi_app_name(s->dpi, &c, buf, (unsigned)size);
	else
		snprintf(buf, size, "#%u.%u", (unsigned)c.master, (unsigned)c.app);
}

/* A number for which the library has no name of its own. */
static void write_named(const char *name, unsigned number, char *buf, size_t size)
{
	if (name != NULL && name[0] != '\0' && name[0] != '?')
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "#%u", number);
}

static void write_category(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	write_named(s->dpi != NULL ? dpi_category_name(s->dpi, k->small.number) : NULL, k->small.number, buf, size);
}

static void write_breed(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	write_named(s->dpi != NULL ? dpi_breed_name(s->dpi, (uint8_t)k->small.number) : NULL, k->small.number, buf, size);
}

static int read_app(const char *text, struct dpi *d, struct dim_key *k)
{
	struct dpi_class c;
	int foreign;

	if (d == NULL)
		return ERR_FORMAT;
	if (dpi_app_find(d, text, &c)) {
		k->app.master = c.master;
		k->app.app = c.app;
		return 0;
	}
	foreign = dpi_foreign(d, DPI_KIND_APP, text);
	k->app.app = (uint16_t)foreign;
	return foreign >= 0 ? 0 : ERR_FORMAT;
}

static int read_named(const char *text, struct dpi *d, enum dpi_kind kind, struct dim_key *k)
{
	int number;

	if (text[0] == '#')
		return parse_small(text + 1, kind == DPI_KIND_BREED ? UINT8_MAX : UINT16_MAX, k);
	if (d == NULL)
		return ERR_FORMAT;
	number = dpi_number(d, kind, text);
	if (number < 0)
		number = dpi_foreign(d, kind, text);
	k->small.number = (uint16_t)number;
	return number >= 0 ? 0 : ERR_FORMAT;
}

static int read_category(const char *text, struct dpi *d, struct dim_key *k)
{
	return read_named(text, d, DPI_KIND_CATEGORY, k);
}

static int read_breed(const char *text, struct dpi *d, struct dim_key *k)
{
	return read_named(text, d, DPI_KIND_BREED, k);
}

static void write_interface(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	const char *name = s->interface != NULL ? s->interface : k->interface.name;

	if (name[0] != '\0')
		snprintf(buf, size, "%.*s", (int)sizeof k->interface.name - 1, name);
	else
		write_number(k, s, buf, size);
}

static int read_interface(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	if (strlen(text) >= sizeof k->interface.name)
		return ERR_FORMAT;
	memcpy(k->interface.name, text, strlen(text));
	return 0;
}

static void write_site_category(const struct dim_key *k, const struct source *s, char *buf, size_t size)
{
	(void)s;
	snprintf(buf, size, "%s", k->site_category.name[0] != '\0' ? k->site_category.name : nameless);
}

static int read_site_category(const char *text, struct dpi *d, struct dim_key *k)
{
	(void)d;
	if (strlen(text) >= sizeof k->site_category.name)
		return ERR_FORMAT;
	if (strcmp(text, nameless) != 0)
		memcpy(k->site_category.name, text, strlen(text));
	return 0;
}

/* ---- THE table ---- */

static const struct {
	writer *write;
	reader *read;
	bool named; /* numbers of the library, of a run: the text is the key */
} keys[DIM_COUNT] = {
	[DIM_HOST] = {write_host, read_host, false},
	[DIM_APP] = {write_app, read_app, true},
	[DIM_CATEGORY] = {write_category, read_category, true},
	[DIM_BREED] = {write_breed, read_breed, true},
	[DIM_L4] = {write_number, read_byte, false},
	[DIM_IP_VERSION] = {write_number, read_byte, false},
	[DIM_ETHERTYPE] = {write_hex, read_hex, false},
	[DIM_PORT] = {write_port, read_port, false},
	[DIM_STATE] = {write_state, read_state, false},
	[DIM_TCP_FLAGS] = {write_hex, read_flags, false},
	[DIM_SUBNET] = {write_subnet, read_subnet, false},
	[DIM_SUBNET_PAIR] = {write_pair, read_pair, false},
	[DIM_COUNTRY] = {write_country, read_country, false},
	[DIM_COUNTRY_PAIR] = {write_country_pair, read_country_pair, false},
	[DIM_AS] = {write_as, read_as, false},
	[DIM_AS_PAIR] = {write_as_pair, read_as_pair, false},
	[DIM_CITY] = {write_city, read_city, false},
	[DIM_VLAN] = {write_number, read_vlan, false},
	[DIM_VLAN_PAIR] = {write_vlan_pair, read_vlan_pair, false},
	[DIM_INTERFACE] = {write_interface, read_interface, true},
	[DIM_EXPORTER] = {write_host, read_host, false}, /* "::": captured here */
	[DIM_SITE_CATEGORY] = {write_site_category, read_site_category, true},
};

const char *key_text(enum dim dim, const struct dim_key *k, const struct dpi *d, const char *interface, char *buf, size_t size)
{
	const struct source s = {.dpi = d, .interface = interface};

	buf[0] = '\0';
	if (dim < DIM_COUNT && keys[dim].write != NULL)
		keys[dim].write(k, &s, buf, size);
	return buf;
}

bool key_is_named(enum dim dim)
{
	return dim < DIM_COUNT && keys[dim].named;
}

int key_text_parse(enum dim dim, const char *text, struct dpi *d, struct dim_key *k)
{
	memset(k, 0, sizeof *k);
	if (dim >= DIM_COUNT || keys[dim].read == NULL || text[0] == '\0' || strlen(text) >= KEY_TEXT || !text_is_clean(text))
		return ERR_FORMAT;
	if (keys[dim].read(text, d, k) == 0)
		return 0;
	memset(k, 0, sizeof *k);
	return ERR_FORMAT;
}
