#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screen is told by TERM, the locale, NO_COLOR, options and the file of settings, in a real pty."""
import os
import re
import subprocess

from report import DPITOP, dpitop, expect, main, pcap, tcp
from terminal import FOLDER, Screen, capture

COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[;m]")
MANY = re.compile(rb"\x1b\[[0-9;]*[34]8;5;")


def started(*arguments, **more):
    screen = Screen("-r", capture(), "--speed", "max", *arguments, **more)
    screen.begins()
    return screen


def left(screen, xterm=True):
    screen.keys(b"q")
    expect(screen.status() == 0)
    if xterm:  # of other terminals vt.py knows too little
        screen.expect_restored()
    return screen.seen


def rc(name, text):
    """A file that whoever the program goes on as, when it is started as root, may replace."""
    os.chmod(FOLDER.name, 0o755)
    folder = os.path.join(FOLDER.name, name)
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    path = os.path.join(folder, "dpitoprc")
    if text is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o666)
    return path


def no_color_takes_every_colour_away():
    expect(not COLOUR.search(left(started(NO_COLOR="1"))))
    expect(not COLOUR.search(left(started("--theme", "light", NO_COLOR="yes"))))
    expect(COLOUR.search(left(started(NO_COLOR=""))), "an empty NO_COLOR counts")


def themes_have_their_colours():
    expect(not COLOUR.search(left(started("--theme", "mono"))), "mono")
    seen = left(started("--theme", "light"))
    expect(b"38;5;91m" in seen or b"38;5;91;" in seen, "light")
    expect(b"48;5;" not in seen, "light has a background of its own")
    expect(b"48;5;16" in left(started("--theme", "high-contrast")), "high-contrast")


def terminals_of_eight_colours_get_eight():
    for name in ("xterm", "linux", "screen", "ansi"):
        for theme in ("default", "light", "high-contrast"):
            seen = left(started("--theme", theme, TERM=name), xterm=False)
            expect(COLOUR.search(seen) and not MANY.search(seen), name, theme)


def vt100_gets_attributes_and_ascii():
    screen = started(TERM="vt100", LC_ALL="C")
    seen = left(screen, xterm=False)
    expect(not COLOUR.search(seen))
    expect(max(seen) < 0x80)


def console_gets_no_glyphs_its_font_has_not():
    expect(max(left(started(TERM="linux"), xterm=False)) < 0x80)
    expect(max(left(started("--glyphs", "blocks", TERM="linux"), xterm=False)) >= 0x80, "but on wish")


def terminal_that_cannot_is_refused_in_one_line():
    for name, word in (("dumb", b"dumb"), (None, b"TERM"), ("", b"TERM"), ("nosuch-terminal", b"nosuch-terminal"),
                       ("evil\x1b[31m", b"evil")):
        screen = Screen("-r", capture(), "--speed", "max", TERM=name)
        status = screen.status()
        lines = screen.seen.strip().splitlines()
        expect(status == 1, name, status)
        expect(len(lines) == 1 and word in lines[0] and b"--batch" in lines[0], lines)
        expect(b"\x1b" not in screen.seen, screen.seen)


def nothing_beyond_ascii_in_the_c_locale():
    request = b"GET / HTTP/1.1\r\nHost: b\xc3\xbccher.example\r\nUser-Agent: \xe6\xbc\xa2\xe5\xad\x97\r\n\r\n"
    frames = [tcp("10.0.0.7", 2000, "198.51.100.9", 80, 2), tcp("198.51.100.9", 80, "10.0.0.7", 2000, 18),
              tcp("10.0.0.7", 2000, "198.51.100.9", 80, 24, request, seq=2)]
    path = os.path.join(FOLDER.name, "names.pcap")
    with open(path, "wb") as out:
        out.write(pcap(frames))
    for arguments, locale in (((), "C"), (("--glyphs", "braille"), "C"), (("--ascii",), "C.UTF-8"),
                              (("--glyphs", "ascii"), "C.UTF-8")):
        screen = Screen("-r", path, "--speed", "max", "--view", "sites", *arguments, LC_ALL=locale)
        screen.until(b"cher.example")
        for key in b"1234567?":
            screen.keys(bytes([key]))
            screen.read(0.1)
        screen.keys(b"\x1b")
        screen.read(0.1)
        screen.keys(b"3\r")
        screen.read(0.2)
        screen.keys(b"q")
        screen.status()
        expect(max(screen.seen) < 0x80, arguments, locale)


def wrong_lines_are_named_and_the_rest_is_used():
    path = rc("wrong", "thme light\nunit bytes # well\nbind x qit\n")
    screen = Screen("-r", capture(), "--speed", "max", "--config", path)
    screen.shows(lambda t: "2 wrong lines; dpitoprc:1: there is no setting 'thme'; nearest: theme" in t.text())
    screen.shows(lambda t: "B/s" in t.line(0))
    seen = left(screen)
    expect(b"dpitoprc:1: there is no setting 'thme'; nearest: theme" in seen, "not on standard error")
    expect(b"dpitoprc:3: there is no action 'qit'; nearest: quit" in seen)


