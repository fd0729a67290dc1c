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

#include "dpitop/i18n.h"
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
#define EXPORTER DIM_BIT(DIM_EXPORTER)
#define FLOW DIM_BIT(DIM_FLOW)
#define ALERT DIM_BIT(DIM_ALERT)
#define PAIRS (DIM_BIT(DIM_SUBNET_PAIR) | DIM_BIT(DIM_COUNTRY_PAIR) | AS_PAIR | \
	       DIM_BIT(DIM_VLAN_PAIR))
/* what sends and receives */
#define ENDS (HOST | SUBNET | COUNTRY | AS | CITY)
/* what carries */
#define KINDS (APP | CATEGORY | BREED | L4 | PORT | STATE | TCP_FLAGS | VLAN | TUNNEL | RISK | \
	       INTERFACE | SITE_CATEGORY | EXPORTER)
#define TABLES (ENDS | KINDS | PAIRS | VERSIONS | ETHERTYPE | SITE)
/* what has history (interval_class_of()) */
#define RECORDED (ENDS | PAIRS | APP | CATEGORY | BREED | L4 | VERSIONS | ETHERTYPE | PORT | STATE | TCP_FLAGS | VLAN | INTERFACE | \
		  SITE_CATEGORY | EXPORTER)

enum {
	LEFT = COLUMN_LEFT, END = COLUMN_END, STRETCH = COLUMN_STRETCH, JSON = COLUMN_JSON,
	SCREEN = COLUMN_SCREEN, UP = COLUMN_ASCENDING, DETAIL = COLUMN_DETAIL, PLAIN = COLUMN_PLAIN,
	TEXT = LEFT | UP, NAME = LEFT | UP | JSON | SCREEN | DETAIL
};

