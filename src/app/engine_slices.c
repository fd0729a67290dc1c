/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an engine's thread does besides capture, in slices of about two milliseconds with a batch of
 * packets between them: pictures, the closing of ticks, what history takes, what is taken out for a file, sites that go to
 * other categories, and the passes over the flows that filters need. A picture goes first, for somebody waits for it; a tick waits while one is
 * made, so that all of it is of the same moment, and for what history takes. Passes come last. Engine's thread; called by
 * engine_thread.c.
 */
#include "config.h"

#include <time.h>

#include "app/engine_parts.h"
#include "dpitop/alert.h"

#define SLICE_NS UINT64_C(2000000)

/* A filter's first pass is shown as far as it has come after the first, then after the second of these. */
#define EARLY_NS UINT64_C(50000000)
#define LATER_NS UINT64_C(300000000)

enum { LEAST_ROWS = 64, MOST_ROWS = 65536 };
enum { PICTURES_IN_A_TICK = 3 }; /* that are asked for while it is being closed; more wait for its end */

static uint64_t thread_cpu_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void measure_load(struct engine *g)
{
	uint64_t wall = uv_hrtime(), cpu = thread_cpu_ns();

	if (wall - g->load_wall_ns < 500000000u)
		return;
	if (g->load_wall_ns)
		g->load = (double)(cpu - g->load_cpu_ns) / (double)(wall - g->load_wall_ns);
	engine_measure_shares(g, g->load_wall_ns != 0 ? wall - g->load_wall_ns : 0);
	g->load_wall_ns = wall;
	g->load_cpu_ns = cpu;
}

/* ---- pictures ---- */

/* Whose picture is made; NULL: nobody's. */
static struct engine_view *builder(struct engine *g)
{
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		if (g->views[i].building != NULL)
			return &g->views[i];
	return NULL;
}

/* Whose passes go on, or are the next: each in its turn goes to its end. NULL: none wait. */
static struct engine_view *grouper(struct engine *g)
{
	for (size_t i = 0; i < ENGINE_VIEWS; i++) {
		size_t at = (g->grouper + i) % ENGINE_VIEWS;

		if (!g->views[at].grouping)
			continue;
		g->passing = g->passing && i == 0;
		g->grouper = at;
		return &g->views[at];
	}
	return NULL;
}

/* One at a time: lists of exporters and the like are made for it, and borrowed until it is done. */
static void begin_building(struct engine *g, struct engine_view *v)
{
	if (builder(g) != NULL) {
		v->again = true;
		return;
	}
	core_rest(&g->core);
	engine_refresh_sources(g);
	measure_load(g);
	v->building = engine_begin(g, v);
	g->spent_ns[WORK_PICTURE] = 0;
	v->again = g->dirty = false;
}

/* Its filter has not been over all flows yet: it is not known what matches. */
static bool is_unsettled(const struct engine_view *v)
{
	return v->filter.regroup != NULL && regroup_model(v->filter.regroup) == NULL;
}

static bool is_first_pass(const struct engine_view *v)
{
	return v->grouping && is_unsettled(v);
}

static bool may_extract(const struct engine *g)
{
	return g->extraction != NULL && !g->extracting && !is_unsettled(extract_view(g->extraction));
}

static void begin_early(struct engine *g, struct engine_view *v)
{
	v->early = true;
	begin_building(g, v);
	v->early = false;
	v->early_ns = uv_hrtime() + LATER_NS;
}

static void finish_building(struct engine *g, struct engine_view *v)
{
	struct snapshot *fresh = engine_finish(g, v->building), *old;

	v->building = NULL;
	atomic_store(&g->ticks, g->core.ticks);
	uv_mutex_lock(&g->mutex);
	old = v->newest;
	v->newest = fresh;
	uv_mutex_unlock(&g->mutex);
	snapshot_unref(old);
	g->published_ns = uv_hrtime();
	if (g->published)
		g->published(g->ctx);
	if (may_extract(g) && extract_view(g->extraction) == v)
		extract_begin(g);
}

void slices_publish(struct engine *g, struct engine_view *v)
{
	slices_abandon(v);
	begin_building(g, v);
	snapshot_step(v->building, 0);
	finish_building(g, v);
}

