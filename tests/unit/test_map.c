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
	suite_add_tcase(s, c);
	return s;
}
