#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is taken out of the screen: files of lists and packets, the clipboard."""
import base64
import csv
import json
import os
import re
import time

from report import Skip, dpitop, expect, main, pcap, tcp
from terminal import FOLDER, Screen, capture


def folder(name, mode=0o777):
    """For whoever the program goes on as when it is started as root."""
    os.chmod(FOLDER.name, 0o755)
    path = os.path.join(FOLDER.name, name)
    os.mkdir(path)
    os.chmod(path, mode)
    return path


def whole(path, seconds=5.0):
    """The bytes of a file once it has been written."""
    end, size = time.monotonic() + seconds, -1
    while time.monotonic() < end:
        now = os.path.getsize(path) if os.path.exists(path) else -1
        if now > 0 and now == size:
            with open(path, "rb") as file:
                return file.read()
        size = now
        time.sleep(0.1)
    raise AssertionError(path + " was not written")


def in_the_end(*arguments):
    """A screen whose capture has been read to its end."""
    screen = Screen("-r", capture(), "--speed", "max", *arguments, columns=132)
    screen.shows(lambda t: "end of file" in t.line(0))
    return screen


def leave(screen):
    screen.keys(b"q")
    expect(screen.status() == 0)


def list_is_written_as_json_and_csv():
    where, screen = folder("lists"), in_the_end()
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    for name in ("hosts.json", "hosts.csv"):
        screen.keys(b"w\x15" + os.path.join(where, name).encode() + b"\r")
        whole(os.path.join(where, name))
    leave(screen)
    found = json.loads(whole(os.path.join(where, "hosts.json")))
    _, out, _ = dpitop("-N", "-r", os.path.join(FOLDER.name, "screen.pcap"), "--json")
    expect(found["hosts"] == json.loads(out)["hosts"], "other rows than --json")
    expect(found["conservation"] == {"hosts": True}, found["conservation"])
    expect([key for key in found if isinstance(found[key], list)] == ["source", "hosts"], list(found))
    rows = list(csv.DictReader(whole(os.path.join(where, "hosts.csv")).decode().splitlines()))
    expect([row["ip"] for row in rows] == [host["ip"] for host in found["hosts"]], rows)
    expect(os.stat(os.path.join(where, "hosts.csv")).st_mode & 0o077 == 0, "others may read it")


def list_with_hidden_rows_does_not_claim_to_be_whole():
    where, screen = folder("local"), in_the_end()
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"l")
    screen.shows(lambda t: "20 of 22" in t.line(2))
    screen.keys(b"w\x15" + os.path.join(where, "hosts.json").encode() + b"\r")
    found = json.loads(whole(os.path.join(where, "hosts.json")))
    leave(screen)
    expect(len(found["hosts"]) == 20 and found["conservation"] == {}, found)


def filtered_list_has_all_its_rows_and_no_other():
    where, screen = folder("filtered"), in_the_end()
    screen.resize(10, 132)  # fewer lines than rows
    screen.keys(b"3")
    screen.shows(lambda t: "CLIENT" in t.text())
    screen.keys(b"\\port = 53\r")
    screen.shows(lambda t: "300 of 301" in t.text())
    screen.keys(b"w\x15" + os.path.join(where, "dns.csv").encode() + b"\r")
    rows = list(csv.DictReader(whole(os.path.join(where, "dns.csv")).decode().splitlines()))
    leave(screen)
    expect(len(rows) == 300, len(rows))
    expect({row["server_port"] for row in rows} == {"53"}, rows[:3])


def file_that_is_there_is_replaced_only_after_a_second_enter():
    where, screen = folder("there"), in_the_end()
    path = os.path.join(where, "a.json")
    with open(path, "w") as file:
        file.write("mine")
    os.chmod(path, 0o644)
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"w\x15" + path.encode() + b"\r")
    screen.shows(lambda t: "Enter replaces" in t.text())
    expect(whole(path) == b"mine", "replaced without being asked")
    screen.keys(b"\r")
    screen.shows(lambda t: "wrote" in t.text())
    expect(json.loads(whole(path))["hosts"], "not replaced")
    expect(os.listdir(where) == ["a.json"], os.listdir(where))
    leave(screen)


