#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_filter into the directory given (made anew, deterministic)."""
import os
import sys

SEEDS = {
    "empty": b"",
    "word": b"netflix",
    "words": b"10.0.0.5 dns",
    "quoted": b"\"a (b) \\\"c\\\" \\\\\"",
    "host": b"host = 10.0.0.0/8",
    "host-name": b"host ~ example.org",
    "host-v6": b"src = 2001:db8::/32",
    "internet": b"dst = internet",
    "port": b"dst.port >= 443 and src.port != 53",
    "app": b"app = TLS and not (country = DE or country = FR)",
    "as": b"as = AS15169 or as ~ google",
    "sets": b"l4 = tcp state ~ clos tunnel != none",
    "flags": b"flags = SAF or flags !~ R",
    "risk": b"risk = none",
    "preset": b"preset = p2p and not preset != remote-access",
    "scope": b"scope = external encrypted = no or scope ~ bound",
    "none": b"vlan = none or site = none",
    "measures": b"bytes > 1M and not flows < 3",
    "mixed": b"app = DNS and bytes > 1Mi or hosts > 2",
    "times": b"rtt > 20ms time < 1.5h",
    "units": b"rate > 1Mbit/s",
    "nested": b"(" * 60 + b"x" + b")" * 60,
    "too-deep": b"not " * 80 + b"x",
    "many": b"a " * 200,
    "open": b"(host = 10.0.0.1",
    "no-value": b"app =",
    "no-field": b"nosuch = 3",
    "no-number": b"bytes > elephants",
    "bad-net": b"host = 10.0.0.0/99",
    "open-quote": b"\"abc",
    "operators": b"= != < <= > >= ~ !~ !",
    "controls": b"a\x1b[2J\x07",
    "not-utf8": b"app = \"\xff\xfe\"",
    "long-field": "aaaaaaaaaaa\u07de = 3".encode(),
    "marks": "a\u0301\u0301\u0301 \u202e".encode(),
}


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for seed, data in SEEDS.items():
        with open(os.path.join(sys.argv[1], seed), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
