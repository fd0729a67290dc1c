#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_decode into the directory given (made anew, deterministic)."""
import os
import struct
import sys

NO_DECAP, SHORTENED = 2, 4
A4, B4 = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 2])
A6, B6 = b"\x20\x01\x0d\xb8" + bytes(11) + b"\1", b"\x20\x01\x0d\xb8" + bytes(11) + b"\2"
MACS = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1])


def ip4(protocol, body, fragment=0, options=b"", length=None):
    head = 20 + len(options)
    return struct.pack(">BBHHHBBH", 0x40 | head // 4, 0, head + len(body) if length is None else length, 7, fragment, 64,
                       protocol, 0) + A4 + B4 + options + body


def ip6(protocol, body, length=None):
    return struct.pack(">IHBB", 0x60000000, len(body) if length is None else length, protocol, 64) + A6 + B6 + body


def udp(sport, dport, body=b"data"):
    return struct.pack(">4H", sport, dport, 8 + len(body), 0) + body


def ext(following, body=b"\1\4\0\0\0\0"):
    return bytes([following, (len(body) + 2) // 8 - 1]) + body


def eth(kind, body, macs=MACS):
    return macs + struct.pack(">H", kind) + body


def snap(kind, body):
    return b"\xaa\xaa\3\0\0\0" + struct.pack(">H", kind) + body


def gre(flags, kind, body, more=b""):
    return struct.pack(">2H", flags, kind) + more + body


def words(*numbers):
    return struct.pack(">%dH" % len(numbers), *numbers)


TCP = struct.pack(">2H2I4H", 40000, 80, 1, 2, 0x5018, 512, 0, 0) + b"GET /"
TCP4, TCP6 = ip4(6, TCP), ip6(6, TCP)
UDP4 = ip4(17, udp(40000, 5000))
FRAME = eth(0x800, TCP4)
WIFI = b"\x08\1\0\0" + bytes(18) + b"\0\0" + snap(0x800, TCP4)
QOS = b"\x88\1\0\0" + bytes(18) + b"\0\0" + b"\0\0" + snap(0x800, TCP4)
ICMP = bytes([3, 3, 0, 0, 0, 0, 0, 0]) + UDP4


def over_udp(port, body, sport=40000):
    return eth(0x800, ip4(17, udp(sport, port, body)))


def over_gre(*args):
    return eth(0x800, ip4(47, gre(*args)))


def seed(linktype, *frames, switches=0):
    return bytes([linktype & 255, switches | linktype >> 8]) + b"".join(struct.pack("<H", len(f)) + f for f in frames)


LINKS = {
    "null": (0, b"\2\0\0\0" + TCP4), "token-ring": (6, bytes(14) + snap(0x800, TCP4)),
    "token-ring-route": (6, bytes(8) + b"\x80" + bytes(5) + b"\4\0\0\0" + snap(0x800, TCP4)),
    "slip": (8, bytes(16) + TCP4), "ppp": (9, b"\xff\3\0\x21" + TCP4), "ppp-short": (9, b"\x21" + TCP4),
    "ppp-cisco": (9, b"\x0f\0\x08\0" + TCP4), "ppp-mpls": (9, b"\2\x81\0\1\1\x40" + TCP4), "fddi": (10, bytes(13) + snap(0x800, TCP4)),
    "atm": (11, snap(0x800, TCP4)), "atm-bridged": (11, b"\xaa\xaa\3\0\x80\xc2\0\7" + FRAME), "llc-ip": (11, b"\6\6\3" + TCP4),
    "raw": (12, TCP4), "raw-6": (101, TCP6), "pppoe": (51, b"\x11\0\0\1\0\0\0\x57" + TCP6), "chdlc": (104, b"\x0f\0\x08\0" + TCP4),
    "wifi": (105, WIFI), "wifi-qos": (105, QOS), "frame-relay": (107, b"\x18\x41\3\xcc" + TCP4),
    "frame-relay-snap": (107, b"\x18\x41\3\0\x80\0\0\0\x08\0" + TCP4), "frame-relay-cisco": (107, b"\x18\x41\x08\0" + TCP4),
    "loop": (108, b"\0\0\0\2" + TCP4), "enc": (109, b"\0\0\0\2" + bytes(8) + TCP4), "sll": (113, words(4, 1, 6) + bytes(8) + b"\x08\0" + TCP4),
    "sll-llc": (113, words(0, 1, 6) + bytes(8) + b"\0\4" + snap(0x800, TCP4)), "sll-radiotap": (113, words(0, 803, 6) + bytes(10) + b"\0\0\x08\0" + bytes(4) + WIFI),
    "pflog": (117, b"\x3d\2" + bytes(62) + TCP4), "prism": (119, bytes(144) + WIFI), "avs": (163, b"\x80\x21\x10\1\0\0\0\x40" + bytes(56) + WIFI),
    "fibre-channel": (122, bytes(16) + snap(0x800, TCP4)), "sunatm": (123, b"\2\0\0\0" + snap(0x800, TCP4)),
    "sunatm-lane": (123, b"\1\0\0\0\0\0" + FRAME), "radiotap": (127, b"\0\0\x12\0\3\0\0\0" + bytes(8) + b"\x20\0" + QOS[:26] + b"\0\0" + QOS[26:]),
    "arcnet": (129, b"\1\2\0\0\xd4\0\0\1" + TCP4), "arcnet-exception": (129, b"\1\2\0\0\xd4\xff\0\0\0\0\0\1" + TCP4), "arcnet-old": (129, b"\1\2\0\0\xf0" + TCP4),
    "ieee1394": (138, bytes(16) + b"\x08\0" + TCP4), "pppd": (166, b"\1\0\x21" + TCP4), "ppi": (192, b"\0\0\x08\0\1\0\0\0" + FRAME),
    "ppi-ppi": (192, b"\0\0\x08\0\xc0\0\0\0" * 3), "ppp-direction": (204, b"\1\0\x21" + TCP4), "chdlc-direction": (205, b"\1\x0f\0\x08\0" + TCP4),
    "frame-relay-direction": (206, b"\1\x18\x41\3\xcc" + TCP4), "mpls": (219, b"\0\1\1\x40" + TCP4), "ipnet": (226, b"\1\2" + bytes(22) + TCP4),
    "nflog": (239, b"\2\0\0\0\5\0\1\0\0\0\0\0" + struct.pack("<2H", 4 + len(TCP4), 9) + TCP4), "netanalyzer": (240, bytes(4) + FRAME),
    "netanalyzer-preamble": (241, bytes(12) + FRAME), "ipoib": (242, bytes(40) + b"\x08\0\0\0" + TCP4),
    "pktap": (258, struct.pack("<3I", 12, 1, 1) + FRAME), "mpacket": (274, bytes(8) + FRAME),
    "sll2": (276, b"\x08\0\0\0\0\0\0\1\0\1\4\6" + bytes(8) + TCP4), "brcm": (281, MACS + bytes(4) + b"\x08\0" + TCP4),
    "brcm-prepend": (282, bytes(4) + FRAME), "edsa": (284, MACS + bytes(8) + b"\x08\0" + TCP4), "unknown": (147, FRAME),
}
TEREDO = ip6(17, udp(1, 2))
ETHERNET = {
    "tcp4": FRAME, "tcp6": eth(0x86dd, TCP6), "udp4": eth(0x800, UDP4), "arp": eth(0x806, bytes(28)), "llc": eth(38, b"\x42\x42\3" + bytes(35)),
    "icmp": eth(0x800, ip4(1, ICMP)), "icmp6": eth(0x86dd, ip6(58, ICMP)), "sctp": eth(0x800, ip4(132, words(1, 2) + bytes(12))),
    "dccp": eth(0x800, ip4(33, words(1, 2) + b"\5" + bytes(15) + b"data")), "udplite": eth(0x800, ip4(136, udp(1, 2))),
    "vlan3": eth(0x88a8, words(5, 0x8100, 6, 0x8100, 7, 0x800) + TCP4), "vlans": eth(0x8100, words(1, 0x8100) * 40),
    "vntag": eth(0x8926, bytes(4) + words(0x800) + TCP4), "pbb": eth(0x88e7, bytes(4) + FRAME), "fabricpath": eth(0x8903, bytes(2) + FRAME),
    "snap": eth(60, snap(0x800, TCP4)), "mpls3": eth(0x8847, b"\0\1\0\x40" * 2 + b"\0\1\1\x40" + TCP4), "mpls-word": eth(0x8847, b"\0\1\1\x40" + bytes(4) + FRAME),
    "mpls-frame": eth(0x8847, b"\0\1\1\x40" + FRAME), "mpls-endless": eth(0x8847, b"\0\1\0\x40" * 50), "pppoe-frame": eth(0x8864, b"\x11\0\0\1\0\0\0\x21" + TCP4),
    "options": eth(0x800, ip4(6, TCP, options=b"\1" * 8)), "offload": eth(0x800, ip4(6, TCP, length=0)), "lying-length": eth(0x800, ip4(6, TCP, length=9)),
    "short-header": eth(0x800, b"\x43" + TCP4[1:]), "version": eth(0x800, b"\x55" + TCP4[1:]), "jumbogram": eth(0x86dd, ip6(0, ext(6, b"\xc2\4\0\1\0\0") + TCP, length=0)),
    "ext": eth(0x86dd, ip6(0, ext(43) + ext(60) + ext(6) + TCP)), "ext-cut": eth(0x86dd, ip6(0, ext(43) + b"\6\xff")), "mobility": eth(0x86dd, ip6(135, ext(59))),
    "exts": eth(0x86dd, ip6(60, ext(60) * 60 + ext(17) + udp(1, 2))), "ipip": eth(0x800, ip4(4, TCP4)), "6in4": eth(0x800, ip4(41, TCP6)), "4in6": eth(0x86dd, ip6(4, TCP4)),
    "nested": eth(0x800, ip4(4, ip4(4, ip4(4, ip4(41, TCP6))))), "ah": eth(0x800, ip4(51, b"\4\4" + bytes(22) + TCP4)), "ah-tcp": eth(0x800, ip4(51, b"\6\4" + bytes(22) + TCP)),
    "etherip": eth(0x800, ip4(97, b"\x30\0" + FRAME)), "mpls-ip": eth(0x800, ip4(137, b"\0\1\1\x40" + TCP4)), "esp": eth(0x800, ip4(50, bytes(16))),
    "gre": over_gre(0, 0x800, TCP4), "gre-all": over_gre(0xb000, 0x800, TCP4, bytes(12)), "gre-frame": over_gre(0x2000, 0x6558, FRAME, bytes(4)),
    "gre-routing": over_gre(0x4000, 0x800, TCP4), "gre-mpls": over_gre(0, 0x8847, b"\0\1\1\x40" + TCP4), "gre-ppp": over_gre(0, 0x880b, b"\0\x21" + TCP4),
    "pptp": over_gre(0x3081, 0x880b, b"\xff\3\0\x21" + TCP4, bytes(12)), "erspan1": over_gre(0, 0x88be, FRAME), "erspan2": over_gre(0x1000, 0x88be, FRAME, bytes(4) + b"\x10" + bytes(7)),
    "erspan3": over_gre(0x1000, 0x22eb, bytes(8) + FRAME, bytes(4) + b"\x20" + bytes(10) + b"\1"), "wccp": over_gre(0, 0x883e, TCP4, bytes(4)), "aruba": over_gre(0, 0x8200, QOS),
    "gtpu": over_udp(2152, b"\x30\xff\0\0\0\0\0\1" + TCP4), "gtpu-ext": over_udp(2152, b"\x34\xff\0\0\0\0\0\1\0\0\0\x85\1\0\0\0" + TCP4),
    "vxlan": over_udp(4789, b"\x08" + bytes(7) + FRAME), "vxlan-gpe": over_udp(4790, b"\x0c\0\0\2" + bytes(4) + TCP6), "geneve": over_udp(6081, b"\1\0\x65\x58" + bytes(8) + FRAME),
    "geneve-ip": over_udp(6081, b"\0\0\x08\0" + bytes(4) + TCP4), "tzsp": over_udp(37008, b"\1\0\0\1\0\x0a\1\5\1" + FRAME), "tzsp-wifi": over_udp(37008, b"\1\0\0\x12\1" + WIFI),
    "capwap": over_udp(5247, b"\0\x10\0\0" + bytes(4) + FRAME), "capwap-wifi": over_udp(5247, b"\0\x10\1\0" + bytes(4) + WIFI), "capwap-swapped": over_udp(5247, b"\0\x10\1\0" + bytes(4) + WIFI[1::-1] + WIFI[2:]),
    "teredo": over_udp(3544, TEREDO), "teredo-all": over_udp(40000, b"\0\1\1\1" + bytes(11) + bytes(8) + TEREDO, 3544), "l2tp": over_udp(1701, b"\x4a\2" + bytes(10) + b"\0\2\0\0\0\x21" + TCP4),
    "lisp": over_udp(4341, bytes(8) + TCP4), "mpls-udp": over_udp(6635, b"\0\1\1\x40" + TCP4), "vxlan-arp": over_udp(4789, b"\x08" + bytes(7) + eth(0x806, bytes(28))),
    "cut": FRAME[:40], "empty": b"",
}
SEQUENCES = {
    "fragments4": (1, eth(0x800, ip4(17, udp(1, 2) + bytes(16), 0x2000)), eth(0x800, ip4(17, bytes(8), 3))),
    "fragments6": (1, eth(0x86dd, ip6(44, b"\x11\0\0\1\0\0\0\7" + udp(1, 2) + bytes(16))), eth(0x86dd, ip6(44, b"\x11\0\0\x18\0\0\0\7" + bytes(8)))),
    "fragments-tunnel": (1, eth(0x800, ip4(4, TCP4[:32], 0x2000)), eth(0x800, ip4(4, TCP4[32:], 4))),
}


def seeds():
    for name, (linktype, *frames) in {**LINKS, **SEQUENCES}.items():
        yield name, seed(linktype, *frames)
    for name, frame in ETHERNET.items():
        yield "eth-" + name, seed(1, frame)
    yield "no-decap", seed(1, ETHERNET["vxlan"], ETHERNET["gre"], ETHERNET["ipip"], switches=NO_DECAP)
    yield "shortened", seed(1, FRAME[:60], ETHERNET["gre"][:70], ETHERNET["offload"], switches=SHORTENED)


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in seeds():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
