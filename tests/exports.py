# SPDX-License-Identifier: GPL-3.0-or-later
"""Datagrams as exporters send them: NetFlow v5 and v9 (RFC 3954), IPFIX (RFC 7011), sFlow v5."""
import struct
import time

UPTIME = 3600000  # ms


def four(address):
    return bytes(map(int, address.split(".")))


def record(source, sport, target, dport, octets, packets, proto=6, flags=0x1B, start=10.0, end=1.0, **more):
    """start and end: seconds before the export."""
    return dict(more, source=source, sport=sport, target=target, dport=dport, octets=octets, packets=packets, proto=proto,
                flags=flags, start=start, end=end)


def v5(records, sequence=0, sampling=0, now=None, engine=0):
    now = time.time() if now is None else now
    out = struct.pack(">HHIIIIBBH", 5, len(records), UPTIME, int(now), int(now % 1 * 1e9), sequence, 0, engine, sampling)
    for r in records:
        out += four(r["source"]) + four(r["target"]) + four(r.get("next_hop", "0.0.0.0")) + struct.pack(
            ">HHIIIIHHBBBBHHBBH", r.get("inside", 0), r.get("outside", 0), r["packets"], r["octets"],
            UPTIME - int(r["start"] * 1000), UPTIME - int(r["end"] * 1000), r["sport"], r["dport"], 0, r["flags"],
            r["proto"], r.get("tos", 0), r.get("as", (0, 0))[0], r.get("as", (0, 0))[1], 0, 0, 0)
    return out


# element, bytes: addresses, ports, protocol, flags, octets, packets, times
FIELDS_9 = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (1, 4), (2, 4), (22, 4), (21, 4)]
FIELDS_10 = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 2), (1, 8), (2, 8), (152, 8), (153, 8)]


def flow_set(number, body):
    return struct.pack(">HH", number, 4 + len(body) + -len(body) % 4) + body + b"\0" * (-len(body) % 4)


def template(number, fields, version=9):
    return flow_set(0 if version == 9 else 2,
                    struct.pack(">HH", number, len(fields)) + b"".join(struct.pack(">HH", *f) for f in fields))


def data9(number, records):
    return flow_set(number, b"".join(
        four(r["source"]) + four(r["target"]) + struct.pack(
            ">HHBBIIII", r["sport"], r["dport"], r["proto"], r["flags"], r["octets"], r["packets"],
            UPTIME - int(r["start"] * 1000), UPTIME - int(r["end"] * 1000)) for r in records))


def data10(number, records, now=None):
    now = time.time() if now is None else now
    return flow_set(number, b"".join(
        four(r["source"]) + four(r["target"]) + struct.pack(
            ">HHBHQQQQ", r["sport"], r["dport"], r["proto"], r["flags"], r["octets"], r["packets"],
            int((now - r["start"]) * 1000), int((now - r["end"]) * 1000)) for r in records))


def v9(sets, sequence=0, domain=0, now=None):
    now = time.time() if now is None else now
    return struct.pack(">HHIIII", 9, len(sets), UPTIME, int(now), sequence, domain) + b"".join(sets)


def ipfix(sets, sequence=0, domain=0, now=None):
    body, now = b"".join(sets), time.time() if now is None else now
    return struct.pack(">HHIII", 10, 16 + len(body), int(now), sequence, domain) + body


def sflow(samples, sequence=1, agent="192.0.2.77"):
    return struct.pack(">II4sIIII", 5, 1, four(agent), 0, sequence, UPTIME, len(samples)) + b"".join(samples)


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def sampled_packet(frame, rate, wire=None, sequence=1):
    """A flow sample of one raw header."""
    raw = struct.pack(">IIII", 1, wire or len(frame), 0, len(frame)) + padded(frame)
    body = struct.pack(">IIIIIIII", sequence, 1, rate, rate * sequence, 0, 1, 2, 1) + struct.pack(">II", 1, len(raw)) + raw
    return struct.pack(">II", 1, len(body)) + body


def interface_counters(index, octets, speed=1000000000, sequence=1):
    generic = struct.pack(">IIQIIQIIIIIIQIIIIII", index, 6, speed, 1, 3, octets[0], 0, 0, 0, 0, 0, 0, octets[1], 0, 0, 0, 0, 0, 0)
    body = struct.pack(">III", sequence, index, 1) + struct.pack(">II", 1, len(generic)) + generic
    return struct.pack(">II", 2, len(body)) + body
