/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE column table. One line gives a column its id (JSON key and --sort name), header, help, the
 * dimensions that have it, width, how long it stays in a narrow window, and where it shows. The
 * order of the lines is the order of the keys in JSON and of the columns in --batch. The first line
 * of a dimension names the row. Any thread; read by the screen, the exporters and the manual.
 */
#include "config.h"

#include "dpitop/column.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "snapshot/column_get.h"

#define HOST DIM_BIT(DIM_HOST)
#define APP DIM_BIT(DIM_APP)
#define CATEGORY DIM_BIT(DIM_CATEGORY)
#define BREED DIM_BIT(DIM_BREED)
#define L4 DIM_BIT(DIM_L4)
#define VERSIONS DIM_BIT(DIM_IP_VERSION)
#define ETHERTYPE DIM_BIT(DIM_ETHERTYPE)
#define PORT DIM_BIT(DIM_PORT)
#define STATE DIM_BIT(DIM_STATE)
#define TCP_FLAGS DIM_BIT(DIM_TCP_FLAGS)
#define SUBNET DIM_BIT(DIM_SUBNET)
#define COUNTRY DIM_BIT(DIM_COUNTRY)
#define AS DIM_BIT(DIM_AS)
#define AS_PAIR DIM_BIT(DIM_AS_PAIR)
#define CITY DIM_BIT(DIM_CITY)
#define SITE DIM_BIT(DIM_SITE)
#define VLAN DIM_BIT(DIM_VLAN)
#define TUNNEL DIM_BIT(DIM_TUNNEL)
#define RISK DIM_BIT(DIM_RISK)
#define INTERFACE DIM_BIT(DIM_INTERFACE)
#define SITE_CATEGORY DIM_BIT(DIM_SITE_CATEGORY)
#define FLOW DIM_BIT(DIM_FLOW)
#define PAIRS (DIM_BIT(DIM_SUBNET_PAIR) | DIM_BIT(DIM_COUNTRY_PAIR) | AS_PAIR | \
	       DIM_BIT(DIM_VLAN_PAIR))
/* what sends and receives */
#define ENDS (HOST | SUBNET | COUNTRY | AS | CITY)
/* what carries */
#define KINDS (APP | CATEGORY | BREED | L4 | PORT | STATE | TCP_FLAGS | VLAN | TUNNEL | RISK | \
	       INTERFACE | SITE_CATEGORY)
#define TABLES (ENDS | KINDS | PAIRS | VERSIONS | ETHERTYPE | SITE)

enum {
	LEFT = COLUMN_LEFT, END = COLUMN_END, STRETCH = COLUMN_STRETCH, JSON = COLUMN_JSON,
	SCREEN = COLUMN_SCREEN, UP = COLUMN_ASCENDING, DETAIL = COLUMN_DETAIL, PLAIN = COLUMN_PLAIN,
	TEXT = LEFT | UP, NAME = LEFT | UP | JSON | SCREEN | DETAIL
};

