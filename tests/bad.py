#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: each kind has a clear error or an exact count. The captures are made here."""
import json
import os
import struct
import subprocess
import tempfile

from report import DPITOP, Skip, dpitop, expect, main, pcap, picture, tcp, udp

FOLDER = tempfile.TemporaryDirectory(prefix="dpitop-bad-")


def path(name, data=None):
    full = os.path.join(FOLDER.name, name)
    if data is not None:
        with open(full, "wb") as out:
            out.write(data)
    return full


def refused(status, *arguments, words=(), **more):
    """One line on stderr that has all the words, the exit status, and nothing on stdout."""
    got, out, err = dpitop(*arguments, **more)
    text = err.decode("utf-8")
    expect(got == status, "status", got, "not", status, text)
    expect(text.count("\n") == 1 and text.startswith("dpitop: "), "not one line:", repr(text))
    for word in words:
        expect(word in text, repr(word), "is missing in", repr(text))
    return out


def unknown_interface_is_named():
    refused(1, "--json", "-i", "nosuch7", words=("nosuch7",))


def missing_file_is_named():
    refused(1, "--json", "-r", path("missing.pcap"), words=("missing.pcap", "no such file"))


def directory_is_no_capture():
    refused(1, "--json", "-r", FOLDER.name, words=("directory",))


def empty_file_is_no_capture():
    refused(1, "--json", "-r", path("empty.pcap", b""), words=("empty.pcap", "empty"))


def wrong_magic_is_no_capture():
    refused(1, "--json", "-r", path("elf.pcap", b"\x7fELF" + bytes(200)), words=("elf.pcap",))


def compressed_capture_names_the_remedy():
    refused(1, "--json", "-r", path("gz.pcap", b"\x1f\x8b\x08\0" + bytes(100)), words=("zcat",))


def without_rights(*arguments):
    """Run the program as a user who may nothing: its status and its words."""
    command = [DPITOP, *arguments]
    if os.geteuid() == 0:
        if not os.path.exists("/usr/bin/setpriv"):
            raise Skip("root may everything, and setpriv is not there")
        command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] + command
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
    if b"setpriv" in done.stderr or done.returncode in (126, 127):
        raise Skip("the program cannot be run by another user: " + done.stderr.decode()[:80])
    return done.returncode, done.stderr.decode()


def unreadable_file_is_named():
    full = path("secret.pcap", pcap([]))
    os.chmod(full, 0)
    os.chmod(FOLDER.name, 0o755)
    status, text = without_rights("--json", "-r", full)
    expect(status == 1 and "secret.pcap" in text and "ermission denied" in text, status, text)


def capture_without_the_right_names_the_remedy():
    status, text = without_rights("--json", "-n", "1", "-i", "lo")
    if status == 0:
        raise Skip("here anybody may capture")
    expect(status == 1 and text.count("\n") == 1, status, text)
    expect("permission" in text and "setcap" in text and "sudo" in text, text)


def wrong_capture_filter_says_why():
    refused(1, "--json", "-r", path("one.pcap", pcap([udp("10.0.0.1", 1, "10.0.0.2", 53)])), "tcp port and",
            words=("tcp port and",))


def wrong_filter_says_where_and_why():
    for text in ("app =", "bytes > elephants", "(host = 10.0.0.1", "nosuch = 3", "host = 10.0.0.0/99"):
        refused(2, "--json", "-r", path("one.pcap"), "--filter", text, words=("filter",))


def wrong_options_are_usage_errors():
    one = path("one.pcap")
    for words in (("--nosuch",), ("--view", "nosuch"), ("--sort", "nosuch"), ("--speed", "x"), ("--top", "-3"),
                  ("-n", "x"), ("--interval", "0"), ("-m", "10.0.0.0/33"), ("--max-flows", "none"), ("-s", "x")):
        refused(2, "--batch", "-r", one, *words)


def empty_capture_is_all_zero():
    found = picture("-r", path("header.pcap", pcap([])))
    expect(found["packets"] == 0 and found["bytes"] == 0 and found["flows"] == [], found)


def cut_capture_keeps_what_was_whole():
    data = pcap([udp("10.0.0.1", 7, "10.0.0.2", 53, b"x" * 50)] * 5)
    for cut in (1, 30, 60):
        status, out, err = dpitop("-N", "--json", "-r", path("cut.pcap", data[:-cut]))
        expect(status == 1 and err.count(b"\n") == 1, status, err)
        found = json.loads(out)
        expect(found["packets"] == 4 and all(found["conservation"].values()), found)


