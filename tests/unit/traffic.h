/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small world for the tests of the snapshot room: a real flow table and a real model, fed with
 * packets that a test makes up; ticks of a second from START_US on; 10.0.0.0/8 and the other
 * private networks are local, 192.0.2.0/24 lies in US, 198.51.100.0/24 in DE, all else nowhere.
 */
#ifndef TESTS_TRAFFIC_H
#define TESTS_TRAFFIC_H

#include "dpitop/snapshot.h"

#define START_US INT64_C(1700000000000000)
#define SECOND_US INT64_C(1000000)
enum { TCP = 6, UDP = 17 };

struct traffic {
	struct flow_table *flows;
	struct model *model;
	struct subnets *subnets;
	struct geoip *geoip;
	struct model_options options;
	struct source_info source;
	struct snapshot_input in; /* of all this, without a filter */
	struct model_totals seen; /* since the last tick */
	int64_t now_us;
	char geo[32];
};

void traffic_open(struct traffic *t, const struct flow_limits *limits); /* NULL: defaults */
void traffic_close(struct traffic *t);
/* One packet of a length; addresses as text. The flow it belongs to, to be changed before it is
 * told. */
struct flow *traffic_packet(struct traffic *t, const char *src, uint16_t src_port, const char *dst,
			    uint16_t dst_port, uint8_t l4, uint32_t bytes);
/* As traffic_packet(), and an answer of twice the length. */
struct flow *traffic_flow(struct traffic *t, const char *client, uint16_t client_port,
			  const char *server, uint16_t server_port, uint8_t l4, uint32_t bytes);
/* Call the flow an application as the library names it ("TLS.Google", "DNS"). */
void traffic_name(struct traffic *t, struct flow *f, const char *app);
void traffic_site(struct flow *f, const char *site);
void traffic_tick(struct traffic *t); /* a second later */
void traffic_end(struct traffic *t);  /* of all flows */
/* Five flows, told and one tick old: bytes up, down
 *   10.0.0.5:1001 -> 192.0.2.1:443 TCP    TLS         1000 2000  site www.example.org
 *   10.0.0.5:1002 -> 198.51.100.7:443 TCP TLS.Google   400  800  site mail.example.net
 *   10.0.0.6:1003 -> 198.51.100.7:80 TCP  HTTP         300  600
 *   10.0.0.6:1004 -> 10.0.0.1:53 UDP      DNS           80  160  query www.example.org
 *   203.0.113.9:1005 -> 10.0.0.1:22 TCP   SSH           60  120 */
void traffic_five(struct traffic *t);

#endif
