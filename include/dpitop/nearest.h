/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of the words there are was probably meant: for messages about a wrong one. Any thread.
 */
#ifndef DPITOP_NEAREST_H
#define DPITOP_NEAREST_H

#include <stddef.h>

enum { NEAREST_MAX = 3, NEAREST_WORD = 40 };

struct nearest {
	char word[NEAREST_WORD]; /* the wrong one, cut, in lower case */
	const char *best[NEAREST_MAX]; /* borrowed; nearest first */
	unsigned distance[NEAREST_MAX];
	size_t count;
};

void nearest_init(struct nearest *n, const char *word, size_t length);
void nearest_offer(struct nearest *n, const char *candidate); /* kept while it looks like the word */
/* "sent_bytes or sent_rate", all as near as the nearest; "" if nothing is near. Returns buf. */
const char *nearest_text(const struct nearest *n, char *buf, size_t size);

#endif
