/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DNS messages (RFC 1035 section 4, RFC 3596 for AAAA): the question, and those answers that name
 * addresses. Not a resolver and not a dissector: other records are skipped by their length. Pure;
 * work is bounded, since a compression pointer may only point backwards and a name has at most 255
 * octets. Called by the flow room for answers on the wire and by the resolver in the snapshot room.
 */
#include "config.h"

#include "dpitop/dns.h"

#include <string.h>

#include "dpitop/text.h"

enum { /* RFC 1035 section 3.2.2, RFC 3596 section 2.1 */
	TYPE_A = 1,
	TYPE_PTR = 12,
	TYPE_AAAA = 28,
	CLASS_IN = 1,
	HEADER_BYTES = 12,
	NAME_OCTETS = 255, /* RFC 1035 section 2.3.4 */
	LABEL_OCTETS = 63
};

struct reader { /* sticks at the first short read */
	const uint8_t *data;
	size_t size, at;
	bool short_read;
};

static uint8_t read_u8(struct reader *r)
{
	if (r->at >= r->size) {
		r->short_read = true;
		return 0;
	}
	return r->data[r->at++];
}

static uint16_t read_u16(struct reader *r)
{
	uint16_t high = read_u8(r);

	return (uint16_t)(high << 8 | read_u8(r));
}

static const uint8_t *read_bytes(struct reader *r, size_t n)
{
	const uint8_t *p = r->data + r->at;

	if (n > r->size - r->at || r->short_read) {
		r->short_read = true;
		return NULL;
	}
	r->at += n;
	return p;
}

/* One label into out as lower case. A dot inside a label would forge a border: it becomes '?'. */
static size_t put_label(char *out, size_t at, const uint8_t *label, uint8_t n)
{
	if (at > 0)
		out[at++] = '.';
	for (uint8_t i = 0; i < n; i++) {
		uint8_t c = label[i];

		if (c == '.' || c == '\0')
			c = '?';
		else if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + 'a' - 'A');
		out[at++] = (char)c;
	}
	return at;
}

/* A name with compression (RFC 1035 section 4.1.4) as clean text. name may be NULL to skip it. */
static bool read_name(struct reader *r, char name[DNS_NAME_TEXT])
{
	char raw[NAME_OCTETS + 1];
	size_t length = 0, resume = 0, lowest = r->at;

	for (;;) {
		uint8_t n = read_u8(r);

		if (r->short_read)
			return false;
		if (n == 0)
			break;
		if (n >= 0xc0) {
			size_t target = (size_t)(n & 0x3f) << 8 | read_u8(r);

			if (r->short_read || target >= lowest) /* only backwards: no loop */
				return false;
			if (resume == 0)
				resume = r->at;
			lowest = r->at = target;
			continue;
		}
		const uint8_t *label = n <= LABEL_OCTETS ? read_bytes(r, n) : NULL;

		if (label == NULL || length + n + 1 > NAME_OCTETS)
			return false;
		length = put_label(raw, length, label, n);
	}
	if (resume != 0)
		r->at = resume;
	if (name != NULL)
		text_clean(name, DNS_NAME_TEXT, raw, length);
	return true;
}

static void take_answer(struct dns_message *m, struct reader *r, uint16_t type, uint16_t length)
{
	if (type == TYPE_PTR && m->ptr[0] == '\0') {
		size_t end = r->at + length;

		if (!read_name(r, m->ptr))
			m->ptr[0] = '\0';
		r->at = end;
		r->short_read = false;
		return;
	}
	const uint8_t *data = read_bytes(r, length);

	if (data == NULL || m->count == DNS_MAX_ANSWERS)
		return;
	if (type == TYPE_A && length == 4)
		m->answers[m->count++] = addr_from_v4(data);
	else if (type == TYPE_AAAA && length == 16)
		m->answers[m->count++] = addr_from_v6(data);
}

