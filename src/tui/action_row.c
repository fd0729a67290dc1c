/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be done with the row in hand: that under the cursor of a table or of blocks, or the one whose
 * details are open, or one chosen there. Open it, pin it, go to its flows, tag it, copy its
 * name, write its packets. Main
 * thread; the table of actions is action.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/i18n.h"
#include "tui/action.h"

enum reaction act_block(struct tui *t, int arg)
{
	if (t->mode == MODE_DETAIL)
		detail_turn(t, arg);
	else
		blocks_turn(&t->blocks, &t->spot, arg);
	return REACT_DRAW;
}

/* In details: the row chosen there, else the one they are of. */
static const struct row *row_in_hand(struct tui *t)
{
	const struct row *chosen = t->mode == MODE_DETAIL ? detail_chosen(t) : NULL;

	if (chosen != NULL)
		return chosen;
	return t->mode == MODE_DETAIL ? detail_row(t) : screen_row(t);
}

enum reaction act_details(struct tui *t, int arg)
{
	(void)arg;
	return detail_open(t);
}

enum reaction act_back(struct tui *t, int arg)
{
	(void)arg;
	return detail_back(t);
}

/* The expression of a row that can be pinned. */
static bool expression_of(const struct row *r, char expression[EXPRESSION_TEXT])
{
	expression[0] = '\0';
	if (r != NULL && !(r->flags & (ROW_OTHER | ROW_SUM)))
		filter_of_row(r, expression, EXPRESSION_TEXT);
	return expression[0] != '\0';
}

/* In details with a row chosen: both the row they are of and that one. */
static enum reaction pin(struct tui *t)
{
	const struct row *row = row_in_hand(t), *of = t->mode == MODE_DETAIL ? detail_row(t) : NULL;
	char whole[EXPRESSION_TEXT], part[EXPRESSION_TEXT];
	enum reaction r = REACT_NONE;

	if (!expression_of(row, part)) {
		screen_say(t, STYLE_DIM, row != NULL && (row->flags & ROW_REST) ? N_("the flows of the rest are no longer listed")
										: N_("there is no filter for this row"));
		return REACT_DRAW;
	}
	if (of != NULL && of != row && expression_of(of, whole) && !trail_has(t, whole))
		r |= trail_pin(t, of, whole);
	r |= trail_pin(t, row, part);
	t->mode = MODE_PANE;
	detail_close(t);
	return r | REACT_WANT;
}

enum reaction act_pivot(struct tui *t, int arg)
{
	(void)arg;
	return pin(t);
}

enum reaction act_flows_of(struct tui *t, int arg)
{
	size_t steps = t->steps;
	enum reaction r = pin(t);

	(void)arg;
	return t->steps > steps ? r | screen_view(t, view_find("flows")) : r;
}

enum reaction act_tag(struct tui *t, int arg)
{
	const struct row *r = row_in_hand(t);
	struct pane *p = pane_of(t);

	(void)arg;
	if (r == NULL || (r->flags & (ROW_OTHER | ROW_SUM)))
		return REACT_NONE;
	for (size_t i = 0; i < p->tag_count; i++) {
		if (p->tags[i] != r->id)
			continue;
		p->tags[i] = p->tags[--p->tag_count];
		pane_move(t, 1);
		return REACT_DRAW;
	}
	if (p->tag_count < TAGS_MAX)
		p->tags[p->tag_count++] = r->id;
	pane_move(t, 1);
	return REACT_DRAW;
}

enum reaction act_untag(struct tui *t, int arg)
{
	(void)arg;
	pane_of(t)->tag_count = 0;
	return REACT_DRAW;
}

enum reaction act_copy(struct tui *t, int arg)
{
	(void)arg;
	return take_copy(t, row_in_hand(t));
}

enum reaction act_write_packets(struct tui *t, int arg)
{
	char within[EXPRESSION_TEXT] = "";

	(void)arg;
	if (t->mode == MODE_DETAIL && detail_chosen(t) != NULL)
		expression_of(detail_row(t), within);
	return take_packets(t, row_in_hand(t), within);
}
