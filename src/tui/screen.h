/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen's state, for the files that draw it and answer keys. One struct tui on the main thread;
 * with a terminal (tui.c) or without one (dump.c), which makes no difference to the rest.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "dpitop/column.h"
#include "dpitop/filter.h"
#include "dpitop/tui.h"
#include "tui/blocks.h"
#include "tui/canvas.h"
#include "tui/keys.h"
#include "tui/matrix.h"
#include "tui/prompt.h"
#include "tui/term.h"
#include "tui/view.h"

enum { TRAIL_MAX = 16, EXPRESSION_TEXT = 256, MESSAGE_TEXT = 256, LIST_ROWS_MAX = 10000, ZONES_MAX = 256, PAGES_MAX = 8, SAMPLES_MAX = 600 };

enum reaction { /* what an action wants done when it has run; bits */
	REACT_NONE = 0,
	REACT_DRAW = 1,
	REACT_WANT = 2, /* other lists, sorts or filter are wanted (and drawn) */
	REACT_QUIT = 4
};

enum mode { /* what lies over the pane and gets the keys */
	MODE_PANE, MODE_PROMPT, MODE_HELP, MODE_DETAIL, MODE_MENU, MODE_SETUP, MODE_COUNT
};

enum prompt_use { PROMPT_SEARCH, PROMPT_FILTER, PROMPT_CAPTURE, PROMPT_WRITE, PROMPT_TIME, PROMPT_USES };
enum menu_use { MENU_SORT, MENU_PRESETS };

enum { BINDINGS_MAX = 256 };

struct bindings { /* keys and what they run */
	struct binding {
		uint32_t key;
		const struct action *action;
	} at[BINDINGS_MAX];
	size_t count;
};

struct step { /* of the trail: one part of the filter */
	char expression[EXPRESSION_TEXT]; /* as filter_parse() reads it */
	char label[EXPRESSION_TEXT];      /* of a pinned row; "": the expression is shown */
	bool typed;                       /* by hand (F4), else pinned from a row */
};

struct sample { /* of a row's rates, bytes/s sent and received, in the second that ends at `us` */
	int64_t us;
	uint32_t rate[2];
};

struct page { /* the details of a row */
	enum dim dim;
	uint64_t id;
	struct row row;          /* as the last picture that had it shows it; texts of `from` */
	struct snapshot *from;
	bool gone;               /* the newest picture has it no more */
	char flows[EXPRESSION_TEXT]; /* whose flows are gone over; "": none can be */
	uint32_t spark[DIM_SPARK]; /* the row's, of when it was opened: the minute before */
	int64_t spark_us;        /* the picture's time then; 0: not taken yet */
	int64_t spark_from_us;   /* what lies before is not known */
	struct sample samples[SAMPLES_MAX]; /* since it was opened, the newest at sample_count - 1, round */
	size_t sample_count;
	struct spot spot;        /* in its blocks; off: none is chosen */
	int scroll;
	bool reveal;             /* scroll so that the spot is in sight */
};

struct zone { /* a place that can be clicked */
	struct rect at;
	enum reaction (*clicked)(struct tui *t, int value);
	int value;
};

