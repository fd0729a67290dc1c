/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sFlow v5: records of counter samples. The generic interface counters are told, names of ports
 * (sflow_openflow.txt) are kept, the others are skipped by their length.
 */
#include "config.h"

#include "decode/sflow.h"
#include "decode/told.h"

enum { GENERIC = 1, GENERIC_BYTES = 88, PORT_NAME = 1005, ADMIN_UP = 1, OPER_UP = 2 };

static void tell_generic(const struct intake *in, struct cursor c)
{
	struct export_counters k = {.interface = xdr_u32(&c)};

	k.type = xdr_u32(&c);
	k.speed_bps = xdr_u64(&c);
	k.duplex = xdr_u32(&c);
	uint32_t status = xdr_u32(&c);

	k.admin_up = (status & ADMIN_UP) != 0;
	k.oper_up = (status & OPER_UP) != 0;
	for (int side = 0; side < 2; side++) {
		k.bytes[side] = xdr_u64(&c);
		k.unicast[side] = xdr_u32(&c);
		k.multicast[side] = xdr_u32(&c);
		k.broadcast[side] = xdr_u32(&c);
		k.discards[side] = xdr_u32(&c);
		k.errors[side] = xdr_u32(&c);
		if (side == 0)
			k.unknown_protos = xdr_u32(&c);
	}
	k.promiscuous = xdr_u32(&c) == 1;
	if (in->sink->counters != NULL)
		in->sink->counters(in->sink->ctx, &in->x->seen, &k);
}

static void learn_name(const struct intake *in, uint32_t index, struct cursor c)
{
	uint32_t bytes = xdr_u32(&c);
	struct cursor name = xdr_opaque(&c, bytes);
	const struct export_text text = {name.at, name.left};

	told_set_text(in->d, in->x, (enum told_kind)EXPORT_NAME_INTERFACE, index, &text);
}

bool counter_records_read(struct intake *in, uint32_t index, uint32_t count, struct cursor *c)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t format = xdr_u32(c), bytes = xdr_u32(c);
		struct cursor body = xdr_opaque(c, bytes);

		if (!cursor_ok(c))
			return false;
		if (format == GENERIC && cursor_has(&body, GENERIC_BYTES))
			tell_generic(in, body);
		else if (format == PORT_NAME)
			learn_name(in, index, body);
	}
	return true;
}
