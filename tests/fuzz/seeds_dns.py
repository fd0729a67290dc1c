#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_dns into the directory given (made anew, deterministic)."""
import os
import struct
import sys


def name(text):
    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".") if p) + b"\0"


def message(flags, question, qtype, answers=(), tail=b""):
    head = struct.pack(">6H", 0x1234, flags, 1, len(answers), 0, 0)
    body = name(question) + struct.pack(">2H", qtype, 1)
    for owner, rtype, data in answers:
        body += owner + struct.pack(">2HIH", rtype, 1, 60, len(data)) + data
    return head + body + tail


POINTER = b"\xc0\x0c"
SEEDS = {
    "query-a": message(0x0100, "www.example.org", 1),
    "query-ptr": message(0x0100, "1.2.0.192.in-addr.arpa", 12),
    "answer-a": message(0x8180, "www.example.org", 1, [(POINTER, 1, bytes([192, 0, 2, 7]))]),
    "answer-aaaa": message(0x8180, "www.example.org", 28, [(POINTER, 28, b"\x20\x01\x0d\xb8" + bytes(12))]),
    "answer-cname": message(0x8180, "www.example.org", 1, [(POINTER, 5, b"\3web" + b"\xc0\x10"), (b"\xc0\x2d", 1, bytes(4))]),
    "answer-ptr": message(0x8180, "1.2.0.192.in-addr.arpa", 12, [(POINTER, 12, name("host.example.org"))]),
    "answer-ptr-pointer": message(0x8180, "1.2.0.192.in-addr.arpa", 12, [(POINTER, 12, b"\4host" + POINTER)]),
    "nxdomain": message(0x8183, "none.example.org", 1),
    "mdns": message(0x8400, "printer.local", 1, [(name("printer.local"), 1, bytes(4))]),
    "loop": struct.pack(">6H", 1, 0, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1",
    "lying-count": struct.pack(">6H", 1, 0x8000, 1, 65535, 0, 0) + name("a") + b"\0\1\0\1",
    "many-questions": struct.pack(">6H", 1, 0, 65535, 0, 0, 0) + b"\0" * 64,
}


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for seed, data in SEEDS.items():
        with open(os.path.join(sys.argv[1], seed), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
