#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpora of fuzz_netflow, fuzz_ipfix and fuzz_sflow below the directory given (made anew, deterministic)."""
import os
import struct
import sys

PORT1, OTHER, TICK, STREAM = 1, 4, 8, 16
UP, SECS = 3600000, 1700000000
A4, B4 = bytes([192, 0, 2, 1]), bytes([198, 51, 100, 2])
A6, B6 = b"\x20\x01\x0d\xb8" + bytes(11) + b"\1", b"\x20\x01\x0d\xb8" + bytes(11) + b"\2"
VARIABLE = 65535
REVERSE, YAF, NTOP, CISCO = 29305, 6871, 35632, 9


def pack(form, *values):
    return struct.pack(">" + form, *values)


def case(*datagrams):
    """bytes, or (switches, bytes)"""
    out = b""
    for d in datagrams:
        switches, data = d if isinstance(d, tuple) else (0, d)
        out += struct.pack("<HB", len(data), switches) + data
    return out


# ---- NetFlow v1, v5, v7 ----
def fixed(version, records, count=None, uptime=UP, sequence=0):
    head = pack("HHIII", version, len(records) if count is None else count, uptime, SECS, 0)
    return head + (b"" if version == 1 else pack("IBBH", sequence, 0, 1, 0x4064)) + b"".join(records)


def fixed_record(tail, protocol=6):
    return A4 + B4 + bytes(4) + pack("HHIIIIHHBBBB", 1, 2, 3, 400, UP - 5000, UP - 10, 1024, 443, 0, 0x1b, protocol, 0) + bytes(tail)


# ---- v9 and IPFIX ----
def chunk(number, body):
    return pack("HH", number, 4 + len(body)) + body


def fields(*specs):
    return b"".join(pack("HH", s[0], s[1]) if len(s) == 2 else pack("HHI", s[0] | 0x8000, s[1], s[2]) for s in specs)


def template(number, *specs):
    return pack("HH", number, len(specs)) + fields(*specs)


def v9(*sets, sequence=0, domain=1, uptime=UP):
    return pack("HHIIII", 9, len(sets), uptime, SECS, sequence, domain) + b"".join(sets)


def options9(number, scope, *specs):
    return pack("HHH", number, 4 * len(scope), 4 * len(specs)) + fields(*scope, *specs)


def message(*sets, sequence=0, domain=1, length=None):
    body = b"".join(sets)
    return pack("HHIII", 10, 16 + len(body) if length is None else length, SECS, sequence, domain) + body


def options(number, scopes, *specs):
    return pack("HHH", number, len(specs), scopes) + fields(*specs)


def variable(data):
    return (bytes([len(data)]) if len(data) < 255 else b"\xff" + pack("H", len(data))) + data


KEY4 = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1))
TUPLE4 = A4 + B4 + pack("HHB", 1024, 443, 6)
FLOW9 = KEY4 + ((1, 4), (2, 4), (22, 4), (21, 4))
DATA9 = TUPLE4 + pack("IIII", 400, 3, UP - 5000, UP - 10)

