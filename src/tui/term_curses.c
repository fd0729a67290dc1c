/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that knows curses. It writes into a file in memory, from which each picture's bytes
 * are taken; curses neither opens, nor reads, nor waits for the terminal, and handles no signal.
 * What it is good for: terminfo, and the fewest bytes from one picture to the next. Main thread;
 * called by term.c.
 */
#include "config.h"

#include "tui/term_curses.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#undef columns /* of terminfo's names as macros, the one that is a name of ours */

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "tui/style.h"

enum { CURSOR_UNKNOWN = -1, CELL_TEXT = 3 /* a character and two marks */, TERM_TEXT = 64 };
enum { FALLBACK_COLUMNS = 80, FALLBACK_ROWS = 24, COLUMNS_MAX = 1024, ROWS_MAX = 512 };

/* xterm's ctlseqs: 1000 presses and wheel, 1006 coordinates beyond 223, 2004 bracketed paste */
#define MOUSE_ON "\x1b[?1000h\x1b[?1006h"
#define MOUSE_OFF "\x1b[?1006l\x1b[?1000l"
#define PASTE_ON "\x1b[?2004h"
#define PASTE_OFF "\x1b[?2004l"

struct term_curses {
	SCREEN *screen;
	FILE *output, *input; /* a file in memory; nothing */
	char *bytes;          /* of the last picture */
	size_t size;
	struct cell *shown; /* what stdscr holds, to leave out rows that are the same */
	cchar_t *row;
	int columns, rows; /* of shown */
	int colours; /* to be used */
	int theme, cursor;
	bool utf8, xterm;
};

struct own_key {
	const char *name;
	uint32_t key;
};

static const struct own_key own_keys[] = {
	{"kcuu1", KEY_CODE_UP},     {"kcud1", KEY_CODE_DOWN},    {"kcub1", KEY_CODE_LEFT},
	{"kcuf1", KEY_CODE_RIGHT},  {"kpp", KEY_CODE_PAGE_UP},   {"knp", KEY_CODE_PAGE_DOWN},
	{"khome", KEY_CODE_HOME},   {"kend", KEY_CODE_END},      {"kich1", KEY_CODE_INSERT},
	{"kdch1", KEY_CODE_DELETE}, {"kbs", KEY_CODE_BACKSPACE}, {"kcbt", KEY_CODE_BACK_TAB},
	{"kent", KEY_CODE_ENTER},   {"kf1", KEY_CODE_F1},        {"kf2", KEY_CODE_F1 + 1},
	{"kf3", KEY_CODE_F1 + 2},   {"kf4", KEY_CODE_F1 + 3},    {"kf5", KEY_CODE_F1 + 4},
	{"kf6", KEY_CODE_F1 + 5},   {"kf7", KEY_CODE_F1 + 6},    {"kf8", KEY_CODE_F1 + 7},
	{"kf9", KEY_CODE_F1 + 8},   {"kf10", KEY_CODE_F1 + 9},   {"kf11", KEY_CODE_F1 + 10},
	{"kf12", KEY_CODE_F12},
};

static const char *capability(const char *name)
{
	const char *s = tigetstr((char *)(uintptr_t)name);

	return s == NULL || s == (char *)-1 ? "" : s;
}

/* Append s without what terminfo says of padding ("$<5/>"). */
static size_t append(char *buf, size_t size, size_t n, const char *s)
{
	while (*s != '\0') {
		const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;

		if (end == NULL && n < size)
			buf[n++] = *s;
		s = end != NULL ? end + 1 : s + 1;
	}
	return n;
}

/* Is TERM one that can place the cursor? */
static int check_terminal(int fd, struct error *e)
{
	const char *raw = getenv("TERM");
	char name[TERM_TEXT];
	int status = 0, r = 0;

	if (raw == NULL || raw[0] == '\0')
		return error_set(e, ERR_UNSUPPORTED, "TERM is not set; set it, or use --batch");
	text_clean(name, sizeof name, raw, strlen(raw));
	if (setupterm(NULL, fd, &status) != OK)
		return error_set(e, ERR_UNSUPPORTED,
		                 "terminal '%s' is not known here (%s); set TERM, or use --batch",
		                 name, status < 0 ? "no terminfo" : "not in terminfo");
	if (capability("cup")[0] == '\0')
		r = error_set(e, ERR_UNSUPPORTED,
		              "terminal '%s' cannot place the cursor; use --batch", name);
	del_curterm(cur_term);
	return r;
}

