#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flows exported to collectors: to dpitop itself over loopback, from a file and live, and to nfcapd where it is installed."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from collector import Collector, free_port
from live import INSIDE, Namespace
from report import DPITOP, Skip, dpitop, expect, main, picture

DEMO = os.path.join(os.environ.get("SRCDIR", "."), "contrib", "demo.pcap")
BARE = ("-N", "--json", "--total")
PATIENCE = 10.0


def conversations(found):
    """What each flow is, by its ends: bytes and packets of each end, application, name, client, first and last."""
    table = {}
    for f in found["flows"]:
        ends = ((f["client"], f.get("client_port", 0)), (f["server"], f.get("server_port", 0)))
        key = (min(ends), max(ends), f["l4_number"])
        table.setdefault(key, []).append((
            ends[0], f["c2s_bytes"], f["c2s_packets"], f["s2c_bytes"], f["s2c_packets"], f["l7"], f.get("site"), f.get("query"),
            int(f["first"] * 1000), int(f["last"] * 1000)))
    return {key: sorted(flows, key=str) for key, flows in table.items()}


def there_and_back(query=""):
    """The demo as it is captured, and as it is collected from who captured it."""
    port = free_port()
    collector = Collector(*BARE, "-c", "127.0.0.1:%d" % port).listens(port)
    sent = picture("-r", DEMO, "--export", "ipfix://127.0.0.1:%d%s" % (port, query))
    time.sleep(0.3)
    return sent, collector.end()


def what_is_exported_is_collected_as_the_same_flows_to_the_byte():
    sent, got = there_and_back()
    there, back = conversations(sent), conversations(got)
    expect(len(there) > 100, len(there))
    for key, flows in there.items():
        expect(back.get(key) == flows, key, flows, back.get(key))
    expect(len(back) == len(there), len(there), len(back))
    expect(got["packets"] == sent["packets"] - sent["non_ip"]["packets"], sent["packets"], got["packets"])
    expect(got["bytes"] == sent["bytes"] - sent["non_ip"]["bytes"], sent["bytes"], got["bytes"])
    (exporter,), (target,) = got["source"][0]["exporters"], sent["exports"]
    expect(exporter["name"] == socket.gethostname()[:64] and exporter["version"] == "ipfix", exporter)
    expect(exporter["lost"] + exporter["malformed"] + exporter["missing_template"] == 0, exporter)
    expect((exporter["datagrams"], exporter["records"], exporter["option_records"], exporter["bytes"]) ==
           tuple(target["sent"][k] for k in ("messages", "records", "option_records", "octets")), exporter, target)
    expect(target["ok"] is True and not any(target["lost"].values()), target)


def one_way_records_have_all_octets_too():
    sent, got = there_and_back("?biflow=no")
    target = sent["exports"][0]
    expect(got["bytes"] == target["sent"]["octets"], got["bytes"], target)
    expect(got["packets"] == target["sent"]["packets"] == sent["packets"] - sent["non_ip"]["packets"], got["packets"], target)
    expect(got["source"][0]["exporters"][0]["records"] > len(got["flows"]), got["source"])


def several_collectors_get_the_same_and_one_that_is_not_there_is_counted():
    port, nobody = free_port(), free_port()
    collector = Collector(*BARE, "-c", "[::1]:%d" % port).listens(port)
    sent = picture("-r", DEMO, "--export", "ipfix://[::1]:%d" % port, "--export", "ipfix://127.0.0.1:%d" % nobody)
    time.sleep(0.3)
    got, (there, missing) = collector.end(), sent["exports"]
    expect(there["to"] == "ipfix://[::1]:%d" % port and there["ok"], there)
    expect(got["packets"] == there["sent"]["packets"], got["packets"], there)
    expect(missing["ok"] is False and missing["why"] == "nobody listens there", missing)
    expect(not any(missing["sent"].values()) and missing["lost"]["packets"] == there["sent"]["packets"], missing)


def place_that_is_none_is_refused_in_a_line():
    for url, status in (("udp://127.0.0.1:1", 2), ("ipfix://127.0.0.1:0", 2), ("ipfix://no.such.host.invalid", 1)):
        got, out, err = dpitop("-r", DEMO, "--json", "--export", url)
        expect(got == status and not out and err.count(b"\n") == 1, url, got, err)
    for wrong in (("-c", "2055", "--export", "ipfix://127.0.0.1"), ("--export-active", "5"),
                  ("--replay", "--export", "ipfix://127.0.0.1")):
        expect(dpitop("--json", *wrong)[0] == 2, wrong)


def live(space, *arguments):
    return subprocess.Popen(INSIDE + [DPITOP, *BARE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def live_flows_are_exported_while_they_go_on_and_at_the_end():
    with Namespace() as space:
        subprocess.run(["ip", "-n", INSIDE[3], "link", "set", "lo", "up"], check=True)
        collector = live(space, "-c", "127.0.0.1:4739")
        probe = live(space, "-i", "v1", "--export", "ipfix://127.0.0.1", "--export-active", "1")
        time.sleep(1.5)
        space.send(100)
        time.sleep(2.5)
        space.send(50)
        probe.send_signal(signal.SIGTERM)
        sent = json.loads(probe.communicate(timeout=30)[0])
        time.sleep(0.2)
        collector.send_signal(signal.SIGTERM)
        got = json.loads(collector.communicate(timeout=30)[0])

    def of_the_test(found):
        return [(f["client"], f["c2s_packets"], f["c2s_bytes"]) for f in found["flows"] if f.get("server_port") == 7777]
    expect(of_the_test(got) == of_the_test(sent) == [("10.9.0.1", 150, 15000)], sent["flows"], got["flows"])
    exporter = got["source"][0]["exporters"][0]
    expect(exporter["records"] > len(got["flows"]), "one record only", exporter)
    expect(got["packets"] == sent["packets"] - sent["non_ip"]["packets"], sent["packets"], got["packets"])


def nfcapd_counts_the_same():
    if not shutil.which("nfcapd") or not shutil.which("nfdump"):
        raise Skip("nfdump is not installed")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(["nfcapd", "-w", folder, "-p", str(port), "-b", "127.0.0.1"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + PATIENCE
            while not any(line.split()[1].endswith(":%04X" % port) for line in open("/proc/net/udp", encoding="ascii")):
                expect(time.monotonic() < end and process.poll() is None, "nfcapd does not listen")
                time.sleep(0.05)
            sent = picture("-r", DEMO, "--export", "ipfix://127.0.0.1:%d?biflow=no" % port)["exports"][0]["sent"]
            time.sleep(0.5)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)
        done = subprocess.run(["nfdump", "-R", folder, "-I"], capture_output=True, text=True, timeout=PATIENCE)
    found = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    expect((int(found["Flows"]), int(found["Packets"]), int(found["Bytes"])) ==
           (sent["records"], sent["packets"], sent["octets"]), sent, done.stdout, done.stderr)


if __name__ == "__main__":
    main([
        what_is_exported_is_collected_as_the_same_flows_to_the_byte,
        one_way_records_have_all_octets_too,
        several_collectors_get_the_same_and_one_that_is_not_there_is_counted,
        place_that_is_none_is_refused_in_a_line,
        live_flows_are_exported_while_they_go_on_and_at_the_end,
        nfcapd_counts_the_same,
    ])