def keys_are_what_the_file_binds_them_to():
    path = rc("keys", "bind K pane-2\nbind ctrl-G quit\nunbind q\nbind M filter\n")
    screen = started("--config", path, columns=120)
    screen.keys(b"q")
    screen.keys(b"K")
    screen.shows(lambda t: "[Hosts]" in t.text())
    screen.keys(b"?")
    screen.shows(lambda t: "1, K, 2 to 9  go to a pane" in t.text())
    screen.keys(b"\x1b")
    screen.shows(lambda t: "MFilter" in t.text() and "ctrl-GQuit" in t.text())
    screen.keys(b"\x07")
    expect(screen.status() == 0)


def setup_is_in_force_at_once_and_saved():
    path = rc("saved", "# mine\nbind x quit\ntheme mono\n")
    screen = started("--config", path)
    screen.keys(b"2\x1bOQ")  # F2
    screen.shows(lambda t: "SETUP" in t.text() and "[x] HOST" in t.text())
    screen.keys(b"j\x1b[C")
    screen.shows(lambda t: "Rates in" in t.text())
    screen.keys(b"j\r")
    screen.shows(lambda t: "B/s" in t.line(0))
    screen.keys(b"\x1b[21~")  # F10
    screen.shows(lambda t: "saved to " in t.text())
    with open(path, encoding="utf-8") as file:
        text = file.read()
    expect(text == "# mine\nbind x quit\ntheme mono\nnames off\nunit bytes\n" or
           text == "# mine\nbind x quit\ntheme mono\nunit bytes\nnames off\n", text)
    left(screen)
    again = started("--config", path)
    again.shows(lambda t: "B/s" in t.line(0))
    left(again)
    over = started("--config", path, "--unit", "bits")
    over.shows(lambda t: "b/s" in t.line(0))
    left(over)


def columns_are_chosen_and_ordered():
    path = rc("columns", "columns hosts bytes ip\n")
    screen = started("--config", path)
    screen.keys(b"2")
    screen.shows(lambda t: t.line(3).split() == ["TOTAL▼", "HOST"])
    screen.keys(b"\x1bOQ\x1b[C\x1b[C\x1b[19~\x1b")  # F2, right, right, F8: down, Esc
    screen.shows(lambda t: t.line(3).split()[0] == "HOST")
    screen.shows(lambda t: "until dpitop ends" in t.text())
    left(screen)
    with open(path, encoding="utf-8") as file:
        expect(file.read() == "columns hosts bytes ip\n", "saved without being asked")


def what_cannot_be_saved_says_why():
    screen = started("--no-config")
    screen.keys(b"\x1bOQ")
    screen.shows(lambda t: "SETUP" in t.text())
    screen.keys(b"\x1b[21~")
    screen.shows(lambda t: "cannot save: started with --no-config" in t.text() and "SETUP" in t.text())
    screen.keys(b"q")
    screen.read(0.1)
    left(screen)


def file_that_was_named_must_be_there():
    status, out, err = dpitop("-r", capture(), "--config", "/nonexistent/rc")
    expect(status == 1 and b"/nonexistent/rc" in err and b"--no-config" in err, status, err)
    status, out, err = dpitop("-r", capture(), "--json", "--config", "/nonexistent/rc")
    expect(status == 2 and b"--config" in err, status, err)


def scripts_do_not_depend_on_the_file():
    folder = os.path.dirname(os.path.dirname(rc("config", None)))
    os.makedirs(os.path.join(folder, "config", "dpitop"))
    with open(os.path.join(folder, "config", "dpitop", "dpitoprc"), "w", encoding="utf-8") as file:
        file.write("unit bytes\nview flows\nnonsense\n")
    command = [DPITOP, "-N", "-r", capture(), "--batch"]
    outputs = [subprocess.run(command, capture_output=True, check=True,
                              env=dict(os.environ, TZ="UTC", XDG_CONFIG_HOME=os.path.join(folder, name)))
               for name in ("config", "nothing")]
    expect(outputs[0].stdout == outputs[1].stdout)
    expect(outputs[0].stderr == b"", outputs[0].stderr)


def first_run_names_the_help_until_a_key_is_pressed():
    path = rc("first", "")
    screen = started("--config", path)
    screen.read(0.2)
    expect("tells the keys" not in screen.terminal.text(), "there is a file")
    left(screen)
    screen = started()
    screen.shows(lambda t: "? tells the keys, F2 sets up" in t.text())
    screen.keys(b"2")
    screen.shows(lambda t: "tells the keys" not in t.text())
    left(screen)


if __name__ == "__main__":
    main([no_color_takes_every_colour_away, themes_have_their_colours, terminals_of_eight_colours_get_eight,
          vt100_gets_attributes_and_ascii, console_gets_no_glyphs_its_font_has_not,
          terminal_that_cannot_is_refused_in_one_line, nothing_beyond_ascii_in_the_c_locale,
          wrong_lines_are_named_and_the_rest_is_used, keys_are_what_the_file_binds_them_to,
          setup_is_in_force_at_once_and_saved, columns_are_chosen_and_ordered, what_cannot_be_saved_says_why,
          file_that_was_named_must_be_there, scripts_do_not_depend_on_the_file,
          first_run_names_the_help_until_a_key_is_pressed])
