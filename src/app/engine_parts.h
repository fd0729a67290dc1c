/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of an engine, for the files that make it: engine.c (opening, inline runs),
 * engine_thread.c (the loop), engine_slices.c (long work on the loop), engine_picture.c (pictures and
 * the filter). Private to src/app.
 */
#ifndef APP_ENGINE_PARTS_H
#define APP_ENGINE_PARTS_H

#include <stdatomic.h>
#include <uv.h>

#include "app/core.h"
#include "app/exports.h"
#include "app/ring.h"
#include "app/sending.h"
#include "app/strain.h"
#include "dpitop/regroup.h"


struct engine_commands { /* what other threads asked for; the last of each kind counts */
	bool has_filter, has_speed, has_categories, stop;
	struct categories *categories; /* a reference */
	char filter[1024];
	double speed;
	struct extraction *extraction; /* to be begun */
};

struct engine_filter { /* the matching traffic, for pictures */
	char text[640];
	struct filter *filter;    /* NULL: none */
	struct regroup *regroup;  /* NULL: it selects no flows */
};

struct engine_view { /* somebody who looks: what is wanted, and what was made of it */
	bool on;
	struct want want;
	struct engine_filter filter, focus; /* of the pane; of the row whose details are open */
	struct regroup *prefixes; /* pairs of narrower subnets of all traffic; NULL: not wanted */
	struct snapshot_building *building; /* the picture being made, NULL: none */
	bool grouping;            /* passes over the flows, for filter, focus and prefixes, wait or go on */
	bool again;               /* another picture is wanted when none is being made any more */
	bool early;               /* that is of a filter's first pass, which is under way */
	uint64_t early_ns;        /* when such a picture is due */
	unsigned tick_pictures;   /* asked for while this tick is being closed */
	/* shared between threads, under the engine's mutex */
	enum { VIEW_FREE, VIEW_OPEN, VIEW_CLOSING } state;
	bool has_want;            /* another one */
	struct want wanted;
	struct snapshot *newest;
};

struct engine_harvest { /* what history has taken: engine_harvest.c */
	struct engine_history to;
	bool on;
	int64_t last_us;                    /* end of the last closed tick, 0: none yet */
	int64_t taken_us[INTERVAL_CLASSES]; /* end of each class's last interval */
	bool begun[INTERVAL_CLASSES];
	struct harvest *open[INTERVAL_CLASSES]; /* being taken, NULL: none */
};

enum engine_work { WORK_PICTURE, WORK_HARVEST, WORK_TICK, WORK_EXTRACTION, WORK_CATEGORIES, WORK_GROUP, WORK_COUNT };

struct engine {
	struct core core;
	struct exports *exports; /* NULL: none are collected */
	struct sending *sending; /* NULL: none are exported */
	struct source *sources[SNAPSHOT_SOURCES]; /* NULL once closed */
	struct source_info info[SNAPSHOT_SOURCES];
	size_t source_count;
	bool files;   /* the sources are files */
	bool ended;   /* all of them have ended */
	bool drain;   /* at the end of live capture, wait for what the kernel still holds */
	uint64_t waiting; /* packets there, when last asked */
	struct error fault; /* of a source, code 0: none */
	struct engine_harvest harvest;
	struct engine_view views[ENGINE_VIEWS]; /* the first is that of engine_start() and of inline runs */
	struct names *names;
	bool lookups;
	bool decap, vlan_aware;
	struct strain strain;
	struct ring *ring; /* recent packets, NULL: none are kept */
	double speed;
	void (*published)(void *ctx);
	void *ctx;

	/* inline run */
	engine_tick *each;
	void *each_ctx;
	int each_result;

