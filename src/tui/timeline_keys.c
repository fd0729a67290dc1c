/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keys do in the past: into it and back to live, steps, pages, speed, zoom, jumps, and the time that is typed.
 * The feed answers with another picture. Main thread; called by actions and screen.c.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "dpitop/when.h"
#include "tui/action_run.h"
#include "tui/timeline.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

static const double speeds[] = {-3600, -600, -60, -10, -4, -1, 0, 1, 4, 10, 60, 600, 3600};
static const int64_t zooms_s[] = {60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 3 * 86400, 7 * 86400,
				  30 * 86400, 90 * 86400, 365 * 86400, 730 * 86400};

enum { SPEEDS = sizeof speeds / sizeof speeds[0], ZOOMS = sizeof zooms_s / sizeof zooms_s[0] };

static const struct replay_ops *ops(const struct tui *t)
{
	return t->feed.ops->replay;
}

/* Another feed: what it was told it does not know. */
static void change_feed(struct tui *t, const struct feed *feed)
{
	t->feed = *feed;
	t->frozen = false;
	t->order_until_us = 0;
	mem_free(t->wanted);
	t->wanted = NULL;
}

enum reaction past_enter(struct tui *t)
{
	const struct feed history = t->o.history(t->o.ctx);

	t->live = t->feed;
	change_feed(t, &history);
	t->play = 0;
	t->zoom_us = 0;
	ops(t)->jump(t->feed.ctx, JUMP_END);
	return REACT_WANT;
}

enum reaction past_leave(struct tui *t)
{
	struct feed live = t->live;

	ops(t)->rest(t->feed.ctx);
	memset(&t->live, 0, sizeof t->live);
	change_feed(t, &live);
	screen_refresh(t);
	return REACT_WANT;
}

/* ---- a time that is typed ---- */

enum reaction past_ask_time(struct tui *t)
{
	enum reaction r = screen_prompt(t, PROMPT_TIME, _("Go to:"), "");

	snprintf(t->prompt.hint, sizeof t->prompt.hint, "%s", _("yesterday 15:10, -2h, 15:10, mon 3:10, 2026-11-20 09:00, now"));
	return r;
}

static int parse(struct tui *t, const char *text, int64_t *us, struct error *e)
{
	const struct replay_info *r = t->picture != NULL ? &t->picture->replay : NULL;
	struct when_base base = {.clock_us = screen_now_us(t), .now_us = screen_now_us(t), .day_us = screen_now_us(t)};

	if (r != NULL && r->on) {
		base.now_us = r->span_to_us;
		base.day_us = r->to_us - 1;
	}
	return when_parse(text, &base, us, e);
}

int past_check_time(struct tui *t, const char *text, struct error *e)
{
	int64_t us;

	return text[0] == '\0' ? 0 : parse(t, text, &us, e);
}

enum reaction past_go_to(struct tui *t, const char *text)
{
	int64_t us;

	if (!past_is_shown(t) || text[0] == '\0' || parse(t, text, &us, NULL) != 0)
		return REACT_DRAW;
	ops(t)->seek(t->feed.ctx, us);
	return REACT_WANT;
}

/* ---- after a new picture ---- */

void past_settle(struct tui *t)
{
	static const char *const notes[] = {
		[REPLAY_AT_BEGIN] = N_("nothing was recorded before this"), [REPLAY_AT_END] = N_("nothing was recorded after this"),
		[REPLAY_NO_PEAK] = N_("there is no further peak"), [REPLAY_NO_GAP] = N_("there is no further gap"),
	};
	const struct replay_info *r = &t->picture->replay;

	if (!r->on || r->loading)
		return;
	t->play = r->speed;
	t->zoom_us = r->window_to_us - r->window_from_us;
	if (r->note_number == t->note_number)
		return;
	t->note_number = r->note_number;
	if ((size_t)r->note < sizeof notes / sizeof notes[0] && notes[r->note] != NULL)
		screen_say(t, STYLE_DIM, "%s", _(notes[r->note]));
}

/* ---- actions ---- */

enum reaction act_history(struct tui *t, int arg)
{
	(void)arg;
	if (past_can_be(t))
		return past_enter(t);
	if (past_is_shown(t))
		return act_live(t, 0);
	screen_say(t, STYLE_DIM, "no history is recorded here; --data says where");
	return REACT_DRAW;
}

enum reaction act_live(struct tui *t, int arg)
{
	(void)arg;
	return past_has_live(t) ? past_leave(t) : REACT_NONE;
}

/* A key of the past, pressed in the present. */
static enum reaction not_here(struct tui *t)
{
	screen_say(t, STYLE_DIM, past_can_be(t) ? N_("this key is of history; H goes there") : N_("this key is of history, and none is recorded here"));
	return REACT_DRAW;
}

enum reaction act_past_step(struct tui *t, int arg)
{
	if (!past_is_shown(t))
		return not_here(t);
	ops(t)->step(t->feed.ctx, arg);
	return REACT_WANT;
}

enum reaction act_past_page(struct tui *t, int arg)
{
	if (!past_is_shown(t))
		return not_here(t);
	ops(t)->page(t->feed.ctx, arg);
	return REACT_WANT;
}

enum reaction act_past_jump(struct tui *t, int arg)
{
	if (!past_is_shown(t))
		return not_here(t);
	ops(t)->jump(t->feed.ctx, (enum replay_jump)arg);
	return REACT_WANT;
}

static enum reaction play(struct tui *t, double speed)
{
	t->play = speed;
	if (speed != 0)
		t->last_play = speed;
	ops(t)->play(t->feed.ctx, speed);
	return REACT_WANT;
}

enum reaction act_past_speed(struct tui *t, int arg)
{
	int i = 0;

	if (!past_is_shown(t))
		return not_here(t);
	while (i + 1 < SPEEDS && speeds[i] < t->play)
		i++;
	i += arg;
	return play(t, speeds[i < 0 ? 0 : i >= SPEEDS ? SPEEDS - 1 : i]);
}

enum reaction act_past_pause(struct tui *t, int arg)
{
	(void)arg;
	if (!past_is_shown(t))
		return not_here(t);
	return play(t, t->play != 0 ? 0 : t->last_play != 0 ? t->last_play : 60);
}

enum reaction act_past_zoom(struct tui *t, int arg)
{
	int i = 0;

	if (!past_is_shown(t))
		return not_here(t);
	while (i + 1 < ZOOMS && zooms_s[i] * SECOND_US < t->zoom_us)
		i++;
	i += arg;
	t->zoom_us = zooms_s[i < 0 ? 0 : i >= ZOOMS ? ZOOMS - 1 : i] * SECOND_US;
	ops(t)->zoom(t->feed.ctx, t->zoom_us);
	return REACT_WANT;
}

enum reaction act_past_time(struct tui *t, int arg)
{
	(void)arg;
	if (!past_is_shown(t))
		return not_here(t);
	return past_ask_time(t);
}
