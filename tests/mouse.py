#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mouse on the screen: tabs, headers, rows, wheel, menus, the function bar, the line that is typed."""
import re
import time

from report import expect, main
from terminal import Screen, capture


def press(screen, x, y, button=0):
    """Press and let go at a column and line counted from 0."""
    for final in "Mm":
        screen.keys(b"\x1b[<%d;%d;%d%s" % (button, x + 1, y + 1, final.encode()))


def wheel(screen, down, y=10):
    screen.keys(b"\x1b[<%d;5;%dM" % (65 if down else 64, y + 1))


def find(screen, text, y):
    """Click on a text of a line."""
    at = screen.terminal.line(y).index(text)
    press(screen, at, y)


def at_pane(key, word, rows=24, columns=132, arguments=()):
    screen = Screen("-r", capture(), "--speed", "max", *arguments, rows=rows, columns=columns)
    screen.shows(lambda t: "end of file" in t.line(0))
    screen.keys(key)
    screen.shows(lambda t: word in t.line(3))
    screen.shows(lambda t: "10.0.0." in t.line(4))
    return screen


def leave(screen):
    screen.keys(b"q")
    expect(screen.status() == 0)
    screen.expect_restored()


def cursor(t):
    found = t.reversed_rows(4, t.rows - 1)
    return found[0] if len(found) == 1 else None


def click_on_a_tab_goes_there():
    screen = at_pane(b"2", "RECEIVED")
    for tab, word in (("3 Flows", "CLIENT"), ("4 Applications", "CATEGORY"), ("2 Hosts", "RECEIVED")):
        find(screen, tab, 1)
        screen.shows(lambda t: word in t.line(3))
    find(screen, "9 Sources", 1)
    screen.shows(lambda t: "ENGINE" in t.text())
    leave(screen)


def click_on_a_header_sorts_and_again_turns_the_order():
    screen = at_pane(b"2", "RECEIVED")
    for mark in ("▼", "▲", "▼"):
        find(screen, "RECEIVED", 3)
        screen.shows(lambda t: "RECEIVED" + mark in t.line(3))
    leave(screen)


def click_on_a_row_chooses_it_and_two_open_it():
    screen = at_pane(b"2", "RECEIVED")
    press(screen, 20, 8)
    screen.shows(lambda t: cursor(t) == 8)
    address = screen.terminal.line(8).split()[0]
    time.sleep(0.6)
    press(screen, 20, 8)
    press(screen, 20, 8)
    screen.shows(lambda t: address in t.line(3) and "RECEIVED" not in t.line(3))
    leave(screen)


def click_below_the_rows_does_nothing():
    screen = at_pane(b"2", "RECEIVED", rows=40)
    last = max(y for y in range(4, 39) if screen.terminal.line(y).strip())
    expect(last < 36, "the list fills the screen")
    press(screen, 5, last + 2)
    press(screen, 5, last + 2)
    screen.read(0.4)
    expect(cursor(screen.terminal) == 4 and "RECEIVED" in screen.terminal.line(3), screen.terminal.text())
    leave(screen)


def right_and_middle_button_do_nothing():
    screen = at_pane(b"2", "RECEIVED")
    for button in (1, 2, 32, 35, 66, 128):  # middle, right, moves, wheel sideways, "back"
        press(screen, 20, 8, button)
    screen.read(0.4)
    expect(cursor(screen.terminal) == 4, screen.terminal.text())
    leave(screen)


def wheel_scrolls_by_three_and_the_cursor_stays_in_sight():
    screen = at_pane(b"3", "CLIENT")
    for _ in range(5):
        screen.keys(b"j")
    screen.shows(lambda t: cursor(t) == 9)
    row = screen.terminal.line(9).split()[0]
    fourth = screen.terminal.line(7)
    wheel(screen, True)
    screen.shows(lambda t: t.line(4) == fourth and cursor(t) == 6)
    expect(screen.terminal.line(6).split()[0] == row, "the cursor left its row")
    wheel(screen, True)
    screen.shows(lambda t: cursor(t) == 4)
    expect(screen.terminal.line(4).split()[0] != row, "the row is still in sight")
    wheel(screen, False)
    wheel(screen, False)
    screen.shows(lambda t: t.line(7) == fourth)
    leave(screen)


def wheel_ends_at_the_ends():
    screen = at_pane(b"3", "CLIENT")
    first = screen.terminal.line(4)
    for _ in range(3):
        wheel(screen, False)
    screen.read(0.3)
    expect(screen.terminal.line(4) == first, screen.terminal.text())
    for _ in range(200):
        wheel(screen, True)
    screen.shows(lambda t: t.line(22).strip() and cursor(t) == 4)
    screen.keys(b"G")
    screen.shows(lambda t: cursor(t) == 22)
    leave(screen)


def click_on_a_menu_item_chooses_it_and_beside_it_closes():
    screen = at_pane(b"2", "RECEIVED")
    screen.keys(b"\x1b[17~")
    screen.shows(lambda t: "Sort by" in t.text())
    y = next(y for y in range(4, 23) if re.match(r" *SENT ", screen.terminal.line(y)))
    press(screen, 3, y)
    screen.shows(lambda t: "SENT▼" in t.line(3))
    screen.keys(b"\x1b[17~")
    screen.shows(lambda t: "Sort by" in t.text())
    press(screen, 120, 20)
    screen.shows(lambda t: "Sort by" not in t.text())
    expect("SENT▼" in screen.terminal.line(3), screen.terminal.line(3))
    leave(screen)


def click_on_the_function_bar_presses_its_key():
    screen = at_pane(b"2", "RECEIVED")
    find(screen, "Help", 23)
    screen.shows(lambda t: "go to a pane" in t.text())
    find(screen, "Close", 23)
    screen.shows(lambda t: "RECEIVED" in t.line(3))
    find(screen, "Filter", 23)
    screen.shows(lambda t: t.line(23).startswith("Filter:"))
    screen.keys(b"\x1b")
    screen.shows(lambda t: "Quit" in t.line(23))
    find(screen, "Quit", 23)
    expect(screen.status() == 0)


def click_on_the_line_typed_moves_its_cursor():
    screen = at_pane(b"2", "RECEIVED")
    screen.keys(b"/10.0.0.7")
    screen.shows(lambda t: "10.0.0.7" in t.line(23))
    find(screen, ".7", 23)
    screen.keys(b"x")
    screen.shows(lambda t: "10.0.0x.7" in t.line(23))
    press(screen, 5, 1)  # a tab: waits until the line is done
    screen.read(0.3)
    expect("10.0.0x.7" in screen.terminal.line(23) and "RECEIVED" in screen.terminal.line(3), screen.terminal.text())
    screen.keys(b"\x1b")
    time.sleep(0.1)
    leave(screen)


def mouse_is_left_to_the_terminal_on_wish():
    screen = at_pane(b"2", "RECEIVED", arguments=("--no-mouse",))
    expect(not screen.terminal.mouse and b"?1000h" not in screen.seen and b"?1006h" not in screen.seen)
    leave(screen)


if __name__ == "__main__":
    main([click_on_a_tab_goes_there, click_on_a_header_sorts_and_again_turns_the_order,
          click_on_a_row_chooses_it_and_two_open_it, click_below_the_rows_does_nothing, right_and_middle_button_do_nothing,
          wheel_scrolls_by_three_and_the_cursor_stays_in_sight, wheel_ends_at_the_ends,
          click_on_a_menu_item_chooses_it_and_beside_it_closes, click_on_the_function_bar_presses_its_key,
          click_on_the_line_typed_moves_its_cursor, mouse_is_left_to_the_terminal_on_wish])
