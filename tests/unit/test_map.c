/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * base/map.c and hash.c: bounded, stable pointers, seeded.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/map.h"

Suite *map_suite(void);

struct item {
	uint32_t key;
	uint32_t value;
};

START_TEST(map_touch_creates_once_and_get_never)
{
	struct map *m = map_new(4, sizeof(struct item), 100, 1);
	uint32_t key = 7;
	bool created;

	ck_assert_ptr_null(map_get(m, &key));
	struct item *i = map_touch(m, &key, &created);

	ck_assert(created);
	ck_assert_uint_eq(i->value, 0);
	i->value = 5;
	ck_assert_ptr_eq(map_touch(m, &key, &created), i);
	ck_assert(!created);
	ck_assert_ptr_eq(map_get(m, &key), i);
	ck_assert_uint_eq(map_count(m), 1);
	map_free(m);
}
END_TEST

START_TEST(map_when_full_refuses_and_keeps_all)
{
	struct map *m = map_new(4, sizeof(struct item), 50, 1);

	for (uint32_t k = 0; k < 60; k++)
		ck_assert((map_touch(m, &k, NULL) != NULL) == (k < 50));
	for (uint32_t k = 0; k < 60; k++)
		ck_assert((map_get(m, &k) != NULL) == (k < 50));
	map_free(m);
}
END_TEST

START_TEST(map_agrees_with_an_array_under_random_work)
{
	enum { KEYS = 3000 };
	struct map *m = map_new(4, sizeof(struct item), KEYS, hash_seed());
	static struct item *known[KEYS];
	size_t count = 0;

	srand(3);
	for (int step = 0; step < 100000; step++) {
		uint32_t k = (uint32_t)rand() % KEYS;

		if (rand() % 3 != 0) {
			struct item *i = map_touch(m, &k, NULL);

			if (known[k] == NULL) {
				ck_assert_uint_eq(i->value, 0);
				count++;
			} else {
				ck_assert_ptr_eq(i, known[k]); /* entries never move */
				ck_assert_uint_eq(i->value, k + 1);
			}
			i->value = k + 1;
			known[k] = i;
		} else if (known[k] != NULL) {
			map_remove(m, known[k]);
			known[k] = NULL;
			count--;
		}
		ck_assert_uint_eq(map_count(m), count);
	}
	for (uint32_t k = 0; k < KEYS; k++)
		ck_assert_ptr_eq(map_get(m, &k), known[k]);
	map_free(m);
}
END_TEST

START_TEST(map_iteration_sees_each_entry_once_even_when_it_removes)
{
	struct map *m = map_new(4, sizeof(struct item), 1000, 9);
	size_t cursor = 0, seen = 0;
	struct item *i;

	for (uint32_t k = 0; k < 1000; k++)
		map_touch(m, &k, NULL);
	while ((i = map_next(m, &cursor)) != NULL) {
		ck_assert_uint_eq(i->value++, 0);
		seen++;
		if (i->key % 2 == 0)
			map_remove(m, i);
	}
	ck_assert_uint_eq(seen, 1000);
	ck_assert_uint_eq(map_count(m), 500);
	map_free(m);
}
END_TEST

START_TEST(map_cleared_is_empty_and_of_use)
{
	struct map *m = map_new(4, sizeof(struct item), 10, 9);
	uint32_t k = 1;
	size_t cursor = 0;

	((struct item *)map_touch(m, &k, NULL))->value = 9;
	map_clear(m);
	ck_assert_uint_eq(map_count(m), 0);
	ck_assert_ptr_null(map_next(m, &cursor));
	ck_assert_ptr_null(map_get(m, &k));
	ck_assert_uint_eq(((struct item *)map_touch(m, &k, NULL))->value, 0);
	ck_assert_uint_gt(map_memory(m), 0);
	ck_assert_uint_eq(map_max(m), 10);
	map_free(m);
}
END_TEST

