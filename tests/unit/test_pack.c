/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * snapshot/pack*.c: pictures and wants as bytes and back. What screens make of them is in test_screens.c.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/column.h"
#include "dpitop/engine.h"
#include "dpitop/export.h"
#include "dpitop/mem.h"
#include "dpitop/pack.h"
#include "snapshot/pack.h"

Suite *pack_suite(void);

static struct engine *g;
static struct want all; /* each list, details of a host, the matrix */

static void setup(void)
{
	static const struct engine_source file = {"file", "contrib/demo.pcap"};
	struct engine_options o = {.sources = &file, .source_count = 1, .decap = true, .dpi = true, .keep_ended = true,
				   .seed = 1, .geoip = "tests/golden/geo", .wake_fd = -1};
	struct snapshot *s;

	ck_assert_int_eq(chdir(SOURCE_TREE), 0);
	g = engine_open(&o, NULL);
	ck_assert_ptr_nonnull(g);
	ck_assert_int_eq(engine_run(g, NULL, NULL, NULL, NULL), 0);
	memset(&all, 0, sizeof all);
	for (enum dim d = 0; d < DIM_LIST_COUNT; d++)
		all.lists[d].on = true;
	s = engine_picture(g, &all);
	all.focus = (struct want_focus){.on = true, .dim = DIM_HOST, .id = s->lists[DIM_HOST].rows[0].id, .key = s->lists[DIM_HOST].rows[0].key,
					.lists = UINT64_C(1) << DIM_APP | UINT64_C(1) << DIM_FLOW, .top = 5};
	snprintf(all.focus.filter, sizeof all.focus.filter, "host = %s", s->lists[DIM_HOST].rows[0].label);
	snapshot_unref(s);
	all.matrix = (struct want_matrix){.on = true, .pair = DIM_SUBNET_PAIR};
}

static void teardown(void)
{
	engine_close(g);
}

static struct pack_buffer packed(const struct want *w)
{
	struct pack_buffer b = {.at = NULL};
	struct snapshot *s = engine_picture(g, w);

	snapshot_pack(&b, s);
	snapshot_unref(s);
	return b;
}

static char *json(const struct snapshot *s)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	ck_assert_int_eq(export_json(out, s, NULL), 0);
	fclose(out);
	return text;
}

START_TEST(pack_keeps_all_that_is_printed)
{
	struct snapshot *s = engine_picture(g, &all), *back;
	struct pack_buffer b = {.at = NULL}, again = {.at = NULL};
	char *was, *is;

	snapshot_pack(&b, s);
	back = snapshot_unpack(b.at, b.used);
	ck_assert_ptr_nonnull(back);
	was = json(s);
	is = json(back);
	ck_assert_str_eq(was, is);
	ck_assert_ptr_nonnull(back->focus);
	ck_assert(back->focus->found && back->focus->counted);
	ck_assert_uint_eq(back->focus->lists[DIM_APP].count, 5);
	ck_assert_ptr_nonnull(back->matrix);
	ck_assert_uint_eq(back->matrix->sum.bytes, s->matrix->sum.bytes);
	snapshot_pack(&again, back);
	ck_assert_uint_eq(again.used, b.used);
	ck_assert_int_eq(memcmp(again.at, b.at, b.used), 0);
	mem_free(was);
	mem_free(is);
	mem_free(b.at);
	mem_free(again.at);
	snapshot_unref(s);
	snapshot_unref(back);
}
END_TEST

static size_t aligned(size_t at, const struct pack_field *f)
{
	size_t to = f->kind == PACK_CHARS || f->kind == PACK_BYTES || f->size > 8 ? 8 : f->size;

	return (at + to - 1) / to * to;
}

static const struct pack_field *field_at(const struct pack_table *t, size_t at)
{
	const struct pack_field *next = NULL;

	for (const struct pack_field *f = t->fields; f < t->fields + t->count; f++)
		if (f->offset >= at && (next == NULL || f->offset < next->offset))
			next = f;
	return next;
}

/* What a table leaves out between two members is padding: what a member of eight bytes or more would take is not. */
static void find_gaps(const struct pack_table *t, bool whole)
{
	size_t at = 0;

	for (const struct pack_field *f; (f = field_at(t, at)) != NULL;) {
		ck_assert_msg(!whole || f->offset <= aligned(at, f), "a struct of %zu bytes: nothing at %zu", t->size, at);
		at = f->offset + f->size * f->count;
		if (f->kind == PACK_ARRAY && f->counted == at)
			at += sizeof(size_t);
		if (f->part != NULL)
			find_gaps(f->part, true);
	}
	ck_assert_msg(!whole || t->size - at < 8, "a struct of %zu bytes: nothing from %zu on", t->size, at);
}

START_TEST(pack_tables_leave_no_member_out)
{
	find_gaps(&pack_snapshot, false);
	find_gaps(&pack_cell, true);
}
END_TEST

