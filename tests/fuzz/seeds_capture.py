#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_capture into the directory given (made anew, deterministic)."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from report import pcap, udp  # noqa: E402

FRAMES = [udp("10.0.0.1", 1000, "192.0.2.1", 53, b"x" * n) for n in (0, 20, 200)]


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def option(code, data, order="<"):
    return struct.pack(order + "HH", code, len(data)) + data + b"\0" * (-len(data) % 4)


def section(order="<"):
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(linktype=1, snaplen=65535, options=b"", order="<"):
    return block(1, struct.pack(order + "HHI", linktype, 0, snaplen) + options, order)


def packet(frame, number=0, ts=1700000000000000, captured=None, order="<"):
    length = len(frame) if captured is None else captured
    return block(6, struct.pack(order + "IIIII", number, ts >> 32, ts & 0xFFFFFFFF, length, length) + frame, order)


def seeds():
    whole = pcap(FRAMES)
    yield "empty", b""
    yield "pcap", whole
    yield "big-endian", pcap(FRAMES, order=">")
    yield "nanoseconds", struct.pack("<I", 0xA1B23C4D) + whole[4:]
    yield "modified", struct.pack("<I", 0xA1B2CD34) + whole[4:]
    yield "raw", pcap([f[14:] for f in FRAMES], linktype=101)
    yield "unknown-link", pcap(FRAMES, linktype=147)
    yield "no-frames", pcap([])
    yield "cut-header", whole[:20]
    yield "cut-record", whole[:24 + 9]
    yield "cut-frame", whole[:-7]
    yield "longer-than-snaplen", pcap(FRAMES, snaplen=64)
    yield "huge-snaplen", pcap(FRAMES, snaplen=0x7FFFFFFF)
    yield "huge-frame", pcap([(0, b"x" * 60)]).replace(struct.pack("<II", 60, 60), struct.pack("<II", 0x7FFFFFF0, 60), 1)
    yield "version", whole[:4] + struct.pack("<HH", 2, 3) + whole[8:]
    yield "version-9", whole[:4] + struct.pack("<HH", 9, 9) + whole[8:]
    yield "gzip", b"\x1f\x8b\x08\0" + bytes(20)
    yield "zstd", b"\x28\xb5\x2f\xfd" + bytes(20)
    yield "text", b"GET / HTTP/1.1\r\n"
    yield "ng", section() + interface() + b"".join(packet(f) for f in FRAMES)
    yield "ng-big-endian", section(">") + interface(order=">") + b"".join(packet(f, order=">") for f in FRAMES)
    yield "ng-nanoseconds", section() + interface(options=option(9, b"\x09") + option(0, b"")) + packet(FRAMES[0], ts=1700000000 * 10**9)
    yield "ng-odd-resolution", section() + interface(options=option(9, b"\xbf") + option(14, bytes(8))) + packet(FRAMES[0])
    yield "ng-two-interfaces", section() + interface() + interface() + packet(FRAMES[1], 1)
    yield "ng-two-links", section() + interface() + interface(101) + packet(FRAMES[1], 1)
    yield "ng-no-interface", section() + packet(FRAMES[0])
    yield "ng-simple", section() + interface() + block(3, struct.pack("<I", len(FRAMES[1])) + FRAMES[1])
    yield "ng-old-packet", section() + interface() + block(2, struct.pack("<HHIIII", 0, 0, 0, 1, 30, 30) + FRAMES[0][:30])
    yield "ng-two-sections", (section() + interface() + packet(FRAMES[0])) * 2
    yield "ng-unknown-block", section() + interface() + block(0x0BAD, b"x" * 9) + packet(FRAMES[0])
    yield "ng-captured-too-long", section() + interface() + packet(FRAMES[0], captured=4000)
    yield "ng-lengths-differ", section() + interface() + packet(FRAMES[0])[:-4] + struct.pack("<I", 77)
    yield "ng-short-block", section() + struct.pack("<III", 1, 8, 8)
    yield "ng-cut", (section() + interface() + packet(FRAMES[2]))[:-30]


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in seeds():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
