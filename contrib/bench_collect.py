# SPDX-License-Identifier: GPL-3.0-or-later
"""bench's part "collect": records of --flows distinct flows, told three times over at a rate, into a collector on loopback: what
its socket dropped (and whether it says that it lost some itself), CPU of all its processes, peak memory; dpitop beside nfcapd, which only writes to disk, and nfacctd or sfacctd with the
memory plugin, in turn."""
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))
import exports

PASSES, PORT = 3, 29955
RATES = {"v5": 1000000, "v9": 1000000, "ipfix": 1000000, "sflow": 400000}
PER_DATAGRAM = {"v5": 30, "v9": 24, "ipfix": 22, "sflow": 8}
TEMPLATE_EVERY = 500


def flow(i):
    """The i-th of as many distinct flows as one likes: 200,000 hosts talk to 5,000 servers."""
    return exports.record("10.%d.%d.%d" % (i % 200000 >> 16, i >> 8 & 255, i & 255), 1024 + i // 4 % 64000,
                          "203.%d.%d.%d" % (i % 5, i // 5 % 10, i // 50 % 100), (443, 80, 53, 25, 8080, 993)[i % 6],
                          60 + i * 7919 % 60000, 1 + i % 50, proto=17 if i % 6 == 2 else 6, start=5.0, end=0.01)


def frame(r):
    """Ethernet, IPv4 and TCP or UDP, as a sampler cuts it off."""
    l4 = exports.struct.pack(">HHIIBBHHH", r["sport"], r["dport"], 1, 1, 0x50, r["flags"], 512, 0, 0)[:20 if r["proto"] == 6 else 8]
    ip = exports.struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(l4), 1, 0, 64, r["proto"], 0)
    return b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + exports.four(r["source"]) + exports.four(r["target"]) + l4


def datagrams(kind, flows):
    """[(bytes, records)] of one exporter."""
    made, now, n = [], time.time(), PER_DATAGRAM[kind]
    for first in range(0, flows, n):
        records = [flow(i) for i in range(first, min(first + n, flows))]
        number = len(made)
        described = number % TEMPLATE_EVERY == 0
        if kind == "v5":
            data = exports.v5(records, sequence=first, now=now)
        elif kind == "v9":
            sets = [exports.template(256, exports.FIELDS_9)] if described else []
            data = exports.v9(sets + [exports.data9(256, records)], sequence=number, now=now)
        elif kind == "ipfix":
            sets = [exports.template(256, exports.FIELDS_10, 10)] if described else []
            data = exports.ipfix(sets + [exports.data10(256, records, now)], sequence=first, now=now)
        else:
            data = exports.sflow([exports.sampled_packet(frame(r), 1, 60 + r["octets"] % 1400, sequence=first + k + 1)
                                  for k, r in enumerate(records)], sequence=number + 1)
        made.append((data, len(records)))
    return made


def peers(kind):
    """{name: command of (port, folder)} of what is installed."""
    suite = "sfacctd" if kind == "sflow" else "nfacctd"
    names = {"nfcapd": None if kind == "sflow" else "nfcapd", "sfcapd": "sfcapd" if kind == "sflow" else None, suite: suite}
    for name, program in names.items():
        if program and not shutil.which(program):
            print("skipped: %s is not installed" % name)
        elif program == suite:
            yield name, lambda folder: memory_plugin(suite, folder)
        elif program:
            yield name, lambda folder, program=program: [program, "-b", "127.0.0.1", "-p", str(PORT), "-w", folder, "-t", "3600", "-B", "8000000"]


def memory_plugin(program, folder):
    path = os.path.join(folder, "conf")
    with open(path, "w") as out:
        out.write("%s_ip: 127.0.0.1\n%s_port: %d\nplugins: memory\naggregate: src_host, dst_host, src_port, dst_port, proto\n"
                  "imt_path: %s/pipe\nimt_mem_pools_number: 0\nimt_buckets: 1000003\nplugin_pipe_size: 268435456\n"
                  "plugin_buffer_size: 262144\n%s_pipe_size: 33554432\n" % (
                      program, program, PORT, folder, program))
    return [program, "-f", path]


def dpitop(program, kind):
    protocol = {"v5": "netflow", "v9": "netflow"}.get(kind, kind)
    return lambda folder: [program, "-N", "--no-history", "-c", "%s://127.0.0.1:%d" % (protocol, PORT), "--json", "--total", "--top", "10"]


