/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a column reads from a row. Private to src/snapshot; column.c is the table of them.
 */
#ifndef SNAPSHOT_COLUMN_GET_H
#define SNAPSHOT_COLUMN_GET_H

#include "dpitop/column.h"

/* what names a row; not known of sums */
struct value get_ip(const struct row *r);
struct value get_label(const struct row *r);
struct value get_label2(const struct row *r);
struct value get_name(const struct row *r);
struct value get_name2(const struct row *r);
struct value get_number(const struct row *r);
struct value get_port(const struct row *r);
struct value get_version(const struct row *r);
struct value get_client(const struct row *r);
struct value get_client_port(const struct row *r);
struct value get_server(const struct row *r);
struct value get_server_port(const struct row *r);

/* attributes */
struct value get_mac(const struct row *r);
struct value get_local(const struct row *r);
struct value get_app(const struct row *r);
struct value get_category(const struct row *r);
struct value get_breed(const struct row *r);
struct value get_confidence(const struct row *r);
struct value get_guessed(const struct row *r);
struct value get_where(const struct row *r);
struct value get_country(const struct row *r);
struct value get_country_name(const struct row *r);
struct value get_city(const struct row *r);
struct value get_asn(const struct row *r);
struct value get_as_name(const struct row *r);
struct value get_today(const struct row *r);
struct value get_yesterday(const struct row *r);
struct value get_week(const struct row *r);
struct value get_month(const struct row *r);
struct value get_year(const struct row *r);
struct value get_latitude(const struct row *r);
struct value get_longitude(const struct row *r);
struct value get_vlan(const struct row *r);
struct value get_tunnel(const struct row *r);
struct value get_l4(const struct row *r);
struct value get_state(const struct row *r);
struct value get_tcp_flags(const struct row *r);
struct value get_site(const struct row *r);
struct value get_query(const struct row *r);
struct value get_subject(const struct row *r);
struct value get_url(const struct row *r);
struct value get_method(const struct row *r);
struct value get_code(const struct row *r);
struct value get_methods(const struct row *r);
struct value get_codes(const struct row *r);
struct value get_content_types(const struct row *r);
struct value get_seen_in(const struct row *r);
struct value get_site_category(const struct row *r);
struct value get_user_agent(const struct row *r);
struct value get_content_type(const struct row *r);
struct value get_ja3(const struct row *r);
struct value get_ja4(const struct row *r);
struct value get_tls_version(const struct row *r);
struct value get_alpn(const struct row *r);
struct value get_server_info(const struct row *r);
struct value get_risks(const struct row *r);
struct value get_exporter(const struct row *r);
struct value get_mark(const struct row *r);
struct value get_severity(const struct row *r);
struct value get_kind(const struct row *r);
struct value get_text(const struct row *r);

/* counts */
struct value get_sent_bytes(const struct row *r);
struct value get_sent_packets(const struct row *r);
struct value get_rcvd_bytes(const struct row *r);
struct value get_rcvd_packets(const struct row *r);
struct value get_bytes(const struct row *r);
struct value get_packets(const struct row *r);
struct value get_flows(const struct row *r);
struct value get_count(const struct row *r);
struct value get_live_flows(const struct row *r);
struct value get_hosts(const struct row *r);
struct value get_peers(const struct row *r);
struct value get_hits(const struct row *r);
struct value get_clients(const struct row *r);
struct value get_score(const struct row *r);
struct value get_retransmits(const struct row *r);
struct value get_out_of_order(const struct row *r);
struct value get_share(const struct row *r);

/* rates */
struct value get_rate(const struct row *r);
struct value get_sent_rate(const struct row *r);
struct value get_rcvd_rate(const struct row *r);
struct value get_packet_rate(const struct row *r);
struct value get_sent_packet_rate(const struct row *r);
struct value get_rcvd_packet_rate(const struct row *r);
struct value get_peak(const struct row *r);
struct value get_spark(const struct row *r);

/* times */
struct value get_rtt(const struct row *r);
struct value get_duration(const struct row *r);
struct value get_first(const struct row *r);
struct value get_last(const struct row *r);

#endif
