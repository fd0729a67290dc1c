/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets one behind the other, each with a header, never torn at the end of the memory. Positions
 * count the bytes put since the start; where they lie is the rest by the size. Engine's thread.
 */
#include "config.h"

#include "app/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "dpitop/mem.h"
#include "dpitop/units.h"

enum { ALIGN = 8 };

struct record { /* before the bytes of a packet */
	uint32_t bytes; /* with this header and padding; 0: nothing more before the memory's end */
	uint32_t cap_len, wire_len;
	int32_t linktype;
	int64_t ts_us;
	uint32_t source, unused;
};

_Static_assert(sizeof(struct record) % ALIGN == 0, "records stay aligned");

struct ring {
	uint8_t *memory;
	uint64_t size;       /* a multiple of ALIGN */
	uint64_t head, tail; /* where the next goes, where the oldest lies */
	uint64_t put;        /* packets ever */
	uint64_t first;      /* number of the oldest */
	int64_t newest_us;
};

struct ring *ring_new(size_t bytes, struct error *e)
{
	struct ring *r;
	char text[UNIT_TEXT];
	size_t size = bytes > ALIGN ? bytes / ALIGN * ALIGN : ALIGN;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		error_set(e, ERR_LIMIT, "cannot keep packets in %s of memory: %s",
			  unit_bytes(bytes, text, sizeof text), strerror(errno));
		return NULL;
	}
	r = mem_zalloc(sizeof *r);
	r->memory = memory;
	r->size = size;
	return r;
}

void ring_free(struct ring *r)
{
	if (r == NULL)
		return;
	munmap(r->memory, r->size);
	mem_free(r);
}

static struct record *at(const struct ring *r, uint64_t position)
{
	return (struct record *)(void *)(r->memory + position % r->size);
}

static uint64_t to_end(const struct ring *r, uint64_t position)
{
	return r->size - position % r->size;
}

/* Is there a record here, or only the unused end of the memory? */
static bool is_unused(const struct ring *r, uint64_t position)
{
	return to_end(r, position) < sizeof(struct record) || at(r, position)->bytes == 0;
}

static void drop_oldest(struct ring *r)
{
	if (is_unused(r, r->tail)) {
		r->tail += to_end(r, r->tail);
		return;
	}
	r->tail += at(r, r->tail)->bytes;
	r->first++;
}

/* Room for a record in one piece, at head. */
static void make_room(struct ring *r, uint64_t bytes)
{
	uint64_t left = to_end(r, r->head), skip = left < bytes ? left : 0;

	while (r->tail < r->head && r->head + skip + bytes - r->tail > r->size)
		drop_oldest(r);
	if (skip >= sizeof(struct record))
		at(r, r->head)->bytes = 0;
	r->head += skip;
	if (r->first == r->put)
		r->tail = r->head;
}

void ring_put(struct ring *r, unsigned source, int linktype, const struct frame *f)
{
	uint64_t bytes = (sizeof(struct record) + f->cap_len + ALIGN - 1) / ALIGN * ALIGN;
	struct record *record;

	if (bytes > r->size)
		return;
	make_room(r, bytes);
	record = at(r, r->head);
	*record = (struct record){
		.bytes = (uint32_t)bytes, .cap_len = f->cap_len, .wire_len = f->wire_len,
		.linktype = linktype, .ts_us = f->ts_us, .source = source,
	};
	if (f->cap_len > 0)
		memcpy(record + 1, f->data, f->cap_len);
	r->head += bytes;
	r->put++;
	r->newest_us = f->ts_us;
}

void ring_begin(const struct ring *r, struct ring_cursor *c)
{
	*c = (struct ring_cursor){.at = r->tail, .end = r->head, .number = r->first, .last = r->put};
}

bool ring_next(const struct ring *r, struct ring_cursor *c, struct ring_packet *out)
{
	const struct record *record;

	if (c->at < r->tail) { /* overtaken, perhaps by all that was there */
		uint64_t there = r->first < c->last ? r->first : c->last;

		c->missed += there - c->number;
		c->number = there;
		c->at = r->tail;
	}
	if (c->at < c->end && is_unused(r, c->at))
		c->at += to_end(r, c->at);
	if (c->at >= c->end)
		return false;
	record = at(r, c->at);
	*out = (struct ring_packet){
		.frame = {.ts_us = record->ts_us, .cap_len = record->cap_len,
			  .wire_len = record->wire_len, .data = (const uint8_t *)(record + 1)},
		.source = record->source, .linktype = record->linktype,
	};
	c->at += record->bytes;
	c->number++;
	return true;
}

void ring_state(const struct ring *r, struct ring_info *out)
{
	struct ring_cursor c;
	struct ring_packet oldest;

	*out = (struct ring_info){.size_bytes = r->size, .used_bytes = r->head - r->tail,
				  .packets = r->put - r->first, .newest_us = r->newest_us};
	ring_begin(r, &c);
	out->oldest_us = ring_next(r, &c, &oldest) ? oldest.frame.ts_us : r->newest_us;
}