def damaged_record_keeps_what_came_before():
    frame = udp("10.0.0.1", 7, "10.0.0.2", 53, b"x" * 50)
    for length in (0x7FFFFFFF, 0xFFFFFFFF, 300000):
        data = pcap([frame] * 3) + struct.pack("<IIII", 1700000000, 0, length, length) + frame
        status, out, err = dpitop("-N", "--json", "-r", path("record.pcap", data))
        expect(status == 1 and err.count(b"\n") == 1 and b"record.pcap" in err, status, err)
        found = json.loads(out)
        expect(found["packets"] == 3 and all(found["conservation"].values()), found["packets"])


def block(kind, body, length=None):
    """Of pcapng: type, length, body, length again."""
    total = 12 + len(body) if length is None else length
    return struct.pack("<II", kind, total) + body + struct.pack("<I", total)


def damaged_blocks_keep_what_came_before():
    frame = udp("10.0.0.1", 7, "10.0.0.2", 53, b"x" * 50)
    head = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 0))

    def packet(interface=0, captured=len(frame)):
        return struct.pack("<IIIII", interface, 0, 0, captured, len(frame)) + frame + bytes(-len(frame) % 4)

    good = head + block(6, packet()) * 3
    for what, bad in (("length 0", block(6, packet(), 0)), ("odd length", block(6, packet(), 97)),
                      ("huge length", block(6, packet(), 0x7FFFFFF0)), ("no such interface", block(6, packet(9))),
                      ("data longer than its block", block(6, packet(0, 4000))), ("cut", block(6, packet())[:-20]),
                      ("other length at its end", block(6, packet())[:-4] + struct.pack("<I", 8))):
        status, out, err = dpitop("-N", "--json", "-r", path("blocks.pcapng", good + bad))
        expect(status == 1 and err.count(b"\n") == 1 and b"blocks.pcapng" in err, what, status, err)
        found = json.loads(out)
        expect(found["packets"] in (3, 4) and all(found["conservation"].values()), what, found["packets"])
    expect(picture("-r", path("blocks.pcapng", good + block(0x7777, b"unknown!") + good))["packets"] == 6, "not 6")


def time_that_jumps_makes_nothing_negative():
    frame = udp("10.0.0.1", 7, "10.0.0.2", 53, b"x")
    steps = [0, 5, 3, -86400 * 400, 10, 86400 * 3650, 11, 0, -1600000000]
    found = picture("-r", path("time.pcap", pcap([(s, frame) for s in steps])), timeout=20)
    expect(found["packets"] == len(steps), found["packets"])
    expect(found["to"] >= found["from"], found["from"], found["to"])
    for row in found["flows"] + found["hosts"]:
        expect(row["last"] >= row["first"], row)


def frames_shorter_than_the_wire_count_by_the_wire():
    frame = udp("10.0.0.1", 7, "10.0.0.2", 53, b"x" * 400)
    found = picture("-r", path("snap.pcap", pcap([(0, frame[:n], len(frame)) for n in range(0, 60)])))
    expect(found["bytes"] == 60 * len(frame) and found["packets"] == 60, found["bytes"])
    expect(found["source"][0]["truncated"] == 60, found["source"])


def captured_longer_than_the_wire_is_survived():
    found = picture("-r", path("long.pcap", pcap([(0, udp("10.0.0.1", 7, "10.0.0.2", 53, b"x" * 400), 60)])))
    expect(found["packets"] == 1 and found["bytes"] == 60, found["bytes"])


def empty_and_huge_packets_are_counted():
    huge = udp("10.0.0.1", 7, "10.0.0.2", 9, b"x" * 60000) + bytes(262144 - 60042)
    found = picture("-r", path("sizes.pcap", pcap([b"", huge, b""])))
    expect(found["packets"] == 3 and found["bytes"] == 262144, found["bytes"])
    expect(found["non_ip"] == {"packets": 2, "bytes": 0}, found["non_ip"])


def many_flows_of_one_host_are_each_listed():
    frames = [udp("10.0.0.1", port, "10.0.0.2", 9, b"x") for port in range(65536)]
    found = picture("-r", path("ports.pcap", pcap(frames)))
    expect(len(found["flows"]) == 65536, len(found["flows"]))
    host = next(h for h in found["hosts"] if h["ip"] == "10.0.0.1")
    expect(host["sent_packets"] == 65536 and host["flows"] == 65536 and host["peers"] == 1, host)


