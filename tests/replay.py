#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking back: what was recorded of a capture file is what the file has, printed and on the screen."""
import json
import os
import shutil
import time

from report import Skip, dpitop, expect, main, pcap, picture, tcp, udp
from terminal import FOLDER, Screen

HERE = os.path.dirname(os.path.abspath(__file__))
DEMO = os.path.join(os.path.dirname(HERE), "contrib", "demo.pcap")
KEYS = {"hosts": "ip", "l4": "proto", "l7": "proto", "categories": "category", "countries": "country", "as": "asn",
        "subnets": "subnet", "ip_version": "version"}
# what only flows or the present tell
NOT_RECORDED = {"mac", "peers", "score", "city", "latitude", "longitude", "first", "last"}


def recorded(name, capture):
    """A directory with the history of the capture, made once; and what the capture itself has."""
    os.chmod(FOLDER.name, 0o755)
    folder = os.path.join(FOLDER.name, name)
    if not os.path.exists(folder):
        os.mkdir(folder)
        os.chmod(folder, 0o777)
        status, out, err = dpitop("-N", "-r", capture, "--data", folder, "--json")
        if b"librrd" in err:
            shutil.rmtree(folder)
            raise Skip("built without librrd")
        expect(status == 0, err)
    return folder


def demo():
    folder = os.path.join(FOLDER.name, "demo.pcap")
    if not os.path.exists(folder):
        shutil.copy(DEMO, folder)
        os.chmod(folder, 0o644)
    return recorded("demo", folder)


def days():
    """Three hours of one packet a second, with an hour in between in which there is none, and a minute of many."""
    frames = []
    for i in range(10800):
        if not 3600 <= i < 7200:
            frames.append((i, udp("10.0.0.1", 4000, "192.0.2.53", 53, b"x" * 100)))
        if 9000 <= i < 9060:
            frames += [(i + k * 0.01, tcp("10.0.0.7", 2000, "198.51.100.9", 443, 24, b"y" * 1000)) for k in range(20)]
    path = os.path.join(FOLDER.name, "days.pcap")
    if not os.path.exists(path):
        with open(path, "wb") as out:
            out.write(pcap(frames, start=1699999980 - 10800))
    return recorded("days", path)


def rows(found, kind):
    def bare(row):
        return {name: value for name, value in row.items() if name not in NOT_RECORDED}

    if kind == "matrix":
        return {(row["src"], row["dst"]): bare(row) for row in found["matrix"]}
    if kind == "ports":
        return {(row.get("port"), row.get("proto")): bare(row) for row in found["ports"]}
    return {row.get(KEYS[kind], "?"): bare(row) for row in found[kind]}


def replay_of_a_capture_has_what_the_capture_has():
    folder = demo()
    live, past = picture("-r", DEMO), picture("--replay", folder)
    for name in ("packets", "bytes", "non_ip"):
        expect(live[name] == past[name], name, live[name], past[name])
    for kind in [*KEYS, "matrix", "ports"]:
        a, b = rows(live, kind), rows(past, kind)
        expect(a == b, kind, [(x, a.get(x), b.get(x)) for x in sorted({*a, *b}, key=str) if a.get(x) != b.get(x)][:3])
    expect(past["source"][0]["kind"] == "replay", past["source"])
    expect(set(past["conservation"]) == {"l4", "l7", "hosts", "matrix"}, past["conservation"])
    expect("flows" not in past and "sites" not in past, past.keys())


def times_cut_out_what_lies_between_them():
    folder = days()
    whole = picture("--replay", folder)
    parts = [picture("--replay", folder, "--from", "@%d" % (1699999980 - back), "--to", "@%d" % (1699999980 - back + 3600))
             for back in (10800, 3600)]
    expect(sum(part["bytes"] for part in parts) == whole["bytes"], whole["bytes"], [part["bytes"] for part in parts])
    expect(parts[0]["packets"] == 3600, parts[0]["packets"])
    busy = picture("--replay", folder, "--from", "-30m", "--to", "-29m")
    expect(busy["packets"] == 60 + 1200, busy["packets"], busy["from"], busy["to"])
    alone = picture("--replay", folder, "--from", "2023-11-14 21:43:00Z", "--to", "2023-11-14T21:44:00Z")
    expect(alone["bytes"] == busy["bytes"] and alone["from"] == 1699998180, alone["from"], alone["bytes"], busy["bytes"])


def a_series_has_a_picture_for_each_interval_that_was_recorded():
    folder = days()
    status, out, err = dpitop("--replay", folder, "--json", "--interval", "600")
    pictures = [json.loads(line) for line in out.splitlines()]
    expect(status == 0 and 18 <= len(pictures) <= 19, status, len(pictures), err)
    expect(sum(p["bytes"] for p in pictures) == picture("--replay", folder)["bytes"])
    status, out, err = dpitop("--replay", folder, "--csv", "--view", "hosts", "--interval", "600", "-n", "2")
    lines = out.decode().split("\r\n")
    expect(sum(line.startswith("time,") for line in lines) == 1, lines)
    status, out, err = dpitop("--replay", folder, "--batch", "--view", "hosts")
    expect(status == 0 and b"10.0.0.7" in out and b"PEERS" not in out, out)


