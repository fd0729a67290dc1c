/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen on a terminal: joins term.c and screen.c. A key is answered at once with what the picture
 * at hand has; a fresh picture is drawn when it comes. Keys that come together (held down, pasted) are
 * answered by one drawing. Main thread; called by app.
 */
#include "config.h"

#include "dpitop/mem.h"
#include "tui/screen.h"

static void show(struct tui *t)
{
	screen_draw(t);
	term_show(t->term, &t->canvas, t->cursor_x, t->cursor_y);
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
	if (r & REACT_WANT)
		screen_want(t);
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
	screen_want(t);
	show(t);
	return t;
}

void tui_update(struct tui *t)
{
	screen_refresh(t);
	show(t);
}

void tui_written(struct tui *t, enum tui_written how, const char *text)
{
	take_written(t, how, text);
	show(t);
}

void tui_close(struct tui *t)
{
	term_close(t->term);
	screen_release(t);
	mem_free(t);
}

void tui_restore(void)
{
	term_restore();
}