START_TEST(hash_depends_on_each_byte_length_and_seed)
{
	uint8_t bytes[40] = {0};

	for (size_t n = 1; n <= sizeof bytes; n++) {
		uint64_t base = hash_bytes(bytes, n, 1);

		ck_assert(base != hash_bytes(bytes, n - 1, 1));
		ck_assert(base != hash_bytes(bytes, n, 2));
		for (size_t i = 0; i < n; i++) {
			bytes[i] ^= 0x10;
			ck_assert(base != hash_bytes(bytes, n, 1));
			bytes[i] ^= 0x10;
		}
	}
}
END_TEST

START_TEST(hash_spreads_neighbours_over_the_low_bits)
{
	enum { SLOTS = 1024, KEYS = 16 * SLOTS };
	static unsigned slots[SLOTS];
	uint64_t seed = hash_seed();

	for (uint32_t k = 0; k < KEYS; k++)
		slots[hash_bytes(&k, sizeof k, seed) % SLOTS]++;
	for (int i = 0; i < SLOTS; i++)
		ck_assert_uint_lt(slots[i], 60); /* mean 16, deviation 4 */
	ck_assert(hash_seed() != seed);
}
END_TEST

static struct item *touch(struct map *m, uint32_t key)
{
	return map_touch(m, &key, NULL);
}

static struct item *get(const struct map *m, uint32_t key)
{
	return map_get(m, &key);
}

/* Items with the keys from 0 to n - 1, each with the value key * 7. */
static struct map *filled(uint32_t n, size_t max)
{
	struct map *m = map_new(sizeof(uint32_t), sizeof(struct item), max, 42);

	for (uint32_t i = 0; i < n; i++)
		touch(m, i)->value = i * 7;
	return m;
}

START_TEST(map_get_of_an_absent_key_is_null_and_creates_nothing)
{
	struct map *m = filled(3, 10);

	ck_assert_ptr_null(get(m, 3));
	ck_assert_uint_eq(map_count(m), 3);
	map_free(m);
}
END_TEST

START_TEST(map_touch_gives_a_zeroed_entry_even_in_a_used_place)
{
	struct map *m = filled(1, 1);

	get(m, 0)->value = 99;
	map_remove(m, get(m, 0));
	ck_assert_uint_eq(touch(m, 8)->key, 8);
	ck_assert_uint_eq(get(m, 8)->value, 0);
	map_free(m);
}
END_TEST

START_TEST(map_when_full_still_touches_what_it_has)
{
	struct map *m = filled(10, 10);

	ck_assert_ptr_eq(touch(m, 9), get(m, 9));
	map_free(m);
}
END_TEST

START_TEST(map_when_full_takes_one_more_for_each_removed)
{
	struct map *m = filled(10, 10);

	map_remove(m, get(m, 4));
	ck_assert_ptr_nonnull(touch(m, 10));
	ck_assert_ptr_null(touch(m, 11));
	map_free(m);
}
END_TEST

START_TEST(map_of_no_entries_refuses_the_first)
{
	struct map *m = filled(0, 0);

	ck_assert_ptr_null(touch(m, 1));
	ck_assert_uint_eq(map_max(m), 0);
	map_free(m);
}
END_TEST

START_TEST(map_entries_never_move_while_the_map_grows)
{
	struct map *m = filled(1, 100000);
	struct item *first = get(m, 0);

	for (uint32_t i = 1; i < 100000; i++)
		touch(m, i);
	ck_assert_ptr_eq(get(m, 0), first);
	map_free(m);
}
END_TEST

START_TEST(map_entries_are_aligned_to_eight_bytes)
{
	struct map *m = map_new(3, 13, 10, 1);

	for (char i = 0; i < 10; i++)
		ck_assert_uint_eq((uintptr_t)map_touch(m, (char[3]){i}, NULL) % 8, 0);
	map_free(m);
}
END_TEST

START_TEST(map_entry_may_be_written_to_its_last_byte)
{
	struct map *m = map_new(4, 13, 300, 1);
	char key[4] = {0};

	for (int i = 0; i < 300; i++) {
		memcpy(key, &i, sizeof i);
		memset((char *)map_touch(m, key, NULL) + 4, 0xff, 9);
	}
	for (int i = 0; i < 300; i++) {
		memcpy(key, &i, sizeof i);
		map_remove(m, map_get(m, key));
	}
	ck_assert_uint_eq(map_count(m), 0);
	map_free(m);
}
END_TEST

