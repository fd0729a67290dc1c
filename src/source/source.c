/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of source kinds and the calls that go through it, and the little that all kinds share:
 * error words, filter compilation, a packet header's conversion. Knows no kind by name but in the
 * table. Called by the engine on its thread.
 */
#include "config.h"

#include "source/kinds.h"

#include <stdio.h>
#include <string.h>

static const struct source_ops *const source_kinds[] = {
	&source_live_ops,
	&source_file_ops,
	&source_collector_ops,
};

struct source *source_open(const char *kind, const struct source_options *o, struct error *e)
{
	size_t i;

	for (i = 0; i < sizeof source_kinds / sizeof *source_kinds; i++)
		if (strcmp(source_kinds[i]->kind, kind) == 0)
			return source_kinds[i]->open(o, e);
	error_set(e, ERR_USAGE, "no source of kind '%s'", kind);
	return NULL;
}

int source_start(struct source *s, uv_loop_t *loop, const struct source_sink *sink,
		 struct error *e)
{
	s->sink = *sink;
	return s->ops->start(s, loop, e);
}

size_t source_pump(struct source *s, size_t frames, const struct source_sink *sink)
{
	s->sink = *sink;
	return s->ops->pump ? s->ops->pump(s, frames) : 0;
}

void source_stats(struct source *s, struct source_state *out)
{
	memset(out, 0, sizeof *out);
	s->ops->stats(s, out);
	out->linktype = source_linktype(s);
	if (out->linktype >= 0)
		source_linktype_name(out->linktype, out->linktype_name, sizeof out->linktype_name);
}

int source_capture_filter(struct source *s, const char *text, struct error *e)
{
	return s->ops->capture_filter ? s->ops->capture_filter(s, text, e) : 0;
}

void source_speed(struct source *s, double factor)
{
	if (s->ops->speed)
		s->ops->speed(s, factor);
}

void source_pause(struct source *s, bool on)
{
	if (s->ops->pause)
		s->ops->pause(s, on);
}

int64_t source_clock_us(const struct source *s)
{
	return s->ops->clock_us ? s->ops->clock_us(s) : 0;
}

void source_refuse(struct source *s)
{
	if (s->ops->refuse)
		s->ops->refuse(s);
}

uint64_t source_waiting(struct source *s)
{
	return s->ops->waiting ? s->ops->waiting(s) : 0;
}

void source_close(struct source *s)
{
	if (s)
		s->ops->close(s);
}

const char *source_name(const struct source *s)
{
	return s->name;
}

const char *source_kind(const struct source *s)
{
	return s->ops->kind;
}

int source_linktype(const struct source *s)
{
	return s->ops->linktype ? s->ops->linktype(s) : -1;
}

bool source_is_live(const struct source *s)
{
	return s->ops->live;
}

unsigned source_fill(const struct source *s)
{
	return s->fill;
}

unsigned source_index(const struct source *s)
{
	return s->index;
}

void source_set_index(struct source *s, unsigned index)
{
	s->index = index;
}

const char *source_os_error(int number, char *buf, size_t size)
{
	return uv_strerror_r(-number, buf, size);
}

int source_compile(struct bpf_program *code, int linktype, int snaplen, const char *text,
		   struct error *e)
{
	pcap_t *p = pcap_open_dead(linktype, snaplen);
	int r = 0;

	if (!p)
		return error_set(e, ERR_LIMIT, "cannot compile a capture filter: out of memory");
	if (pcap_compile(p, code, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		r = error_set(e, ERR_USAGE, "wrong capture filter '%.80s': %s", text, pcap_geterr(p));
	pcap_close(p);
	return r;
}

int source_filter_check(int linktype, const char *text, struct error *e)
{
	struct bpf_program code;
	int r;

	if (text[0] == '\0')
		return 0;
	r = source_compile(&code, linktype, 65535, text, e);
	if (r == 0)
		pcap_freecode(&code);
	return r;
}

#define YEAR_10000_S INT64_C(253402300800)

void source_frame_set(struct frame *f, const struct pcap_pkthdr *h, const uint8_t *data,
		      bool precise)
{
	/* libpcap reads a pcap file's 32-bit seconds as signed: after 2038 they would be negative. */
	int64_t seconds = precise ? (int64_t)h->ts.tv_sec : (int64_t)(uint32_t)h->ts.tv_sec;
	int64_t us = precise ? (int64_t)h->ts.tv_usec : (int64_t)(uint32_t)h->ts.tv_usec;

	if (seconds < 0)
		seconds = 0;
	if (seconds >= YEAR_10000_S)
		seconds = YEAR_10000_S - 1;
	f->ts_us = seconds * 1000000 + us;
	f->cap_len = h->caplen;
	f->wire_len = h->len;
	f->data = data;
}

const char *source_linktype_name(int linktype, char *buf, size_t size)
{
	const char *name = pcap_datalink_val_to_name(linktype);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "DLT %d", linktype);
	return buf;
}
