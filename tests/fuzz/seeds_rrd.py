#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_rrd into the directory given (made anew, deterministic): small RRD files of format 0003
as a 64-bit little-endian machine has them (RRDtool's rrd_format.h), whole ones and some that are not."""
import os
import struct
import sys

NAN = float("nan")


def rrd(sources=(("bytes_out", b"ABSOLUTE"), ("live_flows", b"GAUGE")), archives=((b"AVERAGE", 1, 5), (b"AVERAGE", 5, 4), (b"MAX", 5, 4)),
        step=60, last=1700000400, version=b"0003", cookie=b"RRD\0", number=8.642135E130, newest=None, unknown=0, pdp_unknown=0, xff=0.5):
    out = struct.pack("<4s5s7xdQQQ80x", cookie, version, number, len(sources), len(archives), step)
    for name, kind in sources:
        out += struct.pack("<20s20sQdd56x", name.encode(), kind, 316224000, NAN, NAN)
    for function, pdps, rows in archives:
        out += struct.pack("<20s4xQQd72x", function, rows, pdps, xff)
    out += struct.pack("<qq", last, 0)
    for _ in sources:
        out += struct.pack("<30s2xQd64x", b"0", pdp_unknown, 0.0)
    for _ in range(len(sources) * len(archives)):
        out += struct.pack("<dQ64x", NAN, unknown)
    for index, (_, _, rows) in enumerate(archives):
        out += struct.pack("<Q", newest if newest is not None else index % max(rows, 1))
    for _, _, rows in archives:
        out += struct.pack("<d", 1.5) * (rows * len(sources))
    return out


SEEDS = {
    "whole": rrd(),
    "one": rrd(sources=(("x", b"GAUGE"),), archives=((b"AVERAGE", 1, 1),), step=1),
    "many": rrd(sources=tuple(("ds%d" % i, b"ABSOLUTE") for i in range(13)), archives=((b"AVERAGE", 1, 3),) * 9),
    "too-many": rrd(sources=tuple(("ds%d" % i, b"ABSOLUTE") for i in range(25))),
    "old": rrd(last=60),
    "no-time": rrd(last=0),
    "far": rrd(last=1 << 33),
    "odd-time": rrd(last=1700000401),
    "torn": rrd()[:-8],
    "longer": rrd() + b"\0" * 8,
    "header": rrd()[:700],
    "empty": b"",
    "magic": rrd(cookie=b"RRX\0"),
    "version-4": rrd(version=b"0004"),
    "other-machine": rrd(number=1.0),
    "row-outside": rrd(newest=99),
    "unknown-steps": rrd(unknown=1 << 40),
    "unknown-seconds": rrd(pdp_unknown=1 << 40),
    "xff": rrd(xff=1.0),
    "xff-nan": rrd(xff=NAN),
    "computed": rrd(sources=(("x", b"COMPUTE"),)),
    "predicting": rrd(archives=((b"HWPREDICT", 1, 5),)),
    "no-name": rrd(sources=(("", b"GAUGE"),)),
    "long-name": rrd(sources=(("x" * 20, b"GAUGE"),)),
    "no-rows": rrd(archives=((b"AVERAGE", 1, 0),)),
    "no-step": rrd(step=0),
}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    for name, data in SEEDS.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
