/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks: tables small enough to stand beside and below one another, the top of their lists each, and
 * one spot that walks through all of them. Overview and the details are made of them. The lists
 * belong to the picture: blocks are made anew for each draw. Main thread.
 */
#ifndef TUI_BLOCKS_H
#define TUI_BLOCKS_H

#include "dpitop/snapshot.h"

struct tui;

struct rect {
	int x, y, columns, rows;
};

enum { BLOCKS_MAX = 12 };

struct block {
	enum dim dim;
	const char *title;
	const struct list *list;
	uint64_t without; /* this row is left out; 0: none */
	bool counts;      /* the title says how many there are */
	bool wide;        /* it takes a line of blocks_stack() alone */
	struct rect at;
};

struct blocks {
	struct block at[BLOCKS_MAX];
	unsigned count;
};

struct spot { /* where the cursor of blocks is */
	bool on;
	enum dim dim;  /* the block's */
	uint64_t id;   /* the row it stays on; 0: the first, whichever it is */
	size_t row;    /* where that was last */
};

void blocks_add(struct blocks *b, struct block block);
/* How many rows the list of a block has to show. */
size_t block_count(const struct block *b);
/* The i-th row that fits; NULL past the last. */
const struct row *block_row(const struct block *b, size_t i);
/* Place all in a grid, filling r down to its end. Returns how many found a place. */
unsigned blocks_fill(struct blocks *b, struct rect r, int across);
/* Place all in a grid below one another, each as tall as its list; the tallest are cut until all fit into
 * r, but no shorter than `rows` rows and a title. Returns the lines it takes. */
int blocks_stack(struct blocks *b, struct rect r, int across, int rows);
void blocks_draw(struct tui *t, const struct blocks *b, const struct spot *s);
/* The row under the spot, NULL. */
const struct row *blocks_row(const struct blocks *b, const struct spot *s);
const struct block *blocks_block(const struct blocks *b, const struct spot *s);
/* Down (or up) through the rows of all blocks. False at the ends. */
bool blocks_move(const struct blocks *b, struct spot *s, long rows);
/* To the next block that has rows, or the one before, round and round. */
void blocks_turn(const struct blocks *b, struct spot *s, int step);
/* The block's line of the spot, -1: none. */
int blocks_line(const struct blocks *b, const struct spot *s);

#endif
