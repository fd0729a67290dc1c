/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the fuzz targets of flow exports share. Input: datagrams, each after its length in two bytes (little
 * endian) and a byte of switches: the low bits say which exporter sends it, the others are below. The decoder
 * has very small limits, so that all of them are reached.
 */
#ifndef FUZZ_EXPORTS_H
#define FUZZ_EXPORTS_H

#include "dpitop/export_decode.h"

enum {
	FUZZ_PORT = 3,    /* one of four source ports */
	FUZZ_ADDR = 4,    /* one of two addresses */
	FUZZ_TICK = 8,    /* time passes first: an hour */
	FUZZ_STREAM = 16  /* IPFIX: a piece of a stream */
};

/* Decode them all as what a listener of this protocol takes, hold what is told to its promises. */
void fuzz_exports(const uint8_t *data, size_t n, enum export_proto proto);

#endif
