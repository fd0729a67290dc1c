# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of contrib/bench that need a terminal: how soon a key is answered, how much is written, what
idling costs. A program runs in a pty; what it writes goes into a terminal in memory (tests/vt.py), and a key is
answered by the first output after which that terminal shows what belongs to the key."""
import contextlib
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))
import vt  # noqa: E402

ROWS, COLUMNS = 50, 200
FIRST_ROW, LAST_ROW = 4, ROWS - 1  # of the pane's table
HOUSEKEEPING = os.sysconf("SC_CLK_TCK")


class Screen:
    """A program in a pty of its own."""

    def __init__(self, command, rows=ROWS, columns=COLUMNS):
        self.terminal = vt.Terminal(rows, columns)
        self.bytes = 0
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
            os.execvpe(command[0], command, dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8"))

    def take(self, seconds):
        """What comes within `seconds`; when it came, None if nothing did."""
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return None
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            sys.exit("bench: the program on the screen ended")
        now = time.monotonic()
        self.bytes += len(data)
        self.terminal.feed(data)
        return now

    def idle(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.take(end - time.monotonic())

    def wait(self, answered, seconds, what):
        """Until answered(terminal); when that was."""
        end, now = time.monotonic() + seconds, time.monotonic()
        while not answered(self.terminal):
            if time.monotonic() > end:
                sys.exit("bench: %s did not come; the screen:\n%s" % (what, self.terminal.text()))
            now = self.take(end - time.monotonic()) or now
        return now

    def press(self, keys, answers, what, seconds=20.0):
        """ms from the write to each of the answers, which come in this order."""
        start = time.monotonic()
        os.write(self.fd, keys)
        return [max(0.0, self.wait(a, seconds, what) - start) * 1e3 for a in answers]

    def usage(self):
        """CPU seconds so far, resident MiB, the most there were."""
        with open("/proc/%d/stat" % self.pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        with open("/proc/%d/status" % self.pid) as file:
            status = dict(line.split(":", 1) for line in file.read().splitlines())
        return ((int(fields[11]) + int(fields[12])) / HOUSEKEEPING, int(status["VmRSS"].split()[0]) / 1024,
                int(status["VmHWM"].split()[0]) / 1024)

    def close(self, keys=b"q"):
        """Ask it to end and read what it says until it has."""
        with contextlib.suppress(OSError):
            os.write(self.fd, keys)
        end = time.monotonic() + 20
        while time.monotonic() < end and os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            with contextlib.suppress(OSError):
                if select.select([self.fd], [], [], 0.05)[0]:
                    os.read(self.fd, 1 << 16)
        os.close(self.fd)


@contextlib.contextmanager
def veth():
    """A network namespace with v0 <-> v1: how to run in it. None without the right to make one."""
    space = "dpitop-bench-%d" % os.getpid()
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "tcpreplay"))) or \
            subprocess.run(["ip", "netns", "add", space], capture_output=True).returncode:
        yield None
        return
    try:
        for command in ("link add v0 type veth peer name v1", "link set v0 up", "link set v1 up", "link set lo up"):
            subprocess.check_call(["ip", "-n", space] + command.split())
        yield ["ip", "netns", "exec", space]
    finally:
        subprocess.call(["ip", "netns", "del", space])


class Sender:
    """tcpreplay in a loop."""

    def __init__(self, inside, path, rate):
        self.process = subprocess.Popen(inside + ["tcpreplay", "-K", "-q", "--loop=0", "--pps=%d" % rate, "-i", "v0", path],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def stop(self):
        """Packets sent."""
        self.process.send_signal(signal.SIGINT)
        out = self.process.communicate(timeout=30)[0]
        return int(out.split("Actual:")[1].split()[0])


# ---- what answers a key ----

def title(terminal):
    return terminal.line(2)


def has_title(text):
    return lambda t: title(t).startswith("[%s]" % text)


def has_rows(t):
    return re.search(r"\d", t.line(FIRST_ROW)) is not None and "nothing" not in t.text()


def labels(t):
    """Which rows are shown, without their numbers."""
    return [t.line(y)[:44] for y in range(FIRST_ROW, FIRST_ROW + 5)]


def figure(t, pattern):
    found = re.search(pattern, t.text())
    return found[1] if found else ""


class Keys:
    """Presses keys and keeps what it measured, by kind."""

    def __init__(self, screen):
        self.screen, self.times = screen, {}

    def press(self, keys, *answers, pause=0.12):
        """answers: (kind, predicate), in the order in which they come."""
        found = self.screen.press(keys, [a for _, a in answers], answers[0][0])
        for (kind, _), ms in zip(answers, found):
            self.times.setdefault(kind, []).append(ms)
        self.screen.idle(pause)

    def move(self, key, kind):
        t = self.screen.terminal
        before = [(y, t.line(y)[:44]) for y in t.reversed_rows(FIRST_ROW, LAST_ROW)]
        self.press(key, (kind, lambda t: [(y, t.line(y)[:44]) for y in t.reversed_rows(FIRST_ROW, LAST_ROW)] != before))

    def pane(self, key, name):
        self.press(key, ("pane", has_title(name)), ("pane: rows", lambda t: has_title(name)(t) and has_rows(t)))

    def sort(self, key):
        header, rows = self.screen.terminal.line(3), labels(self.screen.terminal)
        self.press(key, ("sort", lambda t: t.line(3) != header), ("sort: rows", lambda t: labels(t) != rows))

    def filter(self, text):
        self.press(b"\\", ("prompt", lambda t: not t.line(ROWS - 1).startswith("F1")))
        for n in range(len(text)):
            self.press(text[n:n + 1].encode(), ("typed", lambda t, n=n: text[:n + 1] in t.line(ROWS - 1)), pause=0.03)
        self.press(b"\r", ("filter", lambda t: "filter: " + text in title(t)),
                   ("filter: rows", lambda t: " of " in title(t) and has_rows(t)),
                   ("filter: all of them", lambda t: "so far" not in title(t)))
        self.press(b"\x7f", ("clear", lambda t: "filter:" not in title(t)),
                   ("clear: rows", lambda t: " of " not in title(t) and has_rows(t)))

    def round(self, long):
        """Everything once; movements often."""
        panes = ((b"3", "Flows"), (b"2", "Hosts"), (b"4", "Applications"), (b"5", "Matrix"), (b"7", "Sites"), (b"3", "Flows"))
        for key, name in panes[1:]:
            self.pane(key, name)
        for _ in range(10):
            self.move(b"j", "move")
        for key in (b"\x04", b"\x04", b"\x15", b"G", b"g"):
            self.move(key, "page")
        for key, name in (panes[1], panes[0]):
            self.pane(key, name)
            self.sort(b"I")
            self.sort(b"I")
        if long:
            self.filter("host = 10.0.0.%d" % (5 + len(self.times["move"])))
            self.filter("app = DNS")
            self.pane(b"2", "Hosts")
            self.filter("app = DNS")
            self.pane(b"3", "Flows")


def summary(times):
    def part(values, share):
        return sorted(values)[min(len(values) - 1, int(len(values) * share))]
    return {kind: {"n": len(v), "median": statistics.median(v), "p99": part(v, 0.99), "max": max(v)}
            for kind, v in times.items()}


def show(name, rows):
    print("\n%s" % name)
    print("  %-34s %6s %10s %10s %10s" % ("", "n", "median ms", "p99 ms", "max ms"))
    for kind, r in rows.items():
        print("  %-34s %6d %10.1f %10.1f %10.1f" % (kind, r["n"], r["median"], r["p99"], r["max"]), flush=True)


def keys(bench):
    """1,000,000 live flows of 200,000 hosts: keys under load, then without."""
    args, report = bench.args, {}
    with veth() as inside:
        if inside is None:
            print("\nskipped: keys needs root, ip and tcpreplay")
            return
        path = bench.capture("scale", args.flows)
        screen = Screen(inside + [args.dpitop, "-N", "--no-history", "-i", "v1", "--view", "flows", "--max-flows", str(args.flows * 6 // 5), "ip"])
        screen.wait(has_title("Flows"), 10, "the first picture")
        sender = Sender(inside, path, args.rate)
        wanted = "[Flows] {:,}".format(args.flows)
        screen.wait(lambda t: title(t).startswith(wanted), 60 + 20 * args.flows / args.rate, "all flows")
        screen.idle(3)
        measured = Keys(screen)
        for n in range(args.rounds):
            measured.round(n % 2 == 0)
        cpu, start = screen.usage()[0], time.monotonic()
        screen.idle(4)
        report["load"] = (screen.usage()[0] - cpu) / (time.monotonic() - start)
        sent = sender.stop()
        screen.idle(2)
        os.write(screen.fd, b"9")
        screen.wait(lambda t: figure(t, r"([\d,]+) packets"), 10, "the sources")
        screen.idle(2.5)
        report["sent"] = sent
        report["seen"] = figure(screen.terminal, r"([\d,.]+[kMG]?) packets")
        report["dropped"] = int(figure(screen.terminal, r"by the kernel (\d+)"))
        report["memory"] = screen.usage()[2]
        show("keys, {:,} live flows, {:,} packets/s".format(args.flows, args.rate), summary(measured.times))
        report["busy"] = summary(measured.times)
        os.write(screen.fd, b"3")
        screen.wait(has_title("Flows"), 10, "the flows")
        screen.idle(1)
        measured = Keys(screen)
        for n in range(args.rounds):
            measured.round(n % 2 == 0)
        show("keys, {:,} live flows, no packets".format(args.flows), summary(measured.times))
        report["quiet"] = summary(measured.times)
        screen.close()
    print("  sent {sent:,}, seen {seen}, dropped by the kernel {dropped:,}; CPU {load:.2f} of a core; peak {memory:.0f} MiB".format(**report))
    bench.report["keys"] = report


def rate_of(inside, command, seconds, settle=5.0):
    """Bytes of terminal output a second."""
    screen = Screen(inside + command)
    screen.idle(settle)
    before = screen.bytes
    screen.idle(seconds)
    found = (screen.bytes - before) / seconds
    screen.close()
    return found


def output(bench):
    """50 hosts talking, 200x50, one picture a second: what goes over the line."""
    commands = {"dpitop " + view: [bench.args.dpitop, "-N", "--no-history", "-i", "v1", "--view", view] for view in ("overview", "hosts", "flows")}
    commands["iftop"] = ["iftop", "-n", "-i", "v1"]
    commands["htop"] = ["htop", "-d", "10"]
    commands["btop"] = ["btop"]
    with veth() as inside:
        if inside is None:
            print("\nskipped: output needs root, ip and tcpreplay")
            return
        sender = Sender(inside, bench.capture("talkers", 3000), 3000)
        print("\noutput, 50 hosts talking, %dx%d" % (COLUMNS, ROWS))
        rows = {}
        for name, command in commands.items():
            if not shutil.which(command[0]):
                print("  skipped: %s is not installed" % command[0])
                continue
            rows[name] = rate_of(inside, command, 20.0)
            print("  %-34s %8.2f KiB/s" % (name, rows[name] / 1024), flush=True)
        sender.stop()
    bench.report["output"] = {"bytes_per_second": rows}


def idle(bench):
    """An interface on which nothing happens, with history: first picture, CPU, memory."""
    with veth() as inside:
        if inside is None:
            print("\nskipped: idle needs root, ip and tcpreplay")
            return
        first = []
        for _ in range(bench.args.runs):
            screen = Screen(inside + [bench.args.dpitop, "--data", os.path.join(bench.folder, "idle"), "-i", "v1"])
            drawn = screen.wait(lambda t: t.line(0).startswith("dpitop"), 10, "the first picture")
            numbers = screen.wait(lambda t: "drop" in t.line(0), 10, "the first numbers")
            first.append((drawn - screen.started, numbers - screen.started))
            if len(first) < bench.args.runs:
                screen.close()
        screen.idle(3)
        before = screen.usage()[0]
        screen.idle(20)
        cpu, resident, _ = screen.usage()
        screen.close()
    report = {"first_picture_ms": statistics.median(f[0] for f in first) * 1e3,
              "first_numbers_ms": statistics.median(f[1] for f in first) * 1e3,
              "cpu_percent": (cpu - before) / 20 * 100, "resident_mib": resident}
    print("\nidle\n  first picture after {first_picture_ms:.0f} ms, numbers after {first_numbers_ms:.0f} ms; then "
          "{cpu_percent:.2f} % of a core, {resident_mib:.1f} MiB".format(**report))
    bench.report["idle"] = report
