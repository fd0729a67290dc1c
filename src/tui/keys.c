/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of keys, both ways. Knows no terminal. Constant; any thread; called by bindings, help and dumps.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dpitop/text.h"
#include "tui/keys.h"
#include "tui/term.h"

enum { F_KEYS = 12, CONTROL_LAST = 26, DELETE = 0x7f, BAD_BYTE = 0xfffd };

static const struct named_key {
	const char *name;
	uint32_t key;
} named[] = {
	{"Up", KEY_CODE_UP}, {"Down", KEY_CODE_DOWN}, {"Left", KEY_CODE_LEFT}, {"Right", KEY_CODE_RIGHT},
	{"PgUp", KEY_CODE_PAGE_UP}, {"PgDn", KEY_CODE_PAGE_DOWN}, {"Home", KEY_CODE_HOME}, {"End", KEY_CODE_END},
	{"Insert", KEY_CODE_INSERT}, {"Delete", KEY_CODE_DELETE}, {"Backspace", KEY_CODE_BACKSPACE}, {"Tab", KEY_CODE_TAB},
	{"Shift-Tab", KEY_CODE_BACK_TAB}, {"Enter", KEY_CODE_ENTER}, {"Esc", KEY_CODE_ESCAPE}, {"Space", ' '},
};

enum { NAMED = sizeof named / sizeof named[0] };

static uint32_t f_key(const char *name, size_t n)
{
	uint32_t number = 0;

	if (n < 2 || n > 3 || (name[0] != 'F' && name[0] != 'f') || name[1] == '0')
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		number = number * 10 + (uint32_t)(name[i] - '0');
	}
	return number <= F_KEYS ? KEY_F(number) : 0;
}

static uint32_t control_key(const char *name, size_t n)
{
	static const char prefix[] = "ctrl-";
	size_t length = sizeof prefix - 1;
	uint32_t letter;

	if (n != length + 1 || strncasecmp(name, prefix, length) != 0)
		return 0;
	letter = (uint32_t)name[length] | 0x20;
	return letter >= 'a' && letter <= 'z' ? KEY_CONTROL(letter) : 0;
}

uint32_t key_parse(const char *name, size_t n)
{
	char one[8];
	const char *at = one;
	uint32_t key;

	for (size_t i = 0; i < NAMED; i++)
		if (strlen(named[i].name) == n && strncasecmp(named[i].name, name, n) == 0)
			return named[i].key;
	key = f_key(name, n);
	if (key == 0)
		key = control_key(name, n);
	if (key != 0 || n == 0 || n >= sizeof one)
		return key;
	memcpy(one, name, n);
	one[n] = '\0';
	key = text_next(&at);
	return *at == '\0' && key > ' ' && key != DELETE && key != BAD_BYTE ? key : 0;
}

const char *key_name(uint32_t key, char buf[KEY_TEXT])
{
	size_t n;

	for (size_t i = 0; i < NAMED; i++) {
		if (named[i].key == key) {
			snprintf(buf, KEY_TEXT, "%s", named[i].name);
			return buf;
		}
	}
	if (key >= KEY_F(1) && key <= KEY_F(F_KEYS))
		snprintf(buf, KEY_TEXT, "F%u", (unsigned)(key - KEY_F(1) + 1));
	else if (key >= 1 && key <= CONTROL_LAST)
		snprintf(buf, KEY_TEXT, "ctrl-%c", (char)('A' + key - 1));
	else {
		n = text_put(buf, KEY_TEXT, key);
		buf[n] = '\0';
	}
	return buf;
}
