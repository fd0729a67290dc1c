# SPDX-License-Identifier: GPL-3.0-or-later
"""bench's part "replay": how long someone waits who looks back. tests/month fills a directory as after --days days with
--entities entities, and looks at it as the screen does, of a cold disk's cache and of a warm one; then the whole program
does in a pty: from its start to the first picture, and from key to answer."""
import json
import os
import re
import statistics
import subprocess

from bench_screen import Screen


def replay(bench):
    month = os.path.join(os.path.dirname(bench.args.dpitop), "tests", "month")
    folder = os.environ.get("DPITOP_BENCH_PAST") or os.path.join(bench.folder, "past")
    if not os.path.exists(month):
        print("\nskipped: replay needs tests/month beside dpitop: make check-programs")
        return
    if not os.path.exists(folder):
        subprocess.check_call([month, "fill", folder, str(bench.args.days), str(bench.args.entities)])
    inside = json.loads(subprocess.check_output([month, "look", folder]))
    shown = on_screen(bench, folder)
    print("\nreplay of %d days, %d entities; median and worst" % (bench.args.days, bench.args.entities))
    print("  first picture    %6.0f ms, disk's cache cold %.0f ms; on a screen from the start of the program %.0f ms" % (
        inside["first_ms"], inside["first_cold_ms"], shown["first"]))
    for name in ("step", "jump"):
        print("  %-16s %6.1f %6.1f ms; on a screen %6.1f %6.1f ms" % (
            name, inside[name]["median_ms"], inside[name]["worst_ms"], statistics.median(shown[name]), max(shown[name])))
    bench.report["replay"] = {"feed": inside, "screen": shown}


def moment(terminal):
    found = re.search(r"HISTORY (\S+ \S+)", terminal.line(0))
    return found and "reading" not in terminal.text() and found.group(1)


def on_screen(bench, folder):
    command = [bench.args.dpitop, "-N", "--replay", folder, "--no-config", "--view", "hosts"]
    screen = Screen(command + (["--user", "root"] if os.geteuid() == 0 else []))
    found = {"first": (screen.wait(moment, 20, "a picture of the past") - screen.started) * 1e3, "step": [], "jump": []}

    def press(name, keys):
        before = moment(screen.terminal)
        found[name].extend(screen.press(keys, [lambda t: moment(t) not in (None, False, before)], name))

    screen.idle(1)
    for _ in range(20):
        press("step", b"\x1b[D")
    for day in range(1, 21):
        press("jump", b"@-%dh\r" % (day * 7 % 20 * bench.args.days + 30))
    screen.close()
    return found
