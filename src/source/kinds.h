/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every kind of source has in common; private to src/source. A kind is a struct that begins
 * with a struct source and one const struct source_ops, listed in source_kinds[] (source.c).
 */
#ifndef SOURCE_KINDS_H
#define SOURCE_KINDS_H

#include <pcap/pcap.h>

#include "dpitop/source.h"

enum { SOURCE_BATCH = 256 };

struct source {
	const struct source_ops *ops;
	char *name;
	unsigned index;
	unsigned fill;           /* percent of the kernel's buffer that is taken; 0 where that is not known */
	struct source_sink sink; /* set by source_start() or for the time of source_pump() */
};

struct source_ops {
	const char *kind;
	const char *help;
	struct source *(*open)(const struct source_options *o, struct error *e);
	int (*start)(struct source *s, uv_loop_t *loop, struct error *e);
	size_t (*pump)(struct source *s, size_t frames);
	void (*stats)(struct source *s, struct source_state *out);
	int (*capture_filter)(struct source *s, const char *text, struct error *e); /* NULL: it has no packets */
	void (*speed)(struct source *s, double factor);  /* NULL: it has no pace */
	void (*pause)(struct source *s, bool on);        /* NULL: it cannot */
	int64_t (*clock_us)(const struct source *s);     /* NULL: it has none */
	void (*refuse)(struct source *s);                /* NULL: nothing waits for it in the kernel */
	uint64_t (*waiting)(struct source *s);           /* NULL: none */
	int (*linktype)(const struct source *s);         /* NULL: no frames */
	void (*close)(struct source *s); /* frees s and s->name, now or when the loop has run */
	bool live;
};

extern const struct source_ops source_live_ops, source_file_ops, source_collector_ops;

/* The system's words for errno, without the capital: "no such file or directory". */
const char *source_os_error(int number, char *buf, size_t size);
/* Compile text for a link type. 0, or ERR_USAGE. pcap_freecode() it. */
int source_compile(struct bpf_program *code, int linktype, int snaplen, const char *text,
		   struct error *e);
/* pcap's time and lengths as ours. precise: the seconds are 64 bits wide (pcapng, live). */
void source_frame_set(struct frame *f, const struct pcap_pkthdr *h, const uint8_t *data,
		      bool precise);
/* "EN10MB", else "DLT 147" */
const char *source_linktype_name(int linktype, char *buf, size_t size);

#endif
