#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of fuzz_collect: those of fuzz_netflow, fuzz_ipfix and fuzz_sflow (seeds_exports.py), each behind a byte of switches."""
import os

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


if __name__ == "__main__":
    main()