def other_name_than_the_taken_one_replaces_nothing():
    where, screen = folder("taken"), in_the_end()
    for name in ("a.json", "ab.json"):
        with open(os.path.join(where, name), "w") as file:
            file.write("mine")
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"w\x15" + os.path.join(where, "a.json").encode() + b"\r")
    screen.shows(lambda t: "Enter replaces" in t.text())
    screen.keys(b"\x15" + os.path.join(where, "ab.json").encode() + b"\r")
    screen.read(0.5)
    screen.keys(b"\x1b")
    time.sleep(0.1)
    leave(screen)
    for name in ("a.json", "ab.json"):
        expect(whole(os.path.join(where, name)) == b"mine", name, "was replaced")


def file_that_cannot_be_written_is_said():
    where, screen = folder("closed", 0o555), in_the_end()
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"w\x15" + os.path.join(where, "a.json").encode() + b"\r")
    screen.shows(lambda t: "may not write" in t.text())
    screen.keys(b"w\x15" + os.path.join(where, "none", "a.json").encode() + b"\r")
    screen.shows(lambda t: "No such" in t.text())
    leave(screen)
    expect(os.listdir(where) == [])


def home_is_that_of_the_user_it_goes_on_as():
    if os.geteuid() != 0:
        raise Skip("root is given up only where there is root")
    where = folder("home of root")
    screen = Screen("-r", capture(), "--speed", "max", columns=132, HOME=where, SUDO_UID=None)
    screen.shows(lambda t: "end of file" in t.line(0))
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"w\x15~/hosts.json\r")
    screen.shows(lambda t: "cannot write" in t.text() or "wrote" in t.text())
    leave(screen)
    expect(os.listdir(where) == [], "written to the home of root, as nobody")


def text_of_the_network_is_no_formula_in_a_spreadsheet():
    where, path = folder("formula"), os.path.join(FOLDER.name, "formula.pcap")
    request = b"GET /x HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: =HYPERLINK(\"http://x\",\"a\")\r\n\r\n"
    with open(path, "wb") as file:
        file.write(pcap([(0, tcp("10.0.0.7", 2000, "198.51.100.9", 80, 24, request))]))
    screen = Screen("-r", path, "--speed", "max", columns=132)
    screen.shows(lambda t: "end of file" in t.line(0))
    screen.keys(b"3")
    screen.shows(lambda t: "CLIENT" in t.text() and "10.0.0.7" in t.text())
    screen.keys(b"w\x15" + os.path.join(where, "flows.csv").encode() + b"\r")
    row, = csv.DictReader(whole(os.path.join(where, "flows.csv")).decode().splitlines())
    leave(screen)
    expect(row["user_agent"].startswith("'=HYPERLINK"), row["user_agent"])


def pane_without_a_list_of_its_own_writes_none():
    screen = in_the_end()
    for pane in (b"1", b"9"):
        screen.keys(pane + b"w")
        screen.shows(lambda t: "from its own pane" in t.line(t.rows - 1))
        screen.keys(b"\x1b")
        time.sleep(0.1)
    leave(screen)


def frozen_picture_is_written_as_it_stands():
    where = folder("frozen")
    screen = Screen("-r", capture(), "--speed", "1", columns=132)
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text() and "10.0.0.7" in t.text())
    screen.keys(b"Z")
    screen.shows(lambda t: "FROZEN" in t.line(0))
    number = int(screen.terminal.line(2).split()[1])
    screen.read(1.5)
    screen.keys(b"w\x15" + os.path.join(where, "hosts.csv").encode() + b"\r")
    rows = list(csv.DictReader(whole(os.path.join(where, "hosts.csv")).decode().splitlines()))
    leave(screen)
    expect(len(rows) == number, len(rows), number)


def sources_say_how_far_the_ring_reaches_back():
    screen = in_the_end("--ring", "1Mi")
    screen.resize(60, 132)
    screen.keys(b"9")
    screen.shows(lambda t: re.search(r"ring .* of 1.0 MiB, 600 packets of 2\.9 s", t.text()))
    leave(screen)


def end_while_a_file_is_written_leaves_a_whole_one_or_none():
    where = folder("end")
    for n in range(4):
        screen, path = in_the_end(), os.path.join(where, "%d.json" % n)
        screen.keys(b"3")
        screen.shows(lambda t: "CLIENT" in t.text())
        screen.keys(b"w\x15" + path.encode() + b"\r" + (b"q" if n % 2 else b"zzzzq"))
        expect(screen.status() == 0)
        if os.path.exists(path):
            expect(len(json.loads(whole(path))["flows"]) == 301)
        else:
            expect(b"was not written" in screen.seen, screen.seen[-300:])
    expect(all(name.endswith(".json") for name in os.listdir(where)), os.listdir(where))


