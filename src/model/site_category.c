/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a site belongs to: the longest entry of the user's lists that its name lies below, else the
 * longest network its server is in, else nDPI's category. The traffic of a category is that of its
 * sites, at any moment: when a site turns out to belong to another one, or lists are read again, all
 * its traffic moves. Engine thread; called by site.c and, for lists, by app.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "model/dims.h"

bool flow_is_visit(const struct flow *f)
{
	return flow_meta_text(f->meta, FLOW_SITE)[0] != '\0';
}

static const char *ndpi_name(const struct model *m, uint16_t category)
{
	return m->o.dpi != NULL ? dpi_category_name(m->o.dpi, category) : "";
}

static struct entry *touch(struct model *m, const char *name)
{
	struct table *t = &m->tables[DIM_SITE_CATEGORY];
	struct dim_key k;
	struct entry *e;

	memset(&k, 0, sizeof k);
	snprintf(k.site_category.name, sizeof k.site_category.name, "%s", name);
	e = table_touch(t, &k, m->newest_us, NULL);
	if (e == NULL)
		return NULL;
	e->row.site = &((struct site_category_entry *)e)->site;
	e->row.site->category_name = e->key.site_category.name;
	return e;
}

/* ---- a site ---- */

/* What of the open tick is in the total was in the old category's rate and stays there: the sum of both is right. */
static void move(struct model *m, struct site_entry *s, struct entry *to)
{
	const struct dim_row *r = &s->entry.row;
	struct table *t = &m->tables[DIM_SITE_CATEGORY];
	struct amount a = {.c = r->total, .flows = (int)r->flows, .live = (int)r->live_flows, .past = true,
			   .from_us = r->first_us, .to_us = r->last_us};

	if (s->category != NULL) {
		s->category->row.hosts--;
		s->category->row.site->hits -= s->site.hits;
	}
	if (to != NULL) {
		to->row.hosts++;
		to->row.site->hits += s->site.hits;
	}
	if (s->entry.seen || r->flows != 0) {
		table_take(t, s->category, &a);
		table_add(t, to, &a);
	}
	s->category = to;
	s->site.category_name = to != NULL ? to->key.site_category.name : "";
}

/* What the lists say, as far as it is not known. */
static void look_up(struct model *m, struct site_entry *s, const struct flow *visit)
{
	const struct categories *c = m->categories;
	bool stale = s->lists != m->lists;
	uint16_t found;

	if (visit != NULL)
		s->server = visit->addr[1];
	if (stale) {
		s->lists = m->lists;
		s->by_name = c != NULL ? categories_of_site(c, s->entry.key.site.name) : CATEGORY_NONE;
		s->by_address = CATEGORY_NONE;
	}
	if (c == NULL || s->by_name != CATEGORY_NONE || (visit == NULL && !stale) || addr_eq(&s->server, &addr_none))
		return;
	found = categories_of_address(c, &s->server);
	if (found != CATEGORY_NONE)
		s->by_address = found;
}

static const char *name_of(const struct model *m, const struct site_entry *s)
{
	const struct dim_row *whole = m->o.whole != NULL ? model_get(m->o.whole, DIM_SITE, &s->entry.key) : NULL;

	if (whole != NULL && whole->site != NULL)
		return whole->site->category_name;
	if (s->by_name != CATEGORY_NONE)
		return categories_name(m->categories, s->by_name);
	if (s->by_address != CATEGORY_NONE)
		return categories_name(m->categories, s->by_address);
	return ndpi_name(m, s->site.category);
}

void site_categorise(struct model *m, struct site_entry *s, const struct flow *visit)
{
	struct site_basis before = s->basis;
	struct entry *to;

	look_up(m, s, visit);
	s->basis = (struct site_basis){
		.lists = s->lists,
		.listed = s->by_name != CATEGORY_NONE ? s->by_name : s->by_address,
		.ndpi = s->site.category,
	};
	if (before.lists == s->basis.lists && before.listed == s->basis.listed &&
	    (before.ndpi == s->basis.ndpi || s->basis.listed != CATEGORY_NONE))
		return;
	to = touch(m, name_of(m, s));
	if (to != s->category || s->site.category_name == NULL)
		move(m, s, to);
}

/* ---- a flow whose site has no row ---- */

static const char *name_by_flow(const struct model *m, const struct flow *f)
{
	const char *site = flow_meta_text(f->meta, flow_is_visit(f) ? FLOW_SITE : FLOW_QUERY);
	const struct categories *c = m->categories;
	uint16_t found = CATEGORY_NONE;

	if (c != NULL)
		found = categories_of_site(c, site);
	if (c != NULL && found == CATEGORY_NONE && flow_is_visit(f))
		found = categories_of_address(c, &f->addr[1]);
	return found != CATEGORY_NONE ? categories_name(c, found) : ndpi_name(m, f->class_.category);
}

struct entry *site_category_of_flow(struct model *m, const struct flow *f)
{
	return touch(m, name_by_flow(m, f));
}

const char *model_site_category(const struct model *m, const struct flow *f, char buf[CATEGORY_NAME])
{
	const char *site = flow_meta_text(f->meta, flow_is_visit(f) ? FLOW_SITE : FLOW_QUERY);
	const struct dim_row *r;
	struct dim_key k;

	if (site[0] == '\0')
		return "";
	site_key(&k, site);
	r = model_get(m, DIM_SITE, &k);
	if (r != NULL && r->site != NULL)
		return r->site->category_name;
	snprintf(buf, CATEGORY_NAME, "%s", name_by_flow(m, f));
	return buf;
}

/* ---- other lists ---- */

void model_set_categories(struct model *m, struct categories *c)
{
	categories_unref(m->categories);
	m->categories = categories_ref(c);
	m->lists++;
	m->recategorised = 0;
}

bool model_recategorise(struct model *m, size_t budget)
{
	size_t left = budget != 0 ? budget : SIZE_MAX;

	for (; m->recategorised != SIZE_MAX; left--) {
		struct site_entry *s;

		if (left == 0)
			return false;
		s = map_next(m->tables[DIM_SITE].map, &m->recategorised);
		if (s == NULL)
			m->recategorised = SIZE_MAX;
		else
			site_categorise(m, s, NULL);
	}
	return true;
}

const struct categories *model_categories(const struct model *m)
{
	return m->categories;
}
