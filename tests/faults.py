#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What breaks around the program: memory that ends, signals at any moment, descriptors that are closed, a process that is
stopped, interfaces that change their name or flap, geo data that is replaced, a disk that answers with errors, clocks that are
set. With FAULTS=long in the environment all is
done many times more (make soak)."""
import json
import os
import random
import signal
import struct
import subprocess
import tempfile
import time

from live import FILTER, INSIDE, Namespace, finish, ip
from report import DPITOP, Skip, dpitop, expect, main, pcap, picture, recording, udp
from terminal import Screen
import terminal

FOLDER = tempfile.TemporaryDirectory()
DEMO = os.path.join(os.environ.get("SRCDIR", "."), "contrib/demo.pcap")
FAILING = os.path.join(os.environ.get("BUILDDIR", "."), "tests/failing")
LONG = os.environ.get("FAULTS") == "long"


def place(name, data=None):
    os.chmod(FOLDER.name, 0o777)
    path = os.path.join(FOLDER.name, name)
    if data is not None:
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, 0o644)
    return path


def talk():
    return place("talk.pcap", pcap([udp("10.0.%d.1" % (n % 9), n, "10.0.0.2", 9, b"x" * 50) for n in range(1, 400)]))


def many(count):
    """That many hosts, each of one packet."""
    return place("many%d.pcap" % count, pcap([(n * 1e-4, udp("11.%d.%d.%d" % (n >> 16, n >> 8 & 255, n & 255), 1000, "10.0.0.1", 9))
                                              for n in range(count)]))


# ---- memory ----

def ends_without_memory(at, *arguments):
    done = subprocess.run([FAILING, "-N", *arguments], capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, "FAILING_AT": str(at), "FAILING_COUNT": "1"})
    err = done.stderr.decode(errors="replace")
    if done.returncode == 0 and int(err.split()[-2]) < at:
        return  # a run with threads does not make the same number each time
    expect(done.returncode == -signal.SIGABRT, "allocation", at, "ended with", done.returncode, err[-2000:])
    expect(err.splitlines()[-1:] == ["dpitop: out of memory"], "allocation", at, err[-2000:])


def allocations(*arguments):
    done = subprocess.run([FAILING, "-N", *arguments], capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                          env={**os.environ, "FAILING_COUNT": "1"})
    expect(done.returncode == 0, done)
    return int(done.stderr.split()[-2])


def memory_that_ends_at_any_allocation_ends_it_with_a_sentence():
    if not os.path.exists(FAILING):
        raise Skip("tests/failing is not built")
    rng = random.Random(7)
    for arguments in (("--json", "-r", talk()), ("--batch", "--view", "hosts", "--data", place("lean"), "-r", talk())):
        count = allocations(*arguments)
        expect(count > 100, count)
        samples = {1, 2, 3, count - count // 10} | {rng.randint(1, count - count // 10) for _ in range(300 if LONG else 8)}
        for at in sorted(samples):
            ends_without_memory(at, *arguments)


def memory_that_ends_gives_the_terminal_back():
    if not os.path.exists(FAILING):
        raise Skip("tests/failing is not built")
    program, terminal.DPITOP = terminal.DPITOP, FAILING
    try:
        count = allocations("--json", "-r", talk())
        for at in (count // 2, count, count + count // 3):
            screen = Screen("-r", talk(), "--speed", "max", FAILING_AT=str(at))
            for key in (b"2", b"3", b"4", b"5", b"6", b"7", b"1") * 40:
                try:
                    screen.keys(key)
                except OSError:
                    break
                screen.read(0.02)
                if b"out of memory" in screen.seen:
                    break
            expect(screen.status() == 128 + signal.SIGABRT, "allocation", at, screen.seen[-300:])
            screen.expect_restored()
    finally:
        terminal.DPITOP = program


# ---- signals, descriptors ----

def signal_at_any_moment_ends_it_in_order():
    """Before it has a handler the signal itself ends it; later it is 128 and the number, or all was done."""
    rng = random.Random(11)
    for n in range(400 if LONG else 16):
        number = rng.choice((signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
        process = subprocess.Popen([DPITOP, "-N", "--json", "-r", DEMO], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL)
        time.sleep(rng.random() * 0.15)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        expect(process.returncode in (0, 128 + number, -number), number, process.returncode, err)
        if process.returncode == 0:
            expect(all(json.loads(out)["conservation"].values()))


def until_it_catches(process, number):
    while True:
        with open("/proc/%d/status" % process.pid, encoding="ascii") as file:
            caught = next(int(line.split()[1], 16) for line in file if line.startswith("SigCgt"))
        if caught >> (number - 1) & 1:
            return
        expect(process.poll() is None, "it ended")
        time.sleep(0.001)


def signal_ends_it_while_nobody_reads_what_it_prints():
    """Also one that comes before there is anything to print."""
    for mode, wait in (("--json", 0.0), ("--json", 0.7), ("--csv", 0.7), ("--batch", 0.7)):
        process = subprocess.Popen([DPITOP, "-N", mode, "--view", "hosts", "--top", "0", "-r", many(5000)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        until_it_catches(process, signal.SIGTERM)
        time.sleep(wait)
        expect(process.poll() is None, mode, "its output fits into a pipe")
        process.send_signal(signal.SIGTERM)
        expect(process.wait(timeout=5) == 128 + signal.SIGTERM, mode, process.returncode, process.stderr.read())
        expect(process.stderr.read() == b"")
        process.stdout.close()


def storm_of_signals_is_survived():
    screen = Screen("-r", talk(), "--speed", "max")
    screen.shows(lambda t: "10.0.0.2" in t.text())
    for _ in range(200):
        for number in (signal.SIGUSR1, signal.SIGWINCH, signal.SIGPIPE, signal.SIGCONT):
            os.kill(screen.pid, number)
    screen.keys(b"2")
    screen.shows(lambda t: "[Hosts]" in t.line(2))
    screen.expect_right()
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def run_with_closed(closed, *arguments):
    """The program with these of descriptors 0, 1, 2 closed: (status, out, err)."""
    ends = {1: os.pipe(), 2: os.pipe()}

    def prepare():
        for fd in closed:
            os.close(fd)
    process = subprocess.Popen([DPITOP, "-N", *arguments], stdout=ends[1][1], stderr=ends[2][1], preexec_fn=prepare)
    for pipe in ends.values():
        os.close(pipe[1])
    got = {}
    for fd, pipe in ends.items():
        with open(pipe[0], "rb") as end:
            got[fd] = end.read()
    return process.wait(timeout=20), got[1], got[2]


def closed_descriptors_are_never_those_of_other_files():
    """What is printed does not go into history, a capture or a socket that got the number."""
    data, capture = place("closed"), talk()
    before = open(capture, "rb").read()
    for closed in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
        status, out, err = run_with_closed(closed, "--json", "-r", capture, "--data", data)
        expect(status == (1 if 1 in closed else 0), closed, status, err)
        expect(1 in closed or json.loads(out)["packets"] == 399)
        expect(2 in closed or 1 not in closed or b"Bad file descriptor" in err, closed, err)
        expect(open(capture, "rb").read() == before)
    for where, _, names in os.walk(data):
        for name in names:
            content = open(os.path.join(where, name), "rb").read()
            expect(b'"schema"' not in content and b"dpitop:" not in content, name)
    status, _, err = run_with_closed((0,), "--json", "-r", "-")
    expect(status == 1 and b"dpitop: " in err, status, err)


# ---- capture ----

def stopped_and_continued_it_has_every_packet():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        space.send(10)
        time.sleep(0.3)
        process.send_signal(signal.SIGSTOP)
        space.send(5000)
        time.sleep(60 if LONG else 1.0)
        process.send_signal(signal.SIGCONT)
        space.send(10)
        found = finish(process)[-1]
        expect(found["packets"] + found["source"][0]["dropped"] == 5020, found["packets"], found["source"])
        expect(found["source"][0]["dropped"] == 0 and all(found["conservation"].values()), found["source"])


def interface_that_flaps_a_hundred_times_or_is_renamed_is_followed():
    with Namespace() as space:
        process = space.listen("--total", FILTER)
        space.send(10)
        time.sleep(0.3)
        fds = len(os.listdir("/proc/%d/fd" % process.pid))
        batch = "link set v1 down\nlink set v1 up\n" * 100
        subprocess.run(["ip", "-n", INSIDE[3], "-batch", "-"], input=batch.encode(), check=True, capture_output=True)
        time.sleep(1.5)
        expect(len(os.listdir("/proc/%d/fd" % process.pid)) <= fds, "descriptors are left open")
        space.send(10)
        time.sleep(0.3)
        for old, new, wait in (("v1", "other", 1.0), ("other", "v1", 1.5)):
            ip("link set %s down" % old)
            ip("link set %s name %s" % (old, new))
            ip("link set %s up" % new)
            time.sleep(wait)
        space.send(10)
        found = finish(process)[-1]
        expect(found["packets"] == 30, found["packets"], found["source"])


# ---- files it reads ----

def geo_data_replaced_by_another_file_is_survived():
    """As packages and updaters replace it, by rename(2): what was opened stays what it was."""
    seed = os.path.join(os.environ.get("SRCDIR", "."), "tests/fuzz/corpus/geoip/mmdb")
    base, fifo = place("base.mmdb", open(seed, "rb").read()[1:]), place("geo.fifo")
    if dpitop("--json", "-r", DEMO, "--geoip", base)[2].find(b"built without") >= 0:
        raise Skip("built without libmaxminddb")
    os.mkfifo(fifo)
    process = subprocess.Popen([DPITOP, "-N", "--json", "--geoip", base, "-r", fifo], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    with open(fifo, "wb") as out:
        out.write(pcap([udp("10.0.0.1", 1, "8.8.8.8", 53, b"x")]))
        out.flush()
        time.sleep(0.5)
        os.rename(place("next.mmdb", b"no database"), base)
        out.write(pcap([(1.0, udp("10.0.0.1", 2, "8.8.4.4", 53, b"x"))])[24:])
    got, err = process.communicate(timeout=20)
    expect(process.returncode == 0, process.returncode, err)
    found = json.loads(got)
    expect({h.get("country") for h in found["hosts"] if h["ip"].startswith("8.")} == {"DE"}, found["hosts"])


# ---- the disk and the clock, under history ----

WHOLE, BROKEN, BROKEN_FOR_RRD = range(3)
HOUR, DAY = 3600, 86400


class Recorder:
    """tests/failing in the namespace, recording: its clock and its disk are the test's."""

    def __init__(self, name, clock_s):
        if not os.path.exists(FAILING):
            raise Skip("tests/failing is not built")
        self.folder, self.log = place(name), place(name + ".log")
        self.switch = open(place(name + ".switch", bytes(16)), "r+b", buffering=0)
        self.set(clock_s)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(INSIDE + [FAILING, "-N", "-i", "v1", "--json", "--total", "--data", self.folder, FILTER],
                                            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, "FAILING_SWITCH": self.switch.name})
        time.sleep(1.2)
        expect(self.process.poll() is None, self.said())

    def set(self, clock_s=None, disk=None):
        if clock_s is not None:
            os.pwrite(self.switch.fileno(), struct.pack("=q", clock_s), 0)
        if disk is not None:
            os.pwrite(self.switch.fileno(), struct.pack("=q", disk), 8)

    def said(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()

    def wait_until_said(self, words, seconds):
        end = time.monotonic() + seconds
        while words not in self.said():
            expect(time.monotonic() < end, "not said:", words, self.said())
            expect(self.process.poll() is None, "it ended", self.said())
            time.sleep(0.1)

    def end(self):
        time.sleep(1.2)
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=30)
        self.switch.close()
        found = json.loads(out)
        expect(all(found["conservation"].values()), found["conservation"])
        return self.process.returncode, found


