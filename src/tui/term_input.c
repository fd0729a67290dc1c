/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a terminal sends, made into events: characters, function keys (the terminal's own from
 * terminfo, then those of ECMA-48, xterm, rxvt, linux and the VT keypad), mouse reports (SGR and
 * X10) and bracketed paste. Sequences may come torn; unknown ones are swallowed whole. Pure: bytes
 * in, events out. Main thread; called by term.c.
 */
#include "config.h"

#include "tui/term_input.h"

#include <stdlib.h>
#include <string.h>

#include "dpitop/text.h"

enum { ESC = 0x1b, DELETE = 0x7f };
enum { WAIT_ESC_MS = 40, WAIT_SEQUENCE_MS = 500, WAIT_PASTE_MS = 1000, DOUBLE_CLICK_MS = 400 };
enum { BUTTON_MASK = 3, BUTTON_MOTION = 32, BUTTON_WHEEL = 64, BUTTON_EXTRA = 128, X10_OFFSET = 32 };

static const char paste_end[] = "\x1b[201~";

struct key_by_letter {
	char letter;
	uint32_t key;
};

/* ESC [ .. letter and ESC O letter (xterm's ctlseqs: PC-Style Function Keys, VT220-Style keypad) */
static const struct key_by_letter letters[] = {
	{'A', KEY_CODE_UP},       {'B', KEY_CODE_DOWN},   {'C', KEY_CODE_RIGHT},
	{'D', KEY_CODE_LEFT},     {'H', KEY_CODE_HOME},   {'F', KEY_CODE_END},
	{'Z', KEY_CODE_BACK_TAB}, {'P', KEY_CODE_F1},     {'Q', KEY_CODE_F1 + 1},
	{'R', KEY_CODE_F1 + 2},   {'S', KEY_CODE_F1 + 3},
};
/* ESC O letter only: the keypad in application mode; rxvt's ctrl-arrows */
static const struct key_by_letter keypad[] = {
	{'M', KEY_CODE_ENTER},
	{'I', KEY_CODE_TAB},
	{' ', ' '},
	{'X', '='},
	{'j', '*'},
	{'k', '+'},
	{'l', ','},
	{'m', '-'},
	{'n', '.'},
	{'o', '/'},
	{'p', '0'},
	{'q', '1'},
	{'r', '2'},
	{'s', '3'},
	{'t', '4'},
	{'u', '5'},
	{'v', '6'},
	{'w', '7'},
	{'x', '8'},
	{'y', '9'},
	{'a', KEY_CODE_UP},
	{'b', KEY_CODE_DOWN},
	{'c', KEY_CODE_RIGHT},
	{'d', KEY_CODE_LEFT},
};
/* ESC [ number ~ */
static const uint32_t numbers[] = {
	[1] = KEY_CODE_HOME,     [2] = KEY_CODE_INSERT,  [3] = KEY_CODE_DELETE,
	[4] = KEY_CODE_END,      [5] = KEY_CODE_PAGE_UP, [6] = KEY_CODE_PAGE_DOWN,
	[7] = KEY_CODE_HOME,     [8] = KEY_CODE_END,     [11] = KEY_CODE_F1,
	[12] = KEY_CODE_F1 + 1,  [13] = KEY_CODE_F1 + 2, [14] = KEY_CODE_F1 + 3,
	[15] = KEY_CODE_F1 + 4,  [17] = KEY_CODE_F1 + 5, [18] = KEY_CODE_F1 + 6,
	[19] = KEY_CODE_F1 + 7,  [20] = KEY_CODE_F1 + 8, [21] = KEY_CODE_F1 + 9,
	[23] = KEY_CODE_F1 + 10, [24] = KEY_CODE_F12,
};

void input_init(struct input *in, bool utf8, void (*event)(void *ctx, const struct term_event *e),
                void *ctx)
{
	memset(in, 0, sizeof *in);
	in->event = event;
	in->ctx = ctx;
	in->utf8 = utf8;
	in->click_x = in->click_y = -1;
}

void input_add(struct input *in, const char *sequence, uint32_t key)
{
	size_t n = strlen(sequence);

	if (in->count >= INPUT_SEQUENCES || n < 2 || n >= INPUT_SEQUENCE || sequence[0] != ESC)
		return;
	struct input_sequence *s = &in->sequences[in->count++];

	memcpy(s->text, sequence, n + 1);
	s->length = n;
	s->key = key;
}

static void send_key(struct input *in, uint32_t key)
{
	struct term_event e = {.key = key};

	if (key != KEY_CODE_NONE)
		in->event(in->ctx, &e);
}

