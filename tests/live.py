#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live capture on a veth pair in a network namespace of its own. Skipped without the right to make one."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from report import DPITOP, Skip, expect, main, udp

SPACE = "dpitop-test-%d" % os.getpid()
INSIDE = ["ip", "netns", "exec", SPACE]
FILTER = "udp port 7777"


def ip(command):
    subprocess.run(["ip", "-n", SPACE] + command.split(), check=True, capture_output=True)


class Namespace:
    """v0 <-> v1, both up; gone at the end."""

    def __enter__(self):
        if os.geteuid() != 0 or not shutil.which("ip"):
            raise Skip("needs root and ip(8)")
        if subprocess.run(["ip", "netns", "add", SPACE], capture_output=True).returncode:
            raise Skip("no right to make a network namespace")
        self.make_pair()
        return self

    def make_pair(self):
        ip("link add v0 type veth peer name v1")
        ip("link set v0 up")
        ip("link set v1 up")

    def __exit__(self, *_):
        subprocess.run(["ip", "netns", "del", SPACE])

    def listen(self, *more):
        process = subprocess.Popen(INSIDE + [DPITOP, "-N", "-i", "v1", "--json", *more], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(1.0)
        expect(process.poll() is None, "ended early:", process.poll(), process.stderr and process.poll() is not None
               and process.stderr.read())
        return process

    def send(self, count, pause=0.0, port=7777, vlan=0, size=100):
        """Send `count` UDP frames of `size` bytes into v0."""
        subprocess.run(INSIDE + [sys.executable, os.path.abspath(__file__), "--send", str(count), str(pause), str(port),
                                 str(vlan), str(size)], check=True, timeout=120)


def send_frames(count, pause, port, vlan, size):
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind(("v0", 0))
    frame = udp("10.9.0.1", 1000, "10.9.0.2", port, b"x" * (size - 42))
    if vlan:  # IEEE 802.1Q: the tag stands behind the addresses
        frame = frame[:12] + b"\x81\x00" + vlan.to_bytes(2, "big") + frame[12:]
    for _ in range(count):
        while True:
            try:
                out.send(frame)
                break
            except OSError as error:
                if error.errno != 105:  # ENOBUFS: the queue is full, try again
                    raise
                time.sleep(0.001)
        if pause:
            time.sleep(pause)


def finish(process, sign=signal.SIGINT):
    time.sleep(0.5)
    process.send_signal(sign)
    out, err = process.communicate(timeout=30)
    expect(process.returncode == 0, "status", process.returncode, err)
    return [json.loads(line) for line in out.splitlines()]


def total_is_exact_to_the_packet():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        space.send(20000)
        found = finish(process)[-1]
        expect(found["packets"] == 20000 and found["bytes"] == 20000 * 100, found["packets"], found["source"])
        expect(all(found["conservation"].values()), found["conservation"])
        expect(found["source"][0]["dropped"] == 0, found["source"])
        expect(len(found["flows"]) == 1 and found["flows"][0]["c2s_packets"] == 20000, found["flows"])


def several_engines_have_each_packet_once():
    with Namespace() as space:
        process = space.listen("--total", "--engines", "3", "udp")
        for port in (7777, 7778, 7779):
            space.send(5000, port=port)
        found = finish(process)[-1]
        expect(found["packets"] == 15000 and found["bytes"] == 15000 * 100, found["packets"], found["source"])
        expect(all(found["conservation"].values()), found["conservation"])
        expect(sorted(f["c2s_packets"] for f in found["flows"]) == [5000] * 3, found["flows"])


def pictures_come_at_the_interval_and_end():
    with Namespace() as space:
        start = time.monotonic()
        process = subprocess.Popen(INSIDE + [DPITOP, "-N", "-i", "v1", "--json", "-n", "3", "--interval", "0.5", FILTER],
                                   stdout=subprocess.PIPE, text=True)
        time.sleep(0.7)
        space.send(100)
        out, _ = process.communicate(timeout=20)
        expect(process.returncode == 0 and time.monotonic() - start < 5, process.returncode)
        found = [json.loads(line) for line in out.splitlines()]
        expect(len(found) == 3, len(found))
        expect(found[-1]["packets"] == 100, [f["packets"] for f in found])


def sigterm_with_total_prints_and_exits_zero():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        space.send(10)
        expect(finish(process, signal.SIGTERM)[-1]["packets"] == 10)


def interface_down_and_up_resumes():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        space.send(10)
        time.sleep(0.3)
        ip("link set v1 down")
        time.sleep(1.0)
        ip("link set v1 up")
        time.sleep(1.5)
        space.send(10)
        expect(finish(process)[-1]["packets"] == 20)


def interface_deleted_and_back_resumes():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        space.send(10)
        time.sleep(0.3)
        ip("link del v0")
        time.sleep(1.0)
        space.make_pair()
        time.sleep(3.0)
        space.send(10)
        expect(finish(process)[-1]["packets"] == 20)


def vlan_tag_is_seen_on_the_wire():
    with Namespace() as space:
        process = space.listen("--total")
        space.send(5, vlan=42)
        found = finish(process)[-1]
        flow = next(f for f in found["flows"] if f["server"] == "10.9.0.2")
        expect(flow["vlan"] == 42 and flow["c2s_packets"] == 5, flow)


def user_without_the_right_is_told_the_remedy():
    with Namespace():
        if not shutil.which("setpriv"):
            raise Skip("setpriv is not there")
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            copy = shutil.copy(DPITOP, os.path.join(folder, "dpitop"))
            done = subprocess.run(INSIDE + ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy,
                                            "--json", "-i", "v1"], capture_output=True, text=True, timeout=20)
        expect(done.returncode == 1, done)
        expect("setcap cap_net_raw" in done.stderr and done.stderr.count("\n") == 1, done.stderr)


