#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_when into the directory given (made anew, deterministic)."""
import os
import sys

SEEDS = {
    "now": "now", "now-less": "now-1h", "length": "-2h", "lengths": "-1d12h", "length-words": "- 3 days", "ago": "45 min ago",
    "later": "+30s", "century": "-100y", "too-long": "-999999999y", "no-unit": "-5", "time": "15:10", "seconds": "03:10:07",
    "today": "today 9:00", "yesterday": "yesterday 15:10", "weekday": "mon 3:10", "weekday-wrong": "moonday", "date": "2026-11-20",
    "date-time": "2026-11-20 09:00", "iso": "2026-11-20T09:00:00Z", "iso-zone": "2026-11-20 09:00:00+05:30",
    "iso-fraction": "2026-11-20t09:00:00.25-08", "zone-wrong": "15:10 +15", "no-such-date": "2026-02-29", "leap": "2024-02-29",
    "first-year": "1970-01-01", "last-year": "9999-12-31 23:59:59", "summer-gap": "2026-03-29 02:30", "twice": "2026-10-25 02:30",
    "epoch": "@1795698151.5", "epoch-long": "@99999999999", "epoch-wrong": "@x", "empty": "", "blank": "  ", "rest": "15:10 and more",
    "fraction-long": "15:10:00.12345678901234567890", "control": "yesterday\x1b[2J", "utf8": "gestern \u00fcber",
}


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, text in SEEDS.items():
        with open(os.path.join(sys.argv[1], name), "wb") as out:
            out.write(text.encode())


if __name__ == "__main__":
    main()