void slices_abandon(struct engine_view *v)
{
	snapshot_abandon(v->building);
	v->building = NULL;
}

/* ---- in slices ---- */

/* About as much as SLICE_NS is enough for. */
static size_t adapted(size_t rows, uint64_t took_ns)
{
	if (took_ns > SLICE_NS * 2 && rows > LEAST_ROWS)
		return rows / 2;
	if (took_ns < SLICE_NS / 2 && rows < MOST_ROWS)
		return rows * 2;
	return rows;
}

/* Each slice: true when that work is done. A file waits, and its ticks close by its packets: all of a
 * picture is between two of them. */
static bool slice_of_picture(struct engine *g, struct engine_view *v, size_t rows)
{
	if (!snapshot_step(v->building, g->files ? 0 : rows))
		return false;
	finish_building(g, v);
	return true;
}

static bool slice_of_tick(struct engine *g, struct engine_view *v, size_t rows)
{
	(void)v;
	uint64_t now = uv_hrtime();
	bool was_open = core_tick_is_open(&g->core);
	bool done = core_tick(&g->core, g->boundary_us, (int64_t)(now - g->closed_ns) / 1000, rows);

	/* until its end what packets bring belongs to it: it is as long as that took */
	if (was_open && (done || !core_tick_is_open(&g->core)))
		g->closed_ns = now;
	return done;
}

static bool slice_of_harvest(struct engine *g, struct engine_view *v, size_t rows)
{
	(void)v;
	return engine_harvest_step(g, rows);
}

/* Before the next pass of the filter: it reads the last one. Its slices have their own measure. */
static bool slice_of_extraction(struct engine *g, struct engine_view *v, size_t rows)
{
	(void)v;
	(void)rows;
	return extract_step(g);
}

/* Sites go to the categories of other lists. */
static bool slice_of_categories(struct engine *g, struct engine_view *v, size_t rows)
{
	(void)v;
	return model_recategorise(g->core.model, rows);
}

static bool slice_of_group(struct engine *g, struct engine_view *v, size_t rows)
{
	if (!g->passing)
		engine_group_begin(g, v);
	g->passing = true;
	if (engine_group_step(g, v, rows))
		return true;
	if (is_first_pass(v) && v->want.early && uv_hrtime() > v->early_ns)
		begin_early(g, v);
	return false;
}

/* Whoever waits longest comes first: those behind this one. */
static void begin_next(struct engine *g, size_t at)
{
	for (size_t i = 1; i <= ENGINE_VIEWS && !g->ticking; i++) {
		struct engine_view *next = &g->views[(at + i) % ENGINE_VIEWS];

		if (next->again)
			begin_building(g, next);
	}
}

static void after_picture(struct engine *g, struct engine_view *v)
{
	begin_next(g, (size_t)(v - g->views));
}

static void tell_drops(struct engine *g)
{
	if (g->files)
		return;
	engine_refresh_sources(g);
	for (size_t i = 0; i < g->source_count; i++)
		model_dropped(g->core.model, (unsigned)i, g->info[i].dropped, g->info[i].if_dropped, g->info[i].packets,
			      g->core.now_us);
}

static void view_after_tick(struct engine *g, struct engine_view *v)
{
	if (!v->grouping)
		slices_picture(g, v);
	else if (v->again)
		begin_building(g, v);
}

static void after_tick(struct engine *g, struct engine_view *all)
{
	(void)all;
	g->ticking = false;
	tell_drops(g);
	engine_harvest_tick(g);
	engine_wait_for_boundary(g);
	if (may_extract(g)) { /* now all is told */
		extract_begin(g);
		extract_step(g);
	}
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		if (g->views[i].on)
			view_after_tick(g, &g->views[i]);
}

static void after_nothing(struct engine *g, struct engine_view *v)
{
	(void)g;
	(void)v;
}

static void after_categories(struct engine *g, struct engine_view *all)
{
	(void)all;
	g->sorting = false;
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		if (g->views[i].on && !g->views[i].grouping)
			slices_picture(g, &g->views[i]);
}

static void after_group(struct engine *g, struct engine_view *v)
{
	v->grouping = g->passing = false;
	g->grouper = (g->grouper + 1) % ENGINE_VIEWS;
	begin_building(g, v);
}

