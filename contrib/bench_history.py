# SPDX-License-Identifier: GPL-3.0-or-later
"""bench's part "history": what recording costs. A capture read with and without it; then --minutes of a live mix with
10,000 hosts a minute: bytes that reach the disk (pages of 4 KiB that were dirtied, as the kernel counts them), files,
CPU of history's thread, packets lost."""
import json
import os
import shutil
import signal
import subprocess
import time

from bench_screen import veth

MINUTE_PACKETS = 96000


def history(bench):
    ratio(bench)
    live(bench)


def ratio(bench):
    path, folder = bench.capture("mix", bench.args.packets), os.path.join(bench.folder, "history")
    plain = [bench.args.dpitop, "-N", "--json", "-r", path]
    # a bound, for else the figure is that of files made for each of 200,000 hosts
    rows = bench.alternate({"dpitop": plain, "dpitop --data": plain + ["--data", folder, "--history-size", "64Mi"]}, lambda: shutil.rmtree(folder, ignore_errors=True))
    print("\nhistory of a capture")
    for name, r in rows.items():
        print("  %-34s %9.2f CPU s %9.2f wall s %10.1f MiB" % (name, r["cpu"], r["wall"], r["rss"]))
    print("  with / without: CPU %.2f   wall %.2f" % tuple(rows["dpitop --data"][k] / rows["dpitop"][k] for k in ("cpu", "wall")))
    bench.report["history of a capture"] = {"rows": rows}


class Watched:
    """A process: what it wrote, and the CPU of its threads by name."""

    def __init__(self, pid):
        self.folder = "/proc/%d" % pid

    def written(self):
        fields = dict(line.split(": ") for line in open(self.folder + "/io").read().splitlines())
        return int(fields["write_bytes"]) - int(fields["cancelled_write_bytes"])

    def cpu(self):
        found = {}
        for thread in os.listdir(self.folder + "/task"):
            stat = open("%s/task/%s/stat" % (self.folder, thread)).read()
            name, rest = stat[stat.index("(") + 1:stat.rindex(")")], stat[stat.rindex(")") + 2:].split()
            found[name] = found.get(name, 0) + (int(rest[11]) + int(rest[12])) / os.sysconf("SC_CLK_TCK")
        return found


def size_of(folder):
    """(files, bytes) below it."""
    names = [os.path.join(where, name) for where, _, files in os.walk(folder) for name in files]
    return len(names), sum(os.path.getsize(name) for name in names)


def live(bench):
    minutes, folder = bench.args.minutes, os.path.join(bench.folder, "live")
    plain = listen(bench, min(minutes, 1), [])
    figures = plain and listen(bench, minutes, ["--data", folder])
    if not figures:
        print("\nskipped: history live needs root, ip and tcpreplay")
        return
    figures["files"], figures["bytes"] = size_of(folder)
    figures["capture_ratio"] = figures["capture_us"] / plain["capture_us"]
    print("\nhistory live, %.0f s of %.1f Mbit/s: %d hosts, %d applications, %d subnet pairs" % (
        figures["seconds"], figures["bits_per_second"] / 1e6, figures["hosts"], figures["applications"], figures["pairs"]))
    print("  written %.0f KB/s, %d files of %.1f MiB, history's thread %.2f %% of a core, packets lost %d of %d" % (
        figures["written_per_second"] / 1e3, figures["files"], figures["bytes"] / 2**20, figures["thread"] * 100, figures["lost"],
        figures["packets"]))
    print("  capture path: %.2f us a packet with history, %.2f without, ratio %.2f" % (
        figures["capture_us"], plain["capture_us"], figures["capture_ratio"]))
    bench.report["history live"] = figures


def listen(bench, minutes, more):
    """Figures of a live run; None without the right to make one."""
    path = bench.capture("minute", MINUTE_PACKETS)
    with veth() as inside:
        if not inside:
            return None
        listener = subprocess.Popen(inside + [bench.args.dpitop, "-N", "-i", "v1", "--json", "--total", *more, "ip"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        sender = subprocess.Popen(inside + ["tcpreplay", "-K", "-q", "--loop=0", "-i", "v0", path], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        watched, start = Watched(listener.pid), time.monotonic()
        time.sleep(60 * minutes)
        seconds, written, cpu = time.monotonic() - start, watched.written(), watched.cpu()
        sender.send_signal(signal.SIGTERM)
        sender.communicate(timeout=30)
        time.sleep(1)
        listener.send_signal(signal.SIGTERM)
        out, err = listener.communicate(timeout=60)
    found = json.loads(out)
    if err:
        print("  " + err.strip().splitlines()[-1])
    own = cpu.get("history", 0)
    return {"seconds": seconds, "written_per_second": written / seconds, "thread": own / seconds,
            "capture_us": (sum(cpu.values()) - own) * 1e6 / found["packets"], "packets": found["packets"],
            "bits_per_second": found["bytes"] * 8 / seconds, "lost": found["source"][0]["dropped"],
            "hosts": len(found["hosts"]), "applications": len(found["l7"]), "pairs": len(found["matrix"])}