/* clang-format off */
const struct column column_table[] = {
	/* id, title, help, dims, width, priority, flags, type, get */
	/* ---- what names a row ---- */
	{"ip", "HOST", "Address of the host.", HOST, 16, 1, NAME | END | STRETCH, VALUE_ADDR, get_ip},
	{"site", "SITE", "TLS or QUIC server name, HTTP host, or name asked of DNS.", SITE, 24, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"port", "PORT", "Port of the service.", PORT, 6, 1, NAME | PLAIN, VALUE_COUNT, get_port},
	{"subnet", "SUBNET", "Network; internet: every network that is not local.", SUBNET, 18, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"src", "SOURCE", "Where the traffic comes from.", PAIRS, 18, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"dst", "DESTINATION", "Where the traffic goes to.", PAIRS, 18, 1, NAME | END | STRETCH, VALUE_TEXT, get_label2},
	{"country", "COUNTRY", "Country by its two letters.", COUNTRY, 7, 1, NAME, VALUE_TEXT, get_country},
	{"asn", "AS", "Number of the autonomous system.", AS, 7, 1, NAME | PLAIN, VALUE_COUNT, get_asn},
	{"city", "CITY", "City.", CITY, 16, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"proto", "PROTOCOL", "Protocol above IP.", L4, 12, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"proto", "APPLICATION", "Application as nDPI names it.", APP, 18, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"proto", "PROTOCOL", "Protocol of the port.", PORT, 8, 1, NAME | STRETCH, VALUE_TEXT, get_l4},
	{"number", "NUMBER", "Number of the protocol.", L4, 6, 5, JSON | SCREEN | DETAIL | PLAIN, VALUE_COUNT, get_number},
	{"version", "IP", "IP version.", VERSIONS, 4, 1, NAME | PLAIN, VALUE_COUNT, get_version},
	{"ethertype", "ETHERTYPE", "Type of frames that are not IP.", ETHERTYPE, 16, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"state", "STATE", "State of the flows.", STATE, 12, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"tcp_flags", "FLAGS", "TCP flags seen in the flows.", TCP_FLAGS, 10, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"vlan", "VLAN", "VLAN of the flows.", VLAN, 10, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"tunnel", "TUNNEL", "Tunnel the flows came through.", TUNNEL, 10, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"risk", "RISK", "What nDPI finds dangerous in the flows.", RISK, 24, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"interface", "INTERFACE", "Where the packets were seen.", INTERFACE, 16, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"category", "CATEGORY", "Category of applications.", CATEGORY, 14, 1, NAME | STRETCH, VALUE_TEXT, get_category},
	{"breed", "BREED", "How far nDPI trusts applications.", BREED, 14, 1, NAME | STRETCH, VALUE_TEXT, get_breed},
	{"category", "SITE CATEGORY", "Category of sites, by the user's lists, else nDPI's.", SITE_CATEGORY, 20, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"name", "NAME", "Name of the host, seen on the wire or looked up.", HOST, 16, 3, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"name", "NAME", "Name of the country.", COUNTRY, 20, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"name", "NAME", "Name of the autonomous system.", AS, 24, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"src_name", "SOURCE NAME", "Name of the source.", AS_PAIR, 16, 5, TEXT | STRETCH | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"dst_name", "DESTINATION NAME", "Name of the destination.", AS_PAIR, 16, 5, TEXT | STRETCH | SCREEN | DETAIL, VALUE_TEXT, get_name2},
	{"mac", "MAC", "Hardware address the host was last seen with.", HOST, 17, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_mac},
	{"local", "LOCAL", "Is the host in a local network?", HOST, 5, 9, LEFT | JSON | DETAIL, VALUE_BOOL, get_local},
	{"category", "CATEGORY", "Category nDPI puts the application in.", APP, 14, 3, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_category},
	{"category", "CATEGORY", "What the site belongs to, by the user's lists, else nDPI's category.", SITE, 14, 3, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_category},
	{"seen_in", "SEEN IN", "Where clients named the site: DNS, HTTP, TLS or QUIC.", SITE, 9, 6, TEXT | SCREEN | DETAIL, VALUE_TEXT, get_seen_in},
	{"breed", "BREED", "How far nDPI trusts the application.", APP, 14, 6, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_breed},
	{"sites", "SITES", "Sites in it.", SITE_CATEGORY, 7, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_hosts},
	{"hits", "HITS", "Flows and requests to the site.", SITE | SITE_CATEGORY, 8, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_hits},

	/* ---- how much ---- */
	{"sent_bytes", "SENT", "Bytes sent.", ENDS, 10, 2, JSON | SCREEN | DETAIL, VALUE_BYTES, get_sent_bytes},
	{"sent_packets", "SENT PKTS", "Packets sent.", HOST, 10, 9, JSON | DETAIL, VALUE_PACKETS, get_sent_packets},
	{"sent_packets", "SENT PKTS", "Packets sent.", ENDS & ~HOST, 10, 9, DETAIL, VALUE_PACKETS, get_sent_packets},
	{"rcvd_bytes", "RECEIVED", "Bytes received.", ENDS, 10, 2, JSON | SCREEN | DETAIL, VALUE_BYTES, get_rcvd_bytes},
	{"rcvd_packets", "RCVD PKTS", "Packets received.", HOST, 10, 9, JSON | DETAIL, VALUE_PACKETS, get_rcvd_packets},
	{"rcvd_packets", "RCVD PKTS", "Packets received.", ENDS & ~HOST, 10, 9, DETAIL, VALUE_PACKETS, get_rcvd_packets},
	{"packets", "PACKETS", "Packets both ways.", TABLES & ~(ENDS | SITE), 10, 5, JSON | SCREEN | DETAIL, VALUE_PACKETS, get_packets},
	{"packets", "PACKETS", "Packets both ways.", ENDS | SITE, 10, 8, DETAIL, VALUE_PACKETS, get_packets},
	{"bytes", "BYTES", "Bytes both ways.", TABLES & ~ENDS, 10, 2, JSON | SCREEN | DETAIL, VALUE_BYTES, get_bytes},
	{"bytes", "TOTAL", "Bytes sent and received.", ENDS, 10, 4, SCREEN | DETAIL, VALUE_BYTES, get_bytes},
	{"share", "SHARE", "Share of all bytes of the list.", TABLES & ~APP, 6, 7, SCREEN | DETAIL, VALUE_SHARE, get_share},
	{"share", "SHARE", "Share of all bytes of the list.", APP, 6, 5, SCREEN | DETAIL, VALUE_SHARE, get_share},
	{"rate", "RATE", "Bytes per second, both ways, in the last second.", TABLES, 10, 2, SCREEN | DETAIL, VALUE_RATE, get_rate},
	{"sent_rate", "SENDING", "Bytes sent in the last second.", ENDS, 10, 9, DETAIL, VALUE_RATE, get_sent_rate},
	{"rcvd_rate", "RECEIVING", "Bytes received in the last second.", ENDS, 10, 9, DETAIL, VALUE_RATE, get_rcvd_rate},
	{"packet_rate", "PACKET RATE", "Packets per second, both ways, in the last second.", TABLES, 10, 9, DETAIL, VALUE_PACKET_RATE, get_packet_rate},
	{"peak", "PEAK", "Highest rate seen.", TABLES, 10, 9, DETAIL, VALUE_RATE, get_peak},
	{"spark", "RATE 60s", "The last minute in steps of five seconds.", TABLES, 12, 6, LEFT | SCREEN, VALUE_SPARK, get_spark},
	{"flows", "FLOWS", "Flows so far.", HOST | KINDS | PAIRS, 7, 6, JSON | SCREEN | DETAIL, VALUE_COUNT, get_flows},
	{"flows", "FLOWS", "Flows so far.", SUBNET | COUNTRY | AS | CITY | VERSIONS | SITE, 7, 6, SCREEN | DETAIL, VALUE_COUNT, get_flows},
	{"live_flows", "LIVE", "Flows that have not ended.", TABLES & ~ETHERTYPE, 7, 9, DETAIL, VALUE_COUNT, get_live_flows},
	{"hosts", "HOSTS", "Hosts in it.", ENDS & ~HOST, 7, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_hosts},
	{"hosts", "HOSTS", "Hosts that use it.", APP, 7, 5, SCREEN | DETAIL, VALUE_COUNT, get_hosts},
	{"peers", "PEERS", "Addresses the host talked to.", HOST, 6, 7, JSON | SCREEN | DETAIL, VALUE_COUNT, get_peers},
	{"clients", "CLIENTS", "Addresses that visited the site.", SITE, 7, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_clients},
	{"methods", "METHODS", "HTTP methods and how often.", SITE, 13, 4, TEXT | JSON | SCREEN | DETAIL, VALUE_TALLY, get_methods},
	{"codes", "CODES", "HTTP return codes and how often.", SITE, 14, 4, TEXT | JSON | SCREEN | DETAIL, VALUE_TALLY, get_codes},
	{"content_types", "CONTENT TYPES", "HTTP content types and how often.", SITE, 20, 5, TEXT | JSON | SCREEN | DETAIL, VALUE_TALLY, get_content_types},
	{"top_app", "TOP APP", "Application with most of the host's bytes.", HOST, 14, 4, TEXT | SCREEN | DETAIL, VALUE_TEXT, get_app},

	/* ---- where ---- */
	{"where", "WHERE", "Local, or country and autonomous system.", HOST, 12, 5, TEXT | SCREEN, VALUE_TEXT, get_where},
	{"country", "COUNTRY", "Country of the host.", HOST, 7, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_country},
	{"country", "COUNTRY", "Country of the city.", CITY, 7, 2, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_country},
	{"country_name", "COUNTRY NAME", "Name of the country.", HOST | CITY, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_country_name},
	{"city", "CITY", "City of the host.", HOST, 12, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_city},
	{"asn", "AS", "Autonomous system of the host.", HOST, 7, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_asn},
	{"as_name", "AS NAME", "Name of the host's autonomous system.", HOST, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_as_name},
	{"latitude", "LATITUDE", "Degrees north.", HOST, 9, 9, JSON | DETAIL, VALUE_REAL, get_latitude},
	{"longitude", "LONGITUDE", "Degrees east.", HOST, 9, 9, JSON | DETAIL, VALUE_REAL, get_longitude},
	{"latitude", "LATITUDE", "Degrees north.", COUNTRY | CITY, 9, 9, 0, VALUE_REAL, get_latitude},
	{"longitude", "LONGITUDE", "Degrees east.", COUNTRY | CITY, 9, 9, 0, VALUE_REAL, get_longitude},
	{"score", "RISK", "Sum of the scores of the risks in the host's flows.", HOST, 8, 4, JSON | SCREEN | DETAIL, VALUE_RISK, get_score},
	{"risks", "RISKS", "What nDPI finds dangerous in the host's flows.", HOST, 16, 9, TEXT | DETAIL, VALUE_LIST, get_risks},
	{"first", "FIRST", "When it was first seen.", HOST, 8, 9, JSON | DETAIL, VALUE_TIME_US, get_first},
	{"last", "LAST", "When it was last seen.", HOST, 8, 8, JSON | DETAIL, VALUE_TIME_US, get_last},
	{"first", "FIRST", "When it was first seen.", TABLES & ~HOST, 8, 9, DETAIL, VALUE_TIME_US, get_first},
	{"last", "LAST", "When it was last seen.", TABLES & ~HOST, 8, 8, DETAIL, VALUE_TIME_US, get_last},

	/* ---- flows ---- */
	{"client", "CLIENT", "Who began the flow.", FLOW, 21, 1, NAME | END | STRETCH, VALUE_ADDR, get_client},
	{"client_name", "CLIENT NAME", "Name of the client.", FLOW, 16, 9, TEXT | STRETCH | DETAIL, VALUE_TEXT, get_name},
	{"client_port", "CLIENT PORT", "Port of the client.", FLOW, 6, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_client_port},
	{"server", "SERVER", "Whom the client addressed.", FLOW, 21, 1, NAME | END | STRETCH, VALUE_ADDR, get_server},
	{"server_name", "SERVER NAME", "Name of the server.", FLOW, 16, 9, TEXT | STRETCH | DETAIL, VALUE_TEXT, get_name2},
	{"server_port", "SERVER PORT", "Port of the server.", FLOW, 6, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_server_port},
	{"l4", "PROTO", "Protocol above IP.", FLOW, 5, 5, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_l4},
	{"l4_number", "PROTO NUMBER", "Number of the protocol.", FLOW, 4, 9, JSON | PLAIN, VALUE_COUNT, get_number},
	{"vlan", "VLAN", "VLAN of the flow.", FLOW, 5, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_vlan},
	{"tunnel", "TUNNEL", "Tunnel the flow came through.", FLOW, 7, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_tunnel},
	{"l7", "APPLICATION", "Application as nDPI names it.", FLOW, 14, 2, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_app},
	{"category", "CATEGORY", "Category nDPI puts the flow in.", FLOW, 14, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_category},
	{"breed", "BREED", "How far nDPI trusts the application.", FLOW, 14, 9, TEXT | DETAIL, VALUE_TEXT, get_breed},
	{"confidence", "CONFIDENCE", "How nDPI came to the application.", FLOW, 12, 9, TEXT | DETAIL, VALUE_TEXT, get_confidence},
	{"subject", "SITE", "Server name, HTTP host, or name asked of DNS.", FLOW, 14, 3, TEXT | STRETCH | END | SCREEN, VALUE_TEXT, get_subject},
	{"rate", "RATE", "Bytes per second, both ways, in the last second.", FLOW, 10, 2, SCREEN | DETAIL, VALUE_RATE, get_rate},
	{"c2s_rate", "UP RATE", "Bytes per second from client to server.", FLOW, 10, 9, DETAIL, VALUE_RATE, get_sent_rate},
	{"s2c_rate", "DOWN RATE", "Bytes per second from server to client.", FLOW, 10, 9, DETAIL, VALUE_RATE, get_rcvd_rate},
	{"c2s_bytes", "UP", "Bytes from client to server.", FLOW, 10, 3, JSON | SCREEN | DETAIL, VALUE_BYTES, get_sent_bytes},
	{"c2s_packets", "UP PKTS", "Packets from client to server.", FLOW, 9, 9, JSON | DETAIL, VALUE_PACKETS, get_sent_packets},
	{"s2c_bytes", "DOWN", "Bytes from server to client.", FLOW, 10, 3, JSON | SCREEN | DETAIL, VALUE_BYTES, get_rcvd_bytes},
	{"s2c_packets", "DOWN PKTS", "Packets from server to client.", FLOW, 9, 9, JSON | DETAIL, VALUE_PACKETS, get_rcvd_packets},
	{"bytes", "TOTAL", "Bytes both ways.", FLOW, 10, 4, SCREEN | DETAIL, VALUE_BYTES, get_bytes},
	{"packets", "PACKETS", "Packets both ways.", FLOW, 9, 7, SCREEN | DETAIL, VALUE_PACKETS, get_packets},
	{"share", "SHARE", "Share of all bytes of the list.", FLOW, 6, 9, DETAIL, VALUE_SHARE, get_share},
	{"first", "FIRST", "When the flow began.", FLOW, 8, 9, JSON | DETAIL, VALUE_TIME_US, get_first},
	{"last", "LAST", "When the flow last moved.", FLOW, 8, 8, JSON | DETAIL, VALUE_TIME_US, get_last},
	{"duration", "TIME", "How long the flow has lasted.", FLOW, 6, 7, SCREEN | DETAIL, VALUE_DURATION_US, get_duration},
	{"state", "STATE", "State of the flow.", FLOW, 9, 6, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_state},
	{"tcp_flags", "FLAGS", "TCP flags seen, both ways.", FLOW, 8, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_tcp_flags},
	{"site", "SNI/HOST", "TLS or QUIC server name, or HTTP host.", FLOW, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_site},
	{"site_category", "SITE CAT.", "What the site belongs to, by the user's lists, else nDPI's category.", FLOW, 14, 9, TEXT | DETAIL, VALUE_TEXT, get_site_category},
	{"query", "QUERY", "Name asked of DNS.", FLOW, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_query},
	{"method", "METHOD", "HTTP method.", FLOW, 7, 9, TEXT | DETAIL, VALUE_TEXT, get_method},
	{"code", "CODE", "HTTP return code.", FLOW, 4, 9, TEXT | DETAIL, VALUE_TEXT, get_code},
	{"url", "URL", "HTTP address.", FLOW, 24, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_url},
	{"content_type", "CONTENT", "HTTP content type.", FLOW, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_content_type},
	{"user_agent", "USER AGENT", "Program that asked, as it says.", FLOW, 24, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_user_agent},
	{"server_info", "BANNER", "What the server says of itself.", FLOW, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_server_info},
	{"tls_version", "TLS", "TLS version.", FLOW, 8, 9, TEXT | DETAIL, VALUE_TEXT, get_tls_version},
	{"alpn", "ALPN", "Protocols the TLS client offers.", FLOW, 12, 9, TEXT | DETAIL, VALUE_TEXT, get_alpn},
	{"ja3", "JA3", "Fingerprint of the TLS client.", FLOW, 32, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_ja3},
	{"ja4", "JA4", "Fingerprint of the TLS client.", FLOW, 36, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_ja4},
	{"rtt_us", "RTT", "Round trip of the handshake.", FLOW, 6, 8, JSON | SCREEN | DETAIL, VALUE_DURATION_US, get_rtt},
	{"retransmits", "RETR", "Retransmitted TCP segments.", FLOW, 5, 8, JSON | SCREEN | DETAIL, VALUE_COUNT, get_retransmits},
	{"out_of_order", "OOO", "TCP segments out of order.", FLOW, 5, 9, DETAIL, VALUE_COUNT, get_out_of_order},
	{"score", "RISK", "Sum of the scores of the flow's risks.", FLOW, 6, 7, SCREEN | DETAIL, VALUE_RISK, get_score},
	{"risks", "RISKS", "What nDPI finds dangerous in the flow.", FLOW, 14, 7, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_LIST, get_risks},
	{"guessed", "GUESSED", "Was the application guessed by port or address?", FLOW, 7, 9, LEFT | JSON | DETAIL, VALUE_BOOL, get_guessed},
	{"where", "WHERE", "Country and autonomous system of the remote end.", FLOW, 12, 8, TEXT | SCREEN, VALUE_TEXT, get_where},
	{"country", "COUNTRY", "Country of the remote end.", FLOW, 7, 9, TEXT | DETAIL, VALUE_TEXT, get_country},
	{"asn", "AS", "Autonomous system of the remote end.", FLOW, 7, 9, DETAIL | PLAIN, VALUE_COUNT, get_asn},
	{"as_name", "AS NAME", "Name of the remote end's autonomous system.", FLOW, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_as_name},
	{"exporter", "EXPORTER", "Router or switch that reported the flow.", FLOW, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_exporter},
};
/* clang-format on */

