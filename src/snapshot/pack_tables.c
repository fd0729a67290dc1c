/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE tables of what is packed: a new member of a picture has its line here, else screens that are attached do not have it
 * (tests/unit/test_pack.c compares them).
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>

#include "snapshot/pack.h"

#define SIZE_OF(type, member) sizeof(((type *)0)->member)
#define ONE(type, member, kind, max, part) {offsetof(type, member), SIZE_OF(type, member), 1, kind, max, part, 0}
#define ALL(type, member, kind, part) \
	{offsetof(type, member), SIZE_OF(type, member[0]), SIZE_OF(type, member) / SIZE_OF(type, member[0]), kind, UINT64_MAX, part, 0}
#define ARRAY(type, member, counted, max, part) {offsetof(type, member), SIZE_OF(type, member), 1, PACK_ARRAY, max, part, offsetof(type, counted)}
#define TABLE(name, type) {name, sizeof name / sizeof *(name), sizeof(type)}

/* clang-format off */
#define T struct row
#define UINT(member) ONE(T, member, PACK_UINT, UINT64_MAX, NULL)
#define UPTO(member, max) ONE(T, member, PACK_UINT, max, NULL)
#define UINTS(member) ALL(T, member, PACK_UINT, NULL)
#define INT(member) ONE(T, member, PACK_INT, 0, NULL)
#define BOOL(member) ONE(T, member, PACK_BOOL, 0, NULL)
#define REAL(member) ONE(T, member, PACK_REAL, 0, NULL)
#define TEXT(member) ONE(T, member, PACK_TEXT, 0, NULL)
#define CHARS(member) ONE(T, member, PACK_CHARS, 0, NULL)
#define BYTES(member) ONE(T, member, PACK_BYTES, 0, NULL)
#define PART(member, part) ONE(T, member, PACK_PART, 0, &(part))
#define PARTS(member, part) ALL(T, member, PACK_PART, &(part))
#define RARES(member, part) ALL(T, member, PACK_RARE, &(part))
#define MAYBE(member, part) ONE(T, member, PACK_MAYBE, 0, &(part))
#define MANY(member, counted, max, part) ARRAY(T, member, counted, max, &(part))

/* ---- small ones ---- */

#undef T
#define T struct flow_counters
static const struct pack_field counters_fields[] = {UINTS(bytes), UINTS(packets)};
static const struct pack_table counters = TABLE(counters_fields, T);

struct lasting_bytes {
	uint64_t bytes[LASTING_COUNT];
};
#undef T
#define T struct lasting_bytes
static const struct pack_field lasting_fields[] = {UINTS(bytes)};
static const struct pack_table lasting = TABLE(lasting_fields, T);

struct graph_column {
	uint64_t bytes[2];
};
#undef T
#define T struct graph_column
static const struct pack_field graph_fields[] = {UINTS(bytes)};
static const struct pack_table graph = TABLE(graph_fields, T);

#undef T
#define T struct prefix
static const struct pack_field prefix_fields[] = {UPTO(v4, 32), UPTO(v6, 128)};
static const struct pack_table prefix = TABLE(prefix_fields, T);

#undef T
#define T struct gauge
static const struct pack_field gauge_fields[] = {UINT(used), UINT(max), UINT(evicted), UINT(bytes)};
static const struct pack_table gauge = TABLE(gauge_fields, T);

#undef T
#define T struct model_totals
static const struct pack_field totals_fields[] = {
	UINT(packets), UINT(bytes), UINT(non_ip_packets), UINT(non_ip_bytes), UINT(undecoded_packets), UINT(undecoded_bytes),
	UINT(truncated_packets), UINT(in_bytes), UINT(out_bytes), UINT(local_bytes), UINT(transit_bytes), INT(first_us), INT(last_us),
};
static const struct pack_table totals = TABLE(totals_fields, T);

