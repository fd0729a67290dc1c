/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app/ring.c: packets of any length in memory of one size.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "app/ring.h"

Suite *ring_suite(void);

enum { SIZE = 4096, HEADER = 32 };

static uint8_t bytes[SIZE * 2]; /* a test is a process of its own: this is not shared */

/* Number i, recognised by its bytes, time and length. */
static void put(struct ring *r, unsigned i, uint32_t length)
{
	struct frame f = {.ts_us = 1000 + i, .cap_len = length, .wire_len = length + i, .data = bytes};

	memset(bytes, (int)(i % 251), length);
	ring_put(r, i % 3, 1 + (int)(i % 2), &f);
}

static void expect(const struct ring_packet *p, unsigned i, uint32_t length)
{
	ck_assert_int_eq(p->frame.ts_us, 1000 + i);
	ck_assert_uint_eq(p->frame.cap_len, length);
	ck_assert_uint_eq(p->frame.wire_len, length + i);
	ck_assert_uint_eq(p->source, i % 3);
	ck_assert_int_eq(p->linktype, 1 + (int)(i % 2));
	memset(bytes, (int)(i % 251), length);
	ck_assert(memcmp(p->frame.data, bytes, length) == 0);
}

START_TEST(ring_gives_packets_back_as_they_were_put)
{
	struct ring *r = ring_new(SIZE, NULL);
	struct ring_cursor c;
	struct ring_packet p;

	put(r, 0, 60);
	put(r, 1, 0);
	put(r, 2, 1514);
	ring_begin(r, &c);
	for (unsigned i = 0; i < 3; i++) {
		static const uint32_t lengths[] = {60, 0, 1514};

		ck_assert(ring_next(r, &c, &p));
		expect(&p, i, lengths[i]);
	}
	ck_assert(!ring_next(r, &c, &p));
	ck_assert_uint_eq(c.missed, 0);
	ring_free(r);
}
END_TEST

START_TEST(ring_that_is_full_forgets_the_oldest)
{
	struct ring *r = ring_new(SIZE, NULL);
	struct ring_info info;
	struct ring_cursor c;
	struct ring_packet p;

	for (unsigned i = 0; i < 1000; i++)
		put(r, i, 96); /* 32 of them with their headers fit exactly */
	ring_state(r, &info);
	ck_assert_uint_eq(info.packets, 32);
	ck_assert_uint_eq(info.used_bytes, SIZE);
	ck_assert_uint_eq(info.size_bytes, SIZE);
	ck_assert_int_eq(info.oldest_us, 1000 + 968);
	ck_assert_int_eq(info.newest_us, 1000 + 999);
	ring_begin(r, &c);
	ck_assert(ring_next(r, &c, &p));
	expect(&p, 968, 96);
	ring_free(r);
}
END_TEST

/* Lengths in a row that meet the memory's end in every way. */
static uint32_t length_of(unsigned i)
{
	return (uint32_t)(i * 2654435761u >> 7) % 1200;
}

START_TEST(ring_holds_the_newest_of_packets_of_any_length)
{
	struct ring *r = ring_new(SIZE, NULL);

	for (unsigned i = 0; i < 5000; i++) {
		struct ring_info info;
		struct ring_cursor c;
		struct ring_packet p;
		unsigned first, n = 0;

		put(r, i, length_of(i));
		ring_state(r, &info);
		ck_assert_uint_le(info.used_bytes, SIZE);
		ck_assert_uint_ge(info.packets, 1);
		first = i + 1 - (unsigned)info.packets;
		for (ring_begin(r, &c); ring_next(r, &c, &p); n++)
			expect(&p, first + n, length_of(first + n));
		ck_assert_uint_eq(n, info.packets);
	}
	ring_free(r);
}
END_TEST

