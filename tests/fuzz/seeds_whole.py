#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of fuzz_whole: short conversations, one link type each; made from nothing but this text."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from report import ip4, tcp, udp  # noqa: E402

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "whole")
# the order of linktypes[] in fuzz_whole.c
ETHERNET, RAW, NULL, LOOP, PPP, RADIOTAP, SLL, SLL2 = range(8)


def save(name, link, frames, switches=0):
    out = bytes([link, switches])
    for frame in frames:
        out += struct.pack("<HBB", len(frame), 0, 5) + frame
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(out)


def conversation():
    a, b = ("10.0.0.1", 4000), ("192.0.2.1", 80)
    request = b"GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: x\r\n\r\n"
    return [tcp(*a, *b, 2, seq=0, ack=0), tcp(*b, *a, 18, seq=0), tcp(*a, *b, 16), tcp(*a, *b, 24, request),
            tcp(*b, *a, 24, b"HTTP/1.1 200 OK\r\n\r\nhello", ack=1 + len(request)), tcp(*a, *b, 17), tcp(*b, *a, 17)]


def dns():
    name = b"\7example\3org\0"
    query = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name + b"\0\1\0\1"
    answer = struct.pack(">6H", 7, 0x8180, 1, 1, 0, 0) + name + b"\0\1\0\1" + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
    return [udp("10.0.0.1", 5000, "192.0.2.53", 53, query), udp("192.0.2.53", 53, "10.0.0.1", 5000, answer)]


def inside(frame):
    return frame[14:]


def main():
    os.makedirs(HERE, exist_ok=True)
    talk = conversation() + dns()
    save("ethernet", ETHERNET, talk)
    save("vlan", ETHERNET, [f[:12] + b"\x81\0\0\x2a" + f[12:] for f in talk], switches=1)
    save("mpls", ETHERNET, [f[:12] + b"\x88\x47\0\x01\x01\x40" + f[14:] for f in talk])
    save("arp", ETHERNET, [b"\xff" * 6 + b"\2\0\0\0\0\1\x08\x06" + bytes(28)] * 3 + talk[:2])
    save("raw", RAW, [inside(f) for f in talk])
    save("null", NULL, [b"\2\0\0\0" + inside(f) for f in talk])
    save("ppp", PPP, [b"\xff\3\0\x21" + inside(f) for f in talk])
    save("sll", SLL, [b"\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0" + inside(f) for f in talk])
    save("sll2", SLL2, [b"\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0" + inside(f) for f in talk])
    save("radiotap", RADIOTAP, [b"\0\0\x08\0\0\0\0\0\x08\x01\0\0" + b"\2\0\0\0\0\1" * 3 + b"\0\0\xaa\xaa\3\0\0\0\x08\0"
                                + inside(f) for f in talk[:3]])
    save("gre", ETHERNET, [ip4("198.51.100.1", "198.51.100.2", 47, b"\0\0\x08\0" + inside(f)) for f in talk])
    save("vxlan", ETHERNET, [udp("198.51.100.1", 5000, "198.51.100.2", 4789, b"\x08\0\0\0\0\0\1\0" + f) for f in talk])
    save("ports", ETHERNET, [udp("10.0.%d.1" % (p % 9), p, "10.0.0.2", 9, b"x") for p in range(1, 101)])


if __name__ == "__main__":
    main()
