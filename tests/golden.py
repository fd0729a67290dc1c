#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden outputs: captures to JSON and text, compared line by line; UPDATE_GOLDEN=1 writes them anew.
Applications have the names that one release of nDPI gives them: with another nothing is compared."""
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from collector import free_port
from report import DPITOP, Skip, dpitop, expect, main

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden")
RELEASE = os.path.join(GOLDEN, "release")
DEMO = os.path.join("contrib", "demo.pcap")  # from the top of the tree: no path of the machine is in an output
PLACES = ("--geoip", os.path.join(GOLDEN, "geo"))  # results must not depend on the databases of the machine


def release():
    """The library's, from "dpitop 0.1 (libpcap version 1.10, nDPI 4.2, librrd 1.7)"."""
    return re.search(r"nDPI [0-9.]+", dpitop("--version")[1].decode()).group()


def compare(name, text):
    path = os.path.join(GOLDEN, name)
    if os.environ.get("UPDATE_GOLDEN"):
        for file, content in ((path, text), (RELEASE, release() + "\n")):
            with open(file, "w", encoding="utf-8", newline="") as out:
                out.write(content)
        return
    with open(RELEASE, encoding="utf-8") as file:
        wanted = file.read().strip()
    if release() != wanted:
        raise Skip("the golden outputs are of %s, this is %s" % (wanted, release()))
    with open(path, encoding="utf-8", newline="") as file:
        wanted = file.read()
    if text != wanted:
        diff = difflib.unified_diff(wanted.splitlines(), text.splitlines(), name, "now", lineterm="", n=1)
        raise AssertionError("\n".join(list(diff)[:60]))


def run(*arguments, **more):
    status, out, err = dpitop("-N", *PLACES, *arguments, cwd=os.path.dirname(HERE), **more)
    expect(status == 0, status, err)
    return out.decode("utf-8")


def as_json(capture, *more):
    found = json.loads(run("-r", capture, "--json", *more))
    found["dpitop"] = "VERSION"
    for source in found["source"]:
        source["name"] = os.path.basename(source["name"])
    expect(all(found["conservation"].values()), found["conservation"])
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def web_as_json():
    compare("web.json", as_json(os.path.join(GOLDEN, "web.pcap")))


def odd_frames_as_json():
    compare("odd.json", as_json(os.path.join(GOLDEN, "odd.pcap")))


def odd_frames_without_decapsulation():
    compare("odd-no-decap.json", as_json(os.path.join(GOLDEN, "odd.pcap"), "--no-decap"))


def odd_frames_by_vlan():
    compare("odd-vlan-aware.json", as_json(os.path.join(GOLDEN, "odd.pcap"), "--vlan-aware"))


def demo_top_as_json():
    compare("demo-top5.json", as_json(DEMO, "--top", "5"))


def demo_filtered_as_json():
    compare("demo-bittorrent.json", as_json(DEMO, "--filter", "app = BitTorrent", "--top", "8"))


def demo_panes_as_text():
    for view in ("hosts", "flows", "applications"):
        compare("demo-%s.txt" % view, run("-r", DEMO, "--batch", "--view", view, "--top", "12"))


def demo_panes_as_csv():
    for view in ("hosts", "flows", "alerts", "risks"):
        compare("demo-%s.csv" % view, run("-r", DEMO, "--csv", "--view", view, "--top", "12"))


def exports_of_a_capture_as_json_and_text():
    capture = os.path.join("tests", "golden", "collected.pcap")
    compare("collected.json", as_json(capture, "--decode-exports"))
    compare("collected-exporters.txt", run("-r", capture, "--decode-exports", "--batch", "--view", "exporters"))


def several_pictures_as_csv_have_one_header():
    lines = run("-r", DEMO, "--csv", "--view", "protocols", "-n", "3", "--interval", "9").split("\r\n")
    expect([i for i, line in enumerate(lines) if line.startswith("time,")] == [0], lines)
    expect(len({line.split(",")[0] for line in lines[1:-1]}) == 3, lines)


def list_of_any_view_as_json():
    for view, key in (("alerts", "alerts"), ("risks", "risks"), ("breeds", "breeds"), ("countries", "countries"), ("vlans", "vlans")):
        found = json.loads(run("-r", DEMO, "--json", "--view", view))
        expect(found.get(key), view, found)


def demo_sorted_and_filtered_as_text():
    compare("demo-hosts-sorted.txt", run("-r", DEMO, "--batch", "--view", "hosts", "--sort", "rcvd_bytes",
                                         "--filter", "not app = BitTorrent and bytes > 10k"))


