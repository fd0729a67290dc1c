/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of what is decoded: IP protocols by IANA's keywords, EtherTypes, tunnels. Not names of
 * hosts or applications. Tables and look-ups, no state. Any thread; called by the snapshot and
 * export rooms and by the filter language.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dpitop/packet.h"

/* clang-format off */
/* https://www.iana.org/assignments/protocol-numbers; numbers without a keyword are left out */
static const char *const l4_names[256] = {
	[0] = "HOPOPT", [1] = "ICMP", [2] = "IGMP", [3] = "GGP", [4] = "IPv4", [5] = "ST",
	[6] = "TCP", [7] = "CBT", [8] = "EGP", [9] = "IGP", [10] = "BBN-RCC-MON",
	[11] = "NVP-II", [12] = "PUP", [13] = "ARGUS", [14] = "EMCON", [15] = "XNET",
	[16] = "CHAOS", [17] = "UDP", [18] = "MUX", [19] = "DCN-MEAS", [20] = "HMP",
	[21] = "PRM", [22] = "XNS-IDP", [23] = "TRUNK-1", [24] = "TRUNK-2", [25] = "LEAF-1",
	[26] = "LEAF-2", [27] = "RDP", [28] = "IRTP", [29] = "ISO-TP4", [30] = "NETBLT",
	[31] = "MFE-NSP", [32] = "MERIT-INP", [33] = "DCCP", [34] = "3PC", [35] = "IDPR",
	[36] = "XTP", [37] = "DDP", [38] = "IDPR-CMTP", [39] = "TP++", [40] = "IL",
	[41] = "IPv6", [42] = "SDRP", [43] = "IPv6-Route", [44] = "IPv6-Frag", [45] = "IDRP",
	[46] = "RSVP", [47] = "GRE", [48] = "DSR", [49] = "BNA", [50] = "ESP", [51] = "AH",
	[52] = "I-NLSP", [53] = "SWIPE", [54] = "NARP", [55] = "MOBILE", [56] = "TLSP",
	[57] = "SKIP", [58] = "IPv6-ICMP", [59] = "IPv6-NoNxt", [60] = "IPv6-Opts",
	[62] = "CFTP", [64] = "SAT-EXPAK", [65] = "KRYPTOLAN", [66] = "RVD", [67] = "IPPC",
	[69] = "SAT-MON", [70] = "VISA", [71] = "IPCV", [72] = "CPNX", [73] = "CPHB",
	[74] = "WSN", [75] = "PVP", [76] = "BR-SAT-MON", [77] = "SUN-ND", [78] = "WB-MON",
	[79] = "WB-EXPAK", [80] = "ISO-IP", [81] = "VMTP", [82] = "SECURE-VMTP", [83] = "VINES",
	[84] = "TTP", [85] = "NSFNET-IGP", [86] = "DGP", [87] = "TCF", [88] = "EIGRP",
	[89] = "OSPFIGP", [90] = "Sprite-RPC", [91] = "LARP", [92] = "MTP", [93] = "AX.25",
	[94] = "IPIP", [95] = "MICP", [96] = "SCC-SP", [97] = "ETHERIP", [98] = "ENCAP",
	[100] = "GMTP", [101] = "IFMP", [102] = "PNNI", [103] = "PIM", [104] = "ARIS",
	[105] = "SCPS", [106] = "QNX", [107] = "A/N", [108] = "IPComp", [109] = "SNP",
	[110] = "Compaq-Peer", [111] = "IPX-in-IP", [112] = "VRRP", [113] = "PGM",
	[115] = "L2TP", [116] = "DDX", [117] = "IATP", [118] = "STP", [119] = "SRP",
	[120] = "UTI", [121] = "SMP", [122] = "SM", [123] = "PTP", [124] = "ISIS",
	[125] = "FIRE", [126] = "CRTP", [127] = "CRUDP", [128] = "SSCOPMCE", [129] = "IPLT",
	[130] = "SPS", [131] = "PIPE", [132] = "SCTP", [133] = "FC", [134] = "RSVP-E2E-IGNORE",
	[135] = "Mobility", [136] = "UDPLite", [137] = "MPLS-in-IP", [138] = "manet",
	[139] = "HIP", [140] = "Shim6", [141] = "WESP", [142] = "ROHC", [143] = "Ethernet",
	[144] = "AGGFRAG", [145] = "NSH", [146] = "Homa", [147] = "BIT-EMU",
};

struct ethertype {
	uint16_t type;
	const char *name;
};

