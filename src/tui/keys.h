/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of keys: what help and footer show, `bind` lines hold and scripts of tests press. Constant; any
 * thread.
 */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum { KEY_TEXT = 16 };

#define KEY_CONTROL(letter) ((uint32_t)((letter) - 'a' + 1))
#define KEY_F(n) ((uint32_t)(KEY_CODE_F1 + (n) - 1))

/* "F4", "ctrl-D", "PgDn", "Space", or the character itself; 0: there is no such key. */
uint32_t key_parse(const char *name, size_t n);
const char *key_name(uint32_t key, char buf[KEY_TEXT]); /* what key_parse() reads; returns buf */

#endif
