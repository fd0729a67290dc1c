/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sFlow v5 (sflow.org/sflow_version_5.txt): datagrams and samples. Each sample has its length, so what is not
 * known is skipped; a sample that cannot be read does not harm those beside it. Called through export_decode().
 */
#include "config.h"

#include <string.h>

#include "decode/sflow.h"
#include "decode/told.h"

enum {
	FLOW_SAMPLE = 1, COUNTER_SAMPLE = 2, EXPANDED_FLOW_SAMPLE = 3, EXPANDED_COUNTER_SAMPLE = 4,
	ADDR_V4 = 1, ADDR_V6 = 2,
	INDEX_BITS = 24, FORMAT_BITS = 30, /* of data sources and of interfaces in one word */
	INTERFACE_INDEX = 0,               /* format: an SNMP index; others are drops and sets of ports */
	NO_INDEX = 0x3fffffff
};

struct addr sflow_addr(struct cursor *c)
{
	switch (xdr_u32(c)) {
	case ADDR_V4:
		return addr_from_v4(cursor_take(c, 4));
	case ADDR_V6:
		return addr_from_v6(cursor_take(c, 16));
	}
	return addr_none;
}

static void take_interface(struct flow_record *r, int side, uint32_t format, uint32_t index)
{
	if (format != INTERFACE_INDEX || index == NO_INDEX)
		return;
	r->interface[side] = index;
	r->has |= RECORD_HAS(side == 0 ? HAS_IN : HAS_OUT);
}

static void take_interfaces(struct flow_record *r, struct cursor *c, bool expanded)
{
	for (int side = 0; side < 2; side++) {
		uint32_t format = 0, index = xdr_u32(c);

		if (expanded) {
			format = index;
			index = xdr_u32(c);
		} else {
			format = index >> FORMAT_BITS;
			index &= (1u << FORMAT_BITS) - 1;
		}
		take_interface(r, side, format, index);
	}
}

/* The agent counts drops for each data source since it started. */
static void count_drops(struct intake *in, uint64_t source, uint32_t drops)
{
	uint64_t *known = told_number(in->d, in->x, TOLD_DROPS, source);

	if (known == NULL)
		return;
	if (*known != 0 && drops >= *known - 1)
		in->x->seen.drops += drops - (*known - 1);
	*known = (uint64_t)drops + 1; /* 0: not met yet */
}

static uint64_t take_source(struct cursor *c, bool expanded)
{
	uint32_t type = xdr_u32(c);

	return expanded ? (uint64_t)type << 32 | xdr_u32(c)
			: (uint64_t)(type >> INDEX_BITS) << 32 | (type & ((1u << INDEX_BITS) - 1));
}

static bool read_flow_sample(struct intake *in, struct cursor c, bool expanded)
{
	struct flow_sample s = {.in = in, .r.flags = RECORD_SAMPLE};

	cursor_skip(&c, 4); /* its sequence number: within the data source */
	uint64_t source = take_source(&c, expanded);

	s.r.sampling = xdr_u32(&c);
	cursor_skip(&c, 4); /* pool */
	uint32_t drops = xdr_u32(&c);

	take_interfaces(&s.r, &c, expanded);
	uint32_t count = xdr_u32(&c);

	if (!cursor_ok(&c))
		return false;
	count_drops(in, source, drops);
	bool good = flow_records_read(&s, count, &c);

	flow_sample_finish(&s);
	return good;
}

static bool read_counter_sample(struct intake *in, struct cursor c, bool expanded)
{
	cursor_skip(&c, 4);
	uint32_t index = (uint32_t)take_source(&c, expanded), count = xdr_u32(&c);

	if (!cursor_ok(&c))
		return false;
	in->x->seen.counter_samples++;
	return counter_records_read(in, index, count, &c);
}

static bool read_sample(struct intake *in, uint32_t format, struct cursor c)
{
	switch (format) {
	case FLOW_SAMPLE:
	case EXPANDED_FLOW_SAMPLE:
		return read_flow_sample(in, c, format == EXPANDED_FLOW_SAMPLE);
	case COUNTER_SAMPLE:
	case EXPANDED_COUNTER_SAMPLE:
		return read_counter_sample(in, c, format == EXPANDED_COUNTER_SAMPLE);
	}
	return true; /* discarded packets and vendors' own */
}

bool sflow5(struct intake *in, struct cursor c)
{
	cursor_skip(&c, 4);
	const struct addr agent = sflow_addr(&c);
	uint32_t sub_agent = xdr_u32(&c), number = xdr_u32(&c), uptime = xdr_u32(&c), samples = xdr_u32(&c);

	if (!cursor_ok(&c) || addr_eq(&agent, &addr_none))
		return false;
	struct exporter *x = exporter_touch(in, EXPORT_SFLOW5, sub_agent, &agent);

	exporter_uptime(x, uptime, in->dg->ts_us);
	exporter_sequence(x, number, 0, 0, false);
	for (uint32_t i = 0; i < samples && cursor_ok(&c); i++) {
		uint32_t format = xdr_u32(&c), bytes = xdr_u32(&c);
		struct cursor body = c;

		cursor_skip(&c, bytes);
		cursor_limit(&body, bytes);
		if (!cursor_ok(&c) || !read_sample(in, format, body))
			in->bad = true;
	}
	x->seen.malformed += in->bad;
	return true;
}
