# SPDX-License-Identifier: GPL-3.0-or-later
"""What the script tests share: the program under test, one line a test, a closing line, pcap bytes."""
import functools
import json
import os
import struct
import subprocess
import sys
import traceback

DPITOP = os.path.abspath(os.environ.get("DPITOP", "./dpitop"))
os.environ["LANGUAGE"] = "en"  # whatever language the tester speaks


class Skip(Exception):
    """Raised by a test that cannot run here; the text says why."""


def main(tests):
    """Run the functions; exit status 0, 1, or 77 if all were skipped. Arguments name the tests to run."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for test in tests:
        if len(sys.argv) > 1 and test.__name__ not in sys.argv[1:]:
            continue
        try:
            test()
            outcome, why = "passed", ""
        except Skip as reason:
            outcome, why = "skipped", ": %s" % reason
        except Exception:  # a test that breaks has failed; the others still run
            outcome, why = "failed", "\n" + traceback.format_exc()
        counts[outcome] += 1
        print("%-7s %s%s" % (outcome, test.__name__, why), flush=True)
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    sys.exit(1 if counts["failed"] else 77 if not counts["passed"] else 0)


def expect(condition, *what):
    """An assertion that python -O cannot remove and that shows its values."""
    if not condition:
        raise AssertionError(" ".join(str(w) for w in what))


def dpitop(*arguments, stdin=subprocess.DEVNULL, timeout=60, **more):
    """Run the program to its end: (status, out, err)."""
    done = subprocess.run([DPITOP, *map(str, arguments)], stdin=stdin, capture_output=True, timeout=timeout, **more)
    return done.returncode, done.stdout, done.stderr


def recording(test):
    """The test records history: it is skipped where the program was built without librrd."""
    @functools.wraps(test)
    def run():
        if b"no librrd" in dpitop("-V")[1]:
            raise Skip("built without librrd")
        test()
    return run


def picture(*arguments, **more):
    """The one JSON object of a run that must succeed, its conservation checked."""
    status, out, err = dpitop("-N", "--json", *arguments, **more)
    expect(status == 0, "status", status, err.decode(errors="replace"))
    found = json.loads(out.decode("utf-8"))
    expect(all(found["conservation"].values()), found["conservation"])
    return found


def pcap(frames, linktype=1, snaplen=262144, start=1700000000, order="<"):
    """Bytes of a capture. frames: bytes, or (seconds, bytes), or (seconds, bytes, wire length)."""
    out = [struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, linktype)]
    for n, frame in enumerate(frames):
        seconds, data, *wire = frame if isinstance(frame, tuple) else (n * 0.001, frame)
        us = round((start + seconds) * 1000000)
        out.append(struct.pack(order + "IIII", us // 1000000 & 0xFFFFFFFF, us % 1000000, len(data),
                               wire[0] if wire else len(data)))
        out.append(data)
    return b"".join(out)


def fold(total):
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def words(data):
    return sum(struct.unpack(">%dH" % ((len(data) + 1) // 2), data + b"\0" * (len(data) & 1)))


def ip4(source, target, protocol, payload):
    address = [bytes(map(int, a.split("."))) for a in (source, target)]
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + b"".join(address)
    head = head[:10] + struct.pack(">H", fold(words(head))) + head[12:]
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + head + payload


def udp(source, sport, target, dport, data=b""):
    return ip4(source, target, 17, struct.pack(">4H", sport, dport, 8 + len(data), 0) + data)


def tcp(source, sport, target, dport, flags, data=b"", seq=1, ack=1):
    return ip4(source, target, 6, struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 64000, 0, 0) + data)
