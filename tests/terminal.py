#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen in a real pty: keys are answered, sizes change, signals leave the terminal as it was found."""
import fcntl
import os
import pty
import random
import select
import signal
import socket
import struct
import tempfile
import termios
import time

import exports
import vt
from report import DPITOP, expect, main, pcap, tcp, udp

FOLDER = tempfile.TemporaryDirectory(prefix="dpitop-pty-")


def capture():
    frames = []
    for i in range(300):
        frames.append((i * 0.01, udp("10.0.0.%d" % (i % 20 + 1), 1000 + i, "192.0.2.53", 53, b"x" * 60)))
        frames.append((i * 0.01 + 0.001, tcp("10.0.0.7", 2000, "198.51.100.9", 443, 24, b"y" * 900)))
    full = os.path.join(FOLDER.name, "screen.pcap")
    with open(full, "wb") as out:
        out.write(pcap(frames))
    return full


# Modes a terminal is found in that no program would set by itself: they must come back, not some sane ones.
def found_modes(fd):
    modes = termios.tcgetattr(fd)
    modes[0] |= termios.IXANY
    modes[3] = (modes[3] | termios.NOFLSH) & ~termios.ECHOKE
    modes[6][termios.VERASE] = b"\x08"
    termios.tcsetattr(fd, termios.TCSANOW, modes)