/* newterm() takes signals for itself that are ours to handle. */
static SCREEN *open_screen(FILE *output, FILE *input)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
	struct sigaction found[sizeof numbers / sizeof *numbers];
	size_t i, n = sizeof numbers / sizeof *numbers;
	SCREEN *screen;

	for (i = 0; i < n; i++)
		sigaction(numbers[i], NULL, &found[i]);
	screen = newterm(NULL, output, input);
	for (i = 0; i < n; i++)
		sigaction(numbers[i], &found[i], NULL);
	return screen;
}

static void open_colours(struct term_curses *c)
{
	if (!has_colors() || start_color() != OK || use_default_colors() != OK)
		return;
	c->colours = COLOR_PAIRS > STYLE_COUNT ? COLORS : 0;
	/* where a number is red, green and blue at once, the palette is of eight (terminfo's RGB) */
	if (tigetflag((char *)(uintptr_t)"RGB") > 0 || tigetnum((char *)(uintptr_t)"RGB") > 0)
		c->colours = c->colours > 8 ? 8 : c->colours;
}

void term_curses_look(struct term_curses *c, int theme, bool utf8)
{
	c->theme = theme;
	c->utf8 = utf8;
	for (int s = 0; c->colours > 0 && s < STYLE_COUNT; s++) {
		struct style_look look = style_look((enum style)s, theme, c->colours);

		init_pair((short)(s + 1), look.colour, look.back);
	}
	c->columns = c->rows = 0; /* every row differs from what was drawn before */
	term_curses_forget(c);
}

int term_curses_colours(const struct term_curses *c)
{
	return c->colours;
}

struct term_curses *term_curses_open(bool colour, struct error *e)
{
	struct term_curses *c = mem_zalloc(sizeof *c);
	int fd = memfd_create("screen", MFD_CLOEXEC);

	c->cursor = CURSOR_UNKNOWN;
	c->output = fd >= 0 ? fdopen(fd, "w") : NULL;
	c->input = fopen("/dev/null", "re");
	if (c->output == NULL || c->input == NULL) {
		error_set(e, ERR_IO, "cannot set up the screen; use --batch");
		goto failed;
	}
	if (check_terminal(fd, e) != 0)
		goto failed;
	c->screen = open_screen(c->output, c->input);
	if (c->screen == NULL) {
		error_set(e, ERR_UNSUPPORTED, "cannot use this terminal; use --batch");
		goto failed;
	}
	c->xterm = capability("kmous")[0] != '\0';
	typeahead(-1); /* never cut a picture short */
	nonl();        /* term_tty.c leaves line feeds alone */
	if (colour)
		open_colours(c);
	return c;
failed:
	if (c->output != NULL)
		fclose(c->output);
	else if (fd >= 0)
		close(fd);
	if (c->input != NULL)
		fclose(c->input);
	mem_free(c);
	return NULL;
}

void term_curses_close(struct term_curses *c)
{
	endwin();
	delscreen(c->screen);
	fclose(c->output);
	fclose(c->input);
	mem_free(c->bytes);
	mem_free(c->shown);
	mem_free(c->row);
	mem_free(c);
}

void term_curses_keys(const struct term_curses *c, struct input *in)
{
	(void)c;
	for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++)
		input_add(in, capability(own_keys[i].name), own_keys[i].key);
}

bool term_curses_is_xterm(const struct term_curses *c)
{
	return c->xterm;
}

enum glyphs term_curses_glyphs(const struct term_curses *c)
{
	const char *name = getenv("TERM");

	/* the console's own fonts have neither braille nor eighths of blocks */
	if (!c->utf8 || name == NULL || strncmp(name, "linux", 5) == 0)
		return GLYPHS_ASCII;
	return c->xterm ? GLYPHS_BRAILLE : GLYPHS_BLOCKS;
}