START_TEST(ring_cursor_that_is_overtaken_counts_what_it_missed)
{
	struct ring *r = ring_new(SIZE, NULL);
	struct ring_cursor c;
	struct ring_packet p;

	for (unsigned i = 0; i < 32; i++)
		put(r, i, 96);
	ring_begin(r, &c);
	ck_assert(ring_next(r, &c, &p));
	for (unsigned i = 32; i < 42; i++)
		put(r, i, 96); /* 0 to 9 are gone, 0 was seen */
	for (unsigned i = 10; i < 32; i++) {
		ck_assert(ring_next(r, &c, &p));
		expect(&p, i, 96);
	}
	ck_assert(!ring_next(r, &c, &p)); /* what came later is not of this walk */
	ck_assert_uint_eq(c.missed, 9);
	ring_free(r);
}
END_TEST

START_TEST(ring_cursor_overtaken_by_everything_ends)
{
	struct ring *r = ring_new(SIZE, NULL);
	struct ring_cursor c;
	struct ring_packet p;

	for (unsigned i = 0; i < 5; i++)
		put(r, i, 200);
	ring_begin(r, &c);
	for (unsigned i = 5; i < 500; i++)
		put(r, i, length_of(i));
	ck_assert(!ring_next(r, &c, &p));
	ck_assert_uint_eq(c.missed, 5);
	ring_free(r);
}
END_TEST

START_TEST(ring_leaves_a_packet_out_that_is_larger_than_itself)
{
	struct ring *r = ring_new(SIZE, NULL);
	struct ring_info info;

	put(r, 0, 60);
	put(r, 1, SIZE - HEADER + 1);
	ring_state(r, &info);
	ck_assert_uint_eq(info.packets, 1);
	put(r, 2, SIZE - HEADER); /* this one fits, alone */
	ring_state(r, &info);
	ck_assert_uint_eq(info.packets, 1);
	ck_assert_int_eq(info.oldest_us, 1002);
	ring_free(r);
}
END_TEST

START_TEST(ring_that_is_empty_gives_nothing)
{
	struct ring *r = ring_new(SIZE, NULL);
	struct ring_info info;
	struct ring_cursor c;
	struct ring_packet p;

	ring_begin(r, &c);
	ck_assert(!ring_next(r, &c, &p));
	ring_state(r, &info);
	ck_assert_uint_eq(info.packets + info.used_bytes, 0);
	ring_free(r);
}
END_TEST

/* As large as what is kept when that is nothing. */
START_TEST(ring_of_one_byte_has_a_size_and_gives_nothing)
{
	struct ring *r = ring_new(1, NULL);
	struct ring_info info;
	struct ring_cursor c;
	struct ring_packet p;

	put(r, 0, 0);
	ring_state(r, &info);
	ck_assert_uint_gt(info.size_bytes, 0); /* what is given back is what was taken */
	ck_assert_uint_eq(info.packets, 0);
	ring_begin(r, &c);
	ck_assert(!ring_next(r, &c, &p));
	ring_free(r);
}
END_TEST

START_TEST(ring_for_which_there_is_no_memory_says_so)
{
	struct error e = {.code = ERR_NONE};

	ck_assert_ptr_eq(ring_new((size_t)1 << 62, &e), NULL);
	ck_assert_int_eq(e.code, ERR_LIMIT);
	ck_assert_ptr_ne(strstr(e.text, "cannot keep packets"), NULL);
}
END_TEST

Suite *ring_suite(void)
{
	Suite *s = suite_create("ring");
	TCase *t = tcase_create("packets");

	tcase_add_test(t, ring_gives_packets_back_as_they_were_put);
	tcase_add_test(t, ring_that_is_full_forgets_the_oldest);
	tcase_add_test(t, ring_holds_the_newest_of_packets_of_any_length);
	tcase_add_test(t, ring_cursor_that_is_overtaken_counts_what_it_missed);
	tcase_add_test(t, ring_cursor_overtaken_by_everything_ends);
	tcase_add_test(t, ring_leaves_a_packet_out_that_is_larger_than_itself);
	tcase_add_test(t, ring_that_is_empty_gives_nothing);
	tcase_add_test(t, ring_of_one_byte_has_a_size_and_gives_nothing);
	tcase_add_test(t, ring_for_which_there_is_no_memory_says_so);
	suite_add_tcase(s, t);
	return s;
}