NETFLOW = {
    "v1": case(fixed(1, [fixed_record(4), fixed_record(4)])),
    "v1-linux": case(fixed(1, [fixed_record(0)] * 3)),
    "v5": case(fixed(5, [fixed_record(8)] * 2), fixed(5, [fixed_record(8)], sequence=9), fixed(5, [fixed_record(8)], uptime=5, sequence=0)),
    "v5-icmp": case(fixed(5, [fixed_record(8, 1)])),
    "v5-count-lies": case(fixed(5, [fixed_record(8)], count=65535), fixed(5, [], count=30)),
    "v7": case(fixed(7, [fixed_record(12)])),
    "v9": case(v9(chunk(0, template(256, *FLOW9)), chunk(256, DATA9 * 2))),
    "v9-late": case(v9(chunk(256, DATA9)), v9(chunk(0, template(256, *FLOW9)), sequence=1)),
    "v9-other-port": case(v9(chunk(0, template(256, *FLOW9))), (PORT1, v9(chunk(256, DATA9)))),
    "v9-other-address": case(v9(chunk(0, template(256, *FLOW9))), (OTHER, v9(chunk(256, DATA9)))),
    "v9-many-templates": case(*[v9(chunk(0, b"".join(template(256 + i + k, (8, 4), (1 + i, 4)) for k in range(9)))) for i in range(0, 40, 9)]),
    "v9-redefined": case(v9(chunk(0, template(256, *FLOW9)), chunk(256, DATA9), chunk(0, template(256, *FLOW9[::-1])), chunk(256, DATA9))),
    "v9-sampler": case(v9(chunk(1, options9(257, ((1, 4),), (48, 1), (49, 1), (50, 4))), chunk(257, pack("IBBI", 1, 1, 2, 100)),
                          chunk(0, template(256, *FLOW9, (48, 1))), chunk(256, DATA9 + b"\1"))),
    "v9-interfaces": case(v9(chunk(1, options9(257, ((2, 4),), (82, 8), (83, 8), (34, 4))), chunk(257, pack("I8s8sI", 3, b"eth3\0", b"up link", 10)),
                             chunk(0, template(256, *FLOW9, (10, 4))), chunk(256, DATA9 + pack("I", 3)))),
    "v9-zero-length": case(v9(chunk(0, template(256, (8, 0), (12, 0)) + template(257, (8, 4), (1, 0), (2, 1))), chunk(256, bytes(40)), chunk(257, A4 + b"\5"))),
    "v9-wraps": case(v9(chunk(0, template(256, *[(8, 65534)] * 3)), chunk(256, bytes(8)))),
    "v9-set-0": case(v9(chunk(0, template(256, *FLOW9)), bytes(64))),
    "v9-set-short": case(v9(chunk(0, template(256, *FLOW9)), pack("HH", 256, 3), pack("HH", 256, 4000))),
    "v9-vendors": case(v9(chunk(0, template(256, *KEY4, (57591, 8), (56701, 8), (40000, 8), (45003, 12), (33002, 2), (57590, 2), (95, 4))),
                          chunk(256, TUPLE4 + b"TLS.Goog" + b"web\0\0\0\0\0" + b"user\0\0\0\0" + b"\3\0\0\x50\x34\2a.test" + b"\0\1" + b"\0\7" + b"\3\0\0\x50"))),
    "v9-idle": case(v9(chunk(0, template(256, *FLOW9))), (TICK, v9(chunk(256, DATA9))), (TICK, b""), (TICK, b""), (TICK, b""), v9(chunk(256, DATA9))),
}

