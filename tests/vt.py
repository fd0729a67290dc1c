# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows of the bytes written to it: as much of xterm as a program with TERM=xterm-256color
uses. For tests of the screen in a pty and for contrib/bench; knows nothing of dpitop."""
import re
import unicodedata

SEQUENCE = re.compile(r"\x1b(?:\[([?>=!]?)([0-9;:]*)([ !\"$']?[@-~])|\]([^\x07\x1b]*)(?:\x07|\x1b\\)|[()*+](.)|([0-Z\\^-~]))")
REVERSE = 1


class Terminal:
    """Lines of (character, reverse video) cells; a wide character is followed by an empty one."""

    def __init__(self, rows, columns):
        self.rest = b""
        self.alternate = self.cursor_hidden = self.mouse = self.paste = False
        self.resize(rows, columns)

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.x = self.y = 0
        self.reverse = 0
        self.top, self.bottom = 0, rows - 1
        self.last = " "
        self.cells = [self.blank() for _ in range(rows)]

    def blank(self):
        return [(" ", 0)] * self.columns

    # ---- what it shows ----

    def line(self, y):
        return "".join(character for character, _ in self.cells[y])

    def lines(self):
        return [self.line(y).rstrip() for y in range(self.rows)]

    def text(self):
        return "\n".join(self.lines())

    def reversed_rows(self, first, last):
        """Lines of [first, last) whose first cell is in reverse video: a cursor bar."""
        return [y for y in range(first, min(last, self.rows)) if self.cells[y][0][1]]

    # ---- what is written to it ----

    def feed(self, data):
        text, self.rest = self.decode(self.rest + data)
        at = 0
        while at < len(text):
            character = text[at]
            if character == "\x1b":
                found = SEQUENCE.match(text, at)
                if not found:  # the rest is still to come
                    self.rest = text[at:].encode() + self.rest
                    return
                self.sequence(found)
                at = found.end()
                continue
            self.put(character) if character >= " " else self.control(character)
            at += 1

    @staticmethod
    def decode(data):
        """Whole characters of UTF-8, and the bytes of one that has only begun."""
        for cut in range(4):
            try:
                return data[:len(data) - cut].decode(), data[len(data) - cut:]
            except UnicodeDecodeError as error:
                if error.end < len(data) - cut or cut == 3:
                    break
        return data.decode("utf-8", "replace"), b""

    def control(self, character):
        if character == "\r":
            self.x = 0
        elif character == "\n":
            self.down()
        elif character == "\b":
            self.x = max(0, min(self.x, self.columns - 1) - 1)
        elif character == "\t":
            self.x = min(self.columns - 1, self.x // 8 * 8 + 8)

    def down(self):
        if self.y == self.bottom:
            self.cells.insert(self.bottom + 1, self.blank())
            del self.cells[self.top]
        else:
            self.y = min(self.rows - 1, self.y + 1)

    def put(self, character):
        if unicodedata.combining(character):
            return
        wide = unicodedata.east_asian_width(character) in "WF"
        if self.x >= self.columns - wide:
            self.x = 0
            self.down()
        line = self.cells[self.y]
        line[self.x] = (character, self.reverse)
        if wide:
            line[self.x + 1] = ("", self.reverse)
        self.x += 1 + wide
        self.last = character

    def sequence(self, found):
        private, numbers, final, _, _, escape = found.groups()
        if escape == "M":
            self.y = max(0, self.y - 1)
        elif final:
            given = [int(n) if n else 0 for n in re.split("[;:]", numbers)]
            if private == "?" and final in "hl":
                self.mode(given, final == "h")
            elif not private:
                self.csi(final, given)

    def mode(self, numbers, on):
        for number in numbers:
            if number == 1049:
                self.alternate = on
                self.cells = [self.blank() for _ in range(self.rows)]
            elif number == 25:
                self.cursor_hidden = not on
            elif number == 1000:
                self.mouse = on
            elif number == 2004:
                self.paste = on

    def csi(self, final, given):
        n = max(1, given[0])
        second = max(1, given[1]) if len(given) > 1 else 1
        x, line = min(self.x, self.columns - 1), self.cells[self.y]
        erased = (" ", 0)
        if final in "Hf":
            self.y, self.x = min(n, self.rows) - 1, min(second, self.columns) - 1
        elif final in "ABCD":
            self.y = min(self.rows - 1, max(0, self.y + {"A": -n, "B": n}.get(final, 0)))
            self.x = min(self.columns - 1, max(0, x + {"C": n, "D": -n}.get(final, 0)))
        elif final in "G`":
            self.x = min(n, self.columns) - 1
        elif final == "d":
            self.y = min(n, self.rows) - 1
        elif final == "J":
            self.erase_screen(given[0], x)
        elif final == "K":
            first, last = {0: (x, self.columns), 1: (0, x + 1)}.get(given[0], (0, self.columns))
            line[first:last] = [erased] * (last - first)
        elif final == "X":
            last = min(self.columns, x + n)
            line[x:last] = [erased] * (last - x)
        elif final == "P":
            line[x:] = (line[x + n:] + [erased] * n)[:self.columns - x]
        elif final == "@":
            line[x:] = ([erased] * n + line[x:])[:self.columns - x]
        elif final == "b":
            for _ in range(n):
                self.put(self.last)
        elif final in "LM":
            self.shift(self.y, n if final == "L" else -n)
        elif final in "ST":
            self.shift(self.top, n if final == "T" else -n)
        elif final == "r":
            last = min(self.rows, given[1] if len(given) > 1 and given[1] else self.rows)
            self.top, self.bottom = min(n, last) - 1, last - 1
            self.x = self.y = 0
        elif final == "m":
            self.attributes(given)

    def erase_screen(self, which, x):
        first, last = {0: (self.y + 1, self.rows), 1: (0, self.y)}.get(which, (0, self.rows))
        for y in range(first, last):
            self.cells[y] = self.blank()
        if which == 0:
            self.cells[self.y][x:] = [(" ", 0)] * (self.columns - x)
        elif which == 1:
            self.cells[self.y][:x + 1] = [(" ", 0)] * (x + 1)

    def shift(self, first, n):
        """Lines from `first` to the margin move down by n, up if it is negative."""
        for _ in range(min(abs(n), self.rows)):
            if n > 0:
                del self.cells[self.bottom]
                self.cells.insert(first, self.blank())
            else:
                del self.cells[first]
                self.cells.insert(self.bottom, self.blank())

    def attributes(self, numbers):
        i = 0
        while i < len(numbers):
            if numbers[i] in (38, 48):  # a colour of the palette (5;n) or by parts (2;r;g;b)
                i += 3 if numbers[i + 1:i + 2] == [5] else 5
                continue
            if numbers[i] in (0, 27):
                self.reverse = 0
            elif numbers[i] == 7:
                self.reverse = REVERSE
            i += 1
