#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_geoip into the directory given (made anew, deterministic)."""
import ipaddress
import os
import struct
import sys

MMDB, V4, V6 = b"\0", b"\1", b"\2"


def head(kind, size):
    """Control bytes of the MaxMind DB format 2.0: type and size below 285."""
    extended = b"" if kind < 8 else bytes([kind - 7])
    top = 0 if kind > 7 else kind << 5
    return bytes([top | size]) + extended if size < 29 else bytes([top | 29]) + extended + bytes([size - 29])


def value(v):
    if isinstance(v, dict):
        return head(7, len(v)) + b"".join(value(k) + value(w) for k, w in v.items())
    if isinstance(v, list):
        return head(11, len(v)) + b"".join(map(value, v))
    if isinstance(v, str):
        return head(2, len(v.encode())) + v.encode()
    if isinstance(v, bytes):  # as it is
        return v
    if isinstance(v, float):
        return head(3, 8) + struct.pack(">d", v)
    return number(6 if v < 2**32 else 9, v)


def number(kind, n):
    data = n.to_bytes(8, "big").lstrip(b"\0")
    return head(kind, len(data)) + data


def tree(networks, version=6, size=24):
    """networks: {cidr: record}. The tree with records of 24 bits, data, metadata."""
    nodes, data, bits = [[None, None]], b"", 32 if version == 4 else 128
    for cidr, record in networks.items():
        net = ipaddress.ip_network(cidr)
        bits_of = int(net.network_address)
        length = net.prefixlen + (0 if net.version == version or version == 4 else 96)
        at = 0
        for i in range(length):
            bit = bits_of >> (bits - 1 - i) & 1
            if i == length - 1:
                nodes[at][bit] = ("data", len(data))
                break
            if nodes[at][bit] is None:
                nodes.append([None, None])
                nodes[at][bit] = len(nodes) - 1
            at = nodes[at][bit]
        data += value(record)

    def pointer(v):
        return len(nodes) if v is None else v if isinstance(v, int) else len(nodes) + 16 + v[1]
    out = b"".join(pointer(left).to_bytes(3, "big") + pointer(right).to_bytes(3, "big") for left, right in nodes)
    meta = {"node_count": len(nodes), "record_size": number(5, size), "ip_version": number(5, version),
            "database_type": "Test-City", "binary_format_major_version": number(5, 2),
            "binary_format_minor_version": number(5, 0), "build_epoch": number(9, 1700000000),
            "languages": ["en"], "description": {"en": "made by a script"}}
    return out + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + value(meta)


CITY = {"country": {"iso_code": "DE", "names": {"en": "Germany"}}, "city": {"names": {"en": "K\u00f6ln"}},
        "location": {"latitude": 50.9, "longitude": 6.9}, "autonomous_system_number": 64500,
        "autonomous_system_organization": "Example AS"}
HOSTILE = {"country": {"iso_code": "\x1b[", "names": {"en": "\u202e\x1b[31m"}}, "city": {"names": {"en": "\x9b2J" * 40}},
           "location": {"latitude": 1e300, "longitude": -181.0}, "autonomous_system_number": 2**40,
           "autonomous_system_organization": "\r\n"}
FLAT = {"country": "US", "asn": "AS64501", "as_name": "x" * 200, "latitude": "nan", "city": 7}


def seeds():
    city = tree({"8.0.0.0/8": CITY, "1.0.0.0/24": HOSTILE, "2001:db8::/32": FLAT, "2a00::/16": {}})
    yield "mmdb", MMDB + city
    yield "mmdb-v4", MMDB + tree({"8.8.0.0/16": CITY, "192.0.2.0/24": FLAT}, version=4)
    yield "mmdb-cut", MMDB + city[:len(city) // 2]
    yield "mmdb-no-data", MMDB + city[:30] + city[city.index(b"\xab\xcd\xef"):]
    yield "mmdb-record-size", MMDB + tree({"8.0.0.0/8": CITY}, size=28)
    yield "mmdb-pointer", MMDB + tree({"8.0.0.0/8": b"\x20\0"})
    yield "mmdb-pointer-outside", MMDB + tree({"8.0.0.0/8": b"\x38\xff\xff\xff\xff"})
    yield "mmdb-deep", MMDB + tree({"8.0.0.0/8": b"\xe1Aa" * 120})
    yield "mmdb-text", MMDB + tree({"8.0.0.0/8": "just a text"})
    yield "mmdb-list", MMDB + tree({"8.0.0.0/8": [CITY, 1, 2.5]})
    yield "mmdb-none", MMDB + b"no database"
    yield "mmdb-empty", MMDB
    yield "v4", V4 + b"# comment\n16777216,16777471,AU\n16777472,16778239,CN\n134217728,150994943,US\n"
    yield "v4-forms", V4 + b"1.0.0.0,1.0.0.255,AU\n8.0.0.0,8.255.255.255,us\n 1 , 2 , DE \n"
    yield "v4-overlap", V4 + b"1,4294967295,AA\n16777216,16777216,BB\n16777216,134744072,CC\n5,4,DD\n"
    yield "v4-wrong", V4 + b"a,b,c\n1,2\n1,2,\n1,2,DEU\n,,,\n99999999999999999999,1,DE\n-1,5,DE\n1,2,\x1b[\n"
    yield "v4-bytes", V4 + b"\xff\0\n1,2,DE\0\n\r\n1,4294967295,FR\r\n"
    yield "v4-long", V4 + b"1," + b"2" * 5000 + b",DE\n134217728,150994943,US\n"
    yield "v4-no-newline", V4 + b"134217728,150994943,US"
    yield "v6", V6 + b"2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP\n2001:db8::,2001:db8:ffff::,DE\n2a00::,2a00::ffff,FR\n"
    yield "v6-all", V6 + b"::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ZZ\n"
    yield "v6-wrong", V6 + b":::,1,DE\n2001::,::,DE\n2001:db8::1%eth0,2001:db8::2,DE\n::ffff:1.2.3.4,::ffff:9.9.9.9,DE\n"


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in seeds():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
