#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""dpitop --daemon, and screens that are attached. What the daemon sees are datagrams of an exporter over loopback: that
wants no right to capture."""
import csv
import json
import os
import random
import signal
import socket
import stat
import struct
import subprocess
import tempfile
import time

import exports
from collector import free_port, send
from exports import record
from report import DPITOP, Skip, dpitop, expect, main, recording
from terminal import Screen

FOLDER = tempfile.TemporaryDirectory(prefix="dpitop-attach-")
os.chmod(FOLDER.name, 0o777)
WEB = record("10.1.0.5", 40000, "198.51.100.9", 443, 5000, 10)
DNS = record("10.1.0.6", 40001, "198.51.100.53", 53, 700, 7, proto=17)
VIEWS = 8


def place(name):
    return os.path.join(FOLDER.name, name)


class Daemon:
    """One that collects; it is ended with the block."""

    def __init__(self, name, *arguments, environment=None, default=False, folder=None):
        self.socket, self.port = place(name), free_port()
        self.option = "--attach" if default else "--attach=" + self.socket
        self.command = [DPITOP, "-N", "-c", "127.0.0.1:%d" % self.port, "--daemon" if default else "--daemon=" + self.socket,
                        *(arguments or ("--no-history",))]
        self.environment = {**os.environ, **(environment or {})}
        self.folder = folder
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=self.environment, cwd=self.folder)
        self.said = self.process.stderr.readline().decode()
        expect("screens can attach" in self.said, self.said, self.process.poll())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=30)
        expect(out == b"", out)
        return self.process.returncode, err.decode()

    def hears(self, *records):
        send(self.port, exports.v5(list(records)))

    def picture(self, *arguments):
        status, out, err = dpitop(self.option, "--json", "-n", 1, *arguments, env=self.environment)
        expect(status == 0, status, err)
        return json.loads(out)

    def until(self, holds, *arguments, seconds=10.0):
        end = time.monotonic() + seconds
        while not holds(found := self.picture(*arguments)):
            expect(time.monotonic() < end, "does not come", found)
        return found

    def memory(self):
        with open("/proc/%d/statm" % self.process.pid, encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    def keeps_what_is_freed(self):
        """A build with a sanitizer: memory says nothing there."""
        with open("/proc/%d/maps" % self.process.pid, encoding="ascii") as file:
            return "san.so" in file.read()


def flows(count):
    """So many conversations."""
    def hears(picture):
        return len(picture["flows"]) >= count
    return hears


def attached_pictures_are_of_what_the_daemon_sees():
    with Daemon("sees") as daemon:
        daemon.hears(WEB, DNS)
        found = daemon.until(flows(2))
        expect((found["bytes"], found["packets"]) == (5700, 17), found["bytes"])
        expect(all(found["conservation"].values()), found["conservation"])
        expect(found["source"][0]["exporters"][0]["records"] == 2, found["source"])
        rows = dpitop(daemon.option, "--csv", "--view", "hosts", "--sort", "bytes", "-n", 1)[1].decode().splitlines()
        expect({r["ip"] for r in list(csv.DictReader(rows))[:2]} == {"10.1.0.5", "198.51.100.9"}, rows)
        status, out, _ = dpitop(daemon.option, "--batch", "--view", "flows", "-n", 2)
        expect(status == 0 and out.count(b"10.1.0.5:40000") == 2, status, out)


def those_who_look_have_their_own_filters():
    with Daemon("filters") as daemon:
        daemon.hears(WEB, DNS)
        daemon.until(flows(2))
        watchers = [subprocess.Popen([DPITOP, daemon.option, "--json", "-n", "3", "--filter", text], stdout=subprocess.PIPE)
                    for text in ("port = 53", "port = 443", "")]
        found = [[json.loads(line) for line in w.communicate(timeout=30)[0].splitlines()] for w in watchers]
        for pictures, octets in zip(found, (700, 5000, 5700)):
            expect(len(pictures) == 3, len(pictures))
            expect(all(p["bytes"] == octets for p in pictures), octets, [p["bytes"] for p in pictures])


def filter_is_compared_as_it_is_understood():
    """What prints waits for the first picture under its filter."""
    with Daemon("blanks") as daemon:
        daemon.hears(WEB, DNS)
        daemon.until(flows(2))
        for text, octets in ((" ", 5700), ("port =\t53", 700), ("  port = 443  ", 5000)):
            expect(daemon.picture("--filter", text)["bytes"] == octets, repr(text))


def places_are_bounded_and_come_free_again():
    with Daemon("places") as daemon:
        watchers = [subprocess.Popen([DPITOP, daemon.option, "--batch"], stdout=subprocess.PIPE) for _ in range(VIEWS)]
        for w in watchers:
            expect(w.stdout.readline() != b"", "no picture")
        status, out, err = dpitop(daemon.option, "--batch", "-n", 1)
        expect((status, out) == (1, b"") and b"8 screens are attached already" in err, status, err)
        watchers[0].kill()
        daemon.until(lambda picture: True)
        for w in watchers:
            w.kill()
            w.communicate()


def many_flows(daemon, count):
    for first in range(0, count, 30):
        daemon.hears(*(record("10.1.%d.%d" % (n >> 8, n & 255), 1000 + n, "198.51.100.9", 443, 100, 1) for n in range(first, first + 30)))
        time.sleep(0.002)


def screen_that_is_stopped_holds_nobody_up_and_fills_no_memory():
    """Its pictures are of more than two megabytes: kept for it, the last eight that it misses would be seen."""
    with Daemon("stopped") as daemon:
        many_flows(daemon, 3000)
        watcher = subprocess.Popen([DPITOP, daemon.option, "--json", "--top", "0"], stdout=subprocess.PIPE)
        try:
            line = watcher.stdout.readline()
            expect(len(line) > 500000, "a picture of", len(line), "bytes only")
            watcher.send_signal(signal.SIGSTOP)
            daemon.until(lambda picture: picture["bytes"] == 300000)
            for n in range(12):
                if n == 4:  # the one that waits is there, and what pictures take while they are made
                    before = daemon.memory()
                daemon.hears(WEB)
                daemon.until(lambda picture, n=n: picture["bytes"] >= 300000 + 5000 * (n + 1))
            grown = daemon.memory() - before
            expect(grown < 7 << 20 or daemon.keeps_what_is_freed(), "grew by", grown)
        finally:
            watcher.kill()
            watcher.communicate()


def talk(path, *pieces):
    """What the daemon answers before it hangs up, or within a moment."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(1.0)
        s.connect(path)
        answer = b""
        try:
            for piece in pieces:
                s.sendall(piece)
            while data := s.recv(65536):
                answer += data
        except OSError:
            pass
        return answer


