/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: filters. What does not parse says where and why in clean text; what parses can be
 * written, parsed again, put into parentheses and turned round, and then takes the same flows and
 * rows, or the others.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/filter.h"
#include "dpitop/snapshot.h"
#include "dpitop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { TEXT = 8192, FLOWS = 4 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static struct flow flow_of(unsigned i)
{
	static const char *const ends[FLOWS][2] = {
		{"10.0.0.5", "192.0.2.1"}, {"2001:db8::1", "2001:db8::2"},
		{"192.168.1.1", "224.0.0.251"}, {"fe80::1", "ff02::fb"},
	};
	struct flow f = {
		.port = {(uint16_t)(1000 * i), (uint16_t)(i % 2 ? 443 : 53)}, .l4 = i % 2 ? 6 : 17,
		.ip_version = i % 2 ? 6 : 4, .state = (uint8_t)i, .tcp_flags = (uint8_t)(i * 27),
		.risks = i * 3, .vlan = (uint16_t)i, .tunnel = (uint8_t)i, .rate_bytes = {i, 2 * i},
		.total = {{i * 1000, i * 100}, {i, i}}, .first_us = 1, .last_us = i * 1000000 + 1,
	};

	for (int end = 0; end < 2; end++)
		expect(addr_parse(&f.addr[end], ends[i][end], NULL) == 0);
	return f;
}

/* Bit i: takes flow i; the bits above: rows of every dimension. */
static uint64_t taken(const struct filter *f)
{
	static const struct source_info source = {.name = "eth0"};
	const struct filter_context c = {.sources = &source, .source_count = 1};
	uint64_t bits = 0;

	for (unsigned i = 0; i < FLOWS; i++) {
		struct flow flow = flow_of(i);

		bits |= (uint64_t)filter_match_flow(f, &c, &flow) << i;
	}
	for (unsigned d = 0; d < DIM_LIST_COUNT; d++) {
		struct row r = {.dim = (uint8_t)d, .total = {{d * 100, d}, {d, 1}}, .flows = d};

		bits |= (uint64_t)filter_match_row(f, &r) << (FLOWS + d);
	}
	return bits;
}

static void check_error(const char *text, const struct error *e)
{
	expect(e->code == ERR_USAGE && e->position >= 0 && (size_t)e->position <= strlen(text));
	expect(e->text[0] != '\0' && text_is_clean(e->text));
}

/* NULL: it no longer fits. */
static struct filter *parse_again(const char *before, const struct filter *f, const char *after)
{
	char text[TEXT + 16];

	snprintf(text, sizeof text, "%s%s%s", before, filter_text(f), after);
	return filter_parse(text, NULL);
}

static void check_filter(const struct filter *f)
{
	const uint64_t flows = (1u << FLOWS) - 1;
	struct filter *same = parse_again("", f, ""), *group = parse_again("(", f, ")");
	struct filter *other = parse_again("not (", f, ")");
	uint64_t bits = taken(f);

	expect(text_is_clean(filter_text(f)));
	expect(same != NULL && taken(same) == bits);
	expect(filter_selects_flows(same) == filter_selects_flows(f));
	if (group != NULL && !filter_is_empty(f))
		expect(taken(group) == bits);
	/* not all that is not taken: what is not known is in neither */
	if (other != NULL && !filter_hides_rows(f) && !filter_is_empty(f))
		expect((taken(other) & bits & flows) == 0);
	filter_free(same);
	filter_free(group);
	filter_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct error e = {.position = -1};
	struct filter *f;
	char *text;

	if (n >= TEXT)
		return 0;
	text = malloc(n + 1);
	if (text == NULL)
		return 0;
	if (n > 0)
		memcpy(text, data, n);
	text[n] = '\0';
	f = filter_parse(text, &e);
	if (f == NULL)
		check_error(text, &e);
	else
		check_filter(f);
	filter_free(f);
	free(text);
	return 0;
}
