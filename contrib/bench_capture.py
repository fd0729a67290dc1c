#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench_capture.py KIND OUT.pcap [--packets N] - captures for contrib/bench, made from nothing.

mix        TCP flows with TLS and HTTP openings, DNS pairs, answers; 10 packets a flow on average
elephants  50 long TCP flows, 1,400 bytes of payload a packet
syn        SYNs from ever new addresses: one packet a flow
scale      as many flows as packets, among 200,000 hosts; sent in a loop, all of them stay and keep moving
minute     a minute of about 9 Mbit/s: conversations of 5,000 local hosts in 150 subnets with 5,000 others and sites of 84 applications
talkers    50 hosts that talk to each other all the time, for a second

Deterministic. Addresses: clients 10/8, servers 198.18/15 (RFC 2544).
"""
import argparse
import random
import struct

START = 1700000000


def fold(total):
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def words(data):
    return sum(struct.unpack(">%dH" % ((len(data) + 1) // 2), data + b"\0" * (len(data) & 1)))


def ip4(src, dst, proto, l4):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(l4), 0, 0x4000, 64, proto, 0, src, dst)
    return head[:10] + struct.pack(">H", fold(words(head))) + head[12:] + l4


def tcp(src, dst, sport, dport, seq, ack, flags, data=b""):
    head = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 64000, 0, 0)
    check = fold(words(src + dst) + 6 + len(head) + len(data) + words(head) + words(data))
    return ip4(src, dst, 6, head[:16] + struct.pack(">H", check) + head[18:] + data)


def udp(src, dst, sport, dport, data):
    head = struct.pack(">HHHH", sport, dport, 8 + len(data), 0)
    return ip4(src, dst, 17, head + data)


def client_hello(name):
    sni = struct.pack(">HBH", len(name) + 3, 0, len(name)) + name
    ext = struct.pack(">HH", 0, len(sni)) + sni + b"\0\x0a\0\4\0\2\0\x1d" + b"\0\x2b\0\3\2\3\4"
    body = b"\3\3" + bytes(range(32)) + b"\0" + b"\0\4\x13\1\x13\2" + b"\1\0" + struct.pack(">H", len(ext)) + ext
    hand = b"\1" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\3\1" + struct.pack(">H", len(hand)) + hand


def dns(number, name, answer):
    labels = b"".join(bytes([len(p)]) + p for p in name.split(b".")) + b"\0"
    head = struct.pack(">6H", number & 0xFFFF, 0x8180 if answer else 0x0100, 1, 1 if answer else 0, 0, 0)
    tail = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc6\x12\0\1" if answer else b""
    return head + labels + b"\0\1\0\1" + tail


class Writer:
    def __init__(self, path):
        self.out = open(path, "wb", buffering=1 << 20)
        self.out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.ether = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0"

    def frame(self, us, ip):
        n = len(ip) + 14
        self.out.write(struct.pack("<IIII", START + us // 1000000, us % 1000000, n, n) + self.ether + ip)


def addresses(rng, number):
    return struct.pack(">I", 0x0A000000 + number * 2654435761 % 200000), \
        struct.pack(">I", 0xC6120000 + rng.randrange(20000))


def conversation(rng, number, ends=None, site=None):
    """The packets of one flow."""
    a, b = ends or addresses(rng, number)
    port, kind = 1024 + number % 60000, number % 4
    if kind == 0:
        name = site or b"host%d.example.org" % (number % 5000)
        return [udp(a, b, port, 53, dns(number, name, False)), udp(b, a, 53, port, dns(number, name, True))]
    if kind == 1:
        data = [(0, b"GET /%d HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench/1\r\n\r\n" % (number, site or b"www%d.example.org" % (number % 900))),
                (1, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n" + b"x" * 1000)]
        server = 80
    else:
        data = [(0, client_hello(site or b"cdn%d.example.net" % (number % 3000))), (1, b"\x17\3\3\4\0" + b"y" * 1024)]
        server = 443
    return connection(a, b, port, server, data + [(1, b"\x17\3\3\4\0" + b"z" * 1200)] * (number * 7919 % 12))


def connection(a, b, port, server, data):
    """Its packets; data: [(0 by the client or 1, bytes)]."""
    seq, out = [1, 1], [tcp(a, b, port, server, 0, 0, 2), tcp(b, a, server, port, 0, 1, 18), tcp(a, b, port, server, 1, 1, 16)]
    for way, chunk in data:
        ends = (b, a, server, port) if way else (a, b, port, server)
        out.append(tcp(*ends, seq[way], seq[1 - way], 24, chunk))
        seq[way] += len(chunk)
    out.append(tcp(a, b, port, server, seq[0], seq[1], 17))
    out.append(tcp(b, a, server, port, seq[1], seq[0] + 1, 17))
    return out


def mix(writer, packets):
    rng, flows, written, number = random.Random(1), [], 0, 0
    while written < packets:
        while len(flows) < 2000:
            flows.append(conversation(rng, number)[::-1])
            number += 1
        i = rng.randrange(len(flows))
        writer.frame(written * 20, flows[i].pop())
        written += 1
        if not flows[i]:
            flows[i] = flows[-1]
            flows.pop()


# Of as many applications to nDPI; by DNS, HTTP and TLS they are three each.
SITES = """scorecardresearch.com googletagservices.com sharepointonline.com steamcommunity.com microsoftonline.us
appliedprivacy.net apple-cloudkit.com gitlab-static.net dropboxstatic.com redditstatic.com media-amazon.com
itunes-apple.com feelinsonice.com cdninstagram.com playstation.net doubleclick.net disney-plus.net torproject.org
spotifycdn.net slack-msgs.com likeevideo.com hulustream.com discordapp.com cloudfront.net activision.com wechatapp.com
twitchsvc.net tiktokcdn.com speedtest.net googlezip.net ppstream.com nintendo.com facebook.com youtube.com pandora.com
opendns.com nflximg.net ebayrtm.com zattoo.com tuenti.com sndcdn.com pinimg.com github.com azurefd.us amazon.com
alicdn.com weibo.com vimeo.com viber.com twimg.com licdn.com xbox.com fuze.com m.me icloud-content.com
windowsupdate.com amazonalexa.com salesforce.com push-apple.com bloomberg.com whatsapp.net tdesktop.com pastebin.com
tumblr.com skype.com iflix.com badoo.com zoom.us cnn.com ocs.fr worldofwarcraft.com whispersystems.org
hotspotshield.com crashlytics.com accuweather.com teamviewer.com snapcraft.io deezer.com webex.com kakao.com gtimg.com
yimg.com waze.com vevo.com""".split()


# Of services that nDPI knows by their port.
PORTS = [21, 22, 23, 25, 53, 69, 79, 88, 110, 119, 123, 137, 139, 143, 161, 179, 389, 427, 445, 465, 500, 502, 514, 515, 548, 554, 631, 636, 853, 873, 993,
         995, 1080, 1194, 1344, 1433, 1494, 1521, 1701, 1720, 1723, 1812, 1883, 1935, 2000, 2049, 2055, 2123, 2152, 2404, 2427, 3128, 3306, 3389,
         3478, 3868, 5060, 5222, 5432, 5672, 5683, 5900, 5938, 6343, 6379, 6667, 8333, 9042, 9200, 10000, 11211, 20000, 27015, 44818, 47808]


def minute(writer, packets):
    rng, flows, number = random.Random(3), [], 0
    for n in range(packets):
        while len(flows) < 500:
            here = number * 7 % 5000
            ends = struct.pack(">I", 0x0A000000 + (here % 150 << 8) + 1 + here // 150), struct.pack(">I", 0xC6120000 + number * 11 % 5000)
            if number % 16 == 3:
                flow = connection(*ends, 1024 + number % 60000, PORTS[number // 16 % len(PORTS)], [(0, b"\xfe\xdc" * 20), (1, b"\xba\x98" * 300)])
            else:
                flow = conversation(rng, number, ends, b"www.%s" % SITES[number // 4 % len(SITES)].encode())
            flows.append(flow[::-1])
            number += 1
        i = rng.randrange(len(flows))
        writer.frame(n * 60000000 // packets, flows[i].pop())
        if not flows[i]:
            flows[i] = flows[-1]
            flows.pop()


def elephants(writer, packets):
    ends = [(struct.pack(">I", 0x0A000001 + i), struct.pack(">I", 0xC6120001 + i), 20000 + i) for i in range(50)]
    ready = []
    for a, b, port in ends:
        writer.frame(0, tcp(a, b, port, 443, 0, 0, 2))
        writer.frame(10, tcp(b, a, 443, port, 0, 1, 18))
        writer.frame(20, tcp(a, b, port, 443, 1, 1, 24, client_hello(b"cdn.example.net")))
        ready.append([tcp(b, a, 443, port, 1 + k * 1400, 200, 16, b"\x17\3\3\5\x73" + b"e" * 1395) for k in range(16)])
    for n in range(packets - 150):
        writer.frame(100 + n * 5, ready[n % 50][n // 50 % 16])


def syn(writer, packets):
    target = struct.pack(">I", 0xC6120001)
    for n in range(packets):
        source = struct.pack(">I", 0x0A000000 + (n * 0x9E3779B1 & 0xFFFFFF))
        writer.frame(n * 2, tcp(source, target, 1024 + n % 60000, 80, n, 0, 2))


def sum_of(data):
    """What an address adds to a checksum."""
    return (data[0] << 8 | data[1]) + (data[2] << 8 | data[3])


def quick(a, b, l4, proto, check_at):
    """ip4() around l4 whose checksum field is 0: the sum of all but the addresses is made once per body."""
    ends = sum_of(a) + sum_of(b)
    n, body = len(l4), BODIES.setdefault((proto, l4[4:]), None) or remember(proto, l4)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + n, 0, 0x4000, 64, proto, fold(0x4500 + 20 + n + 0x4000 + 0x4000 + proto + ends), a, b)
    ports = (l4[0] << 8 | l4[1]) + (l4[2] << 8 | l4[3])
    return head + l4[:check_at] + struct.pack(">H", fold(body + ends + ports)) + l4[check_at + 2:]


BODIES = {}


def remember(proto, l4):
    BODIES[proto, l4[4:]] = total = proto + len(l4) + words(l4[4:])
    return total


CLIENTS, SERVERS, HEAVY = 180000, 20000, 64


def scale(writer, packets):
    """A quarter each: DNS, TLS met midway, bare TCP, UDP of no name. The first ones are heavy, each less than
    the one before, so that the top of a list is known."""
    tls = struct.pack(">IIBBHHH", 1, 1, 0x50, 24, 64000, 0, 0) + b"\x17\3\3\0\x2b" + b"t" * 43
    bare = struct.pack(">IIBBHHH", 1, 1, 0x50, 16, 64000, 0, 0)
    for n in range(packets):
        a = struct.pack(">I", 0x0A000000 + n % CLIENTS)
        b = struct.pack(">I", 0xC6120000 + (n * 2654435761 >> 8) % SERVERS)
        port, kind = 1024 + n // CLIENTS * 4 + n % 4, n % 4
        if n < HEAVY:
            ip = quick(a, b, struct.pack(">HH", port, 443) + tls + b"h" * (1300 - 16 * n), 6, 16)
        elif kind == 0:
            query = dns(7, b"host%d.example.org" % (n % 5000), False)
            ip = quick(a, b, struct.pack(">HHHH", port, 53, 8 + len(query), 0) + query, 17, 6)
        elif kind == 3:
            ip = quick(a, b, struct.pack(">HHHH", port, 20000 + n % 500, 40, 0) + b"u" * 32, 17, 6)
        else:
            ip = quick(a, b, struct.pack(">HH", port, 443 if kind == 1 else 80) + (tls if kind == 1 else bare), 6, 16)
        writer.frame(n * 10, ip)


def talkers(writer, packets):
    rng = random.Random(2)
    ends = [struct.pack(">I", 0x0A000001 + i) for i in range(50)]
    for n in range(packets):
        i = n % 50
        size = rng.choice((0, 40, 200, 600, 1200))
        writer.frame(n * 1000000 // packets, udp(ends[i], ends[(i * 7 + n // 50 % 3) % 50 ^ 1], 30000 + i, 5000 + i % 7, b"v" * size))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("mix", "elephants", "syn", "scale", "talkers", "minute"))
    parser.add_argument("out")
    parser.add_argument("--packets", type=int, default=1000000)
    args = parser.parse_args()
    {"mix": mix, "elephants": elephants, "syn": syn, "scale": scale, "talkers": talkers, "minute": minute}[args.kind](Writer(args.out), args.packets)


if __name__ == "__main__":
    main()
