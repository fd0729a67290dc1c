#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen in a real pty: keys are answered, sizes change, signals leave the terminal as it was found."""
import fcntl
import os
import pty
import select
import signal
import struct
import tempfile
import termios
import time

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


class Screen:
    def __init__(self, *arguments, rows=24, columns=80):
        arguments = arguments or ("-r", capture(), "--speed", "max")
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", TZ="UTC")
            time.sleep(0.1)
            os.execvpe(DPITOP, ["dpitop", "-N", *arguments], env)
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.fd)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

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
        self.seen += fresh
        return fresh

    def until(self, text, seconds=5.0):
        end, start = time.monotonic() + seconds, len(self.seen)
        while text not in self.seen[max(0, start - len(text)):]:
            expect(time.monotonic() < end, repr(text), "did not come; last:", self.seen[-300:])
            self.read(0.02)

    def keys(self, text):
        os.write(self.fd, text)

    def status(self, seconds=5.0):
        """Exit status as a shell has it; fails when the program does not end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                return 128 - code if code < 0 else code
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("did not end")

    def expect_restored(self):
        """Alternate screen and mouse left, cursor shown."""
        for begin, end in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?1000h", b"\x1b[?1000l")):
            if begin in self.seen:
                expect(self.seen.rfind(end) > self.seen.rfind(begin), repr(end), "is missing")
        if b"\x1b[?25l" in self.seen:
            expect(max(self.seen.rfind(b"\x1b[?25h"), self.seen.rfind(b"\x1b[?12l")) > self.seen.rfind(b"\x1b[?25l"),
                   "cursor stays hidden")


def first_picture_comes_at_once():
    screen = Screen()
    start = time.monotonic()
    screen.until(b"dpitop", 3)
    first = time.monotonic() - start
    screen.until(b"10.0.0.7")
    screen.keys(b"q")
    expect(screen.status() == 0)
    expect(first < 2.0, "first picture after", first)


def quit_keys_leave_the_terminal_as_it_was():
    for key in (b"q", b"\x1b[21~"):
        screen = Screen()
        screen.until(b"10.0.0.7")
        screen.keys(key)
        expect(screen.status() == 0)
        screen.expect_restored()


def panes_answer_their_keys():
    screen = Screen()
    screen.until(b"10.0.0.7")
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
        screen.until(b"10.0.0.7")
        os.kill(screen.pid, number)
        status = screen.status()
        expect(status == 128 + number, "status", status)
        screen.expect_restored()


def crash_leaves_the_terminal_clean():
    screen = Screen()
    screen.until(b"10.0.0.7")
    os.kill(screen.pid, signal.SIGSEGV)
    expect(screen.status() not in (0, 1))
    screen.expect_restored()


def sizes_from_tiny_to_huge_are_survived():
    screen = Screen()
    screen.until(b"10.0.0.7")
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


def stop_and_continue_draws_again():
    screen = Screen()
    screen.until(b"10.0.0.7")
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


def rubbish_typed_does_no_harm():
    import random
    screen = Screen()
    screen.until(b"10.0.0.7")
    rng = random.Random(5)
    for _ in range(60):
        keys = bytes(rng.choice(b"\x1b\r\x7f\t /\\<>?|123456789abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ[~;\xc3\xa9\xff")
                     for _ in range(100))
        screen.keys(keys.replace(b"q", b"").replace(b"\x1b[21~", b""))
        screen.read(0.02)
    os.kill(screen.pid, signal.SIGTERM)
    expect(screen.status(10) in (0, 143))
    screen.expect_restored()


def stalled_terminal_does_not_stop_it():
    screen = Screen("-r", capture(), "--speed", "1", rows=50, columns=200)
    screen.until(b"10.0.0.7")
    time.sleep(3)
    screen.keys(b"2")
    screen.until(b"SENT", 5)
    screen.keys(b"q")
    expect(screen.status() == 0)


if __name__ == "__main__":
    main([first_picture_comes_at_once, quit_keys_leave_the_terminal_as_it_was, panes_answer_their_keys,
          signals_end_with_their_status_and_a_clean_terminal, crash_leaves_the_terminal_clean,
          sizes_from_tiny_to_huge_are_survived, stop_and_continue_draws_again, rubbish_typed_does_no_harm,
          stalled_terminal_does_not_stop_it])