/* clang-format off */
const struct column column_table[] = {
	/* id, title, help, dims, width, priority, flags, type, get */
	/* ---- what names a row ---- */
	{"ip", N_("HOST"), N_("Address of the host."), HOST, 16, 1, NAME | END | STRETCH, VALUE_ADDR, get_ip},
	{"site", N_("SITE"), N_("TLS or QUIC server name, HTTP host, or name asked of DNS."), SITE, 24, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"port", N_("PORT"), N_("Port of the service."), PORT, 6, 1, NAME | PLAIN, VALUE_COUNT, get_port},
	{"subnet", N_("SUBNET"), N_("Network; internet: every network that is not local."), SUBNET, 18, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"src", N_("SOURCE"), N_("Where the traffic comes from."), PAIRS, 18, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"dst", N_("DESTINATION"), N_("Where the traffic goes to."), PAIRS, 18, 1, NAME | END | STRETCH, VALUE_TEXT, get_label2},
	{"country", N_("COUNTRY"), N_("Country by its two letters."), COUNTRY, 7, 1, NAME, VALUE_TEXT, get_country},
	{"asn", N_("AS"), N_("Number of the autonomous system."), AS, 7, 1, NAME | PLAIN, VALUE_COUNT, get_asn},
	{"city", N_("CITY"), N_("City."), CITY, 16, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"proto", N_("PROTOCOL"), N_("Protocol above IP."), L4, 12, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"proto", N_("APPLICATION"), N_("Application as nDPI names it."), APP, 18, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"proto", N_("PROTOCOL"), N_("Protocol of the port."), PORT, 8, 1, NAME | STRETCH, VALUE_TEXT, get_l4},
	{"number", N_("NUMBER"), N_("Number of the protocol."), L4, 6, 5, JSON | SCREEN | DETAIL | PLAIN, VALUE_COUNT, get_number},
	{"version", N_("IP"), N_("IP version."), VERSIONS, 4, 1, NAME | PLAIN, VALUE_COUNT, get_version},
	{"ethertype", N_("ETHERTYPE"), N_("Type of frames that are not IP."), ETHERTYPE, 16, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"state", N_("STATE"), N_("State of the flows."), STATE, 12, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"tcp_flags", N_("FLAGS"), N_("TCP flags seen in the flows."), TCP_FLAGS, 10, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"vlan", N_("VLAN"), N_("VLAN of the flows."), VLAN, 10, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"tunnel", N_("TUNNEL"), N_("Tunnel the flows came through."), TUNNEL, 10, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"risk", N_("RISK"), N_("What nDPI finds dangerous in the flows."), RISK, 24, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"interface", N_("INTERFACE"), N_("Where the packets were seen."), INTERFACE, 16, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"exporter", N_("EXPORTER"), N_("Who told of the flows: a router or switch, or captured here."), EXPORTER, 20, 1, NAME | END | STRETCH, VALUE_TEXT, get_label},
	{"category", N_("CATEGORY"), N_("Category of applications."), CATEGORY, 14, 1, NAME | STRETCH, VALUE_TEXT, get_category},
	{"breed", N_("BREED"), N_("How far nDPI trusts applications."), BREED, 14, 1, NAME | STRETCH, VALUE_TEXT, get_breed},
	{"category", N_("SITE CATEGORY"), N_("Category of sites, by the user's lists, else nDPI's."), SITE_CATEGORY, 20, 1, NAME | STRETCH, VALUE_TEXT, get_label},
	{"name", N_("NAME"), N_("Name of the host, seen on the wire or looked up."), HOST, 16, 3, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"name", N_("NAME"), N_("Name of the country."), COUNTRY, 20, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"name", N_("NAME"), N_("Name of the autonomous system."), AS, 24, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"name", N_("NAME"), N_("Name of the exporter, as it tells, or of its address."), EXPORTER, 20, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"src_name", N_("SOURCE NAME"), N_("Name of the source."), AS_PAIR, 16, 5, TEXT | STRETCH | SCREEN | DETAIL, VALUE_TEXT, get_name},
	{"dst_name", N_("DESTINATION NAME"), N_("Name of the destination."), AS_PAIR, 16, 5, TEXT | STRETCH | SCREEN | DETAIL, VALUE_TEXT, get_name2},
	{"mac", N_("MAC"), N_("Hardware address the host was last seen with."), HOST, 17, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_mac},
	{"local", N_("LOCAL"), N_("Is the host in a local network?"), HOST, 5, 9, LEFT | JSON | DETAIL, VALUE_BOOL, get_local},
	{"category", N_("CATEGORY"), N_("Category nDPI puts the application in."), APP, 14, 3, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_category},
	{"category", N_("CATEGORY"), N_("What the site belongs to, by the user's lists, else nDPI's category."), SITE, 14, 3, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_category},
	{"seen_in", N_("SEEN IN"), N_("Where clients named the site: DNS, HTTP, TLS or QUIC."), SITE, 9, 6, TEXT | SCREEN | DETAIL, VALUE_TEXT, get_seen_in},
	{"breed", N_("BREED"), N_("How far nDPI trusts the application."), APP, 14, 6, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_breed},
	{"sites", N_("SITES"), N_("Sites in it."), SITE_CATEGORY, 7, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_hosts},
	{"hits", N_("HITS"), N_("Flows and requests to the site."), SITE | SITE_CATEGORY, 8, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_hits},

	/* ---- how much ---- */
	{"sent_bytes", N_("SENT"), N_("Bytes sent."), ENDS, 10, 2, JSON | SCREEN | DETAIL, VALUE_BYTES, get_sent_bytes},
	{"sent_packets", N_("SENT PKTS"), N_("Packets sent."), HOST, 10, 9, JSON | DETAIL, VALUE_PACKETS, get_sent_packets},
	{"sent_packets", N_("SENT PKTS"), N_("Packets sent."), ENDS & ~HOST, 10, 9, DETAIL, VALUE_PACKETS, get_sent_packets},
	{"rcvd_bytes", N_("RECEIVED"), N_("Bytes received."), ENDS, 10, 2, JSON | SCREEN | DETAIL, VALUE_BYTES, get_rcvd_bytes},
	{"rcvd_packets", N_("RCVD PKTS"), N_("Packets received."), HOST, 10, 9, JSON | DETAIL, VALUE_PACKETS, get_rcvd_packets},
	{"rcvd_packets", N_("RCVD PKTS"), N_("Packets received."), ENDS & ~HOST, 10, 9, DETAIL, VALUE_PACKETS, get_rcvd_packets},
	{"packets", N_("PACKETS"), N_("Packets both ways."), TABLES & ~(ENDS | SITE), 10, 5, JSON | SCREEN | DETAIL, VALUE_PACKETS, get_packets},
	{"packets", N_("PACKETS"), N_("Packets both ways."), ENDS | SITE, 10, 8, DETAIL, VALUE_PACKETS, get_packets},
	{"bytes", N_("BYTES"), N_("Bytes both ways."), TABLES & ~ENDS, 10, 2, JSON | SCREEN | DETAIL, VALUE_BYTES, get_bytes},
	{"bytes", N_("TOTAL"), N_("Bytes sent and received."), ENDS, 10, 4, SCREEN | DETAIL, VALUE_BYTES, get_bytes},
	{"share", N_("SHARE"), N_("Share of all bytes of the list."), TABLES & ~APP, 6, 7, SCREEN | DETAIL, VALUE_SHARE, get_share},
	{"share", N_("SHARE"), N_("Share of all bytes of the list."), APP, 6, 5, SCREEN | DETAIL, VALUE_SHARE, get_share},
	{"rate", N_("RATE"), N_("Bytes per second, both ways, in the last second."), TABLES, 10, 2, SCREEN | DETAIL, VALUE_RATE, get_rate},
	{"sent_rate", N_("SENDING"), N_("Bytes sent in the last second."), ENDS, 10, 9, DETAIL, VALUE_RATE, get_sent_rate},
	{"rcvd_rate", N_("RECEIVING"), N_("Bytes received in the last second."), ENDS, 10, 9, DETAIL, VALUE_RATE, get_rcvd_rate},
	{"packet_rate", N_("PACKET RATE"), N_("Packets per second, both ways, in the last second."), TABLES, 10, 9, DETAIL, VALUE_PACKET_RATE, get_packet_rate},
	{"peak", N_("PEAK"), N_("Highest rate seen."), TABLES, 10, 9, DETAIL, VALUE_RATE, get_peak},
	{"spark", N_("RATE 60s"), N_("The last minute in steps of five seconds."), TABLES, 12, 6, LEFT | SCREEN, VALUE_SPARK, get_spark},
	{"flows", N_("FLOWS"), N_("Flows so far."), HOST | KINDS | PAIRS, 7, 6, JSON | SCREEN | DETAIL, VALUE_COUNT, get_flows},
	{"flows", N_("FLOWS"), N_("Flows so far."), SUBNET | COUNTRY | AS | CITY | VERSIONS | SITE, 7, 6, SCREEN | DETAIL, VALUE_COUNT, get_flows},
	{"live_flows", N_("LIVE"), N_("Flows that have not ended."), TABLES & ~ETHERTYPE, 7, 9, DETAIL, VALUE_COUNT, get_live_flows},
	{"hosts", N_("HOSTS"), N_("Hosts in it."), ENDS & ~HOST, 7, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_hosts},
	{"hosts", N_("HOSTS"), N_("Hosts that use it."), APP, 7, 5, SCREEN | DETAIL, VALUE_COUNT, get_hosts},
	{"peers", N_("PEERS"), N_("Addresses the host talked to."), HOST, 6, 7, JSON | SCREEN | DETAIL, VALUE_COUNT, get_peers},
	{"clients", N_("CLIENTS"), N_("Addresses that visited the site."), SITE, 7, 3, JSON | SCREEN | DETAIL, VALUE_COUNT, get_clients},
	{"methods", N_("METHODS"), N_("HTTP methods and how often."), SITE, 13, 4, TEXT | JSON | SCREEN | DETAIL, VALUE_TALLY, get_methods},
	{"codes", N_("CODES"), N_("HTTP return codes and how often."), SITE, 14, 4, TEXT | JSON | SCREEN | DETAIL, VALUE_TALLY, get_codes},
	{"content_types", N_("CONTENT TYPES"), N_("HTTP content types and how often."), SITE, 20, 5, TEXT | JSON | SCREEN | DETAIL, VALUE_TALLY, get_content_types},
	{"top_app", N_("TOP APP"), N_("Application with most of the host's bytes."), HOST, 14, 4, TEXT | SCREEN | DETAIL, VALUE_TEXT, get_app},
	{"today", N_("TODAY"), N_("Bytes of today, as recorded."), RECORDED, 10, 9, 0, VALUE_BYTES, get_today},
	{"yesterday", N_("YESTERDAY"), N_("Bytes of yesterday, as recorded."), RECORDED, 10, 9, 0, VALUE_BYTES, get_yesterday},
	{"week", N_("WEEK"), N_("Bytes of this week, from Monday, as recorded."), RECORDED, 10, 9, 0, VALUE_BYTES, get_week},
	{"month", N_("MONTH"), N_("Bytes of this month, as recorded."), RECORDED, 10, 9, 0, VALUE_BYTES, get_month},
	{"year", N_("YEAR"), N_("Bytes of this year, as recorded."), RECORDED, 10, 9, 0, VALUE_BYTES, get_year},

	/* ---- where ---- */
	{"where", N_("WHERE"), N_("Local, or country and autonomous system."), HOST, 12, 5, TEXT | SCREEN, VALUE_TEXT, get_where},
	{"country", N_("COUNTRY"), N_("Country of the host."), HOST, 7, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_country},
	{"country", N_("COUNTRY"), N_("Country of the city."), CITY, 7, 2, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_country},
	{"country_name", N_("COUNTRY NAME"), N_("Name of the country."), HOST | CITY, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_country_name},
	{"city", N_("CITY"), N_("City of the host."), HOST, 12, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_city},
	{"asn", N_("AS"), N_("Autonomous system of the host."), HOST, 7, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_asn},
	{"as_name", N_("AS NAME"), N_("Name of the host's autonomous system."), HOST, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_as_name},
	{"latitude", N_("LATITUDE"), N_("Degrees north."), HOST, 9, 9, JSON | DETAIL, VALUE_REAL, get_latitude},
	{"longitude", N_("LONGITUDE"), N_("Degrees east."), HOST, 9, 9, JSON | DETAIL, VALUE_REAL, get_longitude},
	{"latitude", N_("LATITUDE"), N_("Degrees north."), COUNTRY | CITY, 9, 9, 0, VALUE_REAL, get_latitude},
	{"longitude", N_("LONGITUDE"), N_("Degrees east."), COUNTRY | CITY, 9, 9, 0, VALUE_REAL, get_longitude},
	{"score", N_("RISK"), N_("Sum of the scores of the risks in the host's flows."), HOST, 8, 4, JSON | SCREEN | DETAIL, VALUE_RISK, get_score},
	{"risks", N_("RISKS"), N_("What nDPI finds dangerous in the host's flows."), HOST, 16, 9, TEXT | DETAIL, VALUE_LIST, get_risks},
	{"first", N_("FIRST"), N_("When it was first seen."), HOST, 8, 9, JSON | DETAIL, VALUE_TIME_US, get_first},
	{"last", N_("LAST"), N_("When it was last seen."), HOST, 8, 8, JSON | DETAIL, VALUE_TIME_US, get_last},
	{"first", N_("FIRST"), N_("When it was first seen."), TABLES & ~HOST, 8, 9, DETAIL, VALUE_TIME_US, get_first},
	{"last", N_("LAST"), N_("When it was last seen."), TABLES & ~HOST, 8, 8, DETAIL, VALUE_TIME_US, get_last},

	/* ---- alerts ---- */
	{"severity", N_("SEVERITY"), N_("How bad it is: info, notice, warning or critical."), ALERT, 9, 1, LEFT | JSON | SCREEN | DETAIL, VALUE_SEVERITY, get_severity},
	{"kind", N_("KIND"), N_("What kind of trouble it is."), ALERT, 12, 2, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_kind},
	{"who", N_("WHO"), N_("Whose doing it is: a host, an interface, or the row of a threshold."), ALERT, 15, 1, NAME | END, VALUE_TEXT, get_label},
	{"who_name", N_("NAME"), N_("Name of the host."), ALERT, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_name},
	{"count", N_("COUNT"), N_("Ports or hosts tried, flows, packets or seconds of it so far."), ALERT, 7, 4, JSON | SCREEN | DETAIL, VALUE_COUNT, get_count},
	{"first", N_("FIRST"), N_("When it was first seen."), ALERT, 8, 7, JSON | SCREEN | DETAIL, VALUE_TIME_US, get_first},
	{"last", N_("LAST"), N_("When it was last seen."), ALERT, 8, 5, JSON | SCREEN | DETAIL, VALUE_TIME_US, get_last},
	{"text", N_("WHAT"), N_("What is wrong, in a sentence."), ALERT, 40, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_text},

	/* ---- flows ---- */
	{"client", N_("CLIENT"), N_("Who began the flow."), FLOW, 21, 1, NAME | END | STRETCH, VALUE_ADDR, get_client},
	{"client_name", N_("CLIENT NAME"), N_("Name of the client."), FLOW, 16, 9, TEXT | STRETCH | DETAIL, VALUE_TEXT, get_name},
	{"client_port", N_("CLIENT PORT"), N_("Port of the client."), FLOW, 6, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_client_port},
	{"server", N_("SERVER"), N_("Whom the client addressed."), FLOW, 21, 1, NAME | END | STRETCH, VALUE_ADDR, get_server},
	{"server_name", N_("SERVER NAME"), N_("Name of the server."), FLOW, 16, 9, TEXT | STRETCH | DETAIL, VALUE_TEXT, get_name2},
	{"server_port", N_("SERVER PORT"), N_("Port of the server."), FLOW, 6, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_server_port},
	{"l4", N_("PROTO"), N_("Protocol above IP."), FLOW, 5, 5, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_l4},
	{"l4_number", N_("PROTO NUMBER"), N_("Number of the protocol."), FLOW, 4, 9, JSON | PLAIN, VALUE_COUNT, get_number},
	{"vlan", N_("VLAN"), N_("VLAN of the flow."), FLOW, 5, 9, JSON | DETAIL | PLAIN, VALUE_COUNT, get_vlan},
	{"tunnel", N_("TUNNEL"), N_("Tunnel the flow came through."), FLOW, 7, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_tunnel},
	{"l7", N_("APPLICATION"), N_("Application as nDPI names it."), FLOW, 14, 2, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_TEXT, get_app},
	{"category", N_("CATEGORY"), N_("Category nDPI puts the flow in."), FLOW, 14, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_category},
	{"breed", N_("BREED"), N_("How far nDPI trusts the application."), FLOW, 14, 9, TEXT | DETAIL, VALUE_TEXT, get_breed},
	{"confidence", N_("CONFIDENCE"), N_("How nDPI came to the application."), FLOW, 12, 9, TEXT | DETAIL, VALUE_TEXT, get_confidence},
	{"subject", N_("SITE"), N_("Server name, HTTP host, or name asked of DNS."), FLOW, 14, 3, TEXT | STRETCH | END | SCREEN, VALUE_TEXT, get_subject},
	{"rate", N_("RATE"), N_("Bytes per second, both ways, in the last second."), FLOW, 10, 2, SCREEN | DETAIL, VALUE_RATE, get_rate},
	{"c2s_rate", N_("UP RATE"), N_("Bytes per second from client to server."), FLOW, 10, 9, DETAIL, VALUE_RATE, get_sent_rate},
	{"s2c_rate", N_("DOWN RATE"), N_("Bytes per second from server to client."), FLOW, 10, 9, DETAIL, VALUE_RATE, get_rcvd_rate},
	{"c2s_bytes", N_("UP"), N_("Bytes from client to server."), FLOW, 10, 3, JSON | SCREEN | DETAIL, VALUE_BYTES, get_sent_bytes},
	{"c2s_packets", N_("UP PKTS"), N_("Packets from client to server."), FLOW, 9, 9, JSON | DETAIL, VALUE_PACKETS, get_sent_packets},
	{"s2c_bytes", N_("DOWN"), N_("Bytes from server to client."), FLOW, 10, 3, JSON | SCREEN | DETAIL, VALUE_BYTES, get_rcvd_bytes},
	{"s2c_packets", N_("DOWN PKTS"), N_("Packets from server to client."), FLOW, 9, 9, JSON | DETAIL, VALUE_PACKETS, get_rcvd_packets},
	{"bytes", N_("TOTAL"), N_("Bytes both ways."), FLOW, 10, 4, SCREEN | DETAIL, VALUE_BYTES, get_bytes},
	{"packets", N_("PACKETS"), N_("Packets both ways."), FLOW, 9, 7, SCREEN | DETAIL, VALUE_PACKETS, get_packets},
	{"share", N_("SHARE"), N_("Share of all bytes of the list."), FLOW, 6, 9, DETAIL, VALUE_SHARE, get_share},
	{"first", N_("FIRST"), N_("When the flow began."), FLOW, 8, 9, JSON | DETAIL, VALUE_TIME_US, get_first},
	{"last", N_("LAST"), N_("When the flow last moved."), FLOW, 8, 8, JSON | DETAIL, VALUE_TIME_US, get_last},
	{"duration", N_("TIME"), N_("How long the flow has lasted."), FLOW, 6, 7, SCREEN | DETAIL, VALUE_DURATION_US, get_duration},
	{"state", N_("STATE"), N_("State of the flow."), FLOW, 9, 6, TEXT | JSON | SCREEN | DETAIL, VALUE_TEXT, get_state},
	{"tcp_flags", N_("FLAGS"), N_("TCP flags seen, both ways."), FLOW, 8, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_tcp_flags},
	{"site", N_("SNI/HOST"), N_("TLS or QUIC server name, or HTTP host."), FLOW, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_site},
	{"site_category", N_("SITE CAT."), N_("What the site belongs to, by the user's lists, else nDPI's category."), FLOW, 14, 9, TEXT | DETAIL, VALUE_TEXT, get_site_category},
	{"query", N_("QUERY"), N_("Name asked of DNS."), FLOW, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_query},
	{"method", N_("METHOD"), N_("HTTP method."), FLOW, 7, 9, TEXT | DETAIL, VALUE_TEXT, get_method},
	{"code", N_("CODE"), N_("HTTP return code."), FLOW, 4, 9, TEXT | DETAIL, VALUE_TEXT, get_code},
	{"url", N_("URL"), N_("HTTP address."), FLOW, 24, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_url},
	{"content_type", N_("CONTENT"), N_("HTTP content type."), FLOW, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_content_type},
	{"user_agent", N_("USER AGENT"), N_("Program that asked, as it says."), FLOW, 24, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_user_agent},
	{"server_info", N_("BANNER"), N_("What the server says of itself."), FLOW, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_server_info},
	{"tls_version", N_("TLS"), N_("TLS version."), FLOW, 8, 9, TEXT | DETAIL, VALUE_TEXT, get_tls_version},
	{"alpn", N_("ALPN"), N_("Protocols the TLS client offers."), FLOW, 12, 9, TEXT | DETAIL, VALUE_TEXT, get_alpn},
	{"ja3", N_("JA3"), N_("Fingerprint of the TLS client."), FLOW, 32, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_ja3},
	{"ja4", N_("JA4"), N_("Fingerprint of the TLS client."), FLOW, 36, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_ja4},
	{"rtt_us", N_("RTT"), N_("Round trip of the handshake."), FLOW, 6, 8, JSON | SCREEN | DETAIL, VALUE_DURATION_US, get_rtt},
	{"retransmits", N_("RETR"), N_("Retransmitted TCP segments."), FLOW, 5, 8, JSON | SCREEN | DETAIL, VALUE_COUNT, get_retransmits},
	{"out_of_order", N_("OOO"), N_("TCP segments out of order."), FLOW, 5, 9, DETAIL, VALUE_COUNT, get_out_of_order},
	{"score", N_("RISK"), N_("Sum of the scores of the flow's risks."), FLOW, 6, 7, SCREEN | DETAIL, VALUE_RISK, get_score},
	{"risks", N_("RISKS"), N_("What nDPI finds dangerous in the flow."), FLOW, 14, 7, TEXT | STRETCH | JSON | SCREEN | DETAIL, VALUE_LIST, get_risks},
	{"guessed", N_("GUESSED"), N_("Was the application guessed by port or address?"), FLOW, 7, 9, LEFT | JSON | DETAIL, VALUE_BOOL, get_guessed},
	{"where", N_("WHERE"), N_("Country and autonomous system of the remote end."), FLOW, 12, 8, TEXT | SCREEN, VALUE_TEXT, get_where},
	{"country", N_("COUNTRY"), N_("Country of the remote end."), FLOW, 7, 9, TEXT | DETAIL, VALUE_TEXT, get_country},
	{"asn", N_("AS"), N_("Autonomous system of the remote end."), FLOW, 7, 9, DETAIL | PLAIN, VALUE_COUNT, get_asn},
	{"as_name", N_("AS NAME"), N_("Name of the remote end's autonomous system."), FLOW, 16, 9, TEXT | DETAIL, VALUE_TEXT, get_as_name},
	{"mark", N_("MARK"), N_("Look-ups for names that dpitop makes itself; flows that were not inspected."), FLOW, 13, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_mark},
	{"exporter", N_("EXPORTER"), N_("Router or switch that reported the flow."), FLOW, 16, 9, TEXT | JSON | DETAIL, VALUE_TEXT, get_exporter},
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
	return column_find(d, d == DIM_ALERT ? "severity" : "bytes");
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
