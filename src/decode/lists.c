/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists in a field (RFC 6313 section 4.5). They are read for what adds to the record, texts and flags (YAF
 * puts all it inspected there), and else skipped. How deep and how many entries is bounded.
 */
#include "config.h"

#include "decode/fields.h"
#include "decode/template.h"

/* May the list be entered? Not deeper than so far, and not for ever. */
static bool list_enter(struct draft *d)
{
	if (d->depth == DRAFT_DEPTH || d->budget == 0)
		return false;
	d->depth++;
	return true;
}

/* semantic, element, its length; then values */
void take_basic_list(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	struct cursor c = cursor_of(p, n);
	uint32_t pen = 0;
	bool reverse;

	(void)s;
	cursor_skip(&c, 1);
	uint16_t element = cursor_be16(&c), bytes = cursor_be16(&c);

	if (element & 0x8000)
		pen = be32(cursor_take(&c, 4));
	const struct export_element *e = element_of_ipfix(pen, element & 0x7fff, &reverse);

	if (!cursor_ok(&c) || e == NULL || bytes == 0 || !list_enter(d))
		return;
	struct slot slot = slot_of(e, reverse);

	slot.step.bytes = bytes;
	for (; c.left > 0 && d->budget > 0; d->budget--)
		if (!steps_do(d, &slot.step, 1, &c))
			break;
	d->depth--;
}

static void read_sub_records(struct draft *d, uint16_t id, struct cursor c)
{
	const struct template *t = template_get(d->in, id);

	if (t == NULL || t->min_bytes == 0 || !list_enter(d))
		return;
	for (; c.left >= t->min_bytes && d->budget > 0; d->budget--)
		if (!steps_do(d, t->steps, t->step_count, &c))
			break;
	d->depth--;
}

/* semantic, template; then records */
void take_sub_list(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	struct cursor c = cursor_of(p, n);

	(void)s;
	cursor_skip(&c, 1);
	read_sub_records(d, cursor_be16(&c), c);
}

/* semantic; then sets: template, length with this header, records */
void take_sub_multi_list(struct draft *d, const struct step *s, const uint8_t *p, uint32_t n)
{
	struct cursor c = cursor_of(p, n);

	(void)s;
	cursor_skip(&c, 1);
	for (; cursor_has(&c, 4) && d->budget > 0; d->budget--) {
		uint16_t id = cursor_be16(&c), bytes = cursor_be16(&c);
		struct cursor records = c;

		if (bytes < 4)
			return;
		cursor_skip(&c, bytes - 4u);
		if (!cursor_ok(&c))
			return;
		cursor_limit(&records, bytes - 4u);
		read_sub_records(d, id, records);
	}
}