FLOW = KEY4 + ((1, 8), (2, 8), (152, 8), (153, 8))
DATA = TUPLE4 + pack("QQQQ", 400, 3, SECS * 1000 - 5000, SECS * 1000)
LIST = variable(b"\0" + pack("HH", 371, VARIABLE) + variable(b"one") + variable(b"two"))
SUB = chunk(2, template(300, (117 | 0, VARIABLE, YAF), (291, VARIABLE)))
SUBDATA = variable(b"host.test") + LIST
IPFIX = {
    "flow": case(message(chunk(2, template(256, *FLOW)), chunk(256, DATA * 2))),
    "late": case(message(chunk(256, DATA)), message(chunk(2, template(256, *FLOW)), sequence=1)),
    "withdrawn": case(message(chunk(2, template(256, *FLOW))), message(chunk(2, pack("HH", 256, 0)), chunk(256, DATA)),
                      message(chunk(2, template(256, *FLOW) + pack("HH", 2, 0))), message(chunk(3, pack("HH", 3, 0)))),
    "biflow": case(message(chunk(2, template(256, *FLOW, (1, 8, REVERSE), (2, 4, REVERSE), (6, 1, REVERSE))), chunk(256, DATA + pack("QIB", 90, 2, 18)))),
    "variable": case(message(chunk(2, template(256, *KEY4, (371, VARIABLE), (460, VARIABLE))), chunk(256, TUPLE4 + variable(b"u") + variable(b"h" * 300)))),
    "variable-only": case(message(chunk(2, template(256, (371, VARIABLE), (372, VARIABLE))), chunk(256, bytes(64)))),
    "reduced": case(message(chunk(2, template(256, *KEY4, (1, 3), (2, 1), (85, 8))), chunk(256, TUPLE4 + bytes([1, 2, 3, 4]) + bytes(8)))),
    "times": case(message(chunk(2, template(256, *KEY4, (154, 8), (157, 8), (158, 4), (160, 8), (22, 4), (161, 4), (150, 4), (151, 4))),
                          chunk(256, TUPLE4 + pack("QQIQIIII", SECS + 2208988800 << 32, 7, 9000, SECS * 1000, 5, 6, SECS, SECS)))),
    "srv6": case(message(chunk(2, template(256, (27, 16), (28, 16), (4, 1), (8, 4), (12, 4), (4, 1), (7, 2))), chunk(256, A6 + B6 + b"\4" + A4 + B4 + b"\6\0\7"))),
    "dual-stack": case(message(chunk(2, template(256, (8, 4), (12, 4), (27, 16), (28, 16), (4, 1))), chunk(256, A4 + B4 + bytes(32) + b"\6" + bytes(8) + A6 + B6 + b"\6"))),
    "lists": case(message(SUB, chunk(2, template(256, *KEY4, (292, VARIABLE), (293, VARIABLE), (291, VARIABLE))),
                          chunk(256, TUPLE4 + variable(b"\0" + pack("H", 300) + SUBDATA) + variable(b"\0" + chunk(300, SUBDATA) + chunk(999, b"x")) + LIST))),
    "list-in-list": case(message(chunk(2, template(300, (292, VARIABLE))), chunk(300, variable(b"\0" + pack("H", 300) + variable(b"\0" + pack("H", 300) + b"\0"))))),
    "options": case(message(chunk(3, options(257, 1, (302, 8), (305, 4), (306, 4))), chunk(257, pack("QII", 5, 1, 999)),
                            chunk(3, options(258, 1, (95, 4), (96, VARIABLE), (372, 6))), chunk(258, b"\3\0\0\x50" + variable(b"http") + b"web\0\0\0"),
                            chunk(2, template(256, *FLOW, (302, 8), (95, 4))), chunk(256, DATA + pack("Q", 5) + b"\3\0\0\x50"))),
    "options-scope-lies": case(message(chunk(3, options(257, 9, (302, 8))), chunk(3, pack("HHH", 258, 1, 0) + fields((34, 4))))),
    "length-lies": case(message(chunk(2, template(256, *FLOW)), length=9000), message(chunk(2, template(256, *FLOW)), length=20), message(length=3)),
    "nat-event": case(message(chunk(2, template(256, *KEY4, (230, 1), (225, 4), (226, 4), (227, 2), (228, 2))), chunk(256, TUPLE4 + b"\4" + B4 + A4 + pack("HH", 5, 6)))),
    "probability": case(message(chunk(3, options(257, 1, (302, 2), (311, 8))), chunk(257, pack("Hd", 1, 0.001)), chunk(3, options(258, 1, (302, 2), (311, 4))),
                                chunk(258, pack("Hf", 2, -1.0)))),
    "stream": case((STREAM, message(chunk(2, template(256, *FLOW)))[:21]), (STREAM, message(chunk(2, template(256, *FLOW)))[21:] + message(chunk(256, DATA))),
                   (STREAM, b"GET / HTTP/1.0\r\n\r\n")),
    "domains": case(*[message(chunk(2, template(256, *FLOW)), chunk(256, DATA), domain=i) for i in range(12)]),
}


# ---- sFlow ----
def sflow(*samples, sequence=1, agent=pack("I", 1) + A4, count=None):
    return pack("I", 5) + agent + pack("IIII", 0, sequence, UP, len(samples) if count is None else count) + b"".join(samples)


def padded(data):
    return data + bytes(-len(data) % 4)


def part(number, body):
    return pack("II", number, len(body)) + body


def flow_sample(*parts, rate=10, drops=0, expanded=False):
    head = pack("IIIIIIIIII", 1, 0, 1, rate, 5, drops, 0, 3, 0, 4) if expanded else pack("IIIIIII", 1, 1, rate, 5, drops, 3, 4)
    return part(3 if expanded else 1, head + pack("I", len(parts)) + b"".join(parts))


def counter_sample(*parts, expanded=False):
    return part(4 if expanded else 2, (pack("III", 1, 0, 1) if expanded else pack("II", 1, 1)) + pack("I", len(parts)) + b"".join(parts))


def header(protocol, data, frame=600, stripped=4):
    return part(1, pack("IIII", protocol, frame, stripped, len(data)) + padded(data))