def root_is_given_up_after_opening():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        pids = [p for p in os.listdir("/proc") if p.isdigit() and os.path.exists("/proc/%s/exe" % p)
                and os.readlink("/proc/%s/exe" % p) == os.path.realpath(DPITOP)]
        expect(pids, "the process was not found")
        status = open("/proc/%s/status" % pids[0]).read()
        fields = dict(line.split(":", 1) for line in status.splitlines())
        expect(fields["Uid"].split()[0] != "0", fields["Uid"])
        expect(int(fields["CapEff"], 16) == 0, fields["CapEff"])
        expect(int(fields["CapPrm"], 16) in (0, 1 << 13), fields["CapPrm"])
        expect(fields["NoNewPrivs"].strip() == "1", fields["NoNewPrivs"])
        space.send(5)
        expect(finish(process)[-1]["packets"] == 5)


def rings(process):
    """Sizes of the kernel's rings that it has mapped, MiB. `process` is ip(8), which became the program."""
    found = []
    with open("/proc/%d/maps" % process.pid) as maps:
        for line in maps:
            if "socket:[" in line:
                begin, end = line.split()[0].split("-")
                found.append((int(end, 16) - int(begin, 16)) >> 20)
    return sorted(found)


def grown(sizes):
    """One ring, as it is under load: greater still where the program is slower than the sender."""
    return len(sizes) == 1 and sizes[0] >= 32


def ring_grows_under_load_and_each_packet_is_counted_once():
    for interface, sights in (("v1", 1), ("any", 2)):
        with Namespace() as space:
            process = subprocess.Popen(INSIDE + [DPITOP, "-N", "-i", interface, "--json", "--total", FILTER],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(1.0)
            expect(rings(process) == [6], "rings while nothing comes", rings(process))
            space.send(100000, size=1000)
            time.sleep(2.5)
            expect(grown(rings(process)), "rings", rings(process))
            found = finish(process)[-1]
            expect(found["packets"] + found["source"][0]["dropped"] == 100000 * sights, found["packets"], found["source"])
            expect(all(found["conservation"].values()), found["conservation"])


def ring_of_a_size_that_was_asked_for_stays():
    with Namespace() as space:
        process = space.listen("--total", "--buffer", "4Mi", FILTER)
        space.send(50000, size=1000)
        time.sleep(0.5)
        expect(rings(process) == [4], rings(process))
        finish(process)


def interface_deleted_while_the_ring_grows_is_followed():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        for wait in (0.0, 0.02, 0.05, 0.3):
            space.send(10000, size=1000)
            time.sleep(wait)
            ip("link del v0")
            time.sleep(0.3)
            space.make_pair()
            time.sleep(2.5)
        space.send(10)
        expect(rings(process) == [6] or grown(rings(process)), rings(process))
        found = finish(process)[-1]
        counted = found["packets"] + found["source"][0]["dropped"]
        expect(30000 <= counted <= 40010, counted, found["source"])
        expect(all(found["conservation"].values()), found["conservation"])


if __name__ == "__main__":
    if len(sys.argv) == 7 and sys.argv[1] == "--send":
        send_frames(int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]))
        sys.exit(0)
    main([total_is_exact_to_the_packet, several_engines_have_each_packet_once, pictures_come_at_the_interval_and_end, sigterm_with_total_prints_and_exits_zero,
          interface_down_and_up_resumes, interface_deleted_and_back_resumes, vlan_tag_is_seen_on_the_wire,
          user_without_the_right_is_told_the_remedy, root_is_given_up_after_opening,
          ring_grows_under_load_and_each_packet_is_counted_once, ring_of_a_size_that_was_asked_for_stays,
          interface_deleted_while_the_ring_grows_is_followed])
