/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thresholds: rules that rows are held against at each tick. Costs in proportion to the rows of their dimensions that moved,
 * and nothing without a rule. Engine's thread; called by the engine's core behind each tick.
 */
#include "config.h"

#include "dpitop/threshold.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dpitop/alert.h"
#include "dpitop/mem.h"
#include "snapshot/filter_parts.h"
#include "snapshot/row_fill.h"

enum { RULES = 32, NAMES_TEXT = 200 };

/* The lists a rule may be about: those whose rows are somebody's or something's. */
static const struct {
	const char *word;
	enum dim dim;
} subjects[] = {
	{"host", DIM_HOST}, {"application", DIM_APP}, {"category", DIM_CATEGORY}, {"protocol", DIM_L4},
	{"port", DIM_PORT}, {"subnet", DIM_SUBNET}, {"pair", DIM_SUBNET_PAIR}, {"country", DIM_COUNTRY}, {"as", DIM_AS},
	{"site", DIM_SITE}, {"vlan", DIM_VLAN}, {"interface", DIM_INTERFACE},
};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

struct rule {
	char text[ALERT_RULE];
	enum dim dim;
	struct filter *filter;
};

struct thresholds {
	struct rule rules[RULES];
	unsigned count;
};

struct thresholds *thresholds_new(void)
{
	return mem_zalloc(sizeof(struct thresholds));
}

void thresholds_free(struct thresholds *t)
{
	for (unsigned i = 0; t != NULL && i < t->count; i++)
		filter_free(t->rules[i].filter);
	mem_free(t);
}

static int find_subject(const char *word, size_t n, enum dim *d, struct error *e)
{
	char names[NAMES_TEXT] = "";
	size_t used = 0;

	for (size_t i = 0; i < SUBJECTS; i++) {
		if (strlen(subjects[i].word) == n && strncasecmp(subjects[i].word, word, n) == 0) {
			*d = subjects[i].dim;
			return 0;
		}
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", subjects[i].word);
	}
	return error_set(e, ERR_USAGE, "a threshold begins with one of %s, not with '%.*s'", names, (int)(n < 40 ? n : 40),
			 word);
}

/* A measure that rows of d do not have would hide none of them: they all would be over it. */
static const char *foreign_measure(const struct filter *f, enum dim d)
{
	for (unsigned i = 0; i < f->test_count; i++)
		if (!(f->tests[i].dims & DIM_BIT(d)))
			return f->tests[i].field->name;
	return NULL;
}

static int check_condition(const struct rule *r, const char *condition, struct error *e)
{
	const char *foreign;

	if (filter_selects_flows(r->filter) || !filter_hides_rows(r->filter))
		return error_set(e, ERR_USAGE, "a threshold compares measures, as in 'host rate > 100M', and nothing else; not '%.60s'",
				 condition);
	foreign = foreign_measure(r->filter, r->dim);
	if (foreign != NULL)
		return error_set(e, ERR_USAGE, "rows of this kind have no '%s'; see dpitop-filter(7), Measures", foreign);
	return 0;
}

int thresholds_add(struct thresholds *t, const char *rule, struct error *e)
{
	struct rule *r = &t->rules[t->count];
	size_t begin = strspn(rule, " "), n = strcspn(rule + begin, " ");
	const char *condition = rule + begin + n + strspn(rule + begin + n, " ");
	int result;

	if (t->count == RULES)
		return error_set(e, ERR_USAGE, "more than %d thresholds", RULES);
	if (strlen(rule) >= sizeof r->text)
		return error_set(e, ERR_USAGE, "a threshold has at most %zu characters", sizeof r->text - 1);
	result = find_subject(rule + begin, n, &r->dim, e);
	if (result != 0)
		return result;
	r->filter = filter_parse(condition, e);
	if (r->filter == NULL)
		return ERR_USAGE;
	result = check_condition(r, condition, e);
	if (result != 0) {
		filter_free(r->filter);
		return result;
	}
	snprintf(r->text, sizeof r->text, "%s", rule + begin);
	t->count++;
	return 0;
}

static void check(struct model *m, const struct rule *r, unsigned number, int64_t now_us, int64_t elapsed_us)
{
	const struct dim_row *row;
	const struct dim_key *key;
	struct row numbers;
	size_t at = 0;

	while ((row = model_next_moved(m, r->dim, &at, &key)) != NULL) {
		row_numbers(&numbers, r->dim, key, row);
		if (filter_match_row(r->filter, &numbers))
			model_over(m, number, r->text, r->dim, key, now_us, elapsed_us);
	}
}

void thresholds_check(const struct thresholds *t, struct model *m, int64_t now_us, int64_t elapsed_us)
{
	for (unsigned i = 0; t != NULL && i < t->count; i++)
		check(m, &t->rules[i], i, now_us, elapsed_us);
}