def text(data):
    return pack("I", len(data)) + padded(data)


IP = pack(">BBHHHBBH".replace(">", ""), 0x45, 0, 582, 1, 0, 64, 6, 0) + A4 + B4
TCP = pack("HHIIBBHHH", 1024, 443, 1, 1, 0x50, 0x18, 512, 0, 0)
ETH = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]) + pack("H", 0x0800)
SFLOW = {
    "header": case(sflow(flow_sample(header(1, ETH + IP + TCP)))),
    "expanded": case(sflow(flow_sample(header(1, ETH + IP + TCP), expanded=True, drops=5), flow_sample(header(1, ETH + IP + TCP), expanded=True, drops=9))),
    "protocols": case(sflow(*[flow_sample(header(p, IP + TCP)) for p in range(18)])),
    "gre": case(sflow(flow_sample(header(11, IP[:9] + b"\x2f" + IP[10:] + pack("HH", 0, 0x0800) + IP + TCP)))),
    "ipv4": case(sflow(flow_sample(part(3, pack("II", 500, 6) + A4 + B4 + pack("IIII", 1024, 443, 18, 0))))),
    "ipv6": case(sflow(flow_sample(part(4, pack("II", 500, 17) + A6 + B6 + pack("IIII", 1024, 53, 0, 0))))),
    "ethernet": case(sflow(flow_sample(part(2, pack("I", 64) + padded(ETH[:6]) + padded(ETH[6:12]) + pack("I", 0x0806))))),
    "raw-and-ipv4": case(sflow(flow_sample(header(1, ETH + IP + TCP), part(3, pack("II", 500, 6) + A4 + B4 + pack("IIII", 1, 2, 3, 4))))),
    "extended": case(sflow(flow_sample(header(1, ETH + IP + TCP), part(1001, pack("IIII", 5, 0, 6, 0)), part(1002, pack("I", 1) + A4 + pack("II", 24, 16)),
                                       part(1003, pack("I", 2) + A6 + pack("IIII", 65000, 0, 65001, 1) + pack("IIII", 2, 2, 65002, 65003) + pack("II", 0, 100)),
                                       part(1004, pack("I", 106) + text(b"alice") + pack("I", 106) + text(b"bob")), part(1005, pack("I", 1) + text(b"/x") + text(b"a.test")),
                                       part(1006, pack("I", 1) + A4 + pack("II", 1, 16000 << 12) + pack("I", 0)), part(1007, pack("I", 1) + A4 + pack("I", 1) + B4),
                                       part(1020, pack("II", 7, 8)), part(1029, pack("I", 99)),
                                       part(2206, pack("II", 2, 1001) + text(b"/u") + text(b"h") + text(b"r") + text(b"ua") + text(b"") + text(b"me") + text(b"text/html") +
                                            pack("QQII", 1, 2, 3, 200))))),
    "counters": case(sflow(counter_sample(part(1, pack("IIQIIQIIIIIIQIIIIII", 3, 6, 10 ** 9, 1, 3, 1000, 1, 2, 3, 4, 5, 6, 2000, 7, 8, 9, 10, 11, 1)), part(2, bytes(52))),
                           counter_sample(part(1, bytes(88)), expanded=True))),
    "unknown": case(sflow(part(4300 << 12 | 1, bytes(8)), part(5, bytes(8)), flow_sample(part(9 << 12 | 1, b"abc")))),
    "agent-v6": case(sflow(flow_sample(header(1, ETH + IP + TCP)), agent=pack("I", 2) + A6)),
    "agent-none": case(sflow(agent=pack("I", 0))),
    "lies": case(sflow(flow_sample(header(1, ETH + IP + TCP)), count=4000000000), sflow(pack("II", 1, 4000000000)), sflow(flow_sample(pack("II", 1, 0xfffffffc)))),
    "gap": case(sflow(sequence=1), sflow(sequence=9), sflow(sequence=5)),
}


def main():
    for name, seeds in (("netflow", NETFLOW), ("ipfix", IPFIX), ("sflow", SFLOW)):
        folder = os.path.join(sys.argv[1], name)
        os.makedirs(folder, exist_ok=True)
        for seed, data in seeds.items():
            with open(os.path.join(folder, seed), "wb") as out:
                out.write(data)


if __name__ == "__main__":
    main()