size_t term_curses_enter(const struct term_curses *c, bool mouse, char *buf, size_t size)
{
	size_t n = append(buf, size, 0, capability("smkx"));

	if (c->xterm)
		n = append(buf, size, n, PASTE_ON);
	return c->xterm && mouse ? append(buf, size, n, MOUSE_ON) : n;
}

size_t term_curses_mouse(const struct term_curses *c, bool on, char *buf, size_t size)
{
	return c->xterm ? append(buf, size, 0, on ? MOUSE_ON : MOUSE_OFF) : 0;
}

/* A capability of two numbers. */
static const char *with(const char *name, int first, int second)
{
	const char *s = capability(name);

	return s[0] != '\0' ? tparm((char *)(uintptr_t)s, first, second) : "";
}

size_t term_curses_leave(const struct term_curses *c, bool mouse, char *buf, size_t size)
{
	static const char *const ends[] = {"rmkx", "sgr0", "op", "cnorm"};
	bool two_screens = capability("rmcup")[0] != '\0';
	size_t n = 0;

	if (c->xterm && mouse)
		n = append(buf, size, n, MOUSE_OFF);
	if (c->xterm)
		n = append(buf, size, n, PASTE_OFF);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (c->colours > 0 || strcmp(ends[i], "op") != 0)
			n = append(buf, size, n, capability(ends[i]));
	/* Up first where there are two screens: tmux moves lines above a low cursor into the
	 * history when the window was another size before. With one, the shell goes on below the
	 * picture. */
	n = append(buf, size, n, with("csr", 0, getmaxy(stdscr) - 1));
	n = append(buf, size, n, with("cup", two_screens ? 0 : getmaxy(stdscr) - 1, 0));
	if (two_screens)
		return append(buf, size, n, capability("rmcup"));
	n = append(buf, size, n, capability("el"));
	return append(buf, size, n, "\r\n");
}

static int clamp(int value, int fallback, int most)
{
	return value < 1 ? fallback : value > most ? most : value;
}

void term_curses_resize(struct term_curses *c, int *columns, int *rows)
{
	int usual_columns = tigetnum((char *)(uintptr_t)"cols");
	int usual_rows = tigetnum((char *)(uintptr_t)"lines");

	*columns =
		clamp(*columns, clamp(usual_columns, FALLBACK_COLUMNS, COLUMNS_MAX), COLUMNS_MAX);
	*rows = clamp(*rows, clamp(usual_rows, FALLBACK_ROWS, ROWS_MAX), ROWS_MAX);
	resize_term(*rows, *columns);
	term_curses_forget(c);
	if (c->shown == NULL)
		term_curses_pause(c); /* begin again: newterm() meant a screen of another size */
}

void term_curses_forget(struct term_curses *c)
{
	(void)c;
	clearok(curscr, TRUE);
}

/* Bytes curses has written since, into c->bytes. */
static size_t collect(struct term_curses *c)
{
	int fd = fileno(c->output);
	off_t n = lseek(fd, 0, SEEK_CUR);
	ssize_t got;

	if (n <= 0)
		return 0;
	if ((size_t)n > c->size) {
		c->size = 2 * (size_t)n;
		c->bytes = mem_grow(c->bytes, c->size, 1);
	}
	got = pread(fd, c->bytes, (size_t)n, 0);
	lseek(fd, 0, SEEK_SET);
	if (ftruncate(fd, 0) != 0)
		return 0;
	return got > 0 ? (size_t)got : 0;
}

void term_curses_pause(struct term_curses *c)
{
	endwin();
	collect(c); /* term_curses_leave() says it shorter */
	c->cursor = CURSOR_UNKNOWN;
	term_curses_forget(c);
}

static attr_t attributes_of(struct style_look look)
{
	return ((look.attributes & LOOK_BOLD) != 0 ? A_BOLD : A_NORMAL) |
	       ((look.attributes & LOOK_DIM) != 0 ? A_DIM : A_NORMAL) |
	       ((look.attributes & LOOK_UNDERLINE) != 0 ? A_UNDERLINE : A_NORMAL) |
	       ((look.attributes & LOOK_REVERSE) != 0 ? A_REVERSE : A_NORMAL);
}

