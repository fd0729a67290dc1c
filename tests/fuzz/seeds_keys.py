#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_keys into the directory given (made anew, deterministic). First the number of a
dimension, as in include/dpitop/model.h."""
import os
import sys

SEEDS = {
    "host-v4": (0, b"10.0.0.5"), "host-v6": (0, b"2001:db8::1"), "host-mapped": (0, b"::ffff:10.0.0.5"), "host-bad": (0, b"10.0.0.256"),
    "app": (1, b"TLS.Google"), "app-dots": (1, b"HTTP.Z39.50"), "app-new": (1, b"TLS.FromTheFuture"), "app-many-dots": (1, b"a.b.c.d..e."),
    "app-long": (1, b"x" * 70), "app-controls": (1, b"a\x1b[2J"), "category": (2, b"Web"), "category-none": (2, b"#33"),
    "breed": (3, b"Tracker/Ads"), "breed-new": (3, b"Delicious"), "l4": (4, b"6"), "l4-zero": (4, b"06"), "ip": (5, b"4"),
    "ethertype": (6, b"0x0806"), "port-alone": (7, b"443"), "port": (7, b"443/tcp"),
    "port-number": (7, b"443/47"), "state": (8, b"open"), "flags": (9, b"0x0012"), "country-pair": (13, b"DE>--"), "as-pair": (15, b"0>15169"),
    "city": (16, b"DE Berlin"), "city-none": (16, b"--"), "vlan-pair": (19, b"5>5"), "subnet": (10, b"10.0.0.0/24"), "internet": (10, b"internet"),
    "subnet-host-bits": (10, b"10.0.0.7/24"), "subnet-all-v6": (10, b"::/0"), "pair": (11, b"10.0.0.0/24>internet"),
    "pair-v6": (11, b"fd00::/64>2001:db8::/64"), "pair-half": (11, b"internet>"), "country": (12, b"DE"), "nowhere": (12, b"--"),
    "country-bytes": (12, b"0xff01"), "country-code-in-hex": (12, b"0x4445"), "as": (14, b"15169"), "as-large": (14, b"4294967296"),
    "vlan": (18, b"4095"), "interface": (22, b"eth0"), "interface-long": (22, b"e" * 64), "site-category": (23, b"Web"),
    "site-category-none": (23, b"(none)"), "site-category-long": (23, b"w" * 40), "flow": (24, b"1"), "empty": (0, b""),
    "not-utf8": (22, b"\xff\xfe"), "zero": (22, b"a\x00b"),
}


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for seed, (dim, text) in SEEDS.items():
        with open(os.path.join(sys.argv[1], seed), "wb") as out:
            out.write(bytes([dim]) + text)


if __name__ == "__main__":
    main()
