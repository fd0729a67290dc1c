/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names and texts of a flow in one small heap block: offsets, then the strings, each cleaned. Most
 * flows have none. Engine thread; made by dpi.c, read by all who hold the flow.
 */
#include "config.h"

#include <string.h>

#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "flow/entry.h"

enum { TEXT_MAX = 512 }; /* bytes of one string with its end */

struct flow_meta {
	uint16_t at[FLOW_TEXT_COUNT]; /* into text[]; 0: empty */
	uint16_t size;
	char text[]; /* text[0] is '\0' */
};

const char *flow_meta_text(const struct flow_meta *m, enum flow_text which)
{
	return m != NULL ? m->text + m->at[which] : "";
}

struct flow_meta *flow_meta_new(const char *const text[FLOW_TEXT_COUNT])
{
	char clean[1 + FLOW_TEXT_COUNT * TEXT_MAX];
	uint16_t at[FLOW_TEXT_COUNT] = {0};
	size_t size = 1;
	struct flow_meta *m;

	clean[0] = '\0';
	for (unsigned i = 0; i < FLOW_TEXT_COUNT; i++) {
		if (text[i] == NULL || text[i][0] == '\0')
			continue;
		at[i] = (uint16_t)size;
		size += text_clean(clean + size, TEXT_MAX, text[i], strlen(text[i])) + 1;
	}
	if (size == 1)
		return NULL;
	m = mem_alloc(sizeof *m + size);
	memcpy(m->at, at, sizeof at);
	m->size = (uint16_t)size;
	memcpy(m->text, clean, size);
	return m;
}

struct flow_meta *flow_meta_copy(const struct flow_meta *m)
{
	size_t n = flow_meta_memory(m);

	return n != 0 ? memcpy(mem_alloc(n), m, n) : NULL;
}

size_t flow_meta_memory(const struct flow_meta *m)
{
	return m != NULL ? sizeof *m + m->size : 0;
}
