#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector: datagrams of exporters over loopback, and those in a capture file."""
import csv
import io
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

import exports
from exports import record
from report import DPITOP, Skip, dpitop, expect, main, pcap, tcp, udp

WEB = record("10.1.0.5", 40000, "198.51.100.9", 443, 5000, 10)
ANSWER = record("198.51.100.9", 443, "10.1.0.5", 40000, 90000, 70)
BARE = ("-N", "--json", "--total")


def free_port(kind=socket.SOCK_DGRAM, family=socket.AF_INET):
    with socket.socket(family, kind) as s:
        s.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        return s.getsockname()[1]


class Collector:
    """dpitop that listens; end() gives what it printed, its conservation checked."""

    def __init__(self, *arguments, command=()):
        self.process = subprocess.Popen([*command, DPITOP, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def listens(self, port, table="udp", seconds=10.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name in (table, table + "6"):
                with open("/proc/net/" + name, encoding="ascii") as file:
                    if any(line.split()[1].endswith(":%04X" % port) for line in file.readlines()[1:]):
                        return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("does not listen: %s" % (self.process.stderr.read() if self.process.poll() is not None else ""))

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        expect(self.process.returncode == 0, "status", self.process.returncode, err.decode(errors="replace"))
        found = json.loads(out.decode("utf-8"))
        expect(all(found["conservation"].values()), found["conservation"])
        return found


def send(port, *datagrams, source="127.0.0.1", family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        if family == socket.AF_INET:
            s.bind((source, 0))
        for one in datagrams:
            s.sendto(one, ("::1" if family == socket.AF_INET6 else "127.0.0.1", port))


def collect(*datagrams, arguments=(), scheme="", source="127.0.0.1"):
    port = free_port()
    collector = Collector(*BARE, "-c", "%s127.0.0.1:%d" % (scheme, port), *arguments).listens(port)
    send(port, *datagrams, source=source)
    time.sleep(0.1)
    return collector.end()


def exporters(found, source=0):
    return found["source"][source]["exporters"]


def two_records_of_a_conversation_are_one_flow_of_its_client():
    found = collect(exports.v5([ANSWER, WEB]))
    expect(len(found["flows"]) == 1, found["flows"])
    flow = found["flows"][0]
    expect((flow["client"], flow["server"], flow["server_port"]) == ("10.1.0.5", "198.51.100.9", 443), flow)
    expect((flow["c2s_bytes"], flow["s2c_bytes"], flow["c2s_packets"], flow["s2c_packets"]) == (5000, 90000, 10, 70), flow)
    expect((found["bytes"], found["packets"]) == (95000, 80), found["bytes"])


def application_is_guessed_by_its_port_and_said_to_be_guessed():
    flow = collect(exports.v5([WEB]))["flows"][0]
    expect(flow["l7"] == "TLS" and flow["guessed"] is True, flow)


def exporter_is_described_in_json():
    found = collect(exports.v5([WEB, ANSWER]), source="127.0.0.3")
    source, (one,) = found["source"][0], exporters(found)
    expect(source["kind"] == "collector" and source["name"].startswith("udp://127.0.0.1:"), source)
    expect((source["packets"], source["bytes"], source["dropped"]) == (80, 95000, 0), source)
    expect((one["address"], one["domain"], one["version"], one["datagrams"], one["records"]) ==
           ("127.0.0.3", 0, "netflow5", 1, 2), one)
    expect((one["lost"], one["malformed"], one["missing_template"], one["bytes"], one["packets"]) == (0, 0, 0, 95000, 80), one)
    expect(found["flows"][0]["exporter"] == "127.0.0.3", found["flows"][0])


def times_of_a_flow_are_those_of_its_record():
    now = time.time()
    flow = collect(exports.v5([WEB], now=now))["flows"][0]
    expect(abs(flow["first"] - (now - 10)) < 1.1 and abs(flow["last"] - (now - 1)) < 1.1, now, flow)


def clock_of_an_exporter_that_is_hours_off_is_corrected():
    now = time.time()
    found = collect(exports.v5([WEB], now=now - 7200))
    expect(abs(found["flows"][0]["last"] - now) < 60, found["flows"][0])
    expect(-7260 < exporters(found)[0]["clock_offset"] < -7140, exporters(found))


def sampling_scales_what_is_shown_and_not_what_was_told():
    found = collect(exports.v5([WEB], sampling=1 << 14 | 100))
    expect((found["bytes"], found["packets"]) == (500000, 1000), found["bytes"])
    one = exporters(found)[0]
    expect((one["bytes"], one["packets"], one["sampling_interval"]) == (5000, 10, 100), one)


def traffic_metered_coming_in_and_going_out_counts_once():
    fields = exports.FIELDS_9 + [(61, 1)]

    def told(records, side):
        return exports.flow_set(256, b"".join(exports.data9(256, [one])[4:34] + bytes([side]) for one in records))

    found = collect(exports.v9([exports.template(256, fields), told([WEB, ANSWER], 1), told([WEB, ANSWER], 0)]))
    one = exporters(found)[0]
    expect((found["bytes"], found["packets"]) == (95000, 80), found["bytes"])
    expect((one["records"], one["bytes"], one["packets"]) == (4, 190000, 160), one)
    expect((one["duplicate_records"], one["duplicate_bytes"], one["duplicate_packets"]) == (2, 95000, 80), one)
    alone = collect(exports.v9([exports.template(256, fields), told([WEB, ANSWER], 1)]))
    expect(alone["bytes"] == 95000 and "duplicate_records" not in exporters(alone)[0], exporters(alone))


def interfaces_of_an_exporter_are_named_and_have_what_passed_them():
    fields = exports.FIELDS_9 + [(10, 2), (14, 2)]
    names = exports.flow_set(1, struct.pack(">HHHHHHH", 300, 4, 4, 2, 4, 82, 8)) + exports.flow_set(
        300, struct.pack(">I8sI8s", 3, b"Gi0/3", 5, b"wan"))
    data = exports.flow_set(256, exports.data9(256, [WEB])[4:34] + struct.pack(">HH", 3, 5) +
                            exports.data9(256, [ANSWER])[4:34] + struct.pack(">HH", 5, 3))
    one = exporters(collect(exports.v9([names, exports.template(256, fields), data])))[0]
    expect([(p["index"], p["name"], p["in_bytes"], p["out_bytes"]) for p in one["interfaces"]] ==
           [(3, "Gi0/3", 5000, 90000), (5, "wan", 90000, 5000)], one)
    frame = b"\0" * 12 + b"\x08\0" + b"\x45" + b"\0" * 33
    one = exporters(collect(exports.sflow([exports.sampled_packet(frame, 100), exports.interface_counters(2, (7000, 9000))])))[0]
    expect([(p["index"], "counters" in p) for p in one["interfaces"]] == [(1, False), (2, True)], one)
    counters = one["interfaces"][1]["counters"]
    expect((counters["in_bytes"], counters["out_bytes"], counters["speed"], counters["up"]) == (7000, 9000, 1000000000, True), one)


def gaps_in_the_numbers_of_datagrams_are_losses():
    found = collect(exports.v5([WEB], sequence=1), exports.v5([ANSWER], sequence=12))
    expect(exporters(found)[0]["lost"] == 10, exporters(found))


def numbers_that_follow_no_rule_are_not_called_loss():
    found = collect(*[exports.v5([WEB], sequence=n * n * 7919 % (1 << 31)) for n in range(300)])
    one = exporters(found)[0]
    expect((one["datagrams"], one["records"], one["lost"], one["misnumbered"]) == (300, 300, 0, True), one)
    expect("misnumbered" not in exporters(collect(exports.v5([WEB])))[0])


def data_that_comes_before_its_template_is_read_when_it_comes():
    found = collect(exports.v9([exports.data9(256, [WEB])], sequence=1),
                    exports.v9([exports.template(256, exports.FIELDS_9)], sequence=2),
                    exports.v9([exports.data9(256, [ANSWER])], sequence=3))
    one = exporters(found)[0]
    expect((one["version"], one["records"], one["missing_template"], one["recovered"]) == ("netflow9", 2, 1, 1), one)
    expect(found["bytes"] == 95000, found["bytes"])


def texts_of_data_that_came_before_its_template_are_there():
    """Each in a data set of its own, which is freed when it is read; httpRequestHost is element 460."""
    sets = [exports.flow_set(300, exports.data10(300, [record("10.1.0.%d" % n, 40000, "198.51.100.9", 443, 500, 1)])[4:4 + 47]
                             + b"h%04d.eu" % n) for n in range(1, 9)]
    found = collect(*(exports.ipfix([one], sequence=n) for n, one in enumerate(sets)),
                    exports.ipfix([exports.template(300, exports.FIELDS_10 + [(460, 8)], version=10)], sequence=8))
    expect({f["client"]: f["site"] for f in found["flows"]} == {"10.1.0.%d" % n: "h%04d.eu" % n for n in range(1, 9)}, found["flows"])


def malformed_datagrams_do_no_harm_to_others():
    cut = exports.v5([WEB, ANSWER])[:-20]
    found = collect(exports.v5([WEB]), b"\0", b"", b"\0\x0a\xff\xff" + b"\xff" * 30, cut, exports.v5([ANSWER], sequence=2))
    expect(found["flows"][0]["c2s_bytes"] >= 5000 and found["flows"][0]["s2c_bytes"] == 90000, found["flows"])
    expect(sum(x["malformed"] for x in exporters(found)) + found["source"][0]["unknown"] >= 3, found["source"])


def ipfix_comes_over_udp():
    found = collect(exports.ipfix([exports.template(300, exports.FIELDS_10, 10), exports.data10(300, [WEB, ANSWER])], domain=7),
                    scheme="ipfix://")
    one = exporters(found)[0]
    expect((one["version"], one["domain"], one["records"]) == ("ipfix", 7, 2) and found["bytes"] == 95000, one)
    expect(found["source"][0]["name"].startswith("ipfix://"), found["source"])


def ipfix_comes_over_tcp_in_pieces_of_any_size():
    port = free_port(socket.SOCK_STREAM)
    collector = Collector(*BARE, "-c", "ipfix+tcp://127.0.0.1:%d" % port).listens(port, "tcp")
    stream = (exports.ipfix([exports.template(300, exports.FIELDS_10, 10), exports.data10(300, [WEB])], domain=9) +
              exports.ipfix([exports.data10(300, [ANSWER])], sequence=1, domain=9))
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(stream), 7):
            s.sendall(stream[at:at + 7])
            time.sleep(0.001)
    time.sleep(0.2)
    found = collector.end()
    one = exporters(found)[0]
    expect((one["datagrams"], one["records"], one["domain"], found["bytes"]) == (2, 2, 9, 95000), one)


def connection_that_brings_no_ipfix_is_closed():
    port = free_port(socket.SOCK_STREAM)
    collector = Collector(*BARE, "-c", "tcp://127.0.0.1:%d" % port).listens(port, "tcp")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: example\r\n\r\n")
        try:
            expect(s.recv(10) == b"", "it was answered")
        except ConnectionResetError:
            pass
    expect(collector.end()["bytes"] == 0)


def sampled_packets_count_by_frame_and_rate():
    frame = tcp("10.1.0.5", 40000, "198.51.100.9", 443, 0x18, b"x" * 20)
    found = collect(exports.sflow([exports.sampled_packet(frame, 1000, wire=1500), exports.interface_counters(3, (1000, 2000))]),
                    scheme="sflow://")
    expect((found["bytes"], found["packets"]) == (1500000, 1000), found["bytes"], found["packets"])
    flow, one = found["flows"][0], exporters(found)[0]
    expect((flow["client"], flow["server_port"], flow["exporter"]) == ("10.1.0.5", 443, "192.0.2.77"), flow)
    expect((one["version"], one["records"], one["counter_samples"], one["agent"]) == ("sflow5", 1, 1, "192.0.2.77"), one)


def other_protocols_are_not_read_on_a_port_for_one():
    found = collect(exports.v5([WEB]), scheme="sflow://")
    expect(found["bytes"] == 0 and found["source"][0]["unknown"] == 1, found["source"])


def exporters_that_see_the_same_are_told_apart():
    port = free_port()
    collector = Collector(*BARE, "-c", "127.0.0.1:%d" % port).listens(port)
    send(port, exports.v5([WEB]), source="127.0.0.4")
    send(port, exports.v5([WEB]), source="127.0.0.5")
    time.sleep(0.1)
    found = collector.end()
    expect(sorted(f["exporter"] for f in found["flows"]) == ["127.0.0.4", "127.0.0.5"], found["flows"])


def filter_takes_the_flows_of_one_exporter():
    port = free_port()
    collector = Collector(*BARE, "-c", "127.0.0.1:%d" % port, "--filter", "exporter = 127.0.0.5").listens(port)
    send(port, exports.v5([ANSWER]), source="127.0.0.4")
    send(port, exports.v5([WEB]), source="127.0.0.5")
    time.sleep(0.1)
    found = collector.end()
    expect(found["bytes"] == 5000 and len(found["flows"]) == 1, found["bytes"])


def exporters_that_are_not_allowed_are_counted_and_dropped():
    port = free_port()
    collector = Collector(*BARE, "-c", "127.0.0.1:%d" % port, "--exporters", "127.0.0.8/30,192.0.2.0/24").listens(port)
    send(port, exports.v5([WEB]), source="127.0.0.9")
    send(port, exports.v5([ANSWER]), exports.v5([ANSWER]), source="127.0.0.2")
    time.sleep(0.1)
    found = collector.end()
    expect(found["bytes"] == 5000 and found["source"][0]["refused"] == 2, found["source"])
    expect([x["address"] for x in exporters(found)] == ["127.0.0.9"], exporters(found))


def several_ports_and_ipv6_are_sources_of_their_own():
    first, second = free_port(), free_port(family=socket.AF_INET6)
    collector = Collector(*BARE, "-c", "127.0.0.1:%d" % first, "-c", "netflow://[::1]:%d" % second)
    collector.listens(first).listens(second)
    send(first, exports.v5([WEB]))
    send(second, exports.v5([ANSWER]), family=socket.AF_INET6)
    time.sleep(0.1)
    found = collector.end(signal.SIGINT)
    expect([s["bytes"] for s in found["source"]] == [5000, 90000], found["source"])
    expect(exporters(found, 1)[0]["address"] == "::1", exporters(found, 1))


def every_address_of_the_machine_is_one_port():
    port = free_port()
    collector = Collector(*BARE, "-c", "*:%d" % port).listens(port)
    send(port, exports.v5([WEB]))
    send(port, exports.v5([ANSWER]), family=socket.AF_INET6)
    time.sleep(0.1)
    found = collector.end()
    expect(sorted(x["address"] for x in exporters(found)) == ["127.0.0.1", "::1"], exporters(found))


def port_that_is_taken_is_an_error_with_a_remedy():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        status, out, err = dpitop(*BARE, "-c", taken.getsockname()[1])
    expect(status == 1 and out == b"" and b"another program does already" in err, status, err)


def what_makes_no_sense_is_wrong_usage():
    for wrong in (["-c", "0"], ["-c", "70000"], ["-c", "http://1"], ["-c", "localhost:2055"], ["-c", "::1:2055"], ["-c", ""],
                  ["-c", "2055", "-r", "x"], ["--decode-exports"], ["-r", "x", "--decode-exports=0"],
                  ["-r", "x", "--decode-exports=1,"], ["--exporters", "10.0.0.0/8"], ["-c", "2055", "--exporters", "x"],
                  ["-c", "2055", "port", "53"]):
        status, out, err = dpitop("--json", "--total", *wrong)
        expect(status == 2 and out == b"" and err.startswith(b"dpitop: "), wrong, status, err)


def nothing_collected_is_a_whole_object_all_the_same():
    found = collect()
    expect(found["bytes"] == 0 and exporters(found) == [] and found["flows"] == [], found)


def collecting_wants_no_right_to_capture():
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise Skip("not root, or no setpriv(1)")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = shutil.copy(DPITOP, folder)
        port = free_port()
        collector = Collector.__new__(Collector)
        collector.process = subprocess.Popen(
            ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all",
             program, *BARE, "-c", str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        collector.listens(port)
        send(port, exports.v5([WEB]))
        time.sleep(0.1)
        expect(collector.end()["bytes"] == 5000)


# ---- capture files ----

def file_of(*frames):
    file = tempfile.NamedTemporaryFile(suffix=".pcap")
    file.write(pcap(list(frames)))
    file.flush()
    return file


def exports_in_a_file_are_collected_where_that_is_asked_for():
    frames = (udp("192.0.2.1", 5000, "192.0.2.2", 2055, exports.v5([WEB, ANSWER], now=1700000000)),
              udp("10.9.0.1", 5000, "10.9.0.2", 53, b"no export"))
    with file_of(*frames) as file:
        status, out, err = dpitop("-N", "--json", "-r", file.name, "--decode-exports")
        plain = json.loads(dpitop("-N", "--json", "-r", file.name)[1])
    found = json.loads(out)
    expect(status == 0 and all(found["conservation"].values()), err, found["conservation"])
    expect(plain["packets"] == 2 and "exporters" not in plain["source"][0], plain["source"])
    expect((found["packets"], found["bytes"]) == (81, 95000 + len(frames[1])), found["packets"], found["bytes"])
    expect([x["address"] for x in exporters(found)] == ["192.0.2.1"], exporters(found))
    expect(found["source"][0]["kind"] == "file", found["source"])
    collected = [f for f in found["flows"] if "exporter" in f]
    expect(len(collected) == 1 and abs(collected[0]["first"] - (1700000000 - 10)) < 1.1, collected)


def exports_in_a_file_are_known_by_the_ports_given():
    frame = udp("192.0.2.1", 5000, "192.0.2.2", 7777, exports.v5([WEB], now=1700000000))
    with file_of(frame) as file:
        usual = json.loads(dpitop("-N", "--json", "-r", file.name, "--decode-exports")[1])
        given = json.loads(dpitop("-N", "--json", "-r", file.name, "--decode-exports=2055,7777")[1])
    expect(usual["packets"] == 1 and exporters(usual) == [], usual["packets"])
    expect(given["bytes"] == 5000 and len(exporters(given)) == 1, given["bytes"])


def exporters_are_a_list_like_others():
    frame = udp("192.0.2.1", 5000, "192.0.2.2", 2055, exports.v5([WEB], now=1700000000))
    with file_of(frame, udp("10.9.0.1", 5000, "10.9.0.2", 53, b"x")) as file:
        _, out, _ = dpitop("-N", "--csv", "--view", "exporters", "-r", file.name, "--decode-exports")
    rows = list(csv.DictReader(io.StringIO(out.decode())))
    expect(sorted((r["exporter"], r["bytes"]) for r in rows) == [("192.0.2.1", "5000"), ("captured here", "43")], rows)


if __name__ == "__main__":
    main([two_records_of_a_conversation_are_one_flow_of_its_client, application_is_guessed_by_its_port_and_said_to_be_guessed,
          exporter_is_described_in_json, times_of_a_flow_are_those_of_its_record,
          clock_of_an_exporter_that_is_hours_off_is_corrected, sampling_scales_what_is_shown_and_not_what_was_told,
          traffic_metered_coming_in_and_going_out_counts_once, interfaces_of_an_exporter_are_named_and_have_what_passed_them,
          gaps_in_the_numbers_of_datagrams_are_losses, numbers_that_follow_no_rule_are_not_called_loss,
          data_that_comes_before_its_template_is_read_when_it_comes, texts_of_data_that_came_before_its_template_are_there,
          malformed_datagrams_do_no_harm_to_others, ipfix_comes_over_udp, ipfix_comes_over_tcp_in_pieces_of_any_size,
          connection_that_brings_no_ipfix_is_closed, sampled_packets_count_by_frame_and_rate,
          other_protocols_are_not_read_on_a_port_for_one, exporters_that_see_the_same_are_told_apart,
          filter_takes_the_flows_of_one_exporter, exporters_that_are_not_allowed_are_counted_and_dropped,
          several_ports_and_ipv6_are_sources_of_their_own, every_address_of_the_machine_is_one_port,
          port_that_is_taken_is_an_error_with_a_remedy, what_makes_no_sense_is_wrong_usage,
          nothing_collected_is_a_whole_object_all_the_same, collecting_wants_no_right_to_capture,
          exports_in_a_file_are_collected_where_that_is_asked_for, exports_in_a_file_are_known_by_the_ports_given,
          exporters_are_a_list_like_others])