START_TEST(map_remove_leaves_all_others_to_be_found)
{
	struct map *m = filled(1000, 1000);

	for (uint32_t i = 0; i < 1000; i += 3)
		map_remove(m, get(m, i));
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_int_eq(get(m, i) != NULL, i % 3 != 0);
	ck_assert_uint_eq(map_count(m), 666);
	map_free(m);
}
END_TEST

START_TEST(map_number_finds_the_entry_while_it_is_there_and_never_another)
{
	struct map *m = map_new(4, sizeof(struct item), 3, 1);
	uint32_t key = 7, other = 8, none = 9;
	void *e = map_touch(m, &key, NULL);
	uint32_t number = map_number(m, e);

	ck_assert_uint_ne(number, 0);
	ck_assert_ptr_eq(map_get_number(m, number, &key), e);
	ck_assert_ptr_null(map_get_number(m, number, &other));
	ck_assert_ptr_null(map_get_number(m, 0, &key));
	ck_assert_ptr_null(map_get_number(m, number + 1, &key));
	ck_assert_ptr_null(map_get_number(m, UINT32_MAX, &key));
	map_remove(m, e);
	ck_assert_ptr_null(map_get_number(m, number, &key));
	ck_assert_ptr_eq(map_touch(m, &other, NULL), e); /* in its place */
	ck_assert_ptr_null(map_get_number(m, number, &key));
	ck_assert_ptr_eq(map_get_number(m, number, &other), e);
	map_expect_number(m, number, 64);
	map_expect_number(m, UINT32_MAX, 64);
	ck_assert_ptr_null(map_get(m, &none));
	map_free(m);
}
END_TEST

START_TEST(map_remove_of_what_is_gone_does_nothing)
{
	struct map *m = filled(2, 10);
	struct item *e = get(m, 0);

	map_remove(m, e);
	map_remove(m, e);
	ck_assert_uint_eq(map_count(m), 1);
	ck_assert_ptr_ne(touch(m, 7), touch(m, 8));
	map_free(m);
}
END_TEST

START_TEST(map_next_sees_each_entry_once_in_slab_order)
{
	struct map *m = filled(1000, 1000);
	struct item *e;
	uint32_t expected = 0;

	map_remove(m, get(m, 0));
	map_remove(m, get(m, 500));
	map_remove(m, get(m, 999));
	for (size_t i = 0; (e = map_next(m, &i)) != NULL; expected++) {
		expected += expected == 0 || expected == 500;
		ck_assert_uint_eq(e->key, expected);
	}
	ck_assert_uint_eq(expected, 999);
	map_free(m);
}
END_TEST

START_TEST(map_clear_empties_and_can_be_filled_again)
{
	struct map *m = filled(1000, 1000);
	size_t cursor = 0, memory;

	map_remove(m, get(m, 3));
	memory = map_memory(m);
	map_clear(m);
	ck_assert_uint_eq(map_count(m), 0);
	ck_assert_ptr_null(map_next(m, &cursor));
	ck_assert_ptr_null(get(m, 5));
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(touch(m, i + 5000)->value, 0);
	for (uint32_t i = 0; i < 1000; i++) /* no place was given out twice */
		ck_assert_ptr_nonnull(get(m, i + 5000));
	ck_assert_ptr_null(touch(m, 1));
	ck_assert_uint_eq(map_memory(m), memory);
	map_free(m);
}
END_TEST

START_TEST(map_memory_counts_entries_and_does_not_grow_by_churn)
{
	struct map *m = filled(1000, 1000);
	size_t before;

	ck_assert_uint_ge(map_memory(m), 1000 * sizeof(struct item));
	map_remove(m, get(m, 999));
	before = map_memory(m);
	for (uint32_t i = 1000; i < 50000; i++)
		map_remove(m, touch(m, i));
	ck_assert_uint_eq(map_memory(m), before);
	map_free(m);
}
END_TEST

