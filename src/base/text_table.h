/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Character classes for text.c, from the Unicode Character Database. Any thread.
 */
#ifndef DPITOP_BASE_TEXT_TABLE_H
#define DPITOP_BASE_TEXT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

bool text_in_wide(uint32_t c);   /* East Asian Width W or F */
bool text_in_marks(uint32_t c);  /* general category Mn or Me */
bool text_in_hidden(uint32_t c); /* Cf, Zl, Zp, Co, Cs, unassigned planes: never shown */

#endif