static uint32_t key_of(const struct key_by_letter *table, size_t count, char letter)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].letter == letter)
			return table[i].key;
	return KEY_CODE_NONE;
}

static uint32_t key_of_letter(char letter)
{
	return key_of(letters, sizeof letters / sizeof *letters, letter);
}

static uint32_t key_of_control(uint8_t byte)
{
	switch (byte) {
	case '\t':
		return KEY_CODE_TAB;
	case '\n':
	case '\r':
		return KEY_CODE_ENTER;
	case '\b':
	case DELETE:
		return KEY_CODE_BACKSPACE;
	case ESC:
		return KEY_CODE_ESCAPE;
	}
	return byte <= 26 ? byte : KEY_CODE_NONE;
}

/* A report of the mouse; x and y from 1. Only the first button and the wheel are of use. */
static void send_mouse(struct input *in, unsigned button, int x, int y, bool pressed)
{
	struct term_event e = {.key = KEY_CODE_MOUSE, .x = x - 1, .y = y - 1};
	unsigned which = button & BUTTON_MASK;

	if (!pressed || (button & (BUTTON_MOTION | BUTTON_EXTRA)) != 0 || e.x < 0 || e.y < 0)
		return;
	if ((button & BUTTON_WHEEL) != 0) {
		if (which > 1)
			return; /* sideways */
		e.mouse = which == 0 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	} else if (which != 0) {
		return;
	} else if (e.x == in->click_x && e.y == in->click_y &&
	           in->now_ms - in->click_ms <= DOUBLE_CLICK_MS) {
		e.mouse = MOUSE_DOUBLE;
		in->click_x = -1; /* a third click is a first one */
	} else {
		e.mouse = MOUSE_CLICK;
		in->click_x = e.x;
		in->click_y = e.y;
		in->click_ms = in->now_ms;
	}
	in->event(in->ctx, &e);
}

/* ESC [ < button ; x ; y M, or m when it is let go (xterm's ctlseqs: SGR 1006). */
static void sgr_mouse(struct input *in, const char *parameters, char final)
{
	char *end;
	unsigned long button = strtoul(parameters, &end, 10);
	long x = *end == ';' ? strtol(end + 1, &end, 10) : 0;
	long y = *end == ';' ? strtol(end + 1, &end, 10) : 0;

	if (button < 256 && x > 0 && x < 65536 && y > 0 && y < 65536)
		send_mouse(in, (unsigned)button, (int)x, (int)y, final == 'M');
}

static void csi(struct input *in, const char *parameters, char final)
{
	unsigned long number;

	if (*parameters == '<' && (final == 'M' || final == 'm')) {
		sgr_mouse(in, parameters + 1, final);
		return;
	}
	if (final != '~') {
		send_key(in, key_of_letter(final));
		return;
	}
	number = strtoul(parameters, NULL, 10);
	if (number == 200)
		in->pasting = true;
	else if (number < sizeof numbers / sizeof *numbers)
		send_key(in, numbers[number]);
}

/* ESC [ ...: bytes taken, 0 when more must come. Malformed: what was wrong is left for the next. */
static size_t take_csi(struct input *in)
{
	const uint8_t *p = in->pending;
	char parameters[INPUT_PENDING];
	size_t n = 2;

	if (in->length > 2 && p[2] == '[') { /* linux console: ESC [ [ A to E are F1 to F5 */
		if (in->length < 4)
			return 0;
		if (p[3] >= 'A' && p[3] <= 'E')
			send_key(in, KEY_CODE_F1 + (uint32_t)(p[3] - 'A'));
		return 4;
	}
	if (in->length > 2 && p[2] == 'M') { /* X10 mouse: three bytes follow */
		if (in->length < 6)
			return 0;
		if (p[3] >= X10_OFFSET)
			send_mouse(in, p[3] - X10_OFFSET, p[4] - X10_OFFSET, p[5] - X10_OFFSET,
			           (p[3] & BUTTON_MASK) != BUTTON_MASK);
		return 6;
	}
	while (n < in->length && p[n] >= 0x20 && p[n] <= 0x3f)
		n++;
	if (n == in->length)
		return n < INPUT_PENDING ? 0 : n;
	if (p[n] < 0x40 || p[n] > 0x7e)
		return n;
	memcpy(parameters, p + 2, n - 2);
	parameters[n - 2] = '\0';
	csi(in, parameters, (char)p[n]);
	return n + 1;
}

