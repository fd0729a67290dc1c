#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_categories into the directory given (made anew, deterministic)."""
import os
import sys

SEEDS = {
    "empty": b"",
    "host": b"www.example.org\nexample.org\n",
    "forms": b"a.example.org\n.example.net\n*.example.com\n=a.example.org\n",
    "case": b"WWW.Example.ORG.:8080\nexample.org.\n",
    "hosts-file": b"ads.example.org\n# hosts\n127.0.0.1 localhost\n0.0.0.0 ads.example.org x.example # two\n",
    "hosts-zone": b"a.example\nfe80::1%lo0 a.example\n",
    "networks": b"192.0.2.7:80\n192.0.2.0/24\n10.0.0.0/8\n2001:db8::/32\n",
    "networks-v6": b"[2001:db8::1]:443\n::/0\n2001:db8::/32\n2001:db8::1\n",
    "bad": b"a.example\na b\nhttp://x/\n10.0.0.0/99\n1.2.3\na..b\n||x^\n",
    "crlf": b"a.example\r\n\xef\xbb\xbfa.example\r\n\r\n",
    "idn": "b\u00fccher.example\nb\u00fccher.example\nxn--bcher-kva.example\n".encode(),
    "idn-cyrillic": "\u041f\u0420\u0418\u041c\u0415\u0420\n\u043f\u0440\u0438\u043c\u0435\u0440\n".encode(),
    "not-utf8": b"\xff\xfe\n\xff\xfe.example\n\x00\x00\n",
    "labels": b"a." * 100 + b"b\n" + b"a." * 60 + b"b\n",
    "long": b"x\n" + b"y" * 3000 + b"\n",
    "star": b"*\n*\n*.\n=\n.\n-\n",
    "many": b"h7.example\n" + b"".join(b"h%d.example\n" % i for i in range(60)),
}


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for seed, data in SEEDS.items():
        with open(os.path.join(sys.argv[1], seed), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
