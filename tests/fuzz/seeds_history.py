#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the seed corpus of fuzz_history into the directory given (made anew, deterministic): a byte whose lowest bit says
whether commits count, then lines of a catalog or journal without their checksums."""
import os
import sys

E = "E 0 hosts 10.0.0.5 6 DE host.example 1700000340 1700000400000000 1700000460000000\n"
REST = "E 1 hosts % 5 % % 1700000340 1700000400000000 1700000460000000\n"
TOTALS = "E 2 totals % 4 % % 1700000399 1700000400000000 1700000460000000\n"
CLASS = "R 2 1700000340 1700000460\nC 2 1700000460000000 1700000460 1700000460\n"
B = "B 0 1700000400 19675 1000 2000 1 2 1 3\n"
S = "S 1 1700000460 -5 2000 1 2 1 3\n"

SEEDS = {
    "catalog": "0V 1 17 dpitop%200.1.0\n" + CLASS + REST + E + "T 0" + " 19675 1 2 3 4 5" * 5 + "\n" + B + S + "K\n",
    "journal": "1" + E + B + S + "K\n" + B + "K\nB 0 17",
    "twice": "0" + REST + E + E.replace("E 0", "E 7") + E.replace("10.0.0.5", "10.0.0.6"),
    "totals": "0" + TOTALS + "B 2 1700000401 19675 1 2 3 4 5 6 7 8 9 10 11 12\n",
    "dropped": "0" + REST + E + B + "X 0\nD 0\n" + E + B,
    "no-rest": "0" + E + "D 0\nD 0\nX 5\n",
    "ledger": "0" + REST + E + "L 0 1700000400000000 19675 9223372036854775807 1 2 3 4\n" * 3,
    "large": "0" + REST + "E 65535 hosts 10.0.0.9 4 % % -60 0 0\nB 65535 8589934560 199999 1 1 1 1 1 1\nE 65536 hosts 10.0.0.8 4 % % 0 0 0\n",
    "hostile": "0E 3 site_categories ..%2f..%2fetc%2fpasswd 4 % a%0ab%1b[2J 0 0 0\nE 4 l7 TLS.%e4%b8%ad 4 % % 0 0 0\n",
    "kinds": "0" + "".join("E %d %s 4 %% %% 0 0 0\n" % (i, k) for i, k in enumerate((
        "l4 6", "countries DE", "as 15169", "subnets 10.0.0.0/24", "matrix 10.0.0.0/24>internet", "ethertypes 0x0800", "interfaces eth0",
        "categories Web", "vlans 7", "flows x", "nosuch x", "hosts x", "l4 %"))),
    "runs": "0R 0 1 5\nR 0 7 9\nR 0 3 8\nR 0 0 1\nR 1 5 20\nR 2 60 60\nR 2 120 60\nR 9 1 2\nC 0 5 6 7\nC 0 5000000 7 6\n",
    "newer": "0V 2 1 x\n",
    "odd-time": "0" + REST + E + "B 0 1700000401 19675 1 1 1 1 1 1\nB 0 1700000400 0 1 1 1 1 1 1\nB 0 1700000400 19675 1\n",
    "backwards": "0" + REST + E + "S 0 1700000460 1 1 1 1 1 1\nS 0 1700000400 1 1 1 1 1 1\nS 0 1700000460 1 1 1 1 1 9\n",
}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        os.remove(os.path.join(folder, name))
    for name, text in SEEDS.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(text.encode())


if __name__ == "__main__":
    main()
