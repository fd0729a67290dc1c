/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One opened capture handle on an interface; see tap.c. Private to src/source.
 */
#ifndef SOURCE_TAP_H
#define SOURCE_TAP_H

#include <pcap/pcap.h>

#include "dpitop/source.h"

enum tap_fault { TAP_NO_FAULT, TAP_GONE, TAP_DOWN, TAP_DENIED, TAP_OTHER };

struct tap_options {
	const char *name;
	const char *capture_filter;
	int snaplen;
	size_t buffer_bytes;
	bool promiscuous;
	int protocol; /* EtherType; 0: all */
};

/* Open and activate, non-blocking, with the filter set. NULL: *fault and e say why. */
pcap_t *tap_open(const struct tap_options *o, enum tap_fault *fault, struct error *e);
int tap_set_filter(pcap_t *p, const char *text, struct error *e);
/* Nothing more comes into its ring; what is there can be read. false: the kernel does not do that. */
bool tap_refuse(pcap_t *p);

enum link_state { LINK_GONE, LINK_DOWN, LINK_NO_CARRIER, LINK_UP };

/* The present state of an interface, and its index (0: gone). A name that is no network interface
 * ("any", "usbmon1") is gone. */
enum link_state tap_link_state(const char *name, unsigned *index);

#endif
