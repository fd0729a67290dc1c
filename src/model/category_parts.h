/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a set of category lists, for the files that make it: category.c (the table), and
 * category_load.c (files and lines). Private to src/model.
 */
#ifndef MODEL_CATEGORY_PARTS_H
#define MODEL_CATEGORY_PARTS_H

#include <stdbool.h>

#include "dpitop/category.h"

enum category_kind {
	CATEGORY_BELOW, /* a host name and what lies below it */
	CATEGORY_EXACT, /* this host name only */
	CATEGORY_NET
};

enum category_result { CATEGORY_ADDED, CATEGORY_SAME, CATEGORY_TWICE, CATEGORY_FULL };

/* The number of a category by name, made if there is none; CATEGORY_NONE: too many. */
uint16_t category_touch(struct categories *c, const char *name);
/* A host name as host_key() writes it. */
enum category_result category_add_host(struct categories *c, uint16_t category, enum category_kind kind,
				       const char *key, size_t n);
enum category_result category_add_net(struct categories *c, uint16_t category, const struct cidr *net);
void category_trim(struct categories *c); /* nothing more comes: give back what is not used */

#endif