/* The characters of a cell of `width` columns as far as this locale knows them to be that wide. */
static bool cell_text(const struct term_curses *c, const struct cell *cell, int width,
                      wchar_t text[CELL_TEXT + 1])
{
	const char *p = cell->text;
	uint32_t codepoint = text_next(&p);
	size_t n = 0;

	text[n++] = (wchar_t)codepoint;
	while (n < CELL_TEXT && (codepoint = text_next(&p)) != 0)
		if (c->utf8 && wcwidth((wchar_t)codepoint) == 0)
			text[n++] = (wchar_t)codepoint;
	text[n] = L'\0';
	return c->utf8 ? wcwidth(text[0]) == width : text[0] < 0x7f;
}

/* A blank shows nothing but its background: where that is the same, the style before it goes on, and no bytes are
 * spent on turning colours off and on between two columns. */
static bool goes_on(const struct cell *cell, struct style_look look, struct style_look before)
{
	return cell->text[0] == ' ' && look.back == before.back &&
	       ((look.attributes | before.attributes) & (LOOK_UNDERLINE | LOOK_REVERSE)) == 0;
}

static void draw_row(struct term_curses *c, const struct cell *cells, int columns, int y)
{
	enum style style = STYLE_NORMAL;
	int n = 0;

	for (int x = 0; x < columns; x++) {
		int width = x + 1 < columns && cells[x + 1].text[0] == '\0' ? 2 : 1;
		struct style_look look = style_look(cells[x].style, c->theme, c->colours);
		struct style_look before = style_look(style, c->theme, c->colours);
		wchar_t text[CELL_TEXT + 1];

		if (goes_on(&cells[x], look, before))
			look = before;
		else
			style = (enum style)cells[x].style;

		short pair = c->colours > 0 ? (short)(style + 1) : 0;
		attr_t attributes = attributes_of(look);

		if (!cell_text(c, &cells[x], width, text)) {
			setcchar(&c->row[n++], L"?", attributes, pair, NULL);
			if (width == 2)
				setcchar(&c->row[n++], L" ", attributes, pair, NULL);
		} else {
			setcchar(&c->row[n++], text, attributes, pair, NULL);
		}
		x += width - 1;
	}
	mvwadd_wchnstr(stdscr, y, 0, c->row, n);
}

/* stdscr becomes the canvas. */
static void draw_canvas(struct term_curses *c, const struct canvas *canvas)
{
	int columns = canvas->columns < getmaxx(stdscr) ? canvas->columns : getmaxx(stdscr);
	int rows = canvas->rows < getmaxy(stdscr) ? canvas->rows : getmaxy(stdscr);
	size_t bytes = (size_t)columns * sizeof *c->shown;

	if (columns != c->columns || rows != c->rows) {
		mem_free(c->shown);
		mem_free(c->row);
		c->shown = mem_array((size_t)columns * (size_t)rows + 1, sizeof *c->shown);
		c->row = mem_array((size_t)columns + 1, sizeof *c->row);
		c->columns = columns;
		c->rows = rows;
		werase(stdscr);
	}
	for (int y = 0; y < rows; y++) {
		const struct cell *cells = canvas->cells + (size_t)y * (size_t)canvas->columns;
		struct cell *shown = c->shown + (size_t)y * (size_t)columns;

		if (memcmp(cells, shown, bytes) == 0)
			continue;
		memcpy(shown, cells, bytes);
		draw_row(c, cells, columns, y);
	}
}

size_t term_curses_draw(struct term_curses *c, const struct canvas *canvas, int cursor_x,
                        int cursor_y, const char **bytes)
{
	bool hidden = cursor_x < 0 || cursor_x >= getmaxx(stdscr) || cursor_y < 0 ||
	              cursor_y >= getmaxy(stdscr);
	size_t n;

	if (canvas != NULL)
		draw_canvas(c, canvas);
	leaveok(stdscr, hidden);
	if (!hidden)
		wmove(stdscr, cursor_y, cursor_x);
	if (c->cursor != !hidden)
		curs_set(hidden ? 0 : 1);
	c->cursor = !hidden;
	wrefresh(stdscr);
	fflush(c->output);
	n = collect(c);
	*bytes = c->bytes;
	return n;
}
