/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See samples.h.
 */
#include "config.h"

#include "samples.h"

void put_datagram(struct samples *w, uint32_t sequence)
{
	put(&w->b, 5, 4);
	put(&w->b, 1, 4);
	put_ip(&w->b, "198.51.100.7");
	put(&w->b, 3, 4); /* sub-agent */
	put(&w->b, sequence, 4);
	put(&w->b, UPTIME_MS, 4);
	w->count_at = w->b.n;
	put(&w->b, 0, 4);
}

void begin_sample(struct samples *w, uint32_t format, uint32_t rate, uint32_t drops)
{
	const bool expanded = format >= EXPANDED_FLOW;

	put_at(&w->b, w->count_at, w->b.data[w->count_at + 3] + 1u, 4);
	put(&w->b, format, 4);
	w->sample_at = w->b.n;
	put(&w->b, 0, 4);
	put(&w->b, 1, 4); /* number */
	put(&w->b, 2, expanded ? 8 : 4); /* data source */
	if (format == FLOW || format == EXPANDED_FLOW) {
		put(&w->b, rate, 4);
		put(&w->b, 0, 4);
		put(&w->b, drops, 4);
		put(&w->b, 3, expanded ? 8 : 4);
		put(&w->b, 4, expanded ? 8 : 4);
	}
	w->records = 0;
	w->records_at = w->b.n;
	put(&w->b, 0, 4);
}

void end_sample(struct samples *w)
{
	put_at(&w->b, w->sample_at, w->b.n - w->sample_at - 4, 4);
	put_at(&w->b, w->records_at, w->records, 4);
}

void begin_record(struct samples *w, uint32_t format)
{
	w->records++;
	put(&w->b, format, 4);
	w->record_at = w->b.n;
	put(&w->b, 0, 4);
}

void end_record(struct samples *w)
{
	while (w->b.n % 4 != 0)
		put(&w->b, 0, 1);
	put_at(&w->b, w->record_at, w->b.n - w->record_at - 4, 4);
}

void put_ipv4(struct samples *w, const char *src, uint8_t l4, uint16_t length)
{
	put(&w->b, 0x45, 1);
	put(&w->b, 0x20, 1);
	put(&w->b, length, 2);
	put(&w->b, 0, 4);
	put(&w->b, 64, 1);
	put(&w->b, l4, 1);
	put(&w->b, 0, 2);
	put_ip(&w->b, src);
	put_ip(&w->b, "192.0.2.2");
}

void put_udp(struct samples *w)
{
	put(&w->b, 5000, 2);
	put(&w->b, 53, 2);
	put(&w->b, FRAME - 18 - 20, 2);
	put(&w->b, 0, 2);
}

/* A sampled frame, of which the last four bytes were stripped */
size_t begin_header(struct samples *w, uint32_t protocol)
{
	begin_record(w, 1);
	put(&w->b, protocol, 4);
	put(&w->b, FRAME, 4);
	put(&w->b, 4, 4);
	put(&w->b, 0, 4);
	return w->b.n;
}

void end_header(struct samples *w, size_t begin)
{
	put_at(&w->b, begin - 4, w->b.n - begin, 4);
	end_record(w);
}

void put_frame(struct samples *w)
{
	size_t at = begin_header(w, 1);

	put(&w->b, 0x020000000002, 6);
	put(&w->b, 0x020000000001, 6);
	put(&w->b, 0x0800, 2);
	put_ipv4(w, "192.0.2.1", 17, FRAME - 18);
	put_udp(w);
	end_header(w, at);
}