static bool read_answers(struct dns_message *m, struct reader *r, uint16_t records)
{
	for (uint16_t i = 0; i < records; i++) {
		if (!read_name(r, NULL))
			return false;
		uint16_t type = read_u16(r);
		/* the top bit is mDNS's cache-flush (RFC 6762 section 10.2) */
		uint16_t class_ = read_u16(r) & 0x7fff;

		read_bytes(r, 4); /* time to live */
		uint16_t length = read_u16(r);

		if (r->short_read || length > r->size - r->at)
			return false;
		if (class_ == CLASS_IN)
			take_answer(m, r, type, length);
		else
			read_bytes(r, length);
	}
	return true;
}

bool dns_parse(struct dns_message *m, const uint8_t *data, size_t n)
{
	struct reader r = {.data = data, .size = n};

	memset(m, 0, offsetof(struct dns_message, answers));
	m->id = read_u16(&r);
	uint16_t flags = read_u16(&r);
	uint16_t questions = read_u16(&r), records = read_u16(&r);

	if (read_bytes(&r, HEADER_BYTES - 8) == NULL)
		return false;
	m->response = flags >> 15;
	m->rcode = flags & 0xf;
	/* opcode 0 only; a handful of questions is already odd (RFC 9619 allows one) */
	if ((flags >> 11 & 0xf) != 0 || questions > 16)
		return false;
	for (uint16_t i = 0; i < questions; i++) {
		if (!read_name(&r, i == 0 ? m->query : NULL))
			return false;
		uint16_t type = read_u16(&r);

		read_u16(&r);
		if (r.short_read)
			return false;
		if (i == 0)
			m->query_type = type;
	}
	/* answers that cannot be read are worth nothing, those before them are */
	if (m->response)
		read_answers(m, &r, records);
	return true;
}

/* "4.3.2.1.in-addr.arpa" (RFC 1035 section 3.5) or nibbles under ip6.arpa (RFC 3596 section 2.5). */
static size_t put_reverse_name(uint8_t *p, const struct addr *a)
{
	static const uint8_t v4_tail[] = "\7in-addr\4arpa", v6_tail[] = "\3ip6\4arpa";
	static const char hex[] = "0123456789abcdef";
	uint8_t *start = p;

	if (addr_is_v4(a)) {
		for (int i = 15; i >= 12; i--) {
			uint8_t v = a->b[i], *length = p++;

			if (v >= 100)
				*p++ = (uint8_t)('0' + v / 100);
			if (v >= 10)
				*p++ = (uint8_t)('0' + v / 10 % 10);
			*p++ = (uint8_t)('0' + v % 10);
			*length = (uint8_t)(p - length - 1);
		}
		memcpy(p, v4_tail, sizeof v4_tail); /* with the root label */
		return (size_t)(p - start) + sizeof v4_tail;
	}
	for (int i = 15; i >= 0; i--) {
		*p++ = 1;
		*p++ = (uint8_t)hex[a->b[i] & 0xf];
		*p++ = 1;
		*p++ = (uint8_t)hex[a->b[i] >> 4];
	}
	memcpy(p, v6_tail, sizeof v6_tail);
	return (size_t)(p - start) + sizeof v6_tail;
}

size_t dns_ptr_query(uint8_t *buf, size_t size, uint16_t id, const struct addr *a)
{
	/* recursion desired, one question (RFC 1035 section 4.1.1) */
	const uint8_t header[HEADER_BYTES] = {(uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1};
	static const uint8_t tail[] = {0, TYPE_PTR, 0, CLASS_IN};
	uint8_t name[80];
	size_t n = put_reverse_name(name, a);

	if (size < HEADER_BYTES + n + sizeof tail)
		return 0;
	memcpy(buf, header, HEADER_BYTES);
	memcpy(buf + HEADER_BYTES, name, n);
	memcpy(buf + HEADER_BYTES + n, tail, sizeof tail);
	return HEADER_BYTES + n + sizeof tail;
}
