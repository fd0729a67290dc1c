#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of fuzz_collect: those of fuzz_netflow, fuzz_ipfix and fuzz_sflow (seeds_exports.py), each behind a byte of switches;
and a record that waited for its template and has a text."""
import os
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def main():
    to = os.path.join(HERE, "collect")
    os.makedirs(to, exist_ok=True)
    for kind in ("netflow", "ipfix", "sflow"):
        for number, name in enumerate(sorted(os.listdir(os.path.join(HERE, kind)))):
            with open(os.path.join(HERE, kind, name), "rb") as file:
                data = file.read()
            with open(os.path.join(to, "%s-%s" % (kind, name)), "wb") as file:
                file.write(bytes([number % 8 | (16 if number % 2 else 0)]) + data)
    with open(os.path.join(to, "late-text"), "wb") as file:
        file.write(late_text())


def flow_set(number, body):
    return struct.pack(">HHIIIHH", 10, 20 + len(body), 1700000000, 0, 1, number, 4 + len(body)) + body


def late_text():
    """Its application has a name (element 96), which lies in what waited: read by a sanitizer's build, that must be there still."""
    fields = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 4), (2, 4), (96, 16))
    data = bytes((10, 0, 0, 1, 10, 0, 0, 2)) + struct.pack(">HHBII", 1000, 443, 6, 5000, 5) + b"named before".ljust(16, b"\0")
    template = struct.pack(">HH", 300, len(fields)) + b"".join(struct.pack(">HH", *f) for f in fields)
    return b"\0" + b"".join(struct.pack("<HB", len(m), 0) + m for m in (flow_set(300, data), flow_set(2, template)))


if __name__ == "__main__":
    main()