#undef T
#define T struct flow_stats
static const struct pack_field flow_stats_fields[] = {
	UINT(created), UINT(ended), UINT(evicted), UINT(live), UINT(kept), UINT(dpi_live), UINT(dpi_refused), UINT(uninspected),
	UPTO(strain, STRAIN_COUNT - 1), UINT(max_flows), UINT(max_dpi), PART(other, counters), UINT(other_flows), UINT(memory_bytes),
};
static const struct pack_table flow_stats = TABLE(flow_stats_fields, T);

/* ---- rows and lists ---- */

#undef T
#define T struct row
static const struct pack_field row_fields[] = {
	UPTO(dim, DIM_LIST_COUNT - 1), UINT(flags), UINT(l4), UINT(ip_version), UINT(state), UINT(tcp_flags), UINT(tunnel), BOOL(own),
	BOOL(uninspected), UINT(id), BYTES(key), BYTES(addr), UINTS(port), UINT(vlan), UINT(source), PART(total, counters), UINTS(rate),
	UINTS(packet_rate), UINT(peak), UINT(flows), UINT(live_flows), UINT(hosts), UINT(peers), UINT(score), UINT(clients), UINT(hits),
	UINT(rtt_us), UINT(retransmits), UINT(out_of_order), UINT(risks), INT(first_us), INT(last_us), UINTS(spark), CHARS(country),
	UINT(asn), REAL(latitude), REAL(longitude), REAL(share), MAYBE(lasting, lasting), TEXT(label), TEXT(label2), TEXT(name), TEXT(name2),
	TEXT(mac), TEXT(mac2), TEXT(place), TEXT(place2), TEXT(app), TEXT(category), TEXT(breed), TEXT(confidence), TEXT(site), TEXT(query),
	TEXT(url), TEXT(method), TEXT(code), TEXT(user_agent), TEXT(content_type), TEXT(ja3), TEXT(ja4), TEXT(tls_version), TEXT(alpn),
	TEXT(server_info), TEXT(user), TEXT(nat), TEXT(next_hop), TEXT(ports), TEXT(as_path), TEXT(dscp), TEXT(told_vlan), TEXT(event),
	TEXT(sampling), TEXT(risk_text), TEXT(country_name), TEXT(city), TEXT(as_name), TEXT(exporter), TEXT(methods), TEXT(codes),
	TEXT(content_types), TEXT(seen_in), TEXT(site_category), TEXT(where), TEXT(text), TEXT(said), TEXT(pin), TEXT(l4_text),
	TEXT(flags_text), TEXT(state_text), TEXT(tunnel_text),
};
static const struct pack_table row = TABLE(row_fields, T);

#undef T
#define T struct list
static const struct pack_field list_fields[] = {
	UPTO(dim, DIM_LIST_COUNT - 1), MANY(rows, count, SIZE_MAX - 1, row), UINT(matching), UINT(all), BOOL(partial), PART(other, row), PART(sum, row),
};
static const struct pack_table list = TABLE(list_fields, T);

/* ---- sources, exporters, collectors that are told ---- */

#undef T
#define T struct source_info
static const struct pack_field source_fields[] = {
	CHARS(name), CHARS(kind), CHARS(linktype), CHARS(state), BOOL(ok), UINT(packets), UINT(bytes), UINT(dropped), UINT(if_dropped),
	UINT(undecoded), UINT(truncated), REAL(progress), CHARS(filter), INT(snaplen), UINT(buffer_bytes), BOOL(collects), UINT(refused),
	UINT(unknown), UINT(lost), UINT(malformed), UINT(missing_template), UINT(exporters_gone), UINT(exporters), UINT(templates),
};
static const struct pack_table source = TABLE(source_fields, T);

#undef T
#define T struct export_counters
static const struct pack_field port_counters_fields[] = {
	UINT(interface), UINT(type), UINT(speed_bps), UINT(duplex), BOOL(admin_up), BOOL(oper_up), BOOL(promiscuous), UINTS(bytes),
	UINTS(unicast), UINTS(multicast), UINTS(broadcast), UINTS(discards), UINTS(errors), UINT(unknown_protos),
};
static const struct pack_table port_counters = TABLE(port_counters_fields, T);