# ---- what the system says ----

def socket_state():
    """(there is one, bytes that wait, datagrams dropped)."""
    found = [line.split() for line in open("/proc/net/udp").readlines()[1:] if line.split()[1].endswith(":%04X" % PORT)]
    return bool(found), sum(int(f[4].split(":")[1], 16) for f in found), sum(int(f[12]) for f in found)


def family(pid):
    """The process and all below it."""
    found = [pid]
    for thread in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, thread)) as file:
            for child in file.read().split():
                found += family(int(child))
    return found


def usage(pid):
    """(CPU s, peak MiB) of all of them."""
    cpu = peak = 0
    for each in family(pid):
        stat = open("/proc/%d/stat" % each).read()
        fields = stat[stat.rindex(")") + 2:].split()
        cpu += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        status = dict(line.split(":", 1) for line in open("/proc/%d/status" % each).read().splitlines())
        peak += int(status.get("VmHWM", "0 kB").split()[0]) / 1024
    return cpu, peak


def wait_until(true, seconds):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)


def send(made, rate):
    """Seconds it took."""
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
    out.connect(("127.0.0.1", PORT))
    start, sent = time.monotonic(), 0
    for _ in range(PASSES):
        for number, (data, records) in enumerate(made):
            out.send(data)
            sent += records
            if number & 7 == 0:
                ahead = start + sent / rate - time.monotonic()
                if ahead > 0.0003:
                    time.sleep(ahead)
    return time.monotonic() - start


def end(process):
    """It and those that it started, asked first."""
    pids = family(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        process.wait()


def measure(command, made, rate):
    with tempfile.TemporaryDirectory(prefix="dpitop-bench-collect-") as folder:
        os.chmod(folder, 0o777)
        log = os.path.join(folder, "log")
        with open(log, "w") as out:
            process = subprocess.Popen(command(folder), stdout=out, stderr=subprocess.STDOUT)
        wait_until(lambda: socket_state()[0] or process.poll() is not None, 20)
        if process.poll() is not None:
            sys.exit("bench: '%s' ended: %s" % (" ".join(command(folder)), open(log).read()[-300:]))
        time.sleep(1)
        records, (cpu, _) = sum(n for _, n in made) * PASSES, usage(process.pid)
        seconds = send(made, rate)
        wait_until(lambda: socket_state()[1] == 0, 30)
        time.sleep(1.5)
        (after, peak), dropped = usage(process.pid), socket_state()[2]
        end(process)
        wait_until(lambda: not socket_state()[0], 20)
        within = "Missing data" in open(log, errors="replace").read()  # pmacct: from its core to its plugin
    return {"lost_within": within, "cpu_per_million": (after - cpu) / records * 1e6, "peak": peak, "dropped": dropped, "records": records, "rate": records / seconds}


def collect(bench):
    if not os.path.exists("/proc/net/udp"):
        print("\nskipped: collect needs /proc/net/udp")
        return
    for kind, rate in RATES.items():
        made = datagrams(kind, bench.args.flows)
        commands = {"dpitop": dpitop(bench.args.dpitop, kind), **dict(peers(kind))}
        found = {name: [] for name in commands}
        for _ in range(bench.args.runs):
            for name, command in commands.items():
                found[name].append(measure(command, made, rate))
        rows = {name: {k: statistics.median(r[k] for r in runs) for k in runs[0]} for name, runs in found.items()}
        print("\ncollect, %s: %d distinct flows, %d times, in %d datagrams, at %d records/s" % (kind, bench.args.flows, PASSES, len(made) * PASSES, rate))
        for name, r in rows.items():
            print("  %-10s %6.2f CPU s per million  %8.1f MiB peak  %d datagrams dropped (at %.0f records/s)%s" % (
                name, r["cpu_per_million"], r["peak"], r["dropped"], r["rate"], ", and lost some within" if r["lost_within"] else ""))
            if name != "dpitop":
                print("  dpitop / %-10s CPU %.2f   memory %.2f" % (name, rows["dpitop"]["cpu_per_million"] / max(r["cpu_per_million"], 1e-9),
                                                                   rows["dpitop"]["peak"] / max(r["peak"], 1e-9)))
        bench.report["collect " + kind] = {"flows": bench.args.flows, "passes": PASSES, "target_rate": rate, "rows": rows}
