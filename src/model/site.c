/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only sites have: hits, clients, category, HTTP methods and status codes. A site is what a client
 * asked for by name: SNI, HTTP host, DNS query. Engine thread; called by apply.c.
 */
#include "config.h"

#include <string.h>

#include "dpitop/text.h"
#include "model/dims.h"

void site_key(struct dim_key *k, const char *site)
{
	memset(k, 0, sizeof *k);
	text_clean(k->site.name, sizeof k->site.name, site, strlen(site));
}

/* Count in a short list, most frequent first; a new one takes the last place only while it is free. */
#define DEFINE_COUNT(function, member)                                                                  \
	static void function(struct dim_site *s, const char *name)                                      \
	{                                                                                               \
		size_t n = sizeof s->member / sizeof s->member[0], i = 0;                               \
                                                                                                        \
		if (name[0] == '\0')                                                                    \
			return;                                                                         \
		while (i < n && s->member[i].count != 0 && strcmp(s->member[i].name, name) != 0)        \
			i++;                                                                            \
		if (i == n)                                                                             \
			return;                                                                         \
		if (s->member[i].count++ == 0)                                                          \
			text_clean(s->member[i].name, sizeof s->member[i].name, name, strlen(name));    \
		for (; i > 0 && s->member[i].count > s->member[i - 1].count; i--) {                     \
			__typeof__(s->member[0]) swap = s->member[i];                                   \
                                                                                                        \
			s->member[i] = s->member[i - 1];                                                \
			s->member[i - 1] = swap;                                                        \
		}                                                                                       \
	}
DEFINE_COUNT(count_method, methods)
DEFINE_COUNT(count_code, codes)

void site_describe(struct model *m, struct site_entry *s, const struct flow_update *u)
{
	const struct flow *f = u->flow;
	bool fresh = (u->flags & UPDATE_NEW) != 0, changed = (u->flags & UPDATE_RECLASS) != 0;
	bool is_query = flow_meta_text(f->meta, FLOW_SITE)[0] == '\0'; /* it only asks for the name */
	bool visited = fresh || (changed && u->old.site[0] == '\0');
	struct { char name[80]; struct addr client; } visit;

	if (!is_query || s->site.hits == 0)
		s->site.category = u->now.class_.category;
	if (visited) {
		s->site.hits++;
		memcpy(visit.name, s->entry.key.site.name, sizeof visit.name);
		visit.client = f->addr[0];
		if (distinct_touch(&m->distinct, hash_bytes(&visit, sizeof visit, m->o.seed)) == DISTINCT_NEW)
			s->site.clients++;
	}
	if (u->now.inspected && (fresh || (changed && !u->old.inspected))) {
		count_method(&s->site, flow_meta_text(f->meta, FLOW_METHOD));
		count_code(&s->site, flow_meta_text(f->meta, FLOW_CODE));
	}
}