/* https://www.iana.org/assignments/ieee-802-numbers and IEEE's public list, sorted by number */
static const struct ethertype ethertypes[] = {
	{0x0800, "IPv4"}, {0x0805, "X.25"}, {0x0806, "ARP"}, {0x0842, "Wake-on-LAN"},
	{0x2000, "CDP"}, {0x22ea, "MSRP"}, {0x22f0, "AVTP"}, {0x22f3, "TRILL"}, {0x22f4, "IS-IS"},
	{0x6000, "DEC"}, {0x6001, "DEC-MOP-DL"}, {0x6002, "DEC-MOP-RC"}, {0x6003, "DECnet"},
	{0x6004, "DEC-LAT"}, {0x6007, "DEC-LAVC"}, {0x6558, "TEB"}, {0x6559, "Frame-Relay"},
	{0x8035, "RARP"}, {0x809b, "AppleTalk"}, {0x80f3, "AARP"}, {0x8100, "VLAN"},
	{0x8102, "SLPP"}, {0x8137, "IPX"}, {0x814c, "SNMP"}, {0x8204, "QNX"}, {0x86dd, "IPv6"},
	{0x8808, "Flow-Control"}, {0x8809, "Slow-Protocols"}, {0x880b, "PPP"}, {0x8819, "CobraNet"},
	{0x8847, "MPLS"}, {0x8848, "MPLS-Upstream"}, {0x8863, "PPPoE-Discovery"}, {0x8864, "PPPoE"},
	{0x886d, "Intel-ANS"}, {0x887b, "HomePlug"}, {0x888e, "EAPOL"}, {0x8892, "PROFINET"},
	{0x8899, "Realtek"}, {0x889a, "HyperSCSI"}, {0x88a2, "AoE"}, {0x88a4, "EtherCAT"},
	{0x88a8, "QinQ"}, {0x88ab, "POWERLINK"}, {0x88b5, "Experimental-1"},
	{0x88b6, "Experimental-2"}, {0x88b7, "OUI-Extended"}, {0x88b8, "GOOSE"}, {0x88b9, "GSE"},
	{0x88ba, "SV"}, {0x88bf, "MikroTik-RoMON"}, {0x88c7, "802.11-Preauth"}, {0x88cc, "LLDP"},
	{0x88cd, "SERCOS"}, {0x88dc, "WSMP"}, {0x88e1, "HomePlug-AV"}, {0x88e3, "MRP"},
	{0x88e5, "MACsec"}, {0x88e7, "PBB"}, {0x88f5, "MVRP"}, {0x88f6, "MMRP"}, {0x88f7, "PTP"},
	{0x88f8, "NC-SI"}, {0x88fb, "PRP"}, {0x8902, "CFM"}, {0x8903, "FabricPath"},
	{0x8906, "FCoE"}, {0x890d, "802.11-Data"},
	{0x8914, "FIP"}, {0x8915, "RoCE"}, {0x891d, "TTEthernet"}, {0x8926, "VN-Tag"},
	{0x892f, "HSR"}, {0x893a, "IEEE1905"}, {0x8940, "ECP"}, {0x894f, "NSH"},
	{0x9000, "Loopback"}, {0x9100, "QinQ-9100"}, {0x9200, "QinQ-9200"},
	{0x9300, "QinQ-9300"}, {0xcafe, "Veritas-LLT"},
};

static const char *const tunnel_names[TUNNEL_COUNT] = {
	[TUNNEL_NONE] = "", [TUNNEL_GRE] = "GRE", [TUNNEL_IPIP] = "IPIP", [TUNNEL_6IN4] = "6in4",
	[TUNNEL_GTPU] = "GTP-U", [TUNNEL_VXLAN] = "VXLAN", [TUNNEL_GENEVE] = "Geneve",
	[TUNNEL_ERSPAN] = "ERSPAN", [TUNNEL_TZSP] = "TZSP", [TUNNEL_CAPWAP] = "CAPWAP",
	[TUNNEL_TEREDO] = "Teredo", [TUNNEL_MPLS] = "MPLS", [TUNNEL_PPPOE] = "PPPoE",
	[TUNNEL_L2TP] = "L2TP",
};
/* clang-format on */

const char *tunnel_name(enum tunnel t)
{
	return (unsigned)t < TUNNEL_COUNT ? tunnel_names[t] : "";
}

const char *l4_name(uint8_t number)
{
	return l4_names[number] != NULL ? l4_names[number] : "";
}

const char *l4_label(uint8_t number, char buf[8])
{
	if (l4_names[number] != NULL)
		return l4_names[number];
	snprintf(buf, 8, "%u", number);
	return buf;
}

/* What people also call them, beside IANA's keywords */
static const struct {
	const char *name;
	uint8_t number;
} l4_also[] = {
	{"ICMPv6", 58}, {"ICMP6", 58}, {"OSPF", 89}, {"UDP-Lite", 136}, {"Mobility-Header", 135},
};

int l4_number(const char *name)
{
	char *end;
	unsigned long number;

	for (int i = 0; i < 256; i++)
		if (l4_names[i] != NULL && strcasecmp(l4_names[i], name) == 0)
			return i;
	for (size_t i = 0; i < sizeof l4_also / sizeof *l4_also; i++)
		if (strcasecmp(l4_also[i].name, name) == 0)
			return l4_also[i].number;
	if (name[0] < '0' || name[0] > '9')
		return -1;
	number = strtoul(name, &end, 10);
	return *end == '\0' && number <= 255 ? (int)number : -1;
}

static int compare_type(const void *key, const void *row)
{
	return *(const uint16_t *)key - ((const struct ethertype *)row)->type;
}

const char *ethertype_name(uint16_t type)
{
	const struct ethertype *e = bsearch(&type, ethertypes,
					    sizeof ethertypes / sizeof *ethertypes,
					    sizeof *ethertypes, compare_type);

	return e != NULL ? e->name : "";
}