	/* thread */
	bool running;
	uv_thread_t thread;
	uv_loop_t loop;
	uv_async_t wake;
	uv_timer_t timer;  /* live: the next tick; files: looks ten times a second */
	uv_idle_t slices;  /* there is long work to do: engine_slices.c */
	bool ticking, sorting; /* sorting: sites go to the categories of other lists */
	size_t grouper;                /* the view whose passes go on, or are the next */
	bool passing;                  /* they have begun */
	struct extraction *extraction; /* under way, NULL: none; see extract.c */
	bool extracting;               /* it has begun */
	size_t slice_rows[WORK_COUNT]; /* that a slice of each work has time for */
	size_t current;    /* the file being read */
	int64_t boundary_us;     /* live: end of the open tick, wall clock */
	uint64_t closed_ns;      /* live: the end of the last one, monotonic */
	uint64_t boundary_ns;    /* live: when the last boundary was met, monotonic */
	int64_t between_us;      /* live: from the one before until then */
	bool dirty;        /* files: a tick has closed since the last picture */
	uint64_t published_ns;
	uint64_t cost_ns[WORK_COUNT];  /* CPU time of the last one of each work */
	uint64_t spent_ns[WORK_COUNT]; /* by those under way */
	uint64_t sequence;
	double load;       /* share of a core */
	uint64_t load_wall_ns, load_cpu_ns;
	struct engine_share shares[DEAL_LANES]; /* loads, and their CPU time when these were measured */
	uint64_t shares_cpu_ns[DEAL_LANES];

	/* shared between threads */
	uv_mutex_t mutex;
	struct engine_commands commands;
	atomic_int linktype;
	atomic_ullong ticks;
	atomic_bool busy;  /* with an extraction */
};

/* engine.c */
struct source_sink engine_sink(struct engine *g);
void engine_follow_strain(struct engine *g); /* how much is looked into, from how full the sources' buffers are */
void engine_refresh_sources(struct engine *g); /* ask sources for their state */
void engine_close_sources(struct engine *g);

/* engine_picture.c */
/* Take over the want's filter and focus; a filter that does not parse leaves the old one, such a
 * focus is none. True if one is another. */
bool engine_set_filter(struct engine *g, struct engine_view *v, const struct want *want);
/* The passes over the flows that filter and focus need, if they do: begin, go on with at most `budget` flows each (true: done). */
bool engine_group_is_needed(const struct engine_view *v);
void engine_group_begin(struct engine *g, struct engine_view *v);
bool engine_group_step(struct engine *g, struct engine_view *v, size_t budget);
/* A picture as of the filter's last finished pass: begin, snapshot_step(), finish. */
struct snapshot_building *engine_begin(struct engine *g, const struct engine_view *v);
struct snapshot *engine_finish(struct engine *g, struct snapshot_building *b);
void engine_fill_input(struct engine *g, const struct engine_view *v, struct snapshot_input *in);
void engine_measure_shares(struct engine *g, uint64_t wall_ns); /* so much time went by */
void engine_filter_release(struct engine_view *v);
struct filter_context engine_filter_context(struct engine *g);

/* engine_harvest.c */
void engine_harvest_tick(struct engine *g); /* a tick has closed */
bool engine_harvest_waits(const struct engine *g); /* there is something to be taken before the next one */
bool engine_harvest_step(struct engine *g, size_t rows); /* go on with that; true when all is taken */
void engine_harvest_flush(struct engine *g); /* take all of it now */
bool engine_lasting(void *ctx, enum dim d, const struct dim_key *k, uint64_t bytes[LASTING_COUNT]); /* snapshot_input.lasting */
void engine_harvest_end(struct engine *g, int64_t now_us); /* the books are closed for good */

/* extract.c; engine's thread */
const struct engine_view *extract_view(const struct extraction *x); /* whose it is */
bool extract_is_hasty(const struct extraction *x); /* what it wants will soon be gone */
bool extract_is_of_pairs(const struct extraction *x); /* of subnets, whose prefixes may change */
void extract_begin(struct engine *g); /* the one that waits */
/* Go on a little. True when none is under way (any more). */
bool extract_step(struct engine *g);
void extract_cancel(struct engine *g, const char *why); /* NULL: tell nobody */

/* engine_thread.c */
void engine_wait_for_boundary(struct engine *g); /* of the next tick */

/* engine_slices.c */
void slices_publish(struct engine *g, struct engine_view *v); /* a picture at once, in place of one under way */
void slices_picture(struct engine *g, struct engine_view *v); /* one of what is new, under a filter after a pass over the flows */
/* One of what was asked for; fresh: the filter is another one. */
void slices_want(struct engine *g, struct engine_view *v, bool fresh);
void slices_next(struct engine *g);    /* a view may have left, or have given its picture up: the next one's */
void slices_tick(struct engine *g);    /* close the open tick */
void slices_extract(struct engine *g); /* begin what waits in g->extraction, now or behind a picture */
void slices_categories(struct engine *g); /* the model has other lists: its sites follow */
void slices_abandon(struct engine_view *v); /* the picture under way: what it is made from is going to go */
void slices_stop(struct engine *g);

#endif
