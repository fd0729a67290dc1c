/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: geo data. The first byte says what the rest is: a MaxMind DB file, tor-geoipdb's text of IPv4 or
 * of IPv6. Whatever it holds, an address has a country of two capitals or none, a place on Earth or none, and clean
 * names; asked again it is the same; and a private address is nowhere.
 */
#include "config.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/model.h"
#include "dpitop/text.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* MMDB_open() of libmaxminddb keeps some of what it read of damaged metadata: once for a file, at the start. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb";
}

enum { LARGEST = 1 << 16 };

static const char *const addresses[] = {
	"0.0.0.1", "1.0.0.0", "1.0.0.255", "1.0.1.0", "8.8.8.8", "192.0.2.1", "223.255.255.255", "255.255.255.255", "10.0.0.1",
	"2001:db8::1", "2001:200::", "2a00::1", "::2", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fd00::1", "2002:102:304::1",
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_within(double v, double most)
{
	return isnan(v) || (v >= -most && v <= most);
}

static void check(struct geoip *g, const char *text)
{
	struct geo geo, again;
	struct addr a;

	expect(addr_parse(&a, text, NULL) == 0);
	geoip_lookup(g, &a, &geo);
	expect(geo.country[0] == '\0' ? geo.country[1] == '\0' : is_capital(geo.country[0]) && is_capital(geo.country[1]));
	expect(text_is_clean(geo.as_name) && text_is_clean(geo.country_name) && text_is_clean(geo.city));
	expect(is_within(geo.latitude, 90) && is_within(geo.longitude, 180) && isnan(geo.latitude) == isnan(geo.longitude));
	expect(!addr_is_private(&a) || (geo.country[0] == '\0' && geo.asn == 0));
	geoip_lookup(g, &a, &again);
	expect(memcmp(geo.country, again.country, sizeof geo.country) == 0 && geo.asn == again.asn);
	expect(strcmp(geo.city, again.city) == 0 && strcmp(geo.as_name, again.as_name) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = {"x.mmdb", "geoip", "geoip6"};
	struct error e = {.code = ERR_NONE};
	struct scratch s;
	struct geoip *g;
	char line[256];
	size_t kind;

	if (n < 1 || n > LARGEST)
		return 0;
	kind = data[0] % 3;
	scratch_make(&s, names[kind], data + 1, n - 1);
	g = geoip_open(kind == 0 ? s.path : s.folder, &e);
	if (g != NULL) {
		for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
			check(g, addresses[i]);
		geoip_describe(g, line, sizeof line);
		geoip_close(g);
	} else {
		expect(e.code < 0 && e.text[0] != '\0');
	}
	scratch_remove(&s);
	return 0;
}