def more_flows_than_the_bound_stay_exact():
    total, bound = 200000, 5000
    frames = [tcp("10.%d.%d.%d" % (i >> 16 & 255, i >> 8 & 255, i & 255), 1000, "192.0.2.1", 80, 2) for i in range(total)]
    found = picture("-r", path("scan.pcap", pcap(frames)), "--max-flows", bound, "--max-hosts", bound)
    expect(found["packets"] == total and found["bytes"] == total * 54, found["packets"])
    for name, limit in (("flows", bound), ("hosts", bound)):
        rows = [r for r in found[name] if not r.get("other")]
        expect(len(rows) <= limit, name, len(rows))
        expect(any(r.get("other") for r in found[name]), name, "has no other row")
    sent = sum(h["sent_packets"] for h in found["hosts"])
    expect(sent == total, "hosts sent", sent)


def hostile_names_come_out_clean():
    evil = b"\x1b]0;pwned\x07\xff\xfe\xe2\x80\xae<script>&\"'\\"
    request = b"GET /" + evil + b" HTTP/1.1\r\nHost: " + evil + b"\r\nUser-Agent: " + evil + b"\r\n\r\n"
    a, b = ("10.0.0.1", 4000), ("192.0.2.1", 80)
    frames = [tcp(*a, *b, 2, seq=0, ack=0), tcp(*b, *a, 18, seq=0), tcp(*a, *b, 16), tcp(*a, *b, 24, request),
              tcp(*b, *a, 24, b"HTTP/1.1 200 OK\r\nContent-Type: " + evil + b"\r\n\r\n", ack=1 + len(request))]
    query = struct.pack(">6H", 1, 0x100, 1, 0, 0, 0) + bytes([len(evil)]) + evil + b"\0\0\1\0\1"
    frames.append(udp("10.0.0.1", 5000, "192.0.2.2", 53, query))
    full = path("evil.pcap", pcap(frames))
    for arguments in (("--json",), ("--batch", "--view", "flows"), ("--batch", "--view", "hosts")):
        status, out, err = dpitop("-N", *arguments, "-r", full)
        expect(status == 0, status, err)
        expect(clean(out.decode("utf-8")), arguments, out)
    json.loads(dpitop("-N", "--json", "-r", full)[1])


def clean(text):
    """No control byte but line ends and tabs, nothing that turns the direction of writing."""
    return not [c for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 or 0x202A <= ord(c) < 0x202F]


