/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A capture file in the pcapng format (draft-ietf-opsawg-pcapng): one section, its interfaces, their
 * packets with microseconds. Writes to a FILE, whose owner looks for errors. One thread per file.
 */
#ifndef DPITOP_PCAPNG_H
#define DPITOP_PCAPNG_H

#include <stdint.h>
#include <stdio.h>

/* First. comment: what the file holds, clean text; "" none. */
void pcapng_section(FILE *out, const char *comment);
/* The next interface, numbered from 0. linktype: as pcap_datalink() gives it; snaplen 0: no limit. Readers
 * made with libpcap want all interfaces of a file to be of one link type and snaplen. */
void pcapng_interface(FILE *out, const char *name, int linktype, uint32_t snaplen);
/* interface: one that was written before; cap_len bytes of data. */
void pcapng_packet(FILE *out, uint32_t interface, int64_t ts_us, const uint8_t *data, uint32_t cap_len,
		   uint32_t wire_len);

#endif