/* Neither what is cut off nor what is too long is a picture. */
START_TEST(pack_of_another_length_is_refused)
{
	struct want few = {.lists[DIM_HOST] = {.on = true, .top = 2}};
	struct pack_buffer b = packed(&few);
	uint8_t *copy;

	for (size_t n = 0; n < b.used; n++) {
		copy = mem_alloc(n + 1); /* whoever reads past the end is caught */
		memcpy(copy, b.at, n);
		ck_assert_ptr_null(snapshot_unpack(copy, n));
		mem_free(copy);
	}
	copy = mem_zalloc(b.used + 1);
	memcpy(copy, b.at, b.used);
	ck_assert_ptr_null(snapshot_unpack(copy, b.used + 1));
	mem_free(copy);
	mem_free(b.at);
}
END_TEST

/* Whatever is turned round: a picture that can be printed, or none. */
START_TEST(pack_of_changed_bytes_harms_nobody)
{
	struct want few = {.lists = {[DIM_HOST] = {.on = true, .top = 2}, [DIM_FLOW] = {.on = true, .top = 2}}};
	struct pack_buffer b = packed(&few);
	unsigned pictures = 0, refused = 0;

	for (size_t i = 0; i < b.used; i++) {
		struct snapshot *s;
		char *text;

		b.at[i] ^= 0xff;
		s = snapshot_unpack(b.at, b.used);
		b.at[i] ^= 0xff;
		refused += s == NULL;
		if (s == NULL)
			continue;
		pictures++;
		text = json(s);
		mem_free(text);
		snapshot_unref(s);
	}
	ck_assert_uint_gt(pictures, 0);
	ck_assert_uint_gt(refused, 0);
	mem_free(b.at);
}
END_TEST

START_TEST(pack_makes_texts_clean)
{
	struct snapshot *s = engine_picture(g, &(struct want){.lists[DIM_HOST] = {.on = true, .top = 1}}), *back;
	struct pack_buffer b = {.at = NULL};

	s->lists[DIM_HOST].rows[0].name = "a\033[31mb\xff";
	memcpy(s->sources[0].name, "c\ad", 4);
	snapshot_pack(&b, s);
	back = snapshot_unpack(b.at, b.used);
	ck_assert_ptr_nonnull(back);
	ck_assert_str_eq(back->lists[DIM_HOST].rows[0].name, "a?[31mb?");
	ck_assert_str_eq(back->sources[0].name, "c?d");
	mem_free(b.at);
	snapshot_unref(s);
	snapshot_unref(back);
}
END_TEST

START_TEST(pack_keeps_what_is_wanted)
{
	struct pack_buffer b = {.at = NULL};
	struct want back;

	all.lists[DIM_HOST].sort = column_find(DIM_HOST, "packets");
	ck_assert_ptr_nonnull(all.lists[DIM_HOST].sort);
	all.lists[DIM_HOST].top = 17;
	all.lists[DIM_HOST].locality = 2;
	strcpy(all.filter, "app = dns");
	all.names = all.early = true;
	all.prefix = (struct prefix){16, 48};
	want_pack(&b, &all);
	ck_assert(want_unpack(&back, b.at, b.used));
	ck_assert_ptr_eq(back.lists[DIM_HOST].sort, all.lists[DIM_HOST].sort);
	ck_assert_uint_eq(back.lists[DIM_HOST].top, 17);
	ck_assert_int_eq(back.lists[DIM_HOST].locality, 2);
	ck_assert_str_eq(back.filter, "app = dns");
	ck_assert(back.names && back.early && back.focus.on && back.matrix.on);
	ck_assert_str_eq(back.focus.filter, all.focus.filter);
	ck_assert_int_eq(memcmp(&back.focus.key, &all.focus.key, sizeof back.focus.key), 0);
	ck_assert_uint_eq(back.prefix.v4, 16);
	for (size_t n = 0; n < b.used; n++)
		ck_assert(!want_unpack(&back, b.at, n));
	mem_free(b.at);
}
END_TEST

START_TEST(pack_refuses_wants_that_cannot_be)
{
	struct want wrong[] = {{.lists[DIM_HOST] = {.on = true, .locality = 3}}, {.lists[DIM_HOST] = {.on = true, .ip_version = 5}},
			       {.focus = {.on = true, .dim = DIM_SUBNET, .key.subnet.net.bits = 129}}, {.prefix = {33, 0}}};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct pack_buffer b = {.at = NULL};
		struct want back;

		want_pack(&b, &wrong[i]);
		ck_assert_msg(!want_unpack(&back, b.at, b.used), "%zu", i);
		mem_free(b.at);
	}
}
END_TEST

Suite *pack_suite(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, pack_keeps_all_that_is_printed);
	tcase_add_test(t, pack_tables_leave_no_member_out);
	tcase_add_test(t, pack_of_another_length_is_refused);
	tcase_add_test(t, pack_of_changed_bytes_harms_nobody);
	tcase_add_test(t, pack_makes_texts_clean);
	tcase_add_test(t, pack_keeps_what_is_wanted);
	tcase_add_test(t, pack_refuses_wants_that_cannot_be);
	suite_add_tcase(s, t);
	return s;
}
