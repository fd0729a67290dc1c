/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which key runs which action: the defaults of the action table, as changed by the user. Main thread.
 */
#include "config.h"

#include <string.h>

#include "tui/action.h"

static void add(struct bindings *b, uint32_t key, const struct action *a)
{
	if (b->count < BINDINGS_MAX)
		b->at[b->count++] = (struct binding){key, a};
}

void bindings_init(struct bindings *b)
{
	b->count = 0;
	for (size_t i = 0; i < action_count(); i++) {
		const char *keys = action_at(i)->keys;

		while (*keys != '\0') {
			size_t n = strcspn(keys, " ");
			uint32_t key = key_parse(keys, n);

			if (key != 0)
				add(b, key, action_at(i));
			keys += n + strspn(keys + n, " ");
		}
	}
}

static void drop(struct bindings *b, uint32_t key, unsigned modes)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->count; i++)
		if (b->at[i].key != key || !(b->at[i].action->modes & modes))
			b->at[kept++] = b->at[i];
	b->count = kept;
}

void bindings_bind(struct bindings *b, uint32_t key, const struct action *a)
{
	drop(b, key, a->modes);
	if (b->count == BINDINGS_MAX)
		return;
	memmove(&b->at[1], &b->at[0], b->count * sizeof b->at[0]);
	b->at[0] = (struct binding){key, a};
	b->count++;
}

void bindings_unbind(struct bindings *b, uint32_t key)
{
	drop(b, key, ~0u);
}

void bindings_choose(struct bindings *b, const struct tui_settings *s)
{
	for (size_t i = 0; i < s->key_count; i++) {
		if (s->keys[i].action != NULL)
			bindings_bind(b, s->keys[i].key, s->keys[i].action);
		else
			bindings_unbind(b, s->keys[i].key);
	}
}

const struct action *bindings_find(const struct tui *t, uint32_t key)
{
	const struct bindings *b = &t->bindings;
	const struct action *could = NULL;

	for (size_t i = 0; i < b->count; i++) {
		const struct action *a = b->at[i].action;

		if (b->at[i].key != key || !(a->modes & MODE_BIT(t->mode)))
			continue;
		if (action_works(t, a))
			return a;
		if (could == NULL && action_explains(a))
			could = a;
	}
	return could;
}

size_t bindings_keys(const struct bindings *b, const struct action *a, uint32_t *keys, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count && n < max; i++)
		if (b->at[i].action == a)
			keys[n++] = b->at[i].key;
	return n;
}

const char *bindings_first(const struct bindings *b, const struct action *a, char buf[KEY_TEXT])
{
	uint32_t key;

	buf[0] = '\0';
	return bindings_keys(b, a, &key, 1) > 0 ? key_name(key, buf) : buf;
}
