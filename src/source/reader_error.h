/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences for capture files that cannot be read; see reader_error.c. Private to src/source.
 */
#ifndef SOURCE_READER_ERROR_H
#define SOURCE_READER_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "dpitop/err.h"

enum { READER_HEAD = 8 };

/* pcap_text: what libpcap said; head: the file's first bytes. */
int reader_say_open_error(const char *name, const uint8_t *head, size_t head_count,
			  const char *pcap_text, struct error *e);
int reader_say_read_error(const char *name, uint64_t packets, const char *pcap_text,
			  struct error *e);

#endif