#undef T
#define T struct exporter_port
static const struct pack_field port_fields[] = {
	CHARS(name), BOOL(has_counters), PART(counters, port_counters), UINTS(told_bytes), UINTS(rate), INT(last_us),
};
static const struct pack_table port = TABLE(port_fields, T);

#undef T
#define T struct export_exporter
static const struct pack_field told_fields[] = {
	UINT(id), UINT(slot), UINT(version), BOOL(tcp), BYTES(addr), UINT(port), BYTES(agent), UINT(domain), CHARS(name), UINT(datagrams),
	UINT(datagram_bytes), UINT(records), UINT(option_records), UINT(counter_samples), UINT(malformed), UINT(missing_template),
	UINT(recovered), UINT(waiting), UINT(lost), UINT(restarts), BOOL(misnumbered), UINT(bytes), UINT(packets), UINT(drops),
	UINT(templates), UINT(template_changes), UINT(sampling), BOOL(has_clock), INT(clock_offset_us), INT(first_us), INT(last_us), INT(boot_us),
};
static const struct pack_table told = TABLE(told_fields, T);

#undef T
#define T struct exporter_again
static const struct pack_field again_fields[] = {UINT(records), UINT(bytes), UINT(packets)};
static const struct pack_table again = TABLE(again_fields, T);

#undef T
#define T struct exporter_info
static const struct pack_field exporter_fields[] = {
	UPTO(source, SNAPSHOT_SOURCES - 1), PART(x, told), PART(again, again), UINT(record_rate), MANY(ports, port_count, SIZE_MAX - 1, port),
};
static const struct pack_table exporter = TABLE(exporter_fields, T);

#undef T
#define T struct sent_totals
static const struct pack_field sent_fields[] = {UINT(messages), UINT(records), UINT(option_records), UINT(bytes), UINT(packets), UINT(octets)};
static const struct pack_table sent_totals = TABLE(sent_fields, T);

#undef T
#define T struct export_target
static const struct pack_field target_fields[] = {CHARS(to), BOOL(ok), TEXT(why), PART(sent, sent_totals), PART(lost, sent_totals)};
static const struct pack_table target = TABLE(target_fields, T);

/* ---- matrix ---- */

#undef T
#define T struct matrix_cell
static const struct pack_field cell_fields[] = {UINT(id), UINT(bytes), UINT(packets), UINT(rate), UINT(packet_rate), UINT(flows)};
const struct pack_table pack_cell = TABLE(cell_fields, T);

#undef T
#define T struct matrix_axis
static const struct pack_field axis_fields[] = {MANY(places, count, MATRIX_PLACES, row), UINT(all)};
const struct pack_table pack_axis = TABLE(axis_fields, T);

#undef T
#define T struct matrix
static const struct pack_field matrix_fields[] = {
	UPTO(pair, DIM_COUNT - 1), UPTO(dim, DIM_COUNT - 1), PART(prefix, prefix), PARTS(axis, pack_axis), PART(sum, pack_cell), UINT(matching), UINT(all),
};
const struct pack_table pack_matrix = TABLE(matrix_fields, T);

/* ---- the picture ---- */

#undef T
#define T struct names_stats
static const struct pack_field names_fields[] = {BOOL(lookups), PART(cache, gauge), UINT(asked), UINT(found), UINT(none), UINT(silent), UINT(waiting)};
static const struct pack_table names = TABLE(names_fields, T);

#undef T
#define T struct focus
static const struct pack_field focus_fields[] = {
	UPTO(dim, DIM_LIST_COUNT - 1), UINT(id), BOOL(found), PART(row, row), BOOL(counted), TEXT(filter), PART(totals, totals), RARES(lists, list),
	MANY(graph, graph_count, GRAPH_SECONDS, graph),
};
static const struct pack_table focus = TABLE(focus_fields, T);

#undef T
#define T struct ring_info
static const struct pack_field ring_fields[] = {UINT(size_bytes), UINT(used_bytes), UINT(packets), INT(oldest_us), INT(newest_us)};
static const struct pack_table ring = TABLE(ring_fields, T);