const size_t column_count = sizeof column_table / sizeof *column_table;

static const struct column *find_title(enum dim d, const char *title)
{
	const struct column *found = NULL;
	size_t i;

	for (i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if (!(c->dims & DIM_BIT(d)) || strcasecmp(c->title, title) != 0)
			continue;
		if (found != NULL)
			return NULL; /* ambiguous */
		found = c;
	}
	return found;
}

const struct column *column_find(enum dim d, const char *id)
{
	size_t i;

	for (i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if ((c->dims & DIM_BIT(d)) && strcmp(c->id, id) == 0)
			return c;
	}
	return find_title(d, id);
}

const struct column *column_default_sort(enum dim d)
{
	return column_find(d, "bytes");
}

const char *column_ids(enum dim d, char *buf, size_t size)
{
	size_t i, used = 0;

	buf[0] = '\0';
	for (i = 0; i < column_count; i++) {
		const struct column *c = &column_table[i];

		if (!(c->dims & DIM_BIT(d)) || used + strlen(c->id) + 2 > size)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s", used > 0 ? " " : "",
					 c->id);
	}
	return buf;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static uint64_t spark_sum(const struct value *v)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < DIM_SPARK; i++)
		sum += v->spark[i];
	return sum;
}

static int compare_values(const struct value *a, const struct value *b)
{
	int r;

	switch (a->type) {
	case VALUE_TEXT: case VALUE_LIST: case VALUE_TALLY:
		r = strcasecmp(a->s, b->s);
		return r != 0 ? r : strcmp(a->s, b->s);
	case VALUE_ADDR:
		return addr_cmp(a->addr, b->addr);
	case VALUE_SHARE: case VALUE_REAL:
		return (a->d > b->d) - (a->d < b->d);
	case VALUE_SPARK:
		return compare_u64(spark_sum(a), spark_sum(b));
	default:
		return compare_u64(a->u, b->u);
	}
}

int column_compare(const struct column *c, const struct row *a, const struct row *b)
{
	struct value x = c->get(a), y = c->get(b);
	int r;

	if (x.type == VALUE_NONE || y.type == VALUE_NONE) {
		r = (x.type != VALUE_NONE) - (y.type != VALUE_NONE);
		if (c->flags & COLUMN_ASCENDING)
			r = -r;
	} else {
		r = compare_values(&x, &y);
	}
	if (r == 0)
		r = compare_u64(a->total.bytes[0] + a->total.bytes[1],
				b->total.bytes[0] + b->total.bytes[1]);
	return r != 0 ? r : compare_u64(a->id, b->id);
}