struct tui {
	struct feed feed;
	struct feed live;         /* while the past is looked at: what one goes back to; no ops: nothing */
	struct tui_options o;
	struct term *term;        /* NULL: a dump */
	struct canvas canvas;
	struct snapshot *picture; /* what is shown, with a reference; NULL before the first */
	bool frozen;              /* the picture stays while capture goes on */
	bool paused;              /* a file's play-back stands */
	double speed;             /* of a file: 0 as fast as it can */
	double play, last_play;   /* of the past: times real time, 0 it stands; the last that was not 0 */
	int64_t zoom_us;          /* width of the span in sight there */
	uint32_t note_number;     /* of what it said last */
	int timeline_x, timeline_cells; /* of its line, as last drawn */
	enum reaction reaction;   /* to the keys since the last drawing */
	struct want *wanted;      /* what the feed was told last; NULL: nothing yet */
	enum mode mode;
	struct bindings bindings;
	const struct view *view;
	struct pane panes[VIEWS_MAX]; /* by view_index() */
	struct grid grid;         /* of the matrix pane */
	struct step trail[TRAIL_MAX];
	size_t steps;
	struct prompt prompt;
	struct prompt_history histories[PROMPT_USES];
	enum prompt_use prompt_use;
	enum mode prompt_over;    /* where it was opened, and where it goes back to */
	struct tui_write *write;  /* the file being asked for or written, NULL: none */
	char exists[TUI_PATH];    /* its name if that is taken: the same again replaces it; "" */
	enum menu_use menu_use;
	int menu_cursor, menu_top;
	struct setup {
		int panel;            /* that has the cursor: pages, lists, items */
		int page, list, item; /* chosen in each: enum setup_page, enum dim */
		int top;              /* first item shown */
		bool changed;         /* and not saved */
	} setup;
	enum mode help_over;      /* where help was asked for */
	bool first_run;           /* and no key was pressed yet */
	int scroll;               /* first line shown of help */
	char search[EXPRESSION_TEXT];
	char capture[EXPRESSION_TEXT]; /* BPF text last given with B */
	struct tui_settings set;  /* as they are now */
	bool follow;              /* the cursor stays on its row, wherever that goes */
	struct page pages[PAGES_MAX]; /* details that are open, the last on top */
	size_t page_count;
	struct spot spot;         /* in the blocks of Overview */
	struct blocks blocks;     /* of Overview or details, as last drawn; lists of `picture` */
	int source_scroll;        /* first line shown of Sources */
	struct {
		unsigned source;
		uint32_t id;          /* 0: none */
		bool open;            /* its interfaces are listed */
		bool reveal;          /* scroll so that it is in sight */
		int line, lines;      /* where it was drawn */
	} exporter;               /* chosen in Sources */
	uv_timer_t *due;          /* the next picture; NULL: a dump */
	int64_t drawn_us;         /* when the last picture was taken; 0: the next one is wanted at once */
	int64_t order_until_us;   /* rows do not change places until then */
	char message[MESSAGE_TEXT];
	enum style message_style;
	int64_t message_until_us;
	struct rect body;         /* where the pane draws, set by each draw */
	struct zone zones[ZONES_MAX];
	size_t zone_count;
	int cursor_x, cursor_y;   /* of a prompt; x < 0: hidden */
	int mouse_x, mouse_y;     /* of the last click */
	struct map_scale {
		double step;      /* least weight of the largest spots of the map; 0 before the first */
		bool by_total;
		int unit;
	} map_scale;              /* as it was drawn last */
};

/* ---- screen.c ---- */
void screen_init(struct tui *t, const struct feed *feed, const struct tui_options *o);
void screen_release(struct tui *t);
enum reaction screen_key(struct tui *t, const struct term_event *e);
void screen_want(struct tui *t);    /* tell the feed what the pane needs, if it is something else than before */
void screen_refresh(struct tui *t); /* take the newest picture, unless frozen */
void screen_draw(struct tui *t);    /* everything, onto the canvas */
void screen_say(struct tui *t, enum style s, const char *format, ...) __attribute__((format(printf, 3, 4)));
enum reaction screen_view(struct tui *t, const struct view *v);
int64_t screen_now_us(const struct tui *t); /* wall clock */
bool screen_ascii(const struct tui *t);     /* no glyph beyond ASCII */
enum reaction screen_set(struct tui *t, enum setting_number n, int step); /* the next value, in force at once */
const struct row *screen_row(struct tui *t); /* under the pane's cursor, NULL */
void screen_zone(struct tui *t, struct rect at, enum reaction (*clicked)(struct tui *t, int value), int value);

enum reaction screen_prompt(struct tui *t, enum prompt_use use, const char *label, const char *text);

/* ---- take.c: what is taken out of the screen: copies, files of lists and packets ---- */
enum reaction take_copy(struct tui *t, const struct row *r);
enum reaction take_list(struct tui *t);
/* within: the expression of the row whose details r is chosen in; "" none. */
enum reaction take_packets(struct tui *t, const struct row *r, const char *within);
/* The file's name is typed: is it one? 0, or e says what is wrong. */
int take_check(struct tui *t, struct error *e);
enum reaction take_write(struct tui *t); /* it is */
void take_written(struct tui *t, enum tui_written how, const char *text);
void take_release(struct tui *t);        /* it is not wanted any more */