def recorded_bytes(folder):
    """In series, and in the totals of the year."""
    shown = []
    for arguments in (("--replay", folder), ("--report", "year", "--data", folder)):
        found = picture(*arguments)
        for name in ("l4", "l7", "ip_version"):
            expect(sum(row["bytes"] for row in found[name]) == found["bytes"], name, found[name])
        shown.append(found["bytes"])
    expect(not any(name.endswith(".damaged") for _, _, names in os.walk(folder) for name in names))
    return shown


def before_the_end_of_a_minute(seconds):
    """An offset with which it is so: less than two minutes back."""
    return -int(time.time() % 60) - seconds


@recording
def disk_that_answers_with_errors_is_named_and_recording_resumes():
    with Namespace() as space:
        recorder = Recorder("broken", before_the_end_of_a_minute(6))
        space.send(100)
        recorder.set(disk=BROKEN)
        recorder.wait_until_said("Input/output error", 30)
        space.send(100)
        recorder.set(disk=WHOLE)
        recorder.wait_until_said(": recording", 30)
        space.send(100)
        status, found = recorder.end()
    expect(status == 0 and found["packets"] == 300, status, found["packets"], recorder.said())
    expect(recorded_bytes(recorder.folder) == [30000, 30000])


@recording
def disk_that_answers_with_errors_at_the_end_is_named_and_the_next_run_has_all():
    for number, disk in enumerate((BROKEN_FOR_RRD, BROKEN)):
        with Namespace() as space:
            recorder = Recorder("broken-end%d" % number, before_the_end_of_a_minute(4))
            space.send(100)
            time.sleep(6)  # the minute is committed
            recorder.set(disk=disk)
            status, found = recorder.end()
        expect(status == 1 and "Input/output error" in recorder.said(), status, recorder.said())
        expect(found["packets"] == 100, found["packets"])
        expect(recorded_bytes(recorder.folder) == [10000, 10000])