def run_as_a_shell_does(command, environment):
    """A job in the foreground; when it stops, a line typed lets it go on. Says what happens; never returns."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvpe(command[0], command, environment)
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            os._exit(os.waitstatus_to_exitcode(status) & 255)
        os.write(1, b"<stopped>")
        os.read(0, 64)
        os.tcsetpgrp(0, pid)
        os.killpg(pid, signal.SIGCONT)


class Screen:
    def __init__(self, *arguments, rows=24, columns=80, shell=False, **environment):
        arguments = arguments or ("-r", capture(), "--speed", "max")
        self.seen = b""
        self.terminal = vt.Terminal(rows, columns)
        go, start = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.close(start)
            os.read(go, 1)
            command = [DPITOP, "-N", *arguments]
            usual = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                     "XDG_CONFIG_HOME": os.path.join(FOLDER.name, "no settings")}
            environment = {name: value for name, value in {**os.environ, **usual, **environment}.items()
                           if value is not None}
            if shell:
                run_as_a_shell_does(command, environment)
            os.execvpe(DPITOP, command, environment)
        os.close(go)
        self.resize(rows, columns)
        found_modes(self.fd)
        self.before = termios.tcgetattr(self.fd)
        os.close(start)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
        self.terminal.resize(rows, columns)

    def read(self, seconds):
        """Everything written meanwhile."""
        end, fresh = time.monotonic() + seconds, b""
        while time.monotonic() < end:
            if not select.select([self.fd], [], [], 0.02)[0]:
                continue
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            fresh += data
            self.terminal.feed(data)
        self.seen += fresh
        return fresh

    def until(self, text, seconds=5.0):
        end, start = time.monotonic() + seconds, len(self.seen)
        while text not in self.seen[max(0, start - len(text)):]:
            expect(time.monotonic() < end, repr(text), "did not come; last:", self.seen[-300:])
            self.read(0.02)

    def shows(self, holds, seconds=5.0):
        """Wait for what is on the screen: holds(terminal)."""
        end = time.monotonic() + seconds
        while not holds(self.terminal):
            expect(time.monotonic() < end, "does not come; the screen:\n" + self.terminal.text())
            self.read(0.02)

    def begins(self):
        """The first host is there; xterm's rows may be written in pieces, other terminals are not known to vt.py."""
        self.shows(lambda terminal: "10.0.0.7" in terminal.text() or b"10.0.0.7" in self.seen)

    def keys(self, text):
        os.write(self.fd, text)

    def status(self, seconds=5.0):
        """Exit status as a shell has it; fails when the program does not end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.read(0.02)
                code = os.waitstatus_to_exitcode(status)
                return 128 - code if code < 0 else code
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("did not end")

    def expect_restored(self):
        """The terminal as it was found: its modes, its own screen, a cursor, no mouse, nothing marked as pasted."""
        t = self.terminal
        expect(termios.tcgetattr(self.fd) == self.before, "modes", termios.tcgetattr(self.fd), "were", self.before)
        expect(not t.alternate, "the alternate screen stays")
        expect(not t.cursor_hidden, "cursor stays hidden")
        expect(not t.mouse and not t.paste, "mouse", t.mouse, "bracketed paste", t.paste)

    def expect_right(self):
        """What is on the screen is what is there when all of it is drawn anew."""
        self.read(0.3)
        lines, self.terminal = self.terminal.lines(), vt.Terminal(self.terminal.rows, self.terminal.columns)
        self.keys(b"\x0c")
        self.read(0.5)
        expect(lines == self.terminal.lines(), "was:\n" + "\n".join(lines), "\nis:\n" + self.terminal.text())


def first_picture_comes_at_once():
    screen = Screen()
    start = time.monotonic()
    screen.until(b"dpitop", 3)
    first = time.monotonic() - start
    screen.begins()
    screen.keys(b"q")
    expect(screen.status() == 0)
    expect(first < 2.0, "first picture after", first)


def quit_keys_leave_the_terminal_as_it_was():
    for key in (b"q", b"\x1b[21~"):
        screen = Screen()
        screen.begins()
        screen.keys(key)
        expect(screen.status() == 0)
        screen.expect_restored()


def panes_answer_their_keys():
    screen = Screen()
    screen.begins()
    for key, word in ((b"2", b"SENT"), (b"3", b"CLIENT"), (b"4", b"DNS"), (b"9", b"nDPI"), (b"?", b"go to a pane")):
        screen.keys(key)
        screen.until(word, 3)
    screen.keys(b"\x1b")
    time.sleep(0.1)
    screen.keys(b"q")
    expect(screen.status() == 0)


def signals_end_with_their_status_and_a_clean_terminal():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        screen = Screen()
        screen.begins()
        expect(termios.tcgetattr(screen.fd) != screen.before and screen.terminal.alternate, "took nothing over")
        os.kill(screen.pid, number)
        status = screen.status()
        expect(status == 128 + number, "status", status)
        screen.expect_restored()


def lists():
    """A directory of category lists in which the site of the capture is called `before`."""
    folder = tempfile.mkdtemp(dir=FOLDER.name)
    os.chmod(FOLDER.name, 0o755)  # started as root, it goes on as another user
    os.chmod(folder, 0o755)
    call_site(folder, "before")
    return folder


def call_site(folder, name):
    for old in os.listdir(folder):
        os.unlink(os.path.join(folder, old))
    with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
        out.write("example.org\n")


def site_capture():
    request = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
    a, b = ("10.0.0.1", 4000), ("192.0.2.1", 80)
    full = os.path.join(FOLDER.name, "site.pcap")
    with open(full, "wb") as out:
        out.write(pcap([tcp(*a, *b, 2, seq=0, ack=0), tcp(*b, *a, 18, seq=0), tcp(*a, *b, 16), tcp(*a, *b, 24, request)]))
    return full


def category_lists_are_read_again_by_key_and_signals():
    folder = lists()
    screen = Screen("-r", site_capture(), "--speed", "max", "--categories", folder, "--view", "sites")
    screen.until(b"before")
    for name, ask in (("second", lambda: screen.keys(b"\x12")), ("third", lambda: os.kill(screen.pid, signal.SIGUSR1)),
                      ("fourth", lambda: os.kill(screen.pid, signal.SIGHUP))):
        call_site(folder, name)
        ask()
        screen.until(name.encode(), 5)
    for old in os.listdir(folder):
        os.unlink(os.path.join(folder, old))
    os.rmdir(folder)
    screen.keys(b"\x12")
    screen.until(b"stay as they were", 5)
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def terminal_that_hangs_up_ends_it_with_lists_too():
    for more in ((), ("--categories", lists())):
        screen = Screen("-r", site_capture(), "--speed", "max", *more)
        screen.until(b"10.0.0.1")
        os.close(screen.fd)
        end = time.monotonic() + 5
        while os.waitpid(screen.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > end:
                os.kill(screen.pid, signal.SIGKILL)
                os.waitpid(screen.pid, 0)
                raise AssertionError("did not end: %r" % (more,))
            time.sleep(0.05)


def control_c_typed_is_the_signal():
    screen = Screen()
    screen.begins()
    screen.keys(b"\x03")
    expect(screen.status() == 128 + signal.SIGINT)
    screen.expect_restored()


def crash_leaves_the_terminal_clean():
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL):
        screen = Screen()
        screen.begins()
        os.kill(screen.pid, number)
        expect(screen.status() not in (0, 1))
        screen.expect_restored()


def end_key_goes_to_the_last_row_and_stays_there():
    screen = Screen("-r", capture(), "--speed", "1")
    screen.keys(b"3")
    screen.shows(lambda t: t.line(2).startswith("[Flows] 301"), 10)
    screen.keys(b"G")
    screen.shows(lambda t: t.line(22).startswith("10.0.0.1:1000") and t.reversed_rows(4, 23) == [22])
    screen.keys(b"I")
    screen.shows(lambda t: t.line(4).startswith("10.0.0.1:1000") and t.reversed_rows(4, 23) == [4])
    screen.keys(b"q")
    expect(screen.status() == 0)


def sizes_from_tiny_to_huge_are_survived():
    screen = Screen()
    screen.begins()
    for rows, columns in ((5, 20), (1, 1), (120, 400), (10, 40), (2, 300), (60, 3), (24, 80)):
        screen.resize(rows, columns)
        for key in (b"1", b"2", b"3", b"4", b"9", b"\r", b"\x1b"):
            screen.keys(key)
        screen.read(0.15)
    screen.keys(b"\x1b")
    time.sleep(0.1)
    screen.keys(b"2")
    screen.until(b"SENT")
    screen.keys(b"q")
    expect(screen.status() == 0)


def storm_of_sizes_ends_with_the_right_picture():
    """100 sizes in 2 s, between 20x5 and 400x120."""
    rng = random.Random(3)
    screen = Screen("-r", capture(), "--speed", "1")
    screen.begins()
    for n in range(100):
        screen.resize(rng.randint(5, 120), rng.randint(20, 400))
        if n % 10 == 0:
            screen.keys(rng.choice((b"1", b"2", b"3", b"\x0c")))
        screen.read(0.02)
    screen.keys(b"2")
    screen.resize(50, 200)
    screen.shows(lambda t: "PEERS" in t.line(3) and "F10" in t.line(49))
    screen.shows(lambda t: "end of file" in t.line(0), 10)
    screen.expect_right()
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def stop_and_continue_draws_again():
    screen = Screen()
    screen.begins()
    os.kill(screen.pid, signal.SIGTSTP)
    screen.until(b"\x1b[?1049l", 3)
    screen.read(0.3)
    os.kill(screen.pid, signal.SIGCONT)
    screen.until(b"\x1b[?1049h", 3)
    screen.keys(b"2")
    screen.until(b"SENT", 3)
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def control_z_gives_the_terminal_back_until_fg():
    screen = Screen("-r", capture(), "--speed", "1", shell=True)
    for key in (b"\x1a", b"2\x1a"):
        screen.shows(lambda t: "10.0.0.7" in t.text())
        screen.keys(key)
        screen.shows(lambda t: "<stopped>" in t.text())
        screen.expect_restored()
        screen.resize(30, 100)
        screen.keys(b"fg\n")
        screen.shows(lambda t: t.alternate and "10.0.0.7" in t.text() and "F10" in t.line(29))
    screen.shows(lambda t: "end of file" in t.line(0), 10)
    screen.expect_right()
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def rubbish_typed_does_no_harm():
    """A megabyte of it, in bounded time; but nothing that ends or stops the program."""
    rng = random.Random(5)
    alphabet = bytes(b for b in range(256) if b not in b"q\x03\x1a\x1b\x1c") + b"\x1b[A\x1b[<0;3;3M\x1bOP\x1b[200~\x1b[201~" * 2
    rubbish = bytes(rng.choices(alphabet, k=1 << 20)).replace(b"[21~", b"")
    screen = Screen()
    screen.begins()
    start, at = time.monotonic(), 0
    os.set_blocking(screen.fd, False)
    while at < len(rubbish):
        expect(time.monotonic() - start < 60, "only", at, "bytes taken in a minute")
        select.select([screen.fd], [screen.fd], [], 1)
        try:
            at += os.write(screen.fd, rubbish[at:at + 4096])
        except BlockingIOError:
            pass
        try:
            while os.read(screen.fd, 65536):
                pass
        except BlockingIOError:
            pass
    os.set_blocking(screen.fd, True)
    screen.terminal = vt.Terminal(24, 80)
    screen.keys(b"\x1b\x1b\x0c")
    screen.shows(lambda t: t.line(0).startswith("dpitop"), 10)
    screen.terminal.alternate = screen.terminal.cursor_hidden = True
    os.kill(screen.pid, signal.SIGTERM)
    expect(screen.status(10) == 143)
    screen.expect_restored()


class Writer:
    """The other end of a pipe that the program reads: what it takes is what was captured meanwhile."""

    def __init__(self, path):
        os.mkfifo(path)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)  # open before there is a reader
        self.left, self.packets = pcap([]), 0

    def packet(self):
        frame = udp("10.0.0.%d" % (self.packets % 20 + 1), 1000, "10.0.0.7", 53, b"x" * 900)
        self.left += pcap([(self.packets * 0.001, frame)])[24:]
        self.packets += 1
        self.write()

    def write(self):
        try:
            self.left = self.left[os.write(self.fd, self.left):]
        except BlockingIOError:
            pass


def stalled_terminal_does_not_stop_it():
    """Nothing reads what is written for 10 s, while every key asks for another whole picture."""
    path = os.path.join(FOLDER.name, "stalled")
    writer = Writer(path)
    os.chmod(FOLDER.name, 0o755)
    screen = Screen("-r", path, rows=50, columns=200)
    for _ in range(20):
        writer.packet()
    screen.begins()
    end, presses = time.monotonic() + 10, 0
    while time.monotonic() < end:
        screen.keys(b"3" if presses % 2 else b"2")
        presses += 1
        for _ in range(10):
            writer.packet()
        time.sleep(0.02)
    expect(writer.packets > 2000 and len(writer.left) < 65536, "of", writer.packets, "packets", len(writer.left),
           "bytes were not taken while the terminal was stalled")
    while writer.left:
        writer.write()
    os.close(writer.fd)
    screen.keys(b"9")
    screen.shows(lambda t: "%s packets" % format(writer.packets, ",") in t.text() and "end of file" in t.line(0))
    expect(presses > 200 and len(screen.seen) < 500000, len(screen.seen), "bytes of", presses, "pictures were not left out")
    screen.expect_right()
    screen.keys(b"2")
    screen.shows(lambda t: "PEERS" in t.line(3))
    screen.expect_right()
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def signal_ends_it_while_the_terminal_is_stalled():
    screen = Screen(rows=50, columns=200)
    screen.begins()
    for n in range(100):
        screen.keys(b"2" if n % 2 else b"3")
        time.sleep(0.01)
    os.kill(screen.pid, signal.SIGTERM)
    time.sleep(2.5)
    pid, status = os.waitpid(screen.pid, os.WNOHANG)
    expect(pid == screen.pid and os.waitstatus_to_exitcode(status) == 143, "waits for the terminal:", pid, status)
    expect(termios.tcgetattr(screen.fd) == screen.before, "modes are not as they were")


def exporter_chosen_in_sources_lists_its_interfaces():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    screen = Screen("-c", "127.0.0.1:%d" % port, "--view", "sources")
    screen.shows(lambda terminal: "listening" in terminal.text())
    for host, index in (("127.0.0.2", 7701), ("127.0.0.3", 8802)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((host, 0))
            s.sendto(exports.sflow([exports.interface_counters(index, (7000, 9000), sequence=n + 1) for n in range(2)]), ("127.0.0.1", port))
    screen.shows(lambda terminal: "127.0.0.2" in terminal.text() and "127.0.0.3" in terminal.text())
    expect("7701" not in screen.terminal.text() and "8802" not in screen.terminal.text(), screen.terminal.text())
    seen = set()
    for _ in range(2):
        screen.keys(b"\x1b[C\r" if not seen else b"\x1b[C")
        screen.shows(lambda terminal: any(i in terminal.text() and i not in seen for i in ("7701", "8802")) and "DISCARD" in terminal.text())
        now = {i for i in ("7701", "8802") if i in screen.terminal.text()}
        expect(len(now) == 1, "those of one exporter", screen.terminal.text())
        seen |= now
    screen.keys(b"\r")
    screen.shows(lambda terminal: "7701" not in terminal.text() and "8802" not in terminal.text())
    screen.keys(b"q")
    expect(screen.status() == 0)


if __name__ == "__main__":
    main([first_picture_comes_at_once, quit_keys_leave_the_terminal_as_it_was, panes_answer_their_keys,
          signals_end_with_their_status_and_a_clean_terminal, control_c_typed_is_the_signal,
          category_lists_are_read_again_by_key_and_signals, terminal_that_hangs_up_ends_it_with_lists_too, crash_leaves_the_terminal_clean,
          end_key_goes_to_the_last_row_and_stays_there, sizes_from_tiny_to_huge_are_survived,
          storm_of_sizes_ends_with_the_right_picture, stop_and_continue_draws_again,
          control_z_gives_the_terminal_back_until_fg, rubbish_typed_does_no_harm, stalled_terminal_does_not_stop_it,
          signal_ends_it_while_the_terminal_is_stalled, exporter_chosen_in_sources_lists_its_interfaces])