/* v: whose it is; NULL: of all. */
static bool choose(struct engine *g, enum engine_work *work, struct engine_view **v)
{
	*v = builder(g);
	if (*v != NULL)
		*work = WORK_PICTURE;
	else if (engine_harvest_waits(g))
		*work = WORK_HARVEST;
	else if (g->ticking)
		*work = WORK_TICK;
	else if (g->extracting)
		*work = WORK_EXTRACTION;
	else if (g->sorting)
		*work = WORK_CATEGORIES;
	else if ((*v = grouper(g)) != NULL)
		*work = WORK_GROUP;
	else
		return false;
	return true;
}

static void on_slice(uv_idle_t *i)
{
	static const struct {
		bool (*slice)(struct engine *g, struct engine_view *v, size_t rows);
		void (*after)(struct engine *g, struct engine_view *v);
	} works[WORK_COUNT] = {
		[WORK_PICTURE] = {slice_of_picture, after_picture},
		[WORK_HARVEST] = {slice_of_harvest, after_nothing},
		[WORK_TICK] = {slice_of_tick, after_tick},
		[WORK_EXTRACTION] = {slice_of_extraction, after_nothing},
		[WORK_CATEGORIES] = {slice_of_categories, after_categories},
		[WORK_GROUP] = {slice_of_group, after_group},
	};
	struct engine *g = i->data;
	uint64_t start = thread_cpu_ns(), took;
	struct engine_view *v;
	enum engine_work work;
	bool done;

	if (!choose(g, &work, &v)) {
		uv_idle_stop(i);
		return;
	}
	if (work != WORK_TICK)
		core_rest(&g->core);
	if (g->slice_rows[work] == 0)
		g->slice_rows[work] = LEAST_ROWS;
	done = works[work].slice(g, v, g->slice_rows[work]);
	took = thread_cpu_ns() - start;
	g->slice_rows[work] = adapted(g->slice_rows[work], took);
	g->spent_ns[work] += took;
	if (!done)
		return;
	g->cost_ns[work] = g->spent_ns[work];
	g->spent_ns[work] = 0;
	works[work].after(g, v);
}

static void go_on(struct engine *g)
{
	uv_idle_start(&g->slices, on_slice);
}

void slices_tick(struct engine *g)
{
	g->ticking = true;
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		g->views[i].tick_pictures = 0;
	go_on(g);
}

void slices_picture(struct engine *g, struct engine_view *v)
{
	if (engine_group_is_needed(v)) {
		v->grouping = true;
	} else {
		if (grouper(g) == NULL)
			g->cost_ns[WORK_GROUP] = g->spent_ns[WORK_GROUP] = 0;
		if (v->building)
			v->again = true;
		else
			begin_building(g, v);
	}
	go_on(g);
}

void slices_want(struct engine *g, struct engine_view *v, bool fresh)
{
	if (fresh) { /* the passes that were under way were for another picture */
		v->grouping = false;
		g->passing = g->passing && v != &g->views[g->grouper];
		v->early_ns = uv_hrtime() + EARLY_NS;
		if (!g->ticking)
			slices_picture(g, v);
	} else if (is_first_pass(v) && v->want.early && !v->building) {
		v->early_ns = 0; /* as soon as it goes on: before, there is nothing of the filter to show */
	} else if (v->building || (g->ticking && v->tick_pictures >= PICTURES_IN_A_TICK)) {
		v->again = true;
	} else {
		v->tick_pictures++;
		begin_building(g, v);
		go_on(g);
	}
}

void slices_next(struct engine *g)
{
	if (builder(g) == NULL)
		begin_next(g, 0);
	go_on(g);
}

void slices_categories(struct engine *g)
{
	g->sorting = true;
	go_on(g);
}

void slices_extract(struct engine *g)
{
	const struct engine_view *of = extract_view(g->extraction);

	if (extract_is_hasty(g->extraction)) {
		extract_begin(g);
		go_on(g);
	} else {
		slices_picture(g, &g->views[of - g->views]);
	}
}

void slices_stop(struct engine *g)
{
	uv_idle_stop(&g->slices);
	for (size_t i = 0; i < ENGINE_VIEWS; i++)
		slices_abandon(&g->views[i]);
}
