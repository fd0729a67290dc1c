/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: the one place where bytes from the network become printable, and what the screen needs to
 * know of UTF-8: cells, cutting, padding. Independent of the locale. Any thread.
 */
#ifndef DPITOP_TEXT_H
#define DPITOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copy n bytes of hostile text into dst as valid, printable UTF-8, always terminated, cut at a
 * character. Controls (C0, DEL, C1), invalid UTF-8, bidi and zero-width format characters,
 * surrogates, non-characters, private use, unassigned, line/paragraph separators each become '?'. More
 * than two combining marks on one base, and marks without a base, are dropped. Stops at a NUL byte.
 * dst may be src itself, for it never grows. Returns bytes written. */
size_t text_clean(char *dst, size_t size, const void *src, size_t n);

/* The same for text of any length, piece by piece: begin with .marks = TEXT_MARKS_MAX and call until
 * left is 0. Each piece is clean and the pieces joined are what text_clean() would write; size must
 * be 5 at least, or nothing moves. */
enum { TEXT_MARKS_MAX = 2 };
struct text_part {
	const void *src; /* borrowed while it lasts */
	size_t left;
	unsigned marks; /* on the base that came last */
};
size_t text_clean_part(char *dst, size_t size, struct text_part *part);

bool text_is_clean(const char *s); /* would text_clean() change it? */
/* Next code point of valid UTF-8; advances *s. 0 at the end; 0xFFFD for a bad byte. */
uint32_t text_next(const char **s);
int text_cell(uint32_t codepoint);       /* 0, 1 or 2 terminal cells */
int text_width(const char *s);           /* cells of the whole string */
/* Bytes of s that fit in cells; *used gets the cells they take (may be cells-1 before a wide one). */
size_t text_fit(const char *s, int cells, int *used);
/* Bytes of the first line of s in a column of so many cells: to its end, else to the last place where a line may
 * break (before a blank, beside a wide character but not before what closes), else as much as fits. */
size_t text_line(const char *s, int cells);
/* Cut s to cells with an ellipsis at the end, or at the start if keep_end (names: the end tells
 * less; addresses: the start tells less). ascii uses '~'. Returns dst. */
char *text_ellipsis(char *dst, size_t size, const char *s, int cells, bool keep_end, bool ascii);
size_t text_put(char *dst, size_t size, uint32_t codepoint); /* encode; bytes, 0 if no room */

#endif
