/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * engine: sources, decoder, flow table and model run together, and pictures of them. Either on a
 * thread of its own (engine_start: live capture, a file at its pace), or inline over files to their
 * end (engine_run: --json, tests, fuzzing). Belongs to app; tests link it.
 */
#ifndef DPITOP_ENGINE_H
#define DPITOP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dpitop/gather.h"
#include "dpitop/interval.h"
#include "dpitop/lasting.h"
#include "dpitop/snapshot.h"

struct engine;

struct engine_source {
	const char *kind; /* "live", "file" or "collector" */
	const char *name;
};

struct engine_options { /* borrowed for engine_open() */
	const struct engine_source *sources;
	size_t source_count;
	const char *capture_filter; /* NULL: none */
	int snaplen;                /* 0: default */
	size_t buffer_bytes;        /* 0: default */
	bool promiscuous;
	double speed;               /* files on a thread: 0 as fast as possible */
	int wake_fd;                /* see struct source_options */
	void (*privilege)(void *ctx, bool raise); /* see struct source_options */
	const char *local_networks; /* NULL: private ranges and the interfaces' own */
	unsigned v4_bits, v6_bits;  /* 0: 24 and 64 */
	const char *geoip;          /* NULL: the usual places */
	bool decap, vlan_aware, dpi;
	bool names;                 /* look names up (on a thread) */
	bool keep_ended;            /* list ended flows for ever, not for a minute */
	size_t max_flows, max_hosts, max_dpi; /* 0: default */
	unsigned engines;           /* flow tables and nDPIs, each with a thread, that share the packets; up to 1: the engine's own */
	int64_t tick_us;            /* 0: a second */
	size_t ring_bytes;          /* recent packets kept; 0: none */
	const char *exporters;      /* "CIDR,...": whose datagrams are taken; NULL: anybody's */
	const char *export_ports;   /* files: "PORT,...", "" the usual ones: exports in them are collected; NULL: not */
	const char *const *export_to; /* URLs of collectors that are told of the flows captured here, `export_count` of them */
	size_t export_count;
	int64_t export_active_s;    /* how long a flow that goes on waits for its record; 0: default */
	const char *const *alerts;  /* rules of thresholds, `alert_count` of them */
	size_t alert_count;
	uint64_t seed;              /* 0: a random one */
	const struct dpi *dpi_share; /* as flow_limits.share: for many engines after one another */
};

/* Opens the sources (before privileges are dropped) and makes everything ready. */
struct engine *engine_open(const struct engine_options *o, struct error *e);
void engine_close(struct engine *g); /* stops the thread if it runs; NULL is fine */

/* Who keeps history. Called on the engine's thread (inline: the caller's). */
struct engine_history {
	/* Is there room for an interval? False: nothing is taken, and the next one is of this time too. */
	bool (*ready)(void *ctx);
	void (*put)(void *ctx, struct interval *i); /* its reference is handed over; waits only if a file may wait */
	void (*state)(void *ctx, struct history_info *out); /* for pictures */
	/* As history_lasting(); may be NULL. */
	bool (*lasting)(void *ctx, enum dim d, const struct dim_key *k, int64_t taken_us, int64_t pending, uint64_t bytes[LASTING_COUNT]);
	void *ctx;
};
/* Before it runs. The intervals are those of dpitop/interval.h; the last ones come when it ends. */
void engine_keep_history(struct engine *g, const struct engine_history *h);

/* ---- inline: files only ---- */

/* Called at each closed tick of packet time; return nonzero to stop reading. */
typedef int engine_tick(void *ctx, struct engine *g);
/* Read all files to their end and end all flows. each (may be NULL) as above; stop (may be NULL) is
 * asked now and then whether to end early. 0, or what each returned, or the error of a source whose
 * rest could not be read (what was read until then is there). */
int engine_run(struct engine *g, engine_tick *each, bool (*stop)(void), void *ctx,
	       struct error *e);
/* Everything a picture is made from, up to date; valid until the engine goes on. Filter: want's. */
void engine_input(struct engine *g, const struct want *want, struct snapshot_input *in);
/* A picture now. */
struct snapshot *engine_picture(struct engine *g, const struct want *want);

/* ---- on a thread ---- */

/* published (may be NULL): a new picture is there; called on the engine's thread. */
int engine_start(struct engine *g, const struct want *want, void (*published)(void *ctx),
		 void *ctx, struct error *e);
/* End the thread: flows are ended, the last picture is published; the inline calls are allowed
 * again. 0, or the error of a source that failed. */
int engine_stop(struct engine *g, struct error *e);
/* The newest picture of view 0 with a reference for the caller, NULL if there is none. Any thread. */
struct snapshot *engine_newest(struct engine *g);
void engine_want(struct engine *g, const struct want *want); /* any thread */
/* Several may look, each with a want of his own; number 0 is who started it. A new number, or -1: there are ENGINE_VIEWS. Not
 * inline. Any thread, as the others; `published` is called for all. */
enum { ENGINE_VIEWS = 9 };
int engine_view_open(struct engine *g, const struct want *want);
void engine_view_want(struct engine *g, int view, const struct want *want);
struct snapshot *engine_view_newest(struct engine *g, int view);
void engine_view_close(struct engine *g, int view); /* the number must not be used any more */
int engine_capture_filter(struct engine *g, const char *text, struct error *e); /* any thread */
/* Category lists from now on, of which the engine keeps a reference; NULL: none. Any thread, or inline. */
void engine_categories(struct engine *g, struct categories *c);
void engine_speed(struct engine *g, double factor); /* any thread; negative: pause */
uint64_t engine_ticks(struct engine *g); /* closed since the start; any thread */
bool engine_has_files(const struct engine *g);
/* For names of applications; to be shared with other threads (dpi_share()), lives as long as the engine. */
const struct dpi *engine_dpi(const struct engine *g);

/* ---- taking out what pictures do not hold, on a thread ---- */

struct ring; /* app/ring.h */

struct engine_extract { /* what came out: the receiver's, who frees it */
	struct snapshot *rows; /* not sorted, see gather_sort() */
	struct ring *packets;  /* only those that belong to it */
	uint64_t looked, missed; /* packets there were, and of them overwritten before their turn */
	struct error error;    /* code not 0: neither rows nor packets */
};
typedef void engine_extracted(void *ctx, struct engine_extract *x);

/* All rows of a list, under the filter of a view: gathered in slices, from the end of the tick on. done()
 * is called on the engine's thread, but not if the engine ends before. False: another one is under
 * way. Any thread. */
bool engine_extract_rows(struct engine *g, int view, enum dim d, const struct want_list *w, bool names,
			 engine_extracted *done, void *ctx);
/* The packets of a row that are in the ring now. */
bool engine_extract_packets(struct engine *g, const struct packets_wanted *p, engine_extracted *done,
			    void *ctx);

/* ---- one frame at a time: fuzzing, tests ---- */

/* No sources. Frames of a link type go in; a tick closes by time of the packets or engine_tick_now(). */
void engine_frame(struct engine *g, int linktype, int64_t ts_us, const uint8_t *data,
		  uint32_t cap_len, uint32_t wire_len);
void engine_tick_now(struct engine *g);
struct conservation engine_check(struct engine *g);

#endif
