#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds of fuzz_sending: those of fuzz_whole (seeds_whole.py), each with other switches."""
import os

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def main():
    to = os.path.join(HERE, "sending")
    os.makedirs(to, exist_ok=True)
    for number, name in enumerate(sorted(os.listdir(os.path.join(HERE, "whole")))):
        with open(os.path.join(HERE, "whole", name), "rb") as file:
            data = file.read()
        with open(os.path.join(to, name), "wb") as file:
            file.write(data[:1] + bytes([number % 8]) + data[2:])


if __name__ == "__main__":
    main()