START_TEST(map_of_few_entries_needs_little_memory)
{
	struct map *m = map_new(4, 4096, 2, 1);

	touch(m, 1);
	ck_assert_uint_lt(map_memory(m), 3 * 4096);
	map_free(m);
}
END_TEST

START_TEST(map_free_of_null_does_nothing)
{
	map_free(NULL);
}
END_TEST

START_TEST(hash_reads_nothing_behind_the_end)
{
	for (size_t n = 0; n <= 70; n++) {
		uint8_t *exact = calloc(1, n + 1), *other = calloc(1, n + 1); /* ASan sees what reads further */

		exact[n] = 1;
		ck_assert_uint_eq(hash_bytes(exact, n, 1), hash_bytes(other, n, 1));
		free(exact);
		free(other);
	}
}
END_TEST

/* Each bit of the input turns about half of the output's: over 1000 inputs, 400 to 600 times each. */
START_TEST(hash_lets_each_bit_in_turn_each_bit_out_half_the_time)
{
	enum { BYTES = 21, ROUNDS = 1000 };
	static uint32_t turned[BYTES * 8][64];

	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint8_t bytes[BYTES] = {0};

		memcpy(bytes + 3, &round, sizeof round); /* as like each other as real keys are */
		uint64_t before = hash_bytes(bytes, BYTES, 99);

		for (size_t in = 0; in < BYTES * 8; in++) {
			bytes[in / 8] ^= (uint8_t)(1 << in % 8);
			uint64_t difference = before ^ hash_bytes(bytes, BYTES, 99);

			bytes[in / 8] ^= (uint8_t)(1 << in % 8);
			for (size_t out = 0; out < 64; out++)
				turned[in][out] += difference >> out & 1;
		}
	}
	for (size_t in = 0; in < BYTES * 8; in++)
		for (size_t out = 0; out < 64; out++)
			ck_assert_msg(turned[in][out] > 400 && turned[in][out] < 600, "bit %zu to %zu: %u", in, out,
				      turned[in][out]);
}
END_TEST

/* The addresses of one network in few slots: no slot may get much more than its part. */
START_TEST(hash_spreads_counting_keys_evenly)
{
	enum { KEYS = 65536, SLOTS = 256 };
	static unsigned slots[SLOTS];

	for (uint32_t i = 0; i < KEYS; i++) {
		uint8_t key[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [14] = (uint8_t)(i >> 8), [15] = (uint8_t)i};

		slots[hash_bytes(key, sizeof key, 3) % SLOTS]++;
	}
	for (size_t i = 0; i < SLOTS; i++) /* 256 each; seven times the standard deviation of 16 */
		ck_assert_msg(slots[i] > 144 && slots[i] < 368, "slot %zu: %u", i, slots[i]);
}
END_TEST

START_TEST(hash_seed_differs_each_time)
{
	ck_assert_uint_ne(hash_seed(), hash_seed());
}
END_TEST

/* Whoever knows the hash but not the seed can have as many keys as he likes that collide under a seed of his own. */
START_TEST(hash_of_keys_made_to_collide_under_one_seed_spreads_under_another)
{
	enum { BITS = 12, KEYS_MADE = 1024 };
	static uint8_t hit[1 << BITS];
	uint64_t mask = (1 << BITS) - 1, wanted = 5;
	unsigned most = 0, made = 0;

	for (uint64_t k = 0; made < KEYS_MADE; k++) {
		if ((hash_bytes(&k, sizeof k, 1) & mask) != wanted)
			continue;
		uint8_t *place = &hit[hash_bytes(&k, sizeof k, 0x9e3779b97f4a7c15) & mask];

		made++;
		if (++*place > most)
			most = *place;
	}
	ck_assert_uint_le(most, 8); /* 1024 balls into 4096 boxes: more than 8 in one comes once in 10^9 */
}
END_TEST