def packets_of_a_host_are_written_and_read_again():
    where, screen = folder("packets"), in_the_end("--ring", "4Mi")
    path = os.path.join(where, "host.pcapng")
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"W\x15" + path.encode() + b"\r")
    whole(path)
    leave(screen)
    found = json.loads(dpitop("-N", "-r", path, "--json")[1])
    all_of_it = json.loads(dpitop("-N", "-r", os.path.join(FOLDER.name, "screen.pcap"), "--json")[1])
    top = all_of_it["hosts"][0]
    expect(found["packets"] == top["sent_packets"] + top["rcvd_packets"], found["packets"], top)
    expect(found["bytes"] == top["sent_bytes"] + top["rcvd_bytes"], found["bytes"], top)
    expect((found["from"], found["to"]) == (top["first"], top["last"]), found["from"], found["to"], top)
    expect(found["source"][0]["linktype"] == "EN10MB", found["source"])


def packets_without_a_ring_say_how_to_keep_them():
    screen = in_the_end()
    screen.keys(b"2")
    screen.shows(lambda t: "RECEIVED" in t.text())
    screen.keys(b"W")
    screen.shows(lambda t: "--ring 64Mi" in t.text())
    leave(screen)


def copy_of_a_row_is_an_address_and_cannot_end_the_sequence():
    screen = in_the_end()
    for key, word, wanted in ((b"2", "RECEIVED", b"10.0.0.7"), (b"3", "CLIENT", b"10.0.0.7:2000 198.51.100.9:443")):
        screen.keys(key)
        screen.shows(lambda t: word in t.text())
        screen.read(0.3)
        start = len(screen.seen)
        screen.keys(b"y")
        screen.until(b"\a")
        sent = screen.seen[start:].split(b"\x1b]52;c;")[1].split(b"\a")[0]
        expect(base64.b64decode(sent, validate=True) == wanted, sent)
    leave(screen)


def copy_of_a_name_of_the_network_is_clean_and_one_line():
    path, evil = os.path.join(FOLDER.name, "evil.pcap"), b"\x1b]52;c;eA==\x07\xe2\x80\xaeb\xff\xc2\x9b"
    request = b"GET /x HTTP/1.1\r\nHost: " + evil + b"\r\nUser-Agent: x\r\n\r\n"
    with open(path, "wb") as file:
        file.write(pcap([(0, tcp("10.0.0.7", 2000, "198.51.100.9", 80, 24, request))]))
    screen = Screen("-r", path, "--speed", "max", "--view", "sites", columns=132)
    screen.shows(lambda t: "end of file" in t.line(0) and "ea==" in t.text())
    expect(b"\x1b]52" not in screen.seen)
    start = len(screen.seen)
    screen.keys(b"y")
    screen.until(b"\a")
    sent = base64.b64decode(screen.seen[start:].split(b"\x1b]52;c;")[1].split(b"\a")[0], validate=True).decode()
    expect("ea==" in sent and sent.isprintable(), repr(sent))
    leave(screen)


if __name__ == "__main__":
    main([list_is_written_as_json_and_csv, list_with_hidden_rows_does_not_claim_to_be_whole,
          filtered_list_has_all_its_rows_and_no_other,
          file_that_is_there_is_replaced_only_after_a_second_enter, other_name_than_the_taken_one_replaces_nothing,
          file_that_cannot_be_written_is_said, home_is_that_of_the_user_it_goes_on_as,
          text_of_the_network_is_no_formula_in_a_spreadsheet,
          pane_without_a_list_of_its_own_writes_none,
          frozen_picture_is_written_as_it_stands, sources_say_how_far_the_ring_reaches_back,
          end_while_a_file_is_written_leaves_a_whole_one_or_none, packets_of_a_host_are_written_and_read_again,
          packets_without_a_ring_say_how_to_keep_them, copy_of_a_row_is_an_address_and_cannot_end_the_sequence,
          copy_of_a_name_of_the_network_is_clean_and_one_line])
