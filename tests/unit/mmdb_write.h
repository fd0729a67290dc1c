/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small MaxMind DB files (format 2.0, maxmind.github.io/MaxMind-DB) for tests: say what a record holds,
 * then which networks have it. Just enough types for what geo databases hold.
 */
#ifndef TESTS_MMDB_WRITE_H
#define TESTS_MMDB_WRITE_H

#include <stddef.h>
#include <stdint.h>

struct mmdb_write {
	const char *type; /* database_type */
	int ip_version;
	uint8_t data[4096];
	size_t n;
	int32_t nodes[4096][2]; /* >= 0: a node, -1: nothing, else -2 - offset of a record */
	int32_t count;
};

void mmdb_begin(struct mmdb_write *w, const char *type, int ip_version);
int32_t mmdb_map(struct mmdb_write *w, unsigned pairs); /* the next pairs * 2 values; where it is */
void mmdb_text(struct mmdb_write *w, const char *text);
void mmdb_pair(struct mmdb_write *w, const char *name, const char *text);
void mmdb_u32(struct mmdb_write *w, uint32_t v);
void mmdb_double(struct mmdb_write *w, double v);
void mmdb_float(struct mmdb_write *w, float v);
void mmdb_net(struct mmdb_write *w, const char *cidr, int32_t record);
void mmdb_save(struct mmdb_write *w, const char *path);

#endif