#undef T
#define T struct history_info
static const struct pack_field history_fields[] = {
	BOOL(on), BOOL(writing), BOOL(failing), CHARS(dir), CHARS(text), UINT(files), UINT(bytes), UINT(size_bytes), UINT(entities), UINT(refused),
	UINT(removed), UINT(dropped), UINT(late), UINT(lost), UINT(damaged), UINT(written_bytes), INT(flushed_us), REAL(load),
};
static const struct pack_table history = TABLE(history_fields, T);

#undef T
#define T struct conservation
static const struct pack_field conservation_fields[] = {BOOL(l4), BOOL(l7), BOOL(hosts), BOOL(flows), BOOL(matrix)};
static const struct pack_table conservation = TABLE(conservation_fields, T);

#undef T
#define T struct engine_share
static const struct pack_field share_fields[] = {UINT(packets), REAL(load)};
static const struct pack_table share = TABLE(share_fields, T);

#undef T
#define T struct snapshot
static const struct pack_field snapshot_fields[] = {
	UINT(sequence), INT(now_us), BOOL(live), BOOL(final), PART(totals, totals), PART(filtered, totals), UINT(rate_in), UINT(rate_out),
	UINT(rate_packets), UINT(rate_flows), UINT(matching_flows), UINT(matching_hosts), UINT(drops), UINT(alerts), UINT(critical),
	PART(flow_stats, flow_stats), RARES(sources, source), UPTO(source_count, SNAPSHOT_SOURCES),
	MANY(exporters, exporter_count, SNAPSHOT_EXPORTERS, exporter), PARTS(exports, target), UPTO(export_count, SNAPSHOT_EXPORTS),
	PARTS(lists, list), PART(prefix, prefix), PART(own_prefix, prefix), MANY(graph, graph_count, GRAPH_SECONDS, graph), MAYBE(focus, focus),
	PART(flows_gauge, gauge), PART(hosts_gauge, gauge), PART(dpi_gauge, gauge), PARTS(tables, gauge), PART(names, names),
	PART(conservation, conservation), BOOL(conservation_checked), PART(ring, ring), PART(history, history), BOOL(names_on), REAL(looked),
	CHARS(filter_text), CHARS(geo_text), CHARS(category_text), BOOL(geo_countries), BOOL(geo_cities), BOOL(geo_as), BOOL(has_home),
	REAL(home_latitude), REAL(home_longitude), CHARS(dpi_version), REAL(engine_load), RARES(engines, share), UPTO(engine_count, SNAPSHOT_ENGINES),
	REAL(tick_ms), REAL(group_ms), REAL(picture_ms), UINT(memory_bytes), UINT(group_bytes),
};
const struct pack_table pack_snapshot = TABLE(snapshot_fields, T);

/* ---- what is wanted ---- */

#undef T
#define T struct want_list
static const struct pack_field want_list_fields[] = {
	BOOL(on), UINT(top), BOOL(ascending), INT(locality), INT(ip_version), UINT(keep_id), BOOL(plain),
};
const struct pack_table pack_want_list = TABLE(want_list_fields, T);

#undef T
#define T struct want_focus
static const struct pack_field want_focus_fields[] = {
	BOOL(on), UPTO(dim, DIM_LIST_COUNT - 1), UINT(id), BYTES(key), CHARS(filter), UINT(lists), UINT(top),
};
static const struct pack_table want_focus = TABLE(want_focus_fields, T);

#undef T
#define T struct want_matrix
static const struct pack_field want_matrix_fields[] = {BOOL(on), UPTO(pair, DIM_COUNT - 1), UPTO(places, MATRIX_PLACES)};
static const struct pack_table want_matrix = TABLE(want_matrix_fields, T);

#undef T
#define T struct want
static const struct pack_field want_fields[] = {
	RARES(lists, pack_want_list), CHARS(filter), BOOL(names), BOOL(early), PART(focus, want_focus), PART(matrix, want_matrix), PART(prefix, prefix),
};
const struct pack_table pack_want = TABLE(want_fields, T);
/* clang-format on */
