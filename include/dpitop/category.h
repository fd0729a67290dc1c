/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Category lists of the user's own (--categories): host names and networks, one file a category. A set
 * is made once, never changes, and is counted by reference: lists that are read again are a new set.
 * Looking up takes as many probes as a name has labels, or as there are prefix lengths, however long
 * the lists. What a line may be: dpitop(1), CATEGORIES.
 */
#ifndef DPITOP_CATEGORY_H
#define DPITOP_CATEGORY_H

#include <stddef.h>
#include <stdint.h>

#include "dpitop/addr.h"

enum {
	CATEGORY_NAME = 40,           /* bytes of a name with its end */
	CATEGORY_MAX = 4096,          /* categories of a set */
	CATEGORY_ENTRIES = 5000000,   /* entries of a set */
	CATEGORY_PROBLEMS = 5, CATEGORY_PROBLEM = 192,
	CATEGORY_NONE = 0             /* no category's number */
};

struct categories;

/* What reading found; the first problems in words, one line each: "DIR/FILE:LINE: what". */
struct category_report {
	size_t files, entries;
	size_t twice;  /* entries that an earlier file has: the first one counts */
	size_t bad;    /* lines and files that were skipped */
	char problems[CATEGORY_PROBLEMS][CATEGORY_PROBLEM]; /* clean text; the first of them, "" behind the last */
};

/* Read all files of a directory, in the order of their names; hidden ones and those that end in ~ are left
 * out. NULL with e filled if it cannot be read. Reads files: not for an engine's thread. */
struct categories *categories_load(const char *directory, struct category_report *r, struct error *e);

/* The same by hand: an empty set, then text by text, as files have it. Only before the set is shared. */
struct categories *categories_new(void);
/* name: the file's, its ending .txt is dropped. */
void categories_read(struct categories *c, const char *name, const char *text, size_t n, struct category_report *r);

struct categories *categories_ref(struct categories *c); /* NULL is fine; any thread */
void categories_unref(struct categories *c);             /* the last one frees it */

/* The category of a site as a client named it (a port behind it is fine), by the longest entry that it is or
 * lies below; of a site that is an address by that; CATEGORY_NONE. Any thread. */
uint16_t categories_of_site(const struct categories *c, const char *site);
/* By the longest network that contains it. */
uint16_t categories_of_address(const struct categories *c, const struct addr *a);
const char *categories_name(const struct categories *c, uint16_t category); /* lives as long as c; "" for none */
size_t categories_count(const struct categories *c);
size_t categories_entries(const struct categories *c);
size_t categories_memory(const struct categories *c); /* bytes */

#endif