def hostile_names_in_tls_ssh_and_answers_come_out_clean():
    evil = b"\x1b[31m\x9b2J\xe2\x80\xaex.example\r\n"
    name = struct.pack(">HBH", len(evil) + 3, 0, len(evil)) + evil
    extensions = struct.pack(">HH", 0, len(name)) + name
    hello = struct.pack(">H", 0x303) + bytes(32) + b"\0" + b"\0\2\x13\1" + b"\1\0" + struct.pack(">H", len(extensions)) + extensions
    hello = b"\x16\3\1" + struct.pack(">H", len(hello) + 4) + b"\1\0" + struct.pack(">H", len(hello)) + hello
    answer = (struct.pack(">6H", 1, 0x8180, 1, 1, 0, 0) + bytes([len(evil)]) + evil + b"\0\0\1\0\1" +
              b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1")
    frames = [udp("192.0.2.53", 53, "10.0.0.1", 5000, answer), udp("10.0.0.2", 5353, "224.0.0.251", 5353, answer)]
    for port, first, second in ((443, hello, b""), (22, b"SSH-2.0-" + evil + b"\r\n", b"SSH-2.0-" + evil + b"\r\n")):
        a, b = ("10.0.0.1", 4000), ("192.0.2.1", port)
        frames += [tcp(*a, *b, 2, seq=0, ack=0), tcp(*b, *a, 18, seq=0), tcp(*a, *b, 16), tcp(*a, *b, 24, first),
                   tcp(*b, *a, 24, second, ack=1 + len(first))]
    full = path("names.pcap", pcap(frames))
    for arguments in (("--json",), ("--batch", "--view", "flows"), ("--batch", "--view", "hosts"), ("--batch", "--view", "sites")):
        status, out, err = dpitop(*arguments, "-r", full)
        expect(status == 0 and clean(out.decode()), arguments, out)
    expect("?[31m" in dpitop("--json", "-r", full)[1].decode(), "the name is not there at all")


def hostile_names_of_files_and_words_come_out_clean():
    evil = "ev\x1b]0;x\x07il.pcap"
    full = path(evil, pcap([udp("10.0.0.1", 7, "10.0.0.2", 53, b"x")]))
    for arguments in (("--json",), ("--batch", "--view", "sources")):
        status, out, err = dpitop("-N", *arguments, "-r", full)
        expect(status == 0 and clean(out.decode()) and b"ev?]0;x?il" in out, out[:200])
    for arguments in (("-r", path("no" + evil)), ("-i", evil), ("-r", full, "udp " + evil), ("--no" + evil,), ("--view", evil),
                      ("-r", full, "--filter", "app = " + evil + "("), ("--speed", evil), ("--sort", evil)):
        status, out, err = dpitop("-N", "--json", *arguments)
        expect(status != 0 and clean(err.decode()) and err.count(b"\n") == 1, arguments, err)


def capture_on_standard_input_is_read():
    data = pcap([udp("10.0.0.1", 7, "10.0.0.2", 53, b"x")] * 3)
    done = subprocess.run([DPITOP, "-N", "--json", "-r", "-"], input=data, capture_output=True, timeout=20)
    expect(done.returncode == 0 and json.loads(done.stdout)["packets"] == 3, done)


def several_captures_are_one_total():
    one = path("a.pcap", pcap([udp("10.0.0.1", 7, "10.0.0.2", 53, b"x")] * 3))
    two = path("b.pcap", pcap([udp("10.0.0.3", 7, "10.0.0.2", 53, b"x")] * 4, start=1700000100))
    found = picture("-r", one, "-r", two)
    expect(found["packets"] == 7 and len(found["source"]) == 2, found["source"])


def unknown_link_type_is_counted_as_non_ip():
    found = picture("-r", path("odd.pcap", pcap([bytes(40)] * 3, linktype=147)))
    expect(found["packets"] == 3 and found["non_ip"]["packets"] == 3, found["non_ip"])


def unwritable_output_is_an_error():
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([DPITOP, "-N", "--json", "-r", path("one.pcap")], stdout=full, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, timeout=20)
    expect(done.returncode == 1 and done.stderr.count(b"\n") == 1, done)


def missing_category_lists_are_named():
    os.chmod(FOLDER.name, 0o755)
    refused(1, "--json", "-r", path("one.pcap"), "--categories", path("nolists"), words=("nolists", "no such directory"))
    refused(1, "--json", "-r", path("one.pcap"), "--categories", path("a-file", b"a.example\n"), words=("a-file", "no directory"))


def wrong_lines_of_category_lists_are_named_and_skipped():
    lists = path("lists")
    os.mkdir(lists)
    os.chmod(FOLDER.name, 0o755)  # started as root, it goes on as another user
    with open(os.path.join(lists, "news"), "wb") as out:
        out.write(b"example.org\n" + b"no name\n" * 30 + b"\x1b[2J\xff\n")
    request = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
    a, b = ("10.0.0.1", 4000), ("192.0.2.1", 80)
    full = path("news.pcap", pcap([tcp(*a, *b, 2, seq=0, ack=0), tcp(*b, *a, 18, seq=0), tcp(*a, *b, 16),
                                   tcp(*a, *b, 24, request)]))
    status, out, err = dpitop("-N", "--json", "-r", full, "--categories", lists)
    lines = err.decode("utf-8").splitlines()
    expect(status == 0 and len(lines) == 6, lines)
    expect(all("/news:%d: " % (i + 2) in line for i, line in enumerate(lines[:5])), lines)
    expect("31" in lines[5] and not any("\x1b" in line for line in lines), lines)
    found = json.loads(out)
    expect([(s["site"], s["category"]) for s in found["sites"]] == [("www.example.org", "news")], found["sites"])
    expect(found["site_categories"][0]["category"] == "news", found["site_categories"])


def terminal_without_cursor_is_refused():
    refused(1, "-r", path("one.pcap"), words=("--batch",), env=dict(os.environ, TERM="dumb"))


if __name__ == "__main__":
    main([unknown_interface_is_named, missing_file_is_named, directory_is_no_capture, empty_file_is_no_capture,
          wrong_magic_is_no_capture, compressed_capture_names_the_remedy, unreadable_file_is_named,
          capture_without_the_right_names_the_remedy,
          wrong_capture_filter_says_why, wrong_filter_says_where_and_why, wrong_options_are_usage_errors,
          empty_capture_is_all_zero, cut_capture_keeps_what_was_whole, damaged_record_keeps_what_came_before,
          damaged_blocks_keep_what_came_before, time_that_jumps_makes_nothing_negative,
          frames_shorter_than_the_wire_count_by_the_wire, captured_longer_than_the_wire_is_survived,
          empty_and_huge_packets_are_counted, many_flows_of_one_host_are_each_listed,
          more_flows_than_the_bound_stay_exact, hostile_names_come_out_clean,
          hostile_names_in_tls_ssh_and_answers_come_out_clean, hostile_names_of_files_and_words_come_out_clean, capture_on_standard_input_is_read,
          several_captures_are_one_total, unknown_link_type_is_counted_as_non_ip, unwritable_output_is_an_error,
          missing_category_lists_are_named, wrong_lines_of_category_lists_are_named_and_skipped,
          terminal_without_cursor_is_refused])
