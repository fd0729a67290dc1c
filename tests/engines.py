#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""--engines: several flow tables, each with a thread, give the pictures of one, to the byte."""
import json
import os
import random
import socket
import struct
import tempfile

from report import dpitop, expect, fold, main, pcap, picture, recording, tcp, udp, words

FOLDER = tempfile.TemporaryDirectory(prefix="dpitop-test-")
os.chmod(FOLDER.name, 0o755)
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEMO = os.path.join(TOP, "contrib", "demo.pcap")
GOLDEN = os.path.join(TOP, "tests", "golden")
MANY = (2, 4, 7)


def capture(name, frames):
    path = os.path.join(FOLDER.name, name)
    with open(path, "wb") as out:
        out.write(pcap(frames))
    return path


def output(count, *arguments):
    status, out, err = dpitop("-N", *arguments, "--engines", count)
    expect(status == 0 and not err, arguments, count, "status", status, err)
    return out


def are_equal(*arguments, counts=MANY):
    one = output(1, *arguments)
    for count in counts:
        expect(output(count, *arguments) == one, arguments, "with", count, "engines are not those of one")
    return one


def fragments(source, target, number, data, size):
    """Of one UDP datagram, RFC 791 section 3.2."""
    whole = struct.pack(">4H", 5000, 6000, 8 + len(data), 0) + data
    out = []
    for at in range(0, len(whole), size):
        more = at + size < len(whole)
        part = whole[at:at + size]
        address = b"".join(bytes(map(int, a.split("."))) for a in (source, target))
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(part), number, (0x2000 if more else 0) | at // 8, 64, 17, 0) + address
        head = head[:10] + struct.pack(">H", fold(words(head))) + head[12:]
        out.append(b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + head + part)
    return out


def life(seed, seconds=700, hosts=40):
    """Connections that begin anew on their ports, requests, fragments in any order, ARP, silence, flows that time out."""
    rng, frames = random.Random(seed), []
    address = ["10.0.%d.%d" % (n % 3, n + 1) for n in range(hosts)] + ["198.51.100.%d" % (n + 1) for n in range(hosts)]
    at = 0.0
    while at < seconds:
        a, b = rng.sample(address, 2)
        port, server = rng.randrange(1024, 1040), rng.choice((80, 443, 53, 8080, 6881))
        kind = rng.random()
        if kind < 0.3:
            for n, (flags, data) in enumerate(((2, b""), (18, b""), (16, b""), (24, b"GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n" %
                                                                                  (rng.randrange(99), rng.randrange(9))),
                                               (24, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), (17, b""), (17, b""))):
                ends = (b, 80, a, port) if n in (1, 4, 6) else (a, port, b, 80)
                frames.append((at + n * 0.01, tcp(*ends, flags, data, seq=100 + n, ack=200 + n)))
        elif kind < 0.6:
            name = b"\1h" + b"\7example\0"
            ask = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + name + struct.pack(">2H", 1, 1)
            answer = struct.pack(">6H", 7, 0x8180, 1, 1, 0, 0) + name + struct.pack(">2H", 1, 1) + name + \
                struct.pack(">2HIH", 1, 1, 60, 4) + bytes(map(int, rng.choice(address).split(".")))
            frames += [(at, udp(a, port, b, 53, ask)), (at + 0.02, udp(b, 53, a, port, answer))]
        elif kind < 0.7:
            parts = fragments(a, b, rng.randrange(65536), bytes(900), 400)
            rng.shuffle(parts)
            frames += [(at + n * 0.001, part) for n, part in enumerate(parts)]
        elif kind < 0.75:
            frames.append((at, b"\xff" * 6 + b"\2\0\0\0\0\1" + b"\x08\x06" + bytes(46)))
        else:
            frames.append((at, udp(a, port, b, server, bytes(rng.randrange(40)))))
        at += rng.choice((0.001, 0.01, 0.1)) if rng.random() < 0.99 else rng.choice((5, 40))
    return sorted(frames, key=lambda f: f[0])


def captures_give_the_same_json():
    for path in (DEMO, *(os.path.join(GOLDEN, name) for name in ("odd.pcap", "web.pcap"))):
        are_equal("-r", path, "--json")
    for seed in (1, 2):
        found = json.loads(are_equal("-r", capture("life.pcap", life(seed)), "--json"))
        expect(len(found["flows"]) > 1000 and found["non_ip"]["packets"] > 10, len(found["flows"]), found["non_ip"])
        expect(all(found["conservation"].values()), found["conservation"])


def intervals_filters_and_lists_are_the_same():
    path = capture("short.pcap", life(3, 60))
    for more in (("--json", "--interval", "1"), ("--json", "--top", "5"), ("--json", "--filter", "host = 10.0.0.1"),
                 ("--csv", "--view", "flows"), ("--json", "--view", "states"), ("--json", "--vlan-aware", "--no-dpi"), ("--json", "-n", "3")):
        are_equal("-r", path, *more, counts=(3,))
    are_equal("-r", DEMO, "-r", path, "--json", counts=(3,))


def exporters_in_a_capture_are_the_same():
    are_equal("-r", os.path.join(GOLDEN, "collected.pcap"), "--decode-exports", "--json")


def bounds_are_shared_out_and_sums_stay_exact():
    frames = [udp("10.0.%d.%d" % (n // 250, n % 250 + 1), 1000, "198.51.100.1", 9) for n in range(1000)]
    for count in (1, 3, 8):
        found = picture("-r", capture("many.pcap", frames), "--max-flows", 100, "--engines", count)
        own = [f for f in found["flows"] if not f.get("other")]
        expect(found["packets"] == 1000 and len(own) <= 100, found["packets"], len(own))
        expect(len(own) == 100, "engines with room left:", len(own))


@recording
def history_is_the_same():
    path, found = capture("history.pcap", life(5, 100)), []
    for count in (1, 4):
        data = os.path.join(FOLDER.name, "history%d" % count)
        os.mkdir(data)
        os.chmod(data, 0o777)
        picture("-r", path, "--data", data, "--engines", count)
        status, out, err = dpitop("--replay", data, "--json", "--from", "2023-11-14 22:13:20", "--to", "2023-11-14 22:15:10")
        expect(status == 0, status, err)
        found.append([{k: v for k, v in json.loads(line).items() if k != "source"} for line in out.splitlines()])
    expect(found[0] == found[1], "the past is another one")


def flows_are_exported_all_the_same():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(5)
        url = "ipfix://127.0.0.1:%d" % collector.getsockname()[1]
        found = picture("-r", DEMO, "--export", url, "--engines", 3)
        sent, one = found["exports"][0]["sent"], picture("-r", DEMO, "--export", url)["exports"][0]["sent"]
        expect(sent["records"] == one["records"] > 100 and sent["packets"] == one["packets"], sent, one)


def wrong_numbers_are_refused():
    for wrong in ("0", "17", "many", "-1", ""):
        status, _, err = dpitop("-N", "-r", DEMO, "--json", "--engines", wrong)
        expect(status == 2 and b"engines" in err, wrong, status, err)
    picture("-r", DEMO, "--engines", "auto")


main([captures_give_the_same_json, intervals_filters_and_lists_are_the_same, exporters_in_a_capture_are_the_same,
      bounds_are_shared_out_and_sums_stay_exact, history_is_the_same, flows_are_exported_all_the_same, wrong_numbers_are_refused])