def filters_are_of_what_rows_are():
    folder = demo()
    status, out, err = dpitop("--replay", folder, "--json", "--filter", "host = 192.168.1.40")
    host = json.loads(out)
    expect([row["ip"] for row in host["hosts"]] == ["192.168.1.40"] and host["l7"] == [], host["hosts"], host["l7"])


def wrong_usage_says_why():
    folder = demo()
    for arguments, word in (
            (("--replay", folder, "--json", "--from", "25:00"), b"no such time of day"),
            (("--replay", os.path.join(FOLDER.name, "nowhere"), "--json", "--to", "25:00"), b"no such time of day"),
            (("--replay", folder, "--json", "--from", "-1h", "--to", "-2h"), b"--to is not after --from"),
            (("--json", "--from", "-1h"), b"--from and --to want --replay"),
            (("--replay", folder, "-r", DEMO, "--json"), b"it goes with no -i, -r, -c"),
            (("--replay", folder, "--data", folder, "--json"), b"records nothing"),
            (("--replay", folder, "--from", "-1h"), b"on the screen @ goes to a time")):
        status, out, err = dpitop(*arguments)
        expect(status == 2 and word in err and not out, arguments, status, err)
    for arguments, word in (
            (("--replay", os.path.join(FOLDER.name, "nowhere"), "--json"), b"nowhere': --data DIR records history"),
            (("--replay", os.path.join(FOLDER.name, 300 * "n"), "--json"), b"File name too long"),
            (("--replay", folder, "--json", "--from", "2001-01-01", "--to", "2001-01-02"), b"nothing is recorded")):
        status, out, err = dpitop(*arguments)
        expect(status == 1 and word in err and not out, arguments, status, err)


def screen_of_the_past_answers_its_keys():
    screen = Screen("--replay", days(), "--no-config", columns=132)

    def line():
        return screen.terminal.line(0)

    screen.shows(lambda t: "HISTORY 2023-11-14 22:13:00" in t.line(0))
    screen.keys(b"2")
    screen.shows(lambda t: any("10.0.0.1" in t.line(y) for y in range(24)))
    screen.keys(b"\x1b[D")
    screen.shows(lambda t: "22:12:00" in t.line(0))
    screen.keys(b"@21:44\r")
    screen.shows(lambda t: "21:44:00" in t.line(0) and any("10.0.0.7" in t.line(y) for y in range(24)))
    screen.keys(b"K")
    screen.shows(lambda t: "there is no further gap" in t.line(23))  # a silence of a capture is known
    screen.keys(b"(")
    screen.shows(lambda t: "21:44:00" in t.line(0) or "there is no further peak" in t.line(23))
    screen.keys(b"\x1b[F")
    screen.shows(lambda t: "22:13:00" in t.line(0))
    screen.keys(b"4tttttt")
    screen.shows(lambda t: any(t.line(y).split()[:2] == ["53", "UDP"] for y in range(24)))
    screen.keys(b"5ttt")
    screen.shows(lambda t: any(t.line(y).startswith("untagged ") and "/s" in t.line(y) for y in range(24)))
    screen.keys(b"3")
    screen.shows(lambda t: any("not recorded" in t.line(y) for y in range(24)))
    screen.keys(b"q")
    expect(screen.status() == 0, line())
    screen.expect_restored()


def files_are_written_as_the_past_stands():
    folder = os.path.join(FOLDER.name, "written")
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    screen = Screen("--replay", days(), "--no-config", columns=132)
    screen.shows(lambda t: "HISTORY 2023-11-14 22:13:00" in t.line(0))
    screen.keys(b"2@21:44\r")
    screen.shows(lambda t: "21:44:00" in t.line(0))
    path = os.path.join(folder, "hosts.json")
    screen.keys(b"w\x15%s\r" % path.encode())
    end = time.monotonic() + 5
    while not (os.path.exists(path) and os.path.getsize(path)) and time.monotonic() < end:
        screen.read(0.1)
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    expect({row["ip"] for row in found["hosts"]} >= {"10.0.0.7", "10.0.0.1"} and "peers" not in found["hosts"][0], found)
    screen.keys(b"q")
    expect(screen.status() == 0)


if __name__ == "__main__":
    main([replay_of_a_capture_has_what_the_capture_has, times_cut_out_what_lies_between_them,
          a_series_has_a_picture_for_each_interval_that_was_recorded, filters_are_of_what_rows_are, wrong_usage_says_why,
          screen_of_the_past_answers_its_keys, files_are_written_as_the_past_stands])
