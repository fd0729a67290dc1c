/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: lines of catalog and journal, whose checksums are made here. Whatever they say, what is
 * loaded is bounded and has safe names, and the catalog that is written of it gives the same catalog again.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dpitop/key_text.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"
#include "history/journal.h"
#include "history/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { LARGEST = 1 << 16 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void put_line(struct lines *l, const char *s, size_t n)
{
	if (n == 0)
		return;
	line_begin(l, s[0]);
	l->data = mem_grow(l->data, l->n + n + 1, 1);
	l->room = l->n + n + 1;
	memcpy(l->data + l->n, s + 1, n - 1);
	l->n += n - 1;
	line_end(l);
}

static void put_lines(struct lines *l, const char *s, size_t n)
{
	const char *end;

	for (; n > 0 && (end = memchr(s, '\n', n)) != NULL; n -= (size_t)(end - s) + 1, s = end + 1)
		put_line(l, s, (size_t)(end - s));
	put_line(l, s, n);
}

static struct archive *loaded(const struct lines *l, bool commits)
{
	static const struct archive_options options = {.dir = "/nonexistent"};
	struct archive *a = archive_new(&options);

	a->loading = true;
	expect(load_text(a, l->data != NULL ? l->data : "", l->n, commits) <= l->n);
	entities_loaded(a);
	return a;
}

static void check_entities(const struct archive *a)
{
	size_t count = 0;

	for (uint32_t i = 0; i < a->ids; i++) {
		const struct entity *e = a->entities[i];
		char name[FILE_NAME];

		if (e == NULL)
			continue;
		count++;
		expect(e->id == i && text_is_clean(e->text) && strlen(e->text) < KEY_TEXT);
		expect(e->name == NULL || text_is_clean(e->name));
		file_name(e->dim, e->other || e->dim == ENTITY_TOTALS ? NULL : e->text, name);
		expect(strrchr(name, '/') == name + 2 && name[3] != '.' && strlen(name) < FILE_NAME);
	}
	expect(count == a->stored.count + a->others.count);
	for (int c = 0; c < INTERVAL_CLASSES; c++)
		for (size_t i = 1; i < a->classes[c].runs.count; i++)
			expect(a->classes[c].runs.items[i].from_s > a->classes[c].runs.items[i - 1].to_s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lines in = {0}, once = {0}, twice = {0};
	struct archive *a, *b;

	if (n == 0 || n > LARGEST)
		return 0;
	put_lines(&in, (const char *)data + 1, n - 1);
	a = loaded(&in, data[0] & 1);
	check_entities(a);
	checkpoint_lines(a, 1, &once);
	b = loaded(&once, false);
	expect(b->bad_lines == 0);
	check_entities(b);
	checkpoint_lines(b, 1, &twice);
	expect(once.n == twice.n && memcmp(once.data, twice.data, once.n) == 0);
	archive_close(a);
	archive_close(b);
	lines_release(&in);
	lines_release(&once);
	lines_release(&twice);
	return 0;
}
