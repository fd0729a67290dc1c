#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make.py DIR - the small captures of the golden tests, made from nothing and always the same."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import exports  # noqa: E402
from report import fold, ip4, pcap, tcp, udp, words  # noqa: E402

A, B = "10.0.0.1", "192.0.2.80"
ETHER = b"\2\0\0\0\0\2\2\0\0\0\0\1"


def dns(name, answer=None):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"
    head = struct.pack(">6H", 7, 0x8180 if answer else 0x0100, 1, 1 if answer else 0, 0, 0)
    tail = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(map(int, answer.split("."))) if answer else b""
    return head + labels + b"\0\1\0\1" + tail


def web():
    """A name look-up, then HTTP: handshake of 20 ms, a retransmission, an orderly close."""
    get = b"GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: golden/1\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 400\r\n\r\n" + b"x" * 400
    a, b = (A, 40000), (B, 80)
    yield 0.0, udp(A, 5000, "192.0.2.53", 53, dns("www.example.org"))
    yield 0.01, udp("192.0.2.53", 53, A, 5000, dns("www.example.org", B))
    yield 0.1, tcp(*a, *b, 2, seq=100, ack=0)
    yield 0.12, tcp(*b, *a, 18, seq=900, ack=101)
    yield 0.1204, tcp(*a, *b, 16, seq=101, ack=901)
    yield 0.13, tcp(*a, *b, 24, get, seq=101, ack=901)
    yield 0.40, tcp(*a, *b, 24, get, seq=101, ack=901)
    yield 0.45, tcp(*b, *a, 24, page, seq=901, ack=101 + len(get))
    yield 1.50, tcp(*a, *b, 17, seq=101 + len(get), ack=901 + len(page))
    yield 1.52, tcp(*b, *a, 17, seq=901 + len(page), ack=102 + len(get))
    yield 1.53, tcp(*a, *b, 16, seq=102 + len(get), ack=902 + len(page))
    yield 2.0, tcp(*a, *b, 2, seq=5000, ack=0)  # the port again: a new flow
    yield 2.01, tcp(*b, *a, 20, seq=0, ack=5001)


def odd():
    """Tags, tunnels, fragments, IPv6 extension headers, and what is not IP."""
    inner = udp("10.1.0.1", 1111, "10.2.0.2", 2222, b"inner" * 4)[14:]
    plain = udp(A, 1000, B, 2000, b"plain")
    yield 0.0, plain
    yield 0.1, ETHER + b"\x81\0\0\x2a" + plain[12:]
    yield 0.2, ETHER + b"\x88\xa8\0\x07\x81\0\0\x2a" + plain[12:]
    yield 0.3, ETHER + b"\x88\x47\0\1\1\x40" + plain[14:]
    yield 0.4, ip4(A, B, 47, b"\0\0\x08\0" + inner)
    yield 0.5, ip4(A, B, 4, inner)
    yield 0.6, udp(A, 50000, B, 4789, b"\x08\0\0\0\0\0\x63\0" + ETHER + b"\x08\0" + inner)
    yield 0.7, udp(A, 2152, B, 2152, b"\x30\xff" + struct.pack(">HI", len(inner), 77) + inner)
    whole = struct.pack(">4H", 3000, 4000, 8 + 64, 0) + b"f" * 64
    for offset, more in ((0, 1), (32, 1), (64, 0)):
        yield 0.8 + offset / 1000, fragment(whole[offset:offset + (32 if more else 99)], offset, more)
    six = struct.pack(">4H", 546, 547, 12, 0) + b"dhcp"
    yield 1.0, ETHER + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(six) + 8, 0, 64) + \
        bytes.fromhex("20010db8000000000000000000000001") + bytes.fromhex("ff020000000000000000000000010002") + \
        b"\x11\0\1\4\0\0\0\0" + six
    yield 1.1, b"\xff" * 6 + ETHER[6:] + b"\x08\x06" + bytes(28)
    yield 1.2, b"\1\x80\xc2\0\0\x0e" + ETHER[6:] + b"\x88\xcc" + bytes(30)
    yield 1.3, ETHER + b"\x08\0\x45\0"
    echo = b"\x08\0\0\0\0\1\0\1" + bytes(24)
    yield 1.4, ip4(A, B, 1, echo[:2] + struct.pack(">H", fold(words(echo))) + echo[4:])
    quoted = b"\3\3\0\0\0\0\0\0" + plain[14:42]
    yield 1.5, ip4(B, A, 1, quoted)


def collected():
    """Four exporters, one of which sends data before its template and has a clock two hours slow; and a packet that is none of theirs."""
    start, collector = 1700000000, "192.0.2.100"
    web = exports.record("10.1.0.5", 40000, "198.51.100.9", 443, 5000, 10, inside=3, outside=5)
    back = exports.record("198.51.100.9", 443, "10.1.0.5", 40000, 90000, 70, inside=5, outside=3)
    name = exports.record("10.1.0.6", 5353, "198.51.100.53", 53, 70, 1, proto=17, flags=0, start=2, end=2)
    yield 1.0, udp("192.0.2.1", 9000, collector, 2055, exports.v5([back, web], sampling=1 << 14 | 10, now=start + 1))
    yield 1.5, udp("192.0.2.2", 9000, collector, 9996, exports.v9([exports.data9(256, [name])], sequence=1, now=start + 1 - 7200))
    yield 2.0, udp("192.0.2.2", 9000, collector, 9996,
                   exports.v9([exports.template(256, exports.FIELDS_9)], sequence=2, now=start + 2 - 7200))
    yield 2.5, udp("192.0.2.3", 9000, collector, 4739, exports.ipfix(
        [exports.template(300, exports.FIELDS_10, 10), exports.data10(300, [web, name], now=start + 2)], domain=7, now=start + 2))
    yield 3.0, udp("192.0.2.4", 9000, collector, 6343, exports.sflow(
        [exports.sampled_packet(tcp("10.1.0.5", 40001, "198.51.100.9", 80, 0x18, b"x" * 20), 100, wire=1400),
         exports.interface_counters(3, (1000, 2000))]))
    yield 3.5, udp("192.0.2.1", 9000, collector, 2055, exports.v5([web], sequence=9, now=start + 3)[:60])
    yield 4.0, udp("10.1.0.5", 5000, "10.1.0.1", 123, bytes(48))


def fragment(payload, offset, more):
    frame = ip4("10.0.0.9", B, 17, payload)
    head = bytearray(frame[14:34])
    head[4:8] = struct.pack(">HH", 99, (0x2000 if more else 0) | offset // 8)
    head[10:12] = b"\0\0"
    head[10:12] = struct.pack(">H", fold(words(bytes(head))))
    return frame[:14] + bytes(head) + payload


def main():
    for name, frames in (("web", web()), ("odd", odd()), ("collected", collected())):
        with open(os.path.join(sys.argv[1], name + ".pcap"), "wb") as out:
            out.write(pcap(list(frames)))


if __name__ == "__main__":
    main()
