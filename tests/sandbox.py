#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the running program can still do, from outside: /proc, --sandbox-status, and files it is asked to write."""
import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time

from live import INSIDE, Namespace
from report import Skip, dpitop, expect, main, recording
from terminal import FOLDER, Screen, capture


def status(*arguments):
    """(exit status, {what: [paths]}, the sentence) of --sandbox-status."""
    code, out, err = dpitop("--sandbox-status", *arguments)
    found = {}
    for line in out.decode().splitlines():
        what, rest = line.split(None, 1)
        found.setdefault(what, []).append(rest)
    return code, found, found["sandbox"][0] if "sandbox" in found else err.decode()


def needs_landlock():
    sentence = status()[2]
    if sentence.startswith("off"):
        raise Skip(sentence)


def status_lists_what_is_left_open():
    needs_landlock()
    code, found, sentence = status("-i", "lo", "--data", "/tmp/some history", "--categories", "/usr/share", "--rrdcached", "localhost:4711")
    expect(re.fullmatch(r"(files and TCP|files only: .*) ?\(?Landlock.*", sentence), sentence)
    expect((code == 0) == sentence.startswith("files and TCP (Landlock, ABI"), code, sentence)
    expect("/usr" in found["read"] and "/usr/share" in found["read"], found)
    expect("/tmp/some history" in found["write"] and os.getcwd() in found["write"], found)
    expect(found["connect"] == ["4711"] and found["folders"] == ["/tmp"], found)
    expect(not any(p in found["read"] + found["write"] for p in ("/", "/etc", "/home", "/root", "/proc")), found)


def status_of_what_prints_has_no_files_to_write():
    needs_landlock()
    found = status("--json", "-r", capture())[1]
    expect("write" not in found and "connect" not in found, found)


def no_sandbox_is_said_and_ends_with_one():
    code, found, sentence = status("--no-sandbox")
    expect(code == 1 and sentence == "off (--no-sandbox)" and "read" not in found, code, found)


def strict_ends_before_it_reads_a_packet_where_it_cannot_be_had():
    if os.geteuid() != 0:
        raise Skip("needs root, which strict does not stand")
    code, out, err = dpitop("--user", "root", "--sandbox", "strict", "--json", "-r", capture())
    expect(code == 1 and out == b"" and b"cannot be had in full" in err and err.count(b"\n") == 1, code, err)


def strict_works_where_it_can():
    needs_landlock()
    if status()[0] != 0:
        raise Skip(status()[2])
    os.chmod(FOLDER.name, 0o755)
    code, out, err = dpitop("--sandbox=strict", "--json", "-r", capture())
    expect(code == 0 and b'"conservation"' in out, code, err)


@recording
def every_thread_has_given_up_its_rights():
    with Namespace() as space, tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        process = space.listen("--total", "--data", os.path.join(folder, "data"))
        threads = os.listdir("/proc/%d/task" % process.pid)
        expect(len(threads) > 2, "engine and history have threads", threads)
        for thread in threads:
            with open("/proc/%d/task/%s/status" % (process.pid, thread)) as file:
                fields = dict(line.split(":", 1) for line in file)
            expect(fields["NoNewPrivs"].strip() == "1", thread, fields["NoNewPrivs"])
            expect(int(fields["CapEff"], 16) == 0 and int(fields["CapPrm"], 16) in (0, 1 << 13), thread, fields["CapEff"])
            expect(int(fields["CapInh"], 16) == 0 and fields["Uid"].split().count("0") == 0, thread, fields["Uid"])
            expect(int(fields["Umask"], 8) == 0o077 or fields["Umask"].strip() == "0000", fields["Umask"])  # 0: a build for coverage
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@recording
def history_lies_in_directories_of_its_owner_alone():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        data = os.path.join(folder, "data")
        code, _, err = dpitop("-N", "--json", "-r", capture(), "--data", data)
        expect(code == 0, err)
        for where, _, _ in os.walk(data):
            expect(stat.S_IMODE(os.stat(where).st_mode) == 0o700, where, oct(os.stat(where).st_mode))
        for name in ("catalog", "lock"):  # librrd gives its files modes of its own
            mode = os.stat(os.path.join(data, name)).st_mode
            expect(mode & 0o077 == 0, name, oct(mode))