def message(kind, body):
    return struct.pack(">IB", len(body), kind) + body


def rubbish_at_the_socket_does_no_harm():
    rubbish = random.Random(7)
    with Daemon("rubbish") as daemon:
        daemon.hears(WEB)
        found = daemon.until(flows(1))
        for _ in range(20):
            talk_data = bytes(rubbish.randrange(256) for _ in range(rubbish.randrange(1, 3000)))
            talk(daemon.socket, talk_data)
        talk(daemon.socket, message(1, b"no end"), message(3, b""))
        talk(daemon.socket, struct.pack(">IB", 0xFFFFFFFF, 1), bytes(100000))
        talk(daemon.socket, message(3, b"a want before the hello"))
        answer = talk(daemon.socket, message(1, b"9.9.9-00000000\0"))
        expect(answer[4] == 2 and b"9.9.9-00000000" in answer and b"one build" in answer, answer)
        silent = [socket.socket(socket.AF_UNIX) for _ in range(40)]
        for s in silent:
            s.connect(daemon.socket)
        expect(daemon.picture()["bytes"] == found["bytes"], "it is another picture")
        for s in silent:
            s.close()
        status, err = daemon.end()
        expect((status, err) == (0, ""), status, err)


def hello_of(path):
    """What this build says first, as a watcher has it."""
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)
        s.listen(1)
        watcher = subprocess.Popen([DPITOP, "--attach=" + path, "--batch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        there = s.accept()[0]
        return watcher, there, there.recv(4096)


def daemon_that_lies_is_left():
    for number, answer in enumerate((message(4, b"\xff" * 50), message(9, b""), bytes(5), message(3, b""))):
        watcher, there, hello = hello_of(place("lies%d" % number))
        version = hello[5:].split(b"\0")[0]
        there.sendall(message(1, version + b"\0eth\x1b]0;x\x07\0\0") + answer)
        out, err = watcher.communicate(timeout=20)
        expect(watcher.returncode == 1 and out == b"", number, watcher.returncode, out)
        expect(err.count(b"\n") == 1 and b"\x1b" not in err and b"cannot be understood" in err or b"has ended" in err, number, err)
        there.close()


def daemon_that_never_answers_is_given_up():
    watcher, there, _ = hello_of(place("mute"))
    _, err = watcher.communicate(timeout=20)
    expect(watcher.returncode == 1 and b"timed out" in err, watcher.returncode, err)
    there.close()
    watcher, there, _ = hello_of(place("mute, and a signal"))
    watcher.send_signal(signal.SIGTERM)
    _, err = watcher.communicate(timeout=3)
    expect((watcher.returncode, err) == (128 + signal.SIGTERM, b""), watcher.returncode, err)
    there.close()


def daemon_that_takes_no_connection_is_given_up_and_left_alone():
    path = place("full")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        os.chmod(path, 0o666)  # the daemon may be another user by then
        listener.listen(0)
        waiting = []
        while len(waiting) < 10:
            waiting.append(socket.socket(socket.AF_UNIX))
            waiting[-1].setblocking(False)
            if waiting[-1].connect_ex(path) != 0:
                break
        begin = time.monotonic()
        status, _, err = dpitop("--attach=" + path, "--batch", "-n", 1)
        expect(status == 1 and b"does not answer" in err, status, err)
        expect(3.0 < time.monotonic() - begin < 20.0, "took", time.monotonic() - begin)
        status, _, err = dpitop("-N", "-c", "127.0.0.1:%d" % free_port(), "--daemon=" + path)
        expect(status == 1 and b"another dpitop --daemon is at" in err, status, err)
        for s in waiting:
            s.close()


def end_of_the_daemon_ends_what_prints_and_the_screen_waits_for_another():
    with Daemon("again") as daemon:
        daemon.hears(WEB)
        daemon.until(flows(1))
        watcher = subprocess.Popen([DPITOP, daemon.option, "--batch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect(watcher.stdout.readline() != b"", "no picture")
        screen = Screen(daemon.option, "--view", "hosts", "--user", "root") if os.geteuid() == 0 else Screen(daemon.option, "--view", "hosts")
        screen.shows(lambda terminal: "10.1.0.5" in terminal.text())
        daemon.end(signal.SIGKILL)
        _, err = watcher.communicate(timeout=20)
        expect(watcher.returncode == 1 and b"the daemon has ended" in err, watcher.returncode, err)
        screen.shows(lambda terminal: "the daemon has ended" in terminal.text() and "10.1.0.5" in terminal.text())
        daemon.start()
        daemon.hears(DNS)
        screen.shows(lambda terminal: "10.1.0.6" in terminal.text() and "10.1.0.5" not in terminal.text(), 15.0)
        screen.keys(b"q")
        expect(screen.status() == 0, "status")
        screen.expect_restored()


def attached_screen_writes_all_rows_of_a_list():
    with Daemon("writes") as daemon:
        daemon.hears(*(record("10.1.0.%d" % n, 1000 + n, "198.51.100.9", 443, 100, 1) for n in range(1, 30)))
        daemon.until(flows(29))
        screen = Screen(daemon.option, "--view", "flows", "--filter", "not port = 1001")
        screen.shows(lambda terminal: "198.51.100.9" in terminal.text())
        screen.keys(b"w\x15" + place("rows.json").encode() + b"\r")
        screen.shows(lambda terminal: "wrote 28 rows" in terminal.text())
        with open(place("rows.json"), encoding="utf-8") as file:
            expect(len(json.load(file)["flows"]) == 28, "rows")
        screen.keys(b"q")
        expect(screen.status() == 0, "status")


@recording
def attached_screen_goes_to_the_history_of_the_daemon():
    with Daemon("history", "--data", "data", folder=FOLDER.name) as daemon:
        daemon.hears(WEB)
        daemon.until(flows(1))
        screen = Screen(daemon.option)
        screen.shows(lambda terminal: "10.1.0.5" in terminal.text())
        state = daemon.picture()["history"]
        expect((state["directory"], state["writing"], state["failing"], state["state"]) == ("data", True, False, "recording"), state)
        expect((state["dropped"], state["late"], state["lost"], state["damaged"]) == (0, 0, 0, 0), state)
        screen.keys(b"H")
        screen.shows(lambda terminal: " HISTORY " in terminal.text())
        screen.keys(b"\x1b[F")
        screen.shows(lambda terminal: " HISTORY " not in terminal.text() and "10.1.0.5" in terminal.text())
        screen.keys(b"q")
        expect(screen.status() == 0, "status")


def capture_filter_is_the_daemons():
    with Daemon("bpf") as daemon:
        screen = Screen(daemon.option)
        screen.shows(lambda terminal: "Overview" in terminal.text())
        screen.keys(b"B\x15tcp\r")
        screen.shows(lambda terminal: "the capture is the daemon's" in terminal.text())
        screen.keys(b"\x1bq")
        expect(screen.status() == 0, "status")


def socket_is_of_its_user_alone():
    with Daemon("alone") as daemon:
        expect(stat.S_IMODE(os.stat(daemon.socket).st_mode) == 0o600, oct(os.stat(daemon.socket).st_mode))
        if os.geteuid() != 0:
            raise Skip("needs root to be another user")
        os.chmod(daemon.socket, 0o666)  # whoever changed that: they are asked who they are
        status, _, err = dpitop(daemon.option, "--batch", "-n", 1, user=1, group=1, extra_groups=[])
        expect(status == 1 and b"another user" in err, status, err)
        with open(os.devnull, "wb") as nothing:
            code = "import socket,sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); sys.exit(s.recv(1) != b'')"
            expect(subprocess.run(["python3", "-c", code, daemon.socket], user=1, group=1, extra_groups=[], stderr=nothing).returncode == 0,
                   "the daemon talks to strangers")
        os.chmod(daemon.socket, 0o600)
        status, _, err = dpitop("-N", "-c", "127.0.0.1:%d" % free_port(), "--daemon=" + daemon.socket, user=1, group=1, extra_groups=[])
        expect(status == 1 and b"is another user's and is left alone" in err, status, err)
        daemon.until(lambda picture: True)
    with Daemon("roots", "--no-history", "--user", "root") as daemon:
        os.chmod(daemon.socket, 0o666)
        with open(os.devnull, "wb") as nothing:
            expect(subprocess.run(["python3", "-c", code, daemon.socket], user=1, group=1, extra_groups=[], stderr=nothing).returncode == 0,
                   "root's daemon talks to strangers")


def socket_of_a_daemon_that_was_killed_makes_room():
    with Daemon("stale") as daemon:
        daemon.end(signal.SIGKILL)
        status, _, err = dpitop(daemon.option, "--batch", "-n", 1)
        expect(status == 1 and b"nobody is at" in err, status, err)
        daemon.start()
        status, _, err = dpitop("-N", "-c", "127.0.0.1:%d" % free_port(), "--daemon=" + daemon.socket)
        expect(status == 1 and b"another dpitop --daemon is at" in err, status, err)
        daemon.until(lambda picture: True)
    with open(place("file"), "w", encoding="ascii") as out:
        out.write("mine")
    status, _, err = dpitop("-N", "-c", "127.0.0.1:%d" % free_port(), "--daemon=" + place("file"))
    expect(status == 2 and b"left alone" in err, status, err)
    with open(place("file"), encoding="ascii") as file:
        expect(file.read() == "mine", "it was changed")
    status, _, err = dpitop("--attach=" + place("file"), "--batch", "-n", 1)
    expect(status == 1 and b"is no socket" in err, status, err)


def usual_place_is_found_and_left_clean():
    if os.geteuid() == 0:
        environment = {"RUNTIME_DIRECTORY": place("run/dpitop"), "XDG_RUNTIME_DIR": place("run")}
        os.makedirs(place("run"), exist_ok=True)
        os.chmod(place("run"), 0o777)
    else:
        environment = {"XDG_RUNTIME_DIR": place("run")}
        os.makedirs(place("run"), exist_ok=True)
    with Daemon("", environment=environment, default=True) as daemon:
        expect(place("run/dpitop/socket") in daemon.said, daemon.said)
        daemon.hears(WEB)
        daemon.until(flows(1))
        status, err = daemon.end()
        expect((status, err) == (0, ""), status, err)
        expect(not os.path.exists(place("run/dpitop/socket")), "the socket stays")
        status, _, err = dpitop("--attach", "--batch", "-n", 1, env={**os.environ, "XDG_RUNTIME_DIR": place("nothing")})
        expect(status == 1 and b"no dpitop --daemon to attach to" in err, status, err)


def what_makes_no_sense_is_wrong_usage():
    for arguments in (("--attach", "-i", "lo"), ("--attach", "--daemon"), ("--attach", "--data", "x"), ("--attach", "tcp"),
                      ("--attach", "--json", "--total"), ("--daemon", "-r", "x"), ("--daemon", "--replay"), ("--daemon", "--json"),
                      ("--json", "--daemon"), ("--daemon", "--view", "hosts"), ("--daemon", "--top", "3")):
        status, out, err = dpitop(*arguments)
        expect(status == 2 and out == b"" and err.count(b"\n") == 1, arguments, status, err)


if __name__ == "__main__":
    main([attached_pictures_are_of_what_the_daemon_sees, those_who_look_have_their_own_filters, filter_is_compared_as_it_is_understood, places_are_bounded_and_come_free_again,
          screen_that_is_stopped_holds_nobody_up_and_fills_no_memory, rubbish_at_the_socket_does_no_harm, daemon_that_lies_is_left,
          daemon_that_never_answers_is_given_up, daemon_that_takes_no_connection_is_given_up_and_left_alone, end_of_the_daemon_ends_what_prints_and_the_screen_waits_for_another,
          attached_screen_writes_all_rows_of_a_list, attached_screen_goes_to_the_history_of_the_daemon, capture_filter_is_the_daemons,
          socket_is_of_its_user_alone, socket_of_a_daemon_that_was_killed_makes_room, usual_place_is_found_and_left_clean,
          what_makes_no_sense_is_wrong_usage])
