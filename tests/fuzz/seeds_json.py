#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_json into the directory given (made anew, deterministic)."""
import os
import struct
import sys

OBJECT, ARRAY, END, STRING, U64, I64, DOUBLE, TIME, BOOL, KEY = (bytes([n]) for n in range(10))


def string(data):
    return STRING + bytes([min(255, -(-len(data) // 4))]) + data + b" " * (-len(data) % 4)


def each(kind, form, *values):
    return b"".join(kind + struct.pack("<" + form, v) for v in values)


SEEDS = {
    "empty": b"",
    "object": OBJECT + string(b"text") + END,
    "array": ARRAY + string(b"a") + string(b"b") + END + BOOL,
    "escapes": string(b"\"\\/\b\f\n\r\t\x00 behind"),
    "controls": string(b"\x1b]0;x\x07\x7f\x9b2J"),
    "bidi": string("\u202e\u2066\u200b\ufeff\u2028\u2029".encode()),
    "invalid": string(b"\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe6\x97"),
    "script": string(b"</script><!--"),
    "marks": string(("e" + "\u0301" * 300).encode()),
    "long": string(b"x" * 1020) * 30,
    "long-wide": string("\u65e5".encode() * 340) * 20,
    "quotes-long": string(b"\"\\" * 510) * 20,
    "chunk-border": string(b"a" * 510 + "\u65e5".encode() + b"\"" * 9),
    "deep": OBJECT * 40 + END * 40,
    "deep-mixed": (OBJECT + ARRAY) * 20 + string(b"x") + END * 9 + string(b"y"),
    "numbers": each(U64, "Q", 0, 9, 10, 99, 100, 2**64 - 1) + each(I64, "q", 0, -1, 2**63 - 1, -2**63),
    "doubles": each(DOUBLE, "d", 0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), 0.1, 1e15, -2.5),
    "decimals": b"".join(bytes([6 + 10 * k]) + struct.pack("<d", 1234.56789) for k in range(7)),
    "times": each(TIME, "q", 0, -1, 1700000000123456, 2**63 - 1, -2**63),
    "keys": OBJECT + each(KEY, "Q", 1, 10, 2**64 - 1) + END + KEY,
    "empty-levels": (OBJECT + END + ARRAY + END) * 10,
}


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in SEEDS.items():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