/* One of the terminal's own sequences: its length; 0 when it may become one; else -1. */
static int take_own(struct input *in)
{
	bool begun = false;

	for (size_t i = 0; i < in->count; i++) {
		const struct input_sequence *s = &in->sequences[i];
		size_t n = s->length < in->length ? s->length : in->length;

		if (memcmp(s->text, in->pending, n) != 0)
			continue;
		if (n == s->length) {
			send_key(in, s->key);
			return (int)n;
		}
		begun = true;
	}
	return begun ? 0 : -1;
}

static size_t take_escape(struct input *in)
{
	int own;
	uint32_t key;

	if (in->length == 1)
		return 0;
	own = take_own(in);
	if (own >= 0)
		return (size_t)own;
	if (in->pending[1] == '[')
		return take_csi(in);
	if (in->pending[1] != 'O') {
		send_key(in, KEY_CODE_ESCAPE); /* and a key after it */
		return 1;
	}
	if (in->length == 2)
		return 0;
	key = key_of(keypad, sizeof keypad / sizeof *keypad, (char)in->pending[2]);
	send_key(in, key != KEY_CODE_NONE ? key : key_of_letter((char)in->pending[2]));
	return 3;
}

/* Bytes of a character by its first; 0: no character begins so. */
static size_t utf8_length(uint8_t first)
{
	return first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

static size_t take_character(struct input *in)
{
	size_t length = utf8_length(in->pending[0]);
	const char *next = (const char *)in->pending;
	uint32_t codepoint;

	if (in->pending[0] < 0x80 && in->pending[0] != DELETE && in->pending[0] >= 0x20) {
		send_key(in, in->pending[0]);
		return 1;
	}
	if (in->pending[0] < 0x80) {
		send_key(in, key_of_control(in->pending[0]));
		return 1;
	}
	if (!in->utf8 || length == 0)
		return 1;
	for (size_t i = 1; i < length && i < in->length; i++)
		if ((in->pending[i] & 0xc0) != 0x80)
			return i; /* cut short: what follows is something else */
	if (in->length < length)
		return 0;
	in->pending[in->length] = '\0';
	codepoint = text_next(&next);
	if (codepoint >= 0xa0 && codepoint != 0xfffd)
		send_key(in, codepoint);
	return length;
}

/* Inside a paste: characters go through if they are wanted, nothing acts as a key. */
static size_t take_pasted(struct input *in)
{
	size_t n = sizeof paste_end - 1 < in->length ? sizeof paste_end - 1 : in->length;
	uint8_t first = in->pending[0];

	if (memcmp(in->pending, paste_end, n) == 0) {
		if (n < sizeof paste_end - 1)
			return 0;
		in->pasting = false;
		return n;
	}
	if (in->accept_paste && first == '\t')
		send_key(in, ' ');
	if (first < 0x20 || first == DELETE)
		return 1;
	if (in->accept_paste)
		return take_character(in);
	return 1;
}

static size_t take(struct input *in)
{
	if (in->pasting)
		return take_pasted(in);
	return in->pending[0] == ESC ? take_escape(in) : take_character(in);
}

/* Take n bytes off the front. */
static void drop(struct input *in, size_t n)
{
	if (n > in->length)
		n = in->length;
	in->length -= n;
	memmove(in->pending, in->pending + n, in->length);
}

void input_feed(struct input *in, const void *bytes, size_t n, uint64_t now_ms)
{
	const uint8_t *p = bytes;

	in->now_ms = now_ms;
	while (n > 0 || in->length > 0) {
		size_t room = INPUT_PENDING - in->length, part = n < room ? n : room, taken;

		memcpy(in->pending + in->length, p, part);
		in->length += part;
		p += part;
		n -= part;
		taken = take(in);
		if (taken == 0 && n == 0)
			break;
		drop(in, taken != 0 || in->length < INPUT_PENDING ? taken : 1);
	}
}

unsigned input_wait_ms(const struct input *in)
{
	if (in->pasting)
		return WAIT_PASTE_MS;
	if (in->length == 0)
		return 0;
	return in->pending[0] == ESC && in->length <= 2 ? WAIT_ESC_MS : WAIT_SEQUENCE_MS;
}

void input_timeout(struct input *in)
{
	uint8_t rest[INPUT_PENDING];
	size_t n = in->length;

	in->length = 0;
	if (in->pasting || n == 0) {
		in->pasting = false; /* its end was lost: better to listen again than never */
		return;
	}
	memcpy(rest, in->pending, n);
	if (rest[0] != ESC || n > 2)
		return; /* torn in the middle: no key at all */
	send_key(in, KEY_CODE_ESCAPE);
	if (n == 2)
		send_key(in, rest[1]);
}

void input_forget(struct input *in)
{
	in->length = 0;
	in->pasting = false;
	in->click_x = in->click_y = -1;
}
