/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen on a terminal: joins term.c and screen.c. A key is answered at once with what the picture
 * at hand has; a fresh picture is drawn when it comes. Keys that come together (held down, pasted) are
 * answered by one drawing. Main thread; called by app.
 */
#include "config.h"

#include "dpitop/i18n.h"
#include "dpitop/mem.h"
#include "tui/screen.h"
#include "tui/timeline.h"

enum { TICK_SLACK_US = 500000 }; /* pictures come with each closed second, a little early or late */

static void show(struct tui *t)
{
	screen_draw(t);
	term_show(t->term, &t->canvas, t->cursor_x, t->cursor_y);
}

/* How long the picture at hand may stay; the answer to what the user asked for never waits. */
static uint64_t wait_ms(const struct tui *t)
{
	int64_t whole = (int64_t)(t->set.interval * 1e6);
	int64_t left = t->drawn_us + whole - TICK_SLACK_US - screen_now_us(t);

	return t->set.interval <= 1 || past_is_shown(t) || left <= 0 || left > whole ? 0 : (uint64_t)(left / 1000 + 1);
}

static void on_due(uv_timer_t *timer)
{
	tui_update(timer->data);
}

static void on_event(void *ctx, const struct term_event *e)
{
	struct tui *t = ctx;

	if (!(t->reaction & REACT_QUIT))
		t->reaction |= screen_key(t, e);
}

static void on_settled(void *ctx)
{
	struct tui *t = ctx;
	enum reaction r = t->reaction;

	if (r & REACT_QUIT) {
		t->o.quit(t->o.ctx);
		return;
	}
	t->reaction = REACT_NONE;
	if (r & REACT_WANT) {
		screen_want(t);
		t->drawn_us = 0;
	}
	if (r & (REACT_DRAW | REACT_WANT))
		show(t);
}

static void on_resize(void *ctx, int columns, int rows)
{
	struct tui *t = ctx;

	canvas_resize(&t->canvas, columns, rows);
	screen_want(t);
	show(t);
}

static void on_resume(void *ctx)
{
	show(ctx);
}

static void on_gone(void *ctx)
{
	struct tui *t = ctx;

	t->o.quit(t->o.ctx);
}

struct tui *tui_open(uv_loop_t *loop, const struct feed *feed, const struct tui_options *o, struct error *e)
{
	struct tui *t = mem_zalloc(sizeof *t);
	struct term_handler h = {on_event, on_settled, on_resize, on_resume, on_gone, t};
	struct term_look look = {o->settings.theme, o->settings.glyphs, o->settings.mouse};
	int columns, rows;

	screen_init(t, feed, o);
	t->term = term_open(loop, &h, &look, e);
	if (t->term == NULL) {
		screen_release(t);
		mem_free(t);
		return NULL;
	}
	term_size(t->term, &columns, &rows);
	canvas_init(&t->canvas, columns, rows, term_glyphs(t->term));
	i18n_english(screen_ascii(t));
	t->due = mem_zalloc(sizeof *t->due);
	uv_timer_init(loop, t->due);
	t->due->data = t;
	screen_want(t);
	show(t);
	return t;
}

void tui_update(struct tui *t)
{
	uint64_t wait = wait_ms(t);

	if (wait > 0) {
		if (!uv_is_active((uv_handle_t *)t->due))
			uv_timer_start(t->due, on_due, wait, 0);
		return;
	}
	t->drawn_us = screen_now_us(t);
	screen_refresh(t);
	show(t);
}

void tui_written(struct tui *t, enum tui_written how, const char *text)
{
	take_written(t, how, text);
	show(t);
}

void tui_say(struct tui *t, const char *text)
{
	screen_say(t, STYLE_DIM, "%s", text);
	show(t);
}

static void on_timer_closed(uv_handle_t *timer)
{
	mem_free(timer);
}

void tui_close(struct tui *t)
{
	uv_close((uv_handle_t *)t->due, on_timer_closed);
	term_close(t->term);
	screen_release(t);
	mem_free(t);
}

void tui_restore(void)
{
	term_restore();
}