@contextlib.contextmanager
def elsewhere():
    """A directory of everybody's that is not in /tmp, which is open."""
    if not os.path.isdir("/dev/shm"):
        raise Skip("there is no directory that is everybody's but /tmp")
    os.chmod(FOLDER.name, 0o755)
    path = tempfile.mkdtemp(dir="/dev/shm", prefix="dpitop-test-")
    os.chmod(path, 0o777)
    try:
        yield path
    finally:
        shutil.rmtree(path)


def screen_writes_where_it_was_started_and_not_elsewhere():
    needs_landlock()
    with elsewhere() as outside, elsewhere() as started:
        before = os.getcwd()
        os.chdir(started)
        screen = Screen("-r", capture(), "--speed", "max", columns=132)
        os.chdir(before)
        screen.shows(lambda t: "end of file" in t.line(0))
        screen.keys(b"2")
        screen.shows(lambda t: "RECEIVED" in t.text())
        screen.keys(b"w\x15" + os.path.join(outside, "no.json").encode() + b"\r")
        screen.shows(lambda t: "is outside the sandbox" in t.text())
        screen.keys(b"w\x15yes.json\r")
        screen.shows(lambda t: "wrote" in t.text() and "yes.json" in t.text())
        screen.keys(b"q")
        expect(screen.status() == 0)
        expect(os.listdir(outside) == [] and os.listdir(started) == ["yes.json"], os.listdir(outside), os.listdir(started))


@recording
def settings_history_and_lists_are_open():
    needs_landlock()
    with elsewhere() as folder:
        rc, data, lists = (os.path.join(folder, name) for name in ("conf/dpitoprc", "data", "lists"))
        for path in (os.path.dirname(rc), lists):
            os.mkdir(path)
            os.chmod(path, 0o777)
        with open(rc, "w", encoding="utf-8") as file:
            file.write("theme mono\n")
        screen = Screen("-r", capture(), "--speed", "max", "--data", data, "--config", rc, "--categories", lists, columns=132)
        screen.shows(lambda t: "end of file" in t.line(0))
        screen.keys(b"\x12")
        screen.shows(lambda t: "category lists read" in t.text())
        screen.keys(b"2\x1bOQ")  # F2
        screen.shows(lambda t: "SETUP" in t.text())
        screen.keys(b"\x1b[21~")  # F10
        screen.shows(lambda t: "saved to " in t.text())
        screen.keys(b"q")
        expect(screen.status() == 0)
        code, out, err = dpitop("--replay", data, "--json")
        expect(code == 0 and b'"conservation"' in out, code, err)


def sources_tell_how_far_it_is_shut_off():
    os.chmod(FOLDER.name, 0o755)
    for arguments, text in (([], status()[2]), (["--no-sandbox"], "off (--no-sandbox)")):
        screen = Screen("-r", capture(), "--speed", "max", "--view", "sources", *arguments, rows=60, columns=132)
        screen.shows(lambda t: re.search("sandbox +" + re.escape(text), t.text()) is not None)
        screen.keys(b"q")
        expect(screen.status() == 0)


def interface_that_comes_back_is_opened_inside():
    needs_landlock()
    with Namespace() as space:
        process = space.listen("--total", "--sandbox", "strict" if status()[0] == 0 else "on", "udp port 7777")
        subprocess.run(["ip", "-n", INSIDE[3], "link", "del", "v0"], check=True)
        time.sleep(0.5)
        space.make_pair()
        time.sleep(2.5)
        space.send(10)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        expect(process.returncode == 0 and '"packets":10,' in out, err)


if __name__ == "__main__":
    main([status_lists_what_is_left_open, status_of_what_prints_has_no_files_to_write, no_sandbox_is_said_and_ends_with_one,
          strict_ends_before_it_reads_a_packet_where_it_cannot_be_had, strict_works_where_it_can, every_thread_has_given_up_its_rights,
          history_lies_in_directories_of_its_owner_alone, screen_writes_where_it_was_started_and_not_elsewhere, settings_history_and_lists_are_open,
          sources_tell_how_far_it_is_shut_off, interface_that_comes_back_is_opened_inside])