def recorded_with_steps(name, first, *steps):
    """A hundred packets under each offset of the clock. That it was set is seen with the second tick after it: what comes until
    then is of the time before."""
    with Namespace() as space:
        recorder = Recorder(name, first)
        for ahead in (0,) + steps:
            recorder.set(clock_s=first + ahead)
            time.sleep(5)
            space.send(100)
            time.sleep(1)
        status, found = recorder.end()
    expect(status == 0 and found["packets"] == 100 * (1 + len(steps)), status, found["packets"])
    return recorder


@recording
def clock_set_back_by_an_hour_and_forward_by_a_day_is_survived():
    """What comes before the newest that was recorded counts in totals alone; the day in between is a gap."""
    recorder = recorded_with_steps("clock", -2 * DAY, -HOUR, DAY - HOUR)
    expect("the clock was set back" in recorder.said(), recorder.said())
    expect(recorded_bytes(recorder.folder) == [20000, 30000], recorded_bytes(recorder.folder), recorder.said())


@recording
def clock_set_ahead_by_a_day_and_right_again_leaves_what_was_recorded_before():
    """What was recorded of the time to come is let go; replay has the rest in all its rows, at once and to the last byte."""
    for number, ahead in enumerate((DAY, 3 * HOUR)):
        recorder = recorded_with_steps("ahead%d" % number, -2 * DAY, ahead, 60)
        expect("the clock was set back" in recorder.said(), recorder.said())
        expect(recorded_bytes(recorder.folder) == [20000, 30000], recorded_bytes(recorder.folder), recorder.said())


def million_hosts_stay_within_bounds_and_sums_are_exact():
    count, bound = (1000000 if LONG else 60000), 5000
    found = picture("-r", many(count), "--max-hosts", bound, "--max-flows", bound, "--top", "10", timeout=300)
    expect(found["packets"] == count, found["packets"])


if __name__ == "__main__":
    main([memory_that_ends_at_any_allocation_ends_it_with_a_sentence, memory_that_ends_gives_the_terminal_back,
          signal_at_any_moment_ends_it_in_order, signal_ends_it_while_nobody_reads_what_it_prints, storm_of_signals_is_survived,
          closed_descriptors_are_never_those_of_other_files, stopped_and_continued_it_has_every_packet,
          interface_that_flaps_a_hundred_times_or_is_renamed_is_followed,
          geo_data_replaced_by_another_file_is_survived,
          disk_that_answers_with_errors_is_named_and_recording_resumes,
          disk_that_answers_with_errors_at_the_end_is_named_and_the_next_run_has_all,
          clock_set_back_by_an_hour_and_forward_by_a_day_is_survived,
          clock_set_ahead_by_a_day_and_right_again_leaves_what_was_recorded_before, million_hosts_stay_within_bounds_and_sums_are_exact])
