/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tree of a filter: its nodes lie in one array and name each other by number, so that a hostile
 * text can neither grow it without bound nor make it deep. At the end the conjunction is divided:
 * what only compares measures hides rows, all else selects flows. Any thread; built by
 * filter_parse.c, never changed afterwards.
 */
#include "config.h"

#include "dpitop/mem.h"
#include "snapshot/filter_parts.h"

enum { FIRST_ROOM = 16 };

uint16_t node_new(struct filter *f, enum node_type type, uint16_t first)
{
	if (f->node_count == f->node_room) {
		f->node_room = f->node_room != 0 ? f->node_room * 2 : FIRST_ROOM;
		f->nodes = mem_grow(f->nodes, f->node_room, sizeof *f->nodes);
	}
	f->nodes[f->node_count] = (struct filter_node){
		.type = (uint8_t)type, .first = first, .next = NODE_NONE,
	};
	return f->node_count++;
}

void filter_test_release(struct filter_test *t)
{
	mem_free(t->text);
	mem_free(t->cache);
}

uint16_t node_test(struct filter *f, const struct filter_test *t)
{
	if (f->test_count == f->test_room) {
		f->test_room = f->test_room != 0 ? f->test_room * 2 : FIRST_ROOM;
		f->tests = mem_grow(f->tests, f->test_room, sizeof *f->tests);
	}
	f->tests[f->test_count] = *t;
	return node_new(f, NODE_TEST, f->test_count++);
}

void node_append(struct filter *f, struct node_list *l, uint16_t node)
{
	if (l->first == NODE_NONE)
		l->first = node;
	else
		f->nodes[l->last].next = node;
	l->last = node;
}

uint16_t node_join(struct filter *f, enum node_type type, const struct node_list *l)
{
	if (l->first == l->last)
		return l->first;
	return node_new(f, type, l->first);
}

/* Does every test below compare a measure? */
static bool is_measure(const struct filter *f, uint16_t at)
{
	const struct filter_node *n = &f->nodes[at];
	uint16_t child;

	if (n->type == NODE_TEST)
		return f->tests[n->first].field->kind->measure;
	for (child = n->first; child != NODE_NONE; child = f->nodes[child].next)
		if (!is_measure(f, child))
			return false;
	return true;
}

/* Hand out the parts of the conjunction below; conjunctions in it are parts of it. */
static void divide(struct filter *f, uint16_t at, struct node_list *traffic,
		   struct node_list *measures)
{
	uint16_t child, next;

	if (f->nodes[at].type != NODE_AND) {
		node_append(f, is_measure(f, at) ? measures : traffic, at);
		return;
	}
	for (child = f->nodes[at].first; child != NODE_NONE; child = next) {
		next = f->nodes[child].next;
		f->nodes[child].next = NODE_NONE;
		divide(f, child, traffic, measures);
	}
}

void filter_split(struct filter *f, uint16_t root)
{
	struct node_list traffic = {NODE_NONE, NODE_NONE}, measures = {NODE_NONE, NODE_NONE};

	divide(f, root, &traffic, &measures);
	f->traffic = node_join(f, NODE_AND, &traffic);
	f->measures = node_join(f, NODE_AND, &measures);
}

void filter_free(struct filter *f)
{
	uint16_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->test_count; i++)
		filter_test_release(&f->tests[i]);
	mem_free(f->tests);
	mem_free(f->nodes);
	mem_free(f->text);
	mem_free(f);
}

const char *filter_text(const struct filter *f)
{
	return f->text;
}

bool filter_is_empty(const struct filter *f)
{
	return f->traffic == NODE_NONE && f->measures == NODE_NONE;
}

bool filter_selects_flows(const struct filter *f)
{
	return f->traffic != NODE_NONE;
}

bool filter_hides_rows(const struct filter *f)
{
	return f->measures != NODE_NONE;
}
