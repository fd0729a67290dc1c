#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo.py OUT.pcap - the demo capture: a minute of a small office, made from nothing and always the same.

Web over TLS and plain HTTP, DNS, video over QUIC and TLS, BitTorrent, mail, SSH, NTP, printers that announce
themselves, IPv6, a VLAN, and one host that scans ports. Local addresses are private ones, the others are public
addresses of well-known services, so that names, countries and applications have something to show.
"""
import random
import struct
import sys

from bench_capture import client_hello, dns, fold, words

START = 1763980000  # 2025-11-24 10:26:40 UTC
RNG = random.Random(20251124)
FRAMES = []

GATEWAY, DNS4, NAS, PC, LAPTOP, PHONE, TV, PRINTER, SCANNER = (
    "192.168.1.1", "192.168.1.1", "192.168.1.40", "192.168.1.21", "192.168.1.22", "192.168.1.30", "192.168.1.35",
    "192.168.1.50", "192.168.1.66")


def pack(address):
    if ":" not in address:
        return bytes(map(int, address.split(".")))
    head, _, tail = address.partition("::")
    left, right = [[int(x, 16) for x in part.split(":") if x] for part in (head, tail)]
    return struct.pack(">8H", *(left + [0] * (8 - len(left) - len(right)) + right))


def mac(address):
    return b"\2\0" + struct.pack(">I", fold(words(pack(address))) * 2654435761 & 0xFFFFFFFF)


def is_local(address):
    return address.startswith(("192.168.", "10.", "2001:db8:1:", "fe80:"))


def frame(at, source, target, protocol, payload, vlan=0):
    """One Ethernet frame at `at` seconds; far ends are behind the gateway."""
    a, b = pack(source), pack(target)
    if len(a) == 4:
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + a + b
        head = head[:10] + struct.pack(">H", fold(words(head))) + head[12:]
    else:
        head = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + a + b
    near, far = (mac(x) if is_local(x) else mac(GATEWAY) for x in (source, target))
    if b[0] == 0xFF and len(b) == 16:
        far = b"\x33\x33" + b[12:]
    elif len(b) == 4 and b[0] >= 224:
        far = b"\1\0\x5e" + bytes([b[1] & 127]) + b[2:]
    kind = struct.pack(">H", 0x0800 if len(a) == 4 else 0x86DD)
    tag = struct.pack(">HH", 0x8100, vlan) if vlan else b""
    FRAMES.append((at, far + near + tag + kind + head + payload))


def check(source, target, protocol, data):
    a, b = pack(source), pack(target)
    return fold(words(a + b) + protocol + len(data) + words(data))


def udp(at, source, sport, target, dport, data, vlan=0):
    head = struct.pack(">4H", sport, dport, 8 + len(data), 0)
    total = check(source, target, 17, head + data) or 0xFFFF
    frame(at, source, target, 17, head[:6] + struct.pack(">H", total) + data, vlan)


class Tcp:
    """One conversation with a round trip time; every segment is acknowledged."""

    def __init__(self, at, client, server, dport, rtt=0.03, vlan=0, open_=True):
        self.ends = ((client, RNG.randrange(32768, 61000)), (server, dport))
        self.at, self.rtt, self.vlan = at, rtt, vlan
        self.seq = [RNG.randrange(1 << 31), RNG.randrange(1 << 31)]
        if open_:
            self.segment(0, 2)
            self.seq[0] += 1
            self.at += rtt
            self.segment(1, 18)
            self.seq[1] += 1
            self.at += 0.0004
            self.segment(0, 16)

    def segment(self, way, flags, data=b""):
        (source, sport), (target, dport) = self.ends[way], self.ends[1 - way]
        ack = self.seq[1 - way] & 0xFFFFFFFF if flags & 16 else 0
        head = struct.pack(">HHIIBBHHH", sport, dport, self.seq[way] & 0xFFFFFFFF, ack, 0x50, flags, 64240, 0, 0)
        total = check(source, target, 6, head + data)
        frame(self.at, source, target, 6, head[:16] + struct.pack(">H", total) + head[18:] + data, self.vlan)

    def say(self, way, data, pause=0.0):
        """Send data in segments of 1,400 bytes; the other end acknowledges the last."""
        self.at += pause + (self.rtt if way else 0.001)
        for i in range(0, len(data), 1400):
            part = data[i:i + 1400]
            self.segment(way, 24 if i + 1400 >= len(data) else 16, part)
            self.seq[way] += len(part)
            self.at += 0.0002
        self.segment(1 - way, 16)

    def close(self):
        for way in (0, 1):
            self.at += self.rtt / 2
            self.segment(way, 17)
            self.seq[way] += 1
        self.segment(0, 16)


def noise(n):
    return RNG.randbytes(n)


def record(n):
    """A TLS application data record of n bytes (RFC 8446 section 5.1)."""
    return b"\x17\3\3" + struct.pack(">H", n) + noise(n)


def server_hello():
    body = b"\3\3" + noise(32) + b"\x20" + noise(32) + b"\x13\1\0" + b"\0\6\0\x2b\0\2\3\4"
    hand = b"\2" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\3\3" + struct.pack(">H", len(hand)) + hand + b"\x14\3\3\0\1\1" + record(900)


def lookup(at, client, name, server=DNS4):
    port, number = RNG.randrange(20000, 60000), RNG.randrange(65536)
    udp(at, client, port, server, 53, dns(number, name.encode(), False))
    udp(at + 0.012, server, 53, client, port, dns(number, name.encode(), True))


def tls(at, client, server, name, sizes, pause=0.4, rtt=0.03, vlan=0):
    if ":" not in server and not vlan:
        lookup(at - 0.05, client, name)
    c = Tcp(at, client, server, 443, rtt, vlan)
    c.say(0, client_hello(name.encode()))
    c.say(1, server_hello())
    c.say(0, b"\x14\3\3\0\1\1" + record(53))
    for up, down in sizes:
        c.say(0, record(up), pause)
        for _ in range(down // 1380):
            c.say(1, record(1375))
        c.say(1, record(max(20, down % 1380)))
    c.close()


def http(at, client, server, host, pages):
    lookup(at - 0.05, client, host)
    c = Tcp(at, client, server, 80)
    for path, size in pages:
        c.say(0, ("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\r\n"
                  "Accept: text/html\r\nConnection: keep-alive\r\n\r\n" % (path, host)).encode(), 0.3)
        c.say(1, ("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n"
                  "Content-Length: %d\r\n\r\n" % size).encode() + b"<html>" + b"x" * (size - 6))
    c.close()


def talk(at, client, server, port, lines, rtt=0.02):
    """A text protocol: (way, text) lines."""
    c = Tcp(at, client, server, port, rtt)
    for way, text in lines:
        c.say(way, text if isinstance(text, bytes) else text.encode() + b"\r\n", 0.05)
    c.close()


def bittorrent(at, client, peer, port, pieces):
    c = Tcp(at, client, peer, port, 0.08)
    shake = b"\x13BitTorrent protocol" + bytes(5) + b"\x10\0\5" + b"demo-info-hash-20byt" + b"-DT0001-" + b"0123456789ab"
    c.say(0, shake)
    c.say(1, shake)
    for _ in range(pieces):
        c.say(0, struct.pack(">IBIII", 13, 6, 1, 0, 16384), 0.5)
        c.say(1, struct.pack(">IBII", 9 + 2600, 7, 1, 0) + noise(2600))
    return c


def video(at, client, server, seconds):
    """QUIC version 1 long headers, then short ones: a stream of datagrams downwards."""
    port = RNG.randrange(40000, 60000)
    initial = b"\xc3\0\0\0\1\x08" + noise(8) + b"\0\0" + struct.pack(">H", 0x4000 | 1180) + noise(1180)
    udp(at, client, port, server, 443, initial)
    udp(at + 0.02, server, 443, client, port, initial)
    for i in range(int(seconds * 2)):
        moment = at + 0.1 + i / 2
        udp(moment, client, port, server, 443, b"\x41" + noise(40))
        udp(moment + 0.02, server, 443, client, port, b"\x52" + noise(1200))


def office():
    for i, (name, server) in enumerate((("www.wikipedia.org", "185.15.59.224"), ("github.com", "140.82.121.3"),
                                        ("www.debian.org", "130.89.148.77"), ("www.python.org", "151.101.12.223"),
                                        ("news.ycombinator.com", "209.216.230.207"), ("www.bbc.co.uk", "212.58.237.1"))):
        tls(2 + i * 8.5, (PC, LAPTOP)[i % 2], server, name, [(300, 6000 + 900 * i), (250, 2500)])
    tls(4, TV, "45.57.90.1", "ipv4-c001-fra001-ix.1.oca.nflxvideo.net", [(400, 4000)] * 12, 4.2)
    tls(9, PHONE, "157.240.27.54", "edge-mqtt.facebook.com", [(120, 300)] * 5, 8)
    tls(15, PHONE, "142.250.185.78", "www.youtube.com", [(500, 9000), (400, 6000)])
    video(17, PHONE, "142.250.185.110", 38)
    tls(20, "2001:db8:1::22", "2a00:1450:4001:82b::200e", "www.google.com", [(400, 8000)])
    tls(26, "2001:db8:1::21", "2606:4700::6810:84e5", "www.cloudflare.com", [(400, 5000)])
    tls(33, LAPTOP, "140.82.121.3", "api.github.com", [(200, 900)] * 4, 3, vlan=20)
    http(6, PC, "146.75.118.132", "deb.debian.org", [("/debian/dists/bookworm/InRelease", 2500), ("/debian/pool/main/d/demo.deb", 9000)])
    http(29, PRINTER, "151.101.194.132", "update.example.org", [("/firmware/check?model=7", 900)])


def services():
    talk(11, LAPTOP, "193.99.144.80", 25, [
        (1, "220 mail.example.org ESMTP Postfix"), (0, "EHLO laptop.lan"), (1, "250-mail.example.org\r\n250-SIZE 50000000\r\n250 8BITMIME"),
        (0, "MAIL FROM:<alice@example.org>"), (1, "250 2.1.0 Ok"), (0, "RCPT TO:<bob@example.net>"), (1, "250 2.1.5 Ok"),
        (0, "DATA"), (1, "354 End data with <CR><LF>.<CR><LF>"), (0, "Subject: demo\r\n\r\nHello.\r\n."), (1, "250 2.0.0 Ok: queued"),
        (0, "QUIT"), (1, "221 2.0.0 Bye")])
    talk(24, PC, "193.99.144.81", 143, [
        (1, "* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready."), (0, "a1 LOGIN alice secret"), (1, "a1 OK Logged in"),
        (0, "a2 SELECT INBOX"), (1, "* 12 EXISTS\r\n* 0 RECENT\r\na2 OK [READ-WRITE] Select completed."), (0, "a3 LOGOUT"),
        (1, "* BYE Logging out\r\na3 OK Logout completed.")])
    ssh = Tcp(3, PC, NAS, 22, 0.0006)
    ssh.say(1, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
    ssh.say(0, b"SSH-2.0-OpenSSH_9.9\r\n")
    for _ in range(45):
        ssh.say(0, noise(36), 1.1)
        ssh.say(1, noise(RNG.randrange(36, 300)))
    for i, server in enumerate(("162.159.200.123", "131.188.3.222")):
        packet = b"\x23" + bytes(39) + noise(8)
        udp(13 + i, NAS, 123, server, 123, packet)
        udp(13.03 + i, server, 123, NAS, 123, b"\x24\2" + packet[2:])
    for i in range(4):
        udp(5 + i * 14, PRINTER, 5353, "224.0.0.251", 5353, dns(0, b"_ipp._tcp.local", False))
        udp(6 + i * 14, TV, 50000, "239.255.255.250", 1900,
            b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\nST: upnp:rootdevice\r\n\r\n")
    arp = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1)
    for i, host in enumerate((PC, LAPTOP, NAS, PHONE, TV, PRINTER)):
        FRAMES.append((0.5 + i * 9, b"\xff" * 6 + mac(host) + b"\x08\x06" + arp + mac(host) + pack(host) + bytes(6) + pack(GATEWAY)))
    for i in range(20):
        echo = struct.pack(">BBHHH", 8, 0, 0, 7, i) + bytes(48)
        frame(10 + i, PC, "9.9.9.9", 1, echo[:2] + struct.pack(">H", fold(words(echo))) + echo[4:])
        echo = b"\0" + echo[1:]
        frame(10.02 + i, "9.9.9.9", PC, 1, echo[:2] + struct.pack(">H", fold(words(echo))) + echo[4:])


def trouble():
    peers = ("93.184.77.10", "81.2.69.160", "203.0.113.77", "190.2.131.4", "41.231.53.9", "118.163.8.90", "177.54.144.20")
    for i, peer in enumerate(peers):
        bittorrent(8 + i * 2.3, NAS, peer, RNG.randrange(6881, 6999) if i % 2 else 51413, 9)
    for n, port in enumerate(RNG.sample(range(1, 9000), 180)):  # the scan: most ports answer with a reset
        c = Tcp(35 + n * 0.05, SCANNER, NAS, port, 0.0003, open_=False)
        c.segment(0, 2)
        c.seq[0] += 1
        c.at += 0.0003
        c.segment(1, 20)


def main():
    office()
    services()
    trouble()
    FRAMES.sort(key=lambda item: item[0])
    with open(sys.argv[1], "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for at, data in FRAMES:
            us = round(at * 1000000)
            out.write(struct.pack("<IIII", START + us // 1000000, us % 1000000, len(data), len(data)) + data)


if __name__ == "__main__":
    main()