/* ---- trail.c: the filter as a trail of steps ---- */
enum reaction trail_push(struct tui *t, const char *expression, bool typed);
enum reaction trail_pin(struct tui *t, const struct row *r, const char *expression); /* shown by the row's name */
bool trail_has(const struct tui *t, const char *expression);
enum reaction trail_pop(struct tui *t);
enum reaction trail_clear(struct tui *t);
enum reaction trail_type(struct tui *t, const char *expression); /* replaces what was typed before */
const char *trail_typed(const struct tui *t);
void trail_filter(const struct tui *t, char *buf, size_t size);  /* the whole as one expression */
bool trail_is_in_picture(const struct tui *t); /* what is shown is of that filter; else of another or none */
void trail_text(const struct tui *t, char *buf, size_t size);    /* "BitTorrent > 10.0.0.5 > CN" */

/* ---- head.c ---- */
void head_draw(struct tui *t, int y);
void tabs_draw(struct tui *t, int y);
void title_draw(struct tui *t, int y);
void foot_draw(struct tui *t, int y);

/* ---- panes that are no plain table ---- */
void overview_draw(struct tui *t, struct rect r);
bool overview_is_shown(const struct tui *t);
void overview_want(const struct tui *t, struct want *w);
void sources_draw(struct tui *t, struct rect r);
void empty_draw(struct tui *t, struct rect r); /* why there is nothing to show, and the remedy */
bool sources_is_shown(const struct tui *t);
bool exporters_are_shown(const struct tui *t); /* in Sources */
void geo_draw(struct tui *t, struct rect r);
void geo_want(const struct tui *t, struct want *w);

/* ---- what lies over a pane ---- */
void help_draw(struct tui *t, struct rect r);

/* ---- detail.c: details as pages one on another; page_draw.c draws the one on top ---- */
enum reaction detail_open(struct tui *t);          /* of the row in hand */
enum reaction detail_back(struct tui *t);          /* to the page before, or the pane */
void detail_close(struct tui *t);                  /* all pages */
void detail_settle(struct tui *t);                 /* after a new picture */
void detail_want(const struct tui *t, struct want *w);
struct page *detail_page(struct tui *t);           /* on top, NULL */
struct spot *detail_spot(struct tui *t);
const struct row *detail_row(struct tui *t);       /* whose details are open */
const struct row *detail_chosen(struct tui *t);    /* the row chosen on its page, NULL */
const struct focus *detail_focus(const struct tui *t, const struct page *p); /* NULL: not in the picture */
void detail_move(struct tui *t, long rows);
void detail_turn(struct tui *t, int step);         /* to the next block */
void detail_draw(struct tui *t, struct rect r);
/* ---- page_draw.c ---- */
uint64_t page_lists(enum dim d);                   /* 1 << dim of those a page is made of */
bool page_shows_blocks(const struct tui *t, const struct page *p); /* is the first one in sight? */
/* ---- page_graph.c ---- */
void page_graph_draw(struct tui *t, const struct page *p, struct rect r);
/* ---- complete.c: the word typed in a filter ---- */
void complete_filter(struct prompt *p);
/* ---- facts.c: what is known of a row, in `across` columns; returns the lines it takes ---- */
int facts_lines(const struct tui *t, const struct row *r, int columns, int across);
void facts_draw(struct tui *t, const struct row *r, struct rect at, int across);
/* ---- sheet.c: lines that may be more than fit, from *scroll (mended) on ---- */
typedef void sheet_paint(struct tui *t, struct rect r, void *ctx);
void sheet_draw(struct tui *t, struct rect r, int rows, int *scroll, sheet_paint *paint, void *ctx);

void menu_draw(struct tui *t, struct rect r);
enum reaction menu_open(struct tui *t, enum menu_use use);
enum reaction menu_choose(struct tui *t, int item);
int menu_items(const struct tui *t);

/* ---- setup.c ---- */
void setup_draw(struct tui *t, struct rect r);
enum reaction setup_open(struct tui *t);
enum reaction setup_move(struct tui *t, long rows);
enum reaction setup_panel(struct tui *t, int by);
enum reaction setup_turn(struct tui *t, int step);  /* the item: on or off, the next value */
enum reaction setup_shift(struct tui *t, int by);   /* a column, among those shown */
enum reaction setup_usual(struct tui *t, int unused);           /* the list's columns */
enum reaction setup_save(struct tui *t, int unused);            /* and leave; stays open if it cannot */
bool setup_on_columns(const struct tui *t);
void setup_leave(struct tui *t);                    /* without saving: it is kept until the end */

#endif
