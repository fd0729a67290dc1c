/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only sites have: hits, clients, where they were named, HTTP methods, status codes and content
 * types. A site is what a client asked for by name: SNI, HTTP host, DNS query. What it belongs to is
 * site_category.c. Engine thread; called by apply.c.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "dpitop/text.h"
#include "model/dims.h"

enum { L4_UDP = 17 };

static void leave(void *ctx, struct entry *e)
{
	struct entry *category = ((struct site_entry *)e)->category;

	(void)ctx;
	if (category != NULL && category->row.hosts > 0)
		category->row.hosts--;
}

void sites_init(struct model *m)
{
	m->lists = 1; /* a new site is as of none */
	m->tables[DIM_SITE].leaving = leave;
	m->tables[DIM_SITE].ctx = m;
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
DEFINE_COUNT(count_content_type, content_types)

/* "text/html" of "Text/HTML; charset=utf-8" */
static void count_content(struct dim_site *s, const char *text)
{
	char type[sizeof s->content_types[0].name];
	size_t n = strcspn(text, ";, \t");

	if (n >= sizeof type)
		n = sizeof type - 1;
	for (size_t i = 0; i < n; i++)
		type[i] = (char)tolower((unsigned char)text[i]);
	type[n] = '\0';
	count_content_type(s, type);
}

void site_key(struct dim_key *k, const char *site)
{
	memset(k, 0, sizeof *k);
	text_clean(k->site.name, sizeof k->site.name, site, strlen(site));
}

static uint8_t seen_in(const struct flow *f)
{
	if (!flow_is_visit(f))
		return SITE_DNS;
	if (flow_meta_text(f->meta, FLOW_METHOD)[0] != '\0')
		return SITE_HTTP;
	if (flow_meta_text(f->meta, FLOW_TLS_VERSION)[0] == '\0' && flow_meta_text(f->meta, FLOW_JA3)[0] == '\0' &&
	    flow_meta_text(f->meta, FLOW_JA4)[0] == '\0')
		return 0;
	return f->l4 == L4_UDP ? SITE_QUIC : SITE_TLS;
}

/* NULL: there is no room. Its category is settled. */
static struct site_entry *touch(struct model *m, const struct flow_update *u)
{
	const struct flow *f = u->flow;
	struct site_entry *s;
	struct dim_key k;

	site_key(&k, u->now.site);
	s = (struct site_entry *)table_touch(&m->tables[DIM_SITE], &k, m->newest_us, NULL);
	if (s == NULL)
		return NULL;
	s->entry.row.site = &s->site;
	if (flow_is_visit(f) || s->site.hits == 0)
		s->site.category = u->now.class_.category;
	site_categorise(m, s, flow_is_visit(f) ? f : NULL);
	return s;
}

static void add(struct model *m, struct site_entry *s, const struct flow_update *u, const struct amount *a)
{
	table_add(&m->tables[DIM_SITE], s != NULL ? &s->entry : NULL, a);
	table_add(&m->tables[DIM_SITE_CATEGORY], s != NULL ? s->category : site_category_of_flow(m, u->flow), a);
}

void site_add(struct model *m, const struct flow_update *u, const struct amount *a)
{
	add(m, touch(m, u), u, a);
}

static void count_visit(struct model *m, struct site_entry *s, const struct flow *f)
{
	struct { char name[80]; struct addr client; } visit;

	s->site.hits++;
	if (s->category != NULL)
		s->category->row.site->hits++;
	memcpy(visit.name, s->entry.key.site.name, sizeof visit.name);
	visit.client = f->addr[0];
	if (distinct_touch(&m->distinct, hash_bytes(&visit, sizeof visit, m->o.seed)) == DISTINCT_NEW)
		s->site.clients++;
}

void site_apply(struct model *m, const struct flow_update *u, const struct amount *a)
{
	struct site_entry *s = touch(m, u);
	const struct flow *f = u->flow;
	bool fresh = (u->flags & UPDATE_NEW) != 0, changed = (u->flags & UPDATE_RECLASS) != 0;

	add(m, s, u, a);
	if (s == NULL)
		return;
	if (fresh || (changed && u->old.site[0] == '\0'))
		count_visit(m, s, f);
	if (fresh || changed)
		s->site.seen_in |= seen_in(f);
	if (u->now.inspected && (fresh || (changed && !u->old.inspected))) {
		count_method(&s->site, flow_meta_text(f->meta, FLOW_METHOD));
		count_code(&s->site, flow_meta_text(f->meta, FLOW_CODE));
		count_content(&s->site, flow_meta_text(f->meta, FLOW_CONTENT_TYPE));
	}
}
