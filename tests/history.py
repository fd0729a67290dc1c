#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""History by the whole program: what is recorded is what was seen, to the last byte; who may record, what signals and
kills leave behind, and what is said when a directory cannot be written."""
import glob
import json
import os
import re
import resource
import shutil
import signal
import struct
import subprocess
import tempfile
import time

from live import FILTER, INSIDE, Namespace
from report import DPITOP, Skip, dpitop, expect, main, pcap, recording, udp
from terminal import Screen

FOLDER = tempfile.TemporaryDirectory()
DEMO = os.path.join(os.environ.get("SRCDIR", "."), "contrib/demo.pcap")
SUMS = {"hosts": ("ip", "sent_bytes", "rcvd_bytes", "sent_packets", "rcvd_packets", "flows"), "l7": ("proto", "bytes", "packets", "flows"),
        "l4": ("proto", "bytes", "packets", "flows"), "categories": ("category", "bytes", "packets", "flows"),
        "ip_version": ("version", "bytes", "packets"), "subnets": ("subnet", "sent_bytes", "rcvd_bytes"),
        "countries": ("country", "sent_bytes", "rcvd_bytes"), "as": ("asn", "sent_bytes", "rcvd_bytes"),
        "site_categories": ("category", "bytes", "packets", "flows"), "matrix": ("src/dst", "bytes", "packets", "flows"),
        "ports": ("port/proto", "bytes", "packets", "flows")}
VIEWS = {"states": ("state", "bytes", "packets", "flows"), "flags": ("tcp_flags", "bytes", "packets", "flows"),
         "cities": ("city", "sent_bytes", "rcvd_bytes", "flows")}


def place(name):
    """A name for a directory that does not exist yet, in one that anybody may write to."""
    os.chmod(FOLDER.name, 0o777)
    return os.path.join(FOLDER.name, name)


def recent(name, span=0):
    """The demo capture as of three minutes ago, or the same packets spread over `span` seconds up to now."""
    data, at = open(DEMO, "rb").read(), 24
    out, frames, now = [data[:24]], [], time.time()
    while at < len(data):
        seconds, micro, kept, length = struct.unpack("<IIII", data[at:at + 16])
        frames.append((seconds + micro / 1e6, kept, length, data[at + 16:at + 16 + kept]))
        at += 16 + kept
    first = frames[0][0]
    for number, (when, kept, length, body) in enumerate(frames):
        when = now - span + span * number / len(frames) if span else int(now) - 180 + when - first
        out.append(struct.pack("<IIII", int(when), int(when % 1 * 1e6), kept, length) + body)
    path = place(name)
    with open(path, "wb") as file:
        file.write(b"".join(out))
    os.chmod(path, 0o644)
    return path


def totals(rows, key, *columns):
    """What each row of a list has, rows that are called the same together."""
    sums = {}
    for row in rows:
        who = "(other)" if row.get("other") else tuple(row.get(part, "") for part in key.split("/"))
        of = sums.setdefault(who, [0] * len(columns))
        for i, column in enumerate(columns):
            of[i] += row[column] if isinstance(row.get(column), int) else 0
    return {who: of for who, of in sums.items() if any(of)}


def expect_same(a, b):
    expect(a["bytes"] == b["bytes"] and a["packets"] == b["packets"], a["bytes"], b["bytes"])
    expect(a["non_ip"] == b["non_ip"], a["non_ip"], b["non_ip"])
    for name in SUMS:
        one, other = totals(a.get(name, []), *SUMS[name]), totals(b.get(name, []), *SUMS[name])
        expect(one == other, name, [(k, one.get(k), other.get(k)) for k in {**one, **other} if one.get(k) != other.get(k)][:5])


def printed(*arguments):
    status, out, err = dpitop("-N", "--json", *arguments)
    expect(status == 0, status, err)
    return json.loads(out)


def report(folder, *arguments):
    return printed("--report", "year", "--data", folder, *arguments)


def refused(status, *arguments, words=()):
    got, _, err = dpitop(*arguments)
    expect(got == status, "status", got, err)
    for word in words:
        expect(word in err.decode(), err)


# ---- files ----

@recording
def capture_is_recorded_to_the_last_byte():
    folder, path = place("capture"), recent("capture.pcap")
    before = printed("-r", path)
    found = printed("-r", path, "--data", folder)
    before["source"] = found["source"] = None
    expect(before == found, "history changes what is printed")
    expect_same(found, report(folder))
    expect_same(found, printed("--replay", folder))
    for view, columns in VIEWS.items():
        name = "tcp_flags" if view == "flags" else view
        one, other = (totals(printed(*of, "--view", view)[name], *columns) for of in (("-r", path), ("--replay", folder)))
        expect(one == other and one, view, one, other)
    expect(os.stat(folder).st_mode & 0o777 == 0o700, oct(os.stat(folder).st_mode))


def wait_for(path, seconds=10):
    end = time.monotonic() + seconds
    while not os.path.exists(path):
        expect(time.monotonic() < end, path, "does not come")
        time.sleep(0.02)


@recording
def daemon_of_rrdtool_writes_the_files():
    if shutil.which("rrdcached") is None:
        raise Skip("rrdcached is not installed")
    folder, path, socket = place("cached"), recent("cached.pcap"), place("cached.sock")
    # it keeps what it is given until it ends, and writes it then
    daemon = subprocess.Popen(["rrdcached", "-g", "-w", "3600", "-F", "-m", "0666", "-l", "unix:" + socket],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_for(socket)
        found = printed("-r", path, "--data", folder, "--rrdcached", "unix:" + socket)
        expect(not any(has_samples(file) for file in glob.glob(folder + "/rrd/*/*.rrd")), "written past the daemon")
    finally:
        daemon.terminate()
        daemon.communicate(timeout=20)
    expect_same(found, printed("--replay", folder))
    expect_same(found, report(folder))
    refused(1, "-r", path, "--json", "--data", place("nobody"), "--rrdcached", "unix:" + socket, words=["--rrdcached 'unix:" + socket])


def has_samples(file):
    """Anything but "unknown"."""
    out = subprocess.run(["rrdtool", "fetch", file, "AVERAGE", "-r", "60", "-s", "-600"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return any("nan" not in value for line in out.splitlines()[2:] for value in line.split()[1:])


@recording
def reports_are_text_csv_and_json_of_any_list():
    folder, path = place("reports"), recent("reports.pcap")
    printed("-r", path, "--data", folder)
    status, out, err = dpitop("--report", "year", "--view", "applications", "--top", "3", "--csv", "--data", folder)
    expect(status == 0 and len(out.splitlines()) == 5, out, err)  # header, three rows, the rest
    status, out, _ = dpitop("--report", "year", "--view", "countries", "--data", folder)
    expect(status == 0 and "Germany" in out.decode(), out)
    status, out, _ = dpitop("--report", "year", "--filter", "host = 192.168.1.40", "--data", folder)
    expect(status == 0 and "192.168.1.40" in out.decode() and "192.168.1.21" not in out.decode(), out)
    refused(1, "--report", "yesterday", "--data", recorded_long_ago(), words=["nothing of that time"])


def recorded_long_ago():
    folder = place("long-ago")
    printed("-r", DEMO, "--data", folder)
    return folder


@recording
def month_is_recorded_in_seconds():
    folder, path = place("month"), recent("month.pcap", 30 * 86400)
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    found = printed("-r", path, "--data", folder)
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start
    expect(took < 20, took)
    year = time.localtime(time.time() - 30 * 86400).tm_year == time.localtime().tm_year
    if year:
        expect_same(found, report(folder))


@recording
def two_captures_add_up():
    folder = place("two")
    now = int(time.time())
    for start in (now - 600, now - 300):
        path = place("two.pcap")
        with open(path, "wb") as file:
            file.write(pcap([udp("10.0.0.1", 1, "10.0.0.2", 2, b"x" * 58) for _ in range(30)], start=start))
        os.chmod(path, 0o644)
        printed("-r", path, "--data", folder)
    expect(report(folder)["bytes"] == 2 * 30 * 100, report(folder)["bytes"])


@recording
def capture_without_a_clock_is_refused_by_history_alone():
    path = place("clockless.pcap")
    with open(path, "wb") as file:
        file.write(pcap([udp("10.0.0.1", 1, "10.0.0.2", 2, b"x")], start=0))
    os.chmod(path, 0o644)
    status, out, err = dpitop("-N", "--json", "-r", path, "--data", place("clockless"))
    expect(status == 1 and json.loads(out)["packets"] == 1 and b"1980" in err, status, err)


# ---- options and places ----

def wrong_options_are_refused():
    refused(2, "--data", "", words=["--data"])
    refused(2, "--history-size", "1Mi", words=["--history-size"])
    refused(2, "--report", "fortnight", words=["yesterday"])
    refused(2, "--report", "day", "-r", DEMO, words=["no sources"])
    refused(1, "--report", "day", "--data", place("nothing"), words=["nothing"])


def nothing_is_recorded_unasked():
    state = place("state")
    os.mkdir(state)
    for arguments in (["-r", DEMO, "--json"], ["-r", DEMO, "--json", "--no-history", "--data", os.path.join(state, "x")]):
        status, _, err = dpitop("-N", *arguments, "--user", "root", env={**os.environ, "XDG_STATE_HOME": state}) \
            if os.geteuid() == 0 else dpitop("-N", *arguments, env={**os.environ, "XDG_STATE_HOME": state})
        expect(status == 0, err)
    expect(os.listdir(state) == [], os.listdir(state))


def directory_that_cannot_be_written_is_named():
    folder = place("read-only")
    os.mkdir(folder, 0o555)
    refused(1, "-N", "-r", DEMO, "--json", "--data", folder, words=["read only", folder])
    refused(1, "-N", "-r", DEMO, "--json", "--data", DEMO, words=["demo.pcap"])
    refused(1, "-N", "-r", DEMO, "--json", "--data", "/proc/nowhere", words=["/proc/nowhere"])


@recording
def full_disk_is_named():
    folder = place("full")
    os.mkdir(folder)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k,mode=777", "tmpfs", folder],
                                           capture_output=True).returncode:
        raise Skip("no right to mount")
    try:
        with open(os.path.join(folder, "ballast"), "wb") as file:
            file.write(b"x" * 250000)
        status, out, err = dpitop("-N", "--json", "-r", recent("full.pcap"), "--data", os.path.join(folder, "data"))
        expect(json.loads(out)["packets"] == 1682, "capture goes on")
        expect(status == 1 and re.search(rb"[Nn]o space|disk full|full", err), status, err)
    finally:
        subprocess.run(["umount", folder], check=True)


# ---- live ----

def recorder(folder, *more):
    process = subprocess.Popen(INSIDE + [DPITOP, "-N", "-i", "v1", "--json", "--total", "--data", folder, FILTER, *more],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.2)
    expect(process.poll() is None, process.poll() is not None and process.stderr.read())
    return process


def ended(process, number=signal.SIGINT):
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


@recording
def signals_leave_nothing_unwritten():
    with Namespace() as space:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            folder = place("signal-%d" % number)
            process = recorder(folder)
            space.send(500)
            time.sleep(2.2)  # across the end of a second
            space.send(250)
            start = time.monotonic()
            status, out, err = ended(process, number)
            expect(status == 0 and time.monotonic() - start < 5, status, err)
            found = json.loads(out)
            expect(found["bytes"] == 75000, found["bytes"])
            expect_same(found, report(folder))


@recording
def runs_of_the_same_minute_add_up():
    folder = place("runs")
    with Namespace() as space:
        for _ in range(3):
            process = recorder(folder)
            space.send(100)
            expect(ended(process)[0] == 0)
    expect(report(folder)["bytes"] == 30000, report(folder)["bytes"])


@recording
def totals_of_the_day_stand_beside_live_rows():
    folder = place("today")
    with Namespace() as space:
        process = recorder(folder)
        space.send(100)
        expect(ended(process)[0] == 0)
        process = subprocess.Popen(INSIDE + [DPITOP, "-N", "-i", "v1", "--batch", "--view", "hosts", "--sort", "today", "-n", "6",
                                             "--data", folder, FILTER], stdout=subprocess.PIPE, text=True)
        time.sleep(1.5)
        space.send(100)
        out, _ = process.communicate(timeout=30)
    last = out.split("HOST ")[-1]
    expect("TODAY" in last and re.search(r"^10\.9\.0\.1 .*9\.8 KiB.* 19\.5 KiB", last, re.M), last)


@recording
def kill_leaves_what_was_written_before():
    folder = place("kill")
    with Namespace() as space:
        process = recorder(folder)
        space.send(300)
        expect(ended(process)[0] == 0)
        for _ in range(3):
            process = recorder(folder)
            space.send(1000)
            time.sleep(1)
            process.kill()
            process.communicate(timeout=10)
            expect(report(folder)["bytes"] >= 30000, "what was whole is not any more")
        process = recorder(folder)
        space.send(200)
        expect(ended(process)[0] == 0)
    found = report(folder)
    expect(found["bytes"] >= 50000 and found["bytes"] % 100 == 0, found["bytes"])
    for name in ("l4", "l7", "ip_version"):
        expect(sum(row["bytes"] for row in found[name]) == found["bytes"], name, found[name])
    expect(not any(name.endswith(".damaged") for _, _, names in os.walk(folder) for name in names))


@recording
def second_recorder_says_so_and_takes_over():
    folder = place("second")
    with Namespace() as space:
        first = recorder(folder)
        second = recorder(folder)
        refused(1, "-N", "-r", DEMO, "--json", "--data", folder, words=["%d records here" % holder(folder)])
        space.send(100)
        expect(ended(first)[0] == 0)
        time.sleep(9)
        space.send(50)
        status, _, err = ended(second)
        expect(status == 0 and "records here" in err and "recording" in err, err)
    # the second one's first hundred were marked, not lost: it recorded them when it could
    expect(report(folder)["bytes"] >= 15000, report(folder)["bytes"])


def holder(folder):
    with open(os.path.join(folder, "lock"), encoding="utf-8") as file:
        return int(file.read())


def removed_directory(*more):
    folder = place("removed")
    with Namespace() as space:
        process = recorder(folder, *more)
        space.send(100)
        time.sleep(2)
        shutil.rmtree(folder)
        space.send(100)
        time.sleep(1.5)
        expect(ended(process)[0] == 0)
    expect(report(folder)["bytes"] > 0, "nothing was recorded")
    expect(os.path.exists(os.path.join(folder, "catalog")))
    expect(not os.path.exists(os.path.join(os.path.dirname(folder), ".%s.spare" % os.path.basename(folder))))


@recording
def removed_directory_is_made_again():
    removed_directory("--no-sandbox")


@recording
def removed_directory_is_made_again_in_the_sandbox():
    removed_directory()


@recording
def directory_that_is_gone_for_good_is_named():
    """The sandbox is tied to the directories that there were."""
    if dpitop("--sandbox-status")[0] != 0:
        raise Skip("this kernel has no Landlock, or not all of it")
    above = place("gone")
    folder = os.path.join(above, "data")
    os.mkdir(above, 0o777)
    os.chmod(above, 0o777)
    with Namespace() as space:
        process = recorder(folder)
        space.send(100)
        time.sleep(2)
        shutil.rmtree(above)
        space.send(100)
        time.sleep(1.5)
        status, out, err = ended(process)
    expect(json.loads(out)["packets"] == 200, "capture goes on")
    expect(status == 1 and "directory removed" in err and "restart dpitop" in err, status, err)


@recording
def screen_records_by_default_and_tells():
    if os.geteuid() != 0:
        raise Skip("needs the right to capture")
    state = place("screen")
    screen = Screen("-i", "lo", "--user", "root", "--view", "sources", rows=60, XDG_STATE_HOME=state)
    screen.until(b"recording", 10)
    expect(os.path.join(state, "dpitop").encode() in screen.seen, screen.terminal.text())
    screen.keys(b"q")
    expect(screen.status(20) == 0)
    expect(os.path.exists(os.path.join(state, "dpitop", "catalog")), os.listdir(state))
    shutil.rmtree(state)
    screen = Screen("-i", "lo", "--user", "root", "--view", "sources", "--no-history", rows=60, XDG_STATE_HOME=state)
    screen.shows(lambda t: "HISTORY" in t.text() and "off" in t.text(), 10)
    screen.keys(b"q")
    expect(screen.status() == 0 and not os.path.exists(state))


@recording
def live_screen_looks_back_and_returns():
    if os.geteuid() != 0:
        raise Skip("needs the right to capture")
    folder, path = place("back"), recent("back.pcap")
    found = printed("-r", path, "--data", folder)
    host = found["hosts"][0]["ip"]
    screen = Screen("-i", "lo", "--user", "root", "--no-config", "--data", folder, columns=132)
    screen.shows(lambda t: "HISTORY" not in t.line(0) and "lo" in t.line(0), 10)
    screen.keys(b"2H")
    screen.shows(lambda t: "HISTORY" in t.line(0), 10)
    screen.keys(b"(")  # to the last peak
    screen.shows(lambda t: host in t.text())
    screen.keys(b"\r")
    screen.shows(lambda t: "HISTORY" in t.line(0) and "THROUGHPUT" in t.text())
    screen.keys(b"\x1b")
    screen.shows(lambda t: "THROUGHPUT" not in t.text())
    screen.keys(b"\x1b[F")  # End
    screen.shows(lambda t: "HISTORY" not in t.line(0))
    screen.keys(b"q")
    expect(screen.status(20) == 0)
    screen.expect_restored()


if __name__ == "__main__":
    main([capture_is_recorded_to_the_last_byte, daemon_of_rrdtool_writes_the_files, reports_are_text_csv_and_json_of_any_list, month_is_recorded_in_seconds,
          two_captures_add_up, capture_without_a_clock_is_refused_by_history_alone, wrong_options_are_refused,
          nothing_is_recorded_unasked, directory_that_cannot_be_written_is_named, full_disk_is_named,
          signals_leave_nothing_unwritten, runs_of_the_same_minute_add_up, totals_of_the_day_stand_beside_live_rows, kill_leaves_what_was_written_before,
          second_recorder_says_so_and_takes_over, removed_directory_is_made_again, removed_directory_is_made_again_in_the_sandbox, directory_that_is_gone_for_good_is_named,
          screen_records_by_default_and_tells, live_screen_looks_back_and_returns])
