/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an interval is: which dimensions have history and how fine, and its life. What is in one is
 * the business of harvest.c. Any thread.
 */
#include "config.h"

#include "dpitop/interval.h"

#include <string.h>

#include "dpitop/mem.h"
#include "model/interval_parts.h"

enum { BLOCK_BYTES = 16384 };

struct interval_block {
	struct interval_block *next;
	size_t used, size;
	char bytes[];
};

static const unsigned steps_s[INTERVAL_CLASSES] = {[INTERVAL_LINE] = 1, [INTERVAL_KIND] = 10, [INTERVAL_HOST] = 60};

/* One more than the class: what is not named has no history. */
static const uint8_t classes[DIM_LIST_COUNT] = {
	[DIM_INTERFACE] = INTERVAL_LINE + 1,
	[DIM_APP] = INTERVAL_KIND + 1,
	[DIM_CATEGORY] = INTERVAL_KIND + 1,
	[DIM_BREED] = INTERVAL_KIND + 1,
	[DIM_L4] = INTERVAL_KIND + 1,
	[DIM_IP_VERSION] = INTERVAL_KIND + 1,
	[DIM_ETHERTYPE] = INTERVAL_KIND + 1,
	[DIM_STATE] = INTERVAL_KIND + 1,
	[DIM_TCP_FLAGS] = INTERVAL_KIND + 1,
	[DIM_SUBNET] = INTERVAL_KIND + 1,
	[DIM_SUBNET_PAIR] = INTERVAL_KIND + 1,
	[DIM_COUNTRY] = INTERVAL_KIND + 1,
	[DIM_AS] = INTERVAL_KIND + 1,
	[DIM_VLAN] = INTERVAL_KIND + 1,
	[DIM_VLAN_PAIR] = INTERVAL_KIND + 1,
	[DIM_SITE_CATEGORY] = INTERVAL_KIND + 1,
	[DIM_EXPORTER] = INTERVAL_KIND + 1,
	[DIM_HOST] = INTERVAL_HOST + 1,
	[DIM_PORT] = INTERVAL_HOST + 1,
	[DIM_COUNTRY_PAIR] = INTERVAL_HOST + 1,
	[DIM_AS_PAIR] = INTERVAL_HOST + 1,
	[DIM_CITY] = INTERVAL_HOST + 1,
};

unsigned interval_step_s(enum interval_class c)
{
	return c < INTERVAL_CLASSES ? steps_s[c] : 0;
}

enum interval_class interval_class_of(enum dim d)
{
	return d < DIM_LIST_COUNT && classes[d] != 0 ? (enum interval_class)(classes[d] - 1) : INTERVAL_CLASSES;
}

struct interval *interval_new(enum interval_class c, int64_t from_us, int64_t to_us)
{
	struct interval *i = mem_zalloc(sizeof *i);

	i->refs = 1;
	i->class_ = c;
	i->from_us = from_us;
	i->to_us = to_us;
	i->memory_bytes = sizeof *i;
	return i;
}

struct interval_row *interval_add(struct interval *i)
{
	struct interval_row *r;

	if (i->count == i->room) {
		i->memory_bytes -= i->room * sizeof *i->rows;
		i->room = i->room != 0 ? i->room * 2 : 16;
		i->rows = mem_grow(i->rows, i->room, sizeof *i->rows);
		i->memory_bytes += i->room * sizeof *i->rows;
	}
	r = &i->rows[i->count++];
	memset(r, 0, sizeof *r);
	r->name = "";
	return r;
}

const char *interval_text(struct interval *i, const char *text)
{
	size_t n = strlen(text) + 1;
	struct interval_block *b = i->blocks;
	char *to;

	if (n == 1)
		return "";
	if (b == NULL || n > b->size - b->used) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

		b = mem_alloc(sizeof *b + size);
		*b = (struct interval_block){.next = i->blocks, .size = size};
		i->blocks = b;
		i->memory_bytes += sizeof *b + size;
	}
	to = b->bytes + b->used;
	b->used += n;
	return memcpy(to, text, n);
}

void interval_ref(struct interval *i)
{
	__atomic_add_fetch(&i->refs, 1, __ATOMIC_RELAXED);
}

void interval_unref(struct interval *i)
{
	struct interval_block *b, *next;

	if (i == NULL || __atomic_sub_fetch(&i->refs, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	for (b = i->blocks; b != NULL; b = next) {
		next = b->next;
		mem_free(b);
	}
	mem_free(i->rows);
	mem_free(i);
}