def chinese():
    """The environment of somebody who reads Chinese."""
    catalogues = os.path.join(os.path.dirname(DPITOP), "po")
    if not os.path.exists(os.path.join(catalogues, "zh_CN", "LC_MESSAGES", "dpitop.mo")):
        raise Skip("built without translations")
    return dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="zh_CN", TEXTDOMAINDIR=catalogues)


def demo_as_text_in_chinese():
    for view in ("hosts", "countries"):
        compare("demo-%s-zh.txt" % view, run("-r", DEMO, "--batch", "--view", view, "--top", "12", env=chinese()))


def what_programs_read_is_the_same_in_chinese():
    for arguments in (("--json",), ("--json", "--view", "states"), ("--csv", "--view", "flows"), ("--csv", "--view", "countries"),
                      ("--csv", "--view", "subnets"), ("--json", "--filter", "net = internet and state = closed")):
        expect(run("-r", DEMO, *arguments) == run("-r", DEMO, *arguments, env=chinese()), arguments)


def messages_of_what_programs_read_are_in_english():
    said = [dpitop("-r", "/nosuch", mode, env=chinese())[2].decode("utf-8") for mode in ("--json", "--csv", "--batch")]
    expect(said[0].isascii() and said[1].isascii() and not said[2].isascii(), said)


def completions_are_made_of_the_option_table():
    """Every option is in all three, and none that there is not."""
    folder = os.path.join(os.path.dirname(HERE), "contrib/completions")
    options = set(re.findall(r"--([a-z][a-z-]+)", "\n".join(re.findall(r"^  (?:-.,|   ) --[a-z-]+", run("--help"), re.M))))
    expect(len(options) > 40, options)
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, os.path.join(folder, "generate"), DPITOP, made], check=True)
        for name, form in (("dpitop.bash", r"--([a-z][a-z-]+)"), ("_dpitop", r"--([a-z][a-z-]+)[\[=]"), ("dpitop.fish", r" -l ([a-z-]+)")):
            with open(os.path.join(folder, name), encoding="utf-8") as kept, open(os.path.join(made, name), encoding="utf-8") as new:
                text = kept.read()
                expect(text == new.read(), name, "is not what contrib/completions/generate makes now")
            expect(set(re.findall(form, text)) == options, name, set(re.findall(form, text)) ^ options)
    for shell, name in (("bash", "dpitop.bash"), ("zsh", "_dpitop"), ("fish", "dpitop.fish")):
        if shutil.which(shell):
            subprocess.run([shell, "-n", os.path.join(folder, name)], check=True)


def service_starts_what_can_be_started():
    """The command of the systemd unit, with a collector in the place of the interface and no history, ends in order."""
    with open(os.path.join(os.path.dirname(HERE), "contrib/systemd/dpitop.service"), encoding="utf-8") as unit:
        command = re.search(r"^ExecStart=/usr/bin/dpitop (.*) \$DPITOP_OPTIONS$", unit.read(), re.M)[1]
    expect(command.endswith(" --interface any --data /var/lib/dpitop"), command)
    words = command.replace(" --interface any --data /var/lib/dpitop", "").split()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        process = subprocess.Popen([DPITOP, *words, "-N", "--no-history", "-c", "127.0.0.1:%d" % free_port()], stderr=subprocess.PIPE,
                                   env={**os.environ, "RUNTIME_DIRECTORY": folder})
        said = process.stderr.readline()
        process.terminate()
        process.communicate(timeout=30)
        expect(folder.encode() in said and process.returncode == 0, said, process.returncode)


def manuals_say_what_the_program_says():
    done = subprocess.run([sys.executable, os.path.join(os.path.dirname(HERE), "contrib", "check-man"), DPITOP,
                           *(os.path.join(os.path.dirname(HERE), "man", name) for name in ("dpitop.1", "dpitoprc.5"))],
                          capture_output=True, text=True)
    expect(done.returncode == 0, done.stdout + done.stderr)


if __name__ == "__main__":
    main([manuals_say_what_the_program_says, completions_are_made_of_the_option_table, service_starts_what_can_be_started, web_as_json, odd_frames_as_json, odd_frames_without_decapsulation, odd_frames_by_vlan, demo_top_as_json,
          demo_filtered_as_json, demo_panes_as_text, demo_panes_as_csv, exports_of_a_capture_as_json_and_text,
          several_pictures_as_csv_have_one_header, list_of_any_view_as_json, demo_sorted_and_filtered_as_text,
          demo_as_text_in_chinese, what_programs_read_is_the_same_in_chinese, messages_of_what_programs_read_are_in_english])