START_TEST(map_keys_that_differ_in_one_byte_are_others)
{
	uint8_t key[40], other[40];

	for (size_t n = 1; n <= sizeof key; n++) {
		memset(key, 0x5a, sizeof key);
		memcpy(other, key, sizeof key);
		ck_assert(map_key_eq(key, other, n));
		for (size_t i = 0; i < n; i++) {
			other[i] ^= 1;
			ck_assert(!map_key_eq(key, other, n));
			other[i] ^= 1;
		}
		memset(other + n, 0, sizeof other - n);
		ck_assert(map_key_eq(key, other, n));
	}
}
END_TEST

START_TEST(map_of_many_megabytes_keeps_its_entries_where_they_are)
{
	enum { ENTRIES = 60000, BYTES = 256 }; /* 15 MB: most of it on large pages */
	struct map *m = map_new(4, BYTES, ENTRIES, 1);
	uint8_t **at = calloc(ENTRIES, sizeof *at);
	static const uint8_t zero[BYTES - 4];

	for (uint32_t k = 0; k < ENTRIES; k++) {
		at[k] = map_touch(m, &k, NULL);
		ck_assert_mem_eq(at[k] + 4, zero, sizeof zero);
		memset(at[k] + 4, 0xff, sizeof zero);
	}
	for (uint32_t k = 0; k < ENTRIES; k++)
		ck_assert_ptr_eq(map_get(m, &k), at[k]);
	ck_assert_uint_lt(map_memory(m), (size_t)ENTRIES * BYTES * 5 / 4);
	free(at);
	map_free(m);
}
END_TEST

static void add_more_tests(TCase *c)
{
	tcase_add_test(c, map_get_of_an_absent_key_is_null_and_creates_nothing);
	tcase_add_test(c, map_touch_gives_a_zeroed_entry_even_in_a_used_place);
	tcase_add_test(c, map_when_full_still_touches_what_it_has);
	tcase_add_test(c, map_when_full_takes_one_more_for_each_removed);
	tcase_add_test(c, map_of_no_entries_refuses_the_first);
	tcase_add_test(c, map_entries_never_move_while_the_map_grows);
	tcase_add_test(c, map_entries_are_aligned_to_eight_bytes);
	tcase_add_test(c, map_entry_may_be_written_to_its_last_byte);
	tcase_add_test(c, map_remove_leaves_all_others_to_be_found);
	tcase_add_test(c, map_number_finds_the_entry_while_it_is_there_and_never_another);
	tcase_add_test(c, map_remove_of_what_is_gone_does_nothing);
	tcase_add_test(c, map_next_sees_each_entry_once_in_slab_order);
	tcase_add_test(c, map_clear_empties_and_can_be_filled_again);
	tcase_add_test(c, map_memory_counts_entries_and_does_not_grow_by_churn);
	tcase_add_test(c, map_of_few_entries_needs_little_memory);
	tcase_add_test(c, map_free_of_null_does_nothing);
	tcase_add_test(c, hash_of_keys_made_to_collide_under_one_seed_spreads_under_another);
	tcase_add_test(c, map_keys_that_differ_in_one_byte_are_others);
	tcase_add_test(c, map_of_many_megabytes_keeps_its_entries_where_they_are);
	tcase_add_test(c, hash_reads_nothing_behind_the_end);
	tcase_add_test(c, hash_lets_each_bit_in_turn_each_bit_out_half_the_time);
	tcase_add_test(c, hash_spreads_counting_keys_evenly);
	tcase_add_test(c, hash_seed_differs_each_time);
}

Suite *map_suite(void)
{
	Suite *s = suite_create("map");
	TCase *c = tcase_create("map");

	tcase_add_test(c, map_touch_creates_once_and_get_never);
	tcase_add_test(c, map_when_full_refuses_and_keeps_all);
	tcase_add_test(c, map_agrees_with_an_array_under_random_work);
	tcase_add_test(c, map_iteration_sees_each_entry_once_even_when_it_removes);
	tcase_add_test(c, map_cleared_is_empty_and_of_use);
	tcase_add_test(c, hash_depends_on_each_byte_length_and_seed);
	tcase_add_test(c, hash_spreads_neighbours_over_the_low_bits);
	add_more_tests(c);
	suite_add_tcase(s, c);
	return s;
}
