"""A capture of 27 frames, one of each kind that an earlier tool got wrong, with the
expected counts; and a function that computes the expected counts of any such
file."""

import socket
import struct

import frames as f

LAN, WEB, DNS = "192.168.0.10", "93.184.216.34", "8.8.8.8"
MDNS_GROUP, IGMP_GROUP = "224.0.0.251", "224.0.0.22"
V6_A, V6_B = "2001:db8::1", "2001:db8::2"

_ROUTER_ALERT = bytes([0x94, 4, 0, 0])


def fragments():
    whole = f.udp(53, 40001, b"\0" * 3000, ends=(DNS, LAN))
    return [f.eth(f.ipv4(DNS, LAN, f.UDP, whole[at:at + 1400], ident=77,
                         offset=at, more_fragments=at + 1400 < len(whole)))
            for at in range(0, len(whole), 1400)]


def igmp_with_router_alert():
    return f.eth(f.ipv4(LAN, IGMP_GROUP, f.IGMP, b"\x22" + b"\0" * 15,
                        options=_ROUTER_ALERT))


def frames():
    """The 27 frames, in order."""
    bare = f.tcp(51000, 80, ends=(LAN, WEB))
    return [
        f.tcp_frame(LAN, WEB, 51000, 443, flags=2),
        f.tcp_frame(WEB, LAN, 443, 51000, b"\0" * 100),
        f.udp_frame(LAN, DNS, 40000, 53, b"q" * 29),
        f.udp_frame(DNS, LAN, 53, 40000, b"a" * 56),
        f.tcp_frame(LAN, WEB, 51001, 51002),
        f.tcp_frame(LAN, WEB, 22, 80),
        f.tcp_frame(WEB, LAN, 80, 22, b"\0" * 7),
        f.tcp_frame(LAN, WEB, 51003, 445),
        f.tcp_frame(LAN, WEB, 51003, 8080),
        f.udp_frame(LAN, WEB, 51004, 445, b"\0" * 50),
        f.udp_frame(LAN, WEB, 51004, 443, b"\0" * 50),
        f.eth(f.ipv4(LAN, DNS, f.ICMP, f.icmp_echo())),
        f.eth(f.ipv4(DNS, LAN, f.ICMP, f.icmp_echo(kind=0))),
        igmp_with_router_alert(),
        f.arp(LAN, "192.168.0.1"),
        f.tcp_frame(V6_A, V6_B, 51000, 443, flags=2),
        f.eth(f.ipv6("fe80::1", "ff02::1", f.ICMP6,
                     f.icmp6_echo("fe80::1", "ff02::1", b""))),
        f.tagged(f.tcp_frame(LAN, WEB, 51000, 443, flags=2), 0x8100, 7),
        *fragments(),
        f.eth(f.ipv4(LAN, WEB, f.ESP, b"\0\0\0\1\0\0\0\1" + b"e" * 40)),
        f.eth(f.ipv4(LAN, WEB, f.GRE, b"\0\0\x08\0" + f.ipv4(
            "10.0.0.1", "10.0.0.2", f.UDP, f.udp(1, 2)))),
        f.eth(f.ipv4(LAN, WEB, f.SCTP, struct.pack("!HHII", 9000, 9001, 0, 0))),
        f.eth(f.ipv4(LAN, WEB, f.TCP, bare, bad_checksum=True)),
        f.udp_frame(LAN, MDNS_GROUP, 5353, 5353, b"m" * 34),
        f.udp_frame("0.0.0.0", "255.255.255.255", 68, 67, b"d" * 244),
    ]


FLOWS = {  # (src, dst, proto, service): (packets, bytes)
    (LAN, WEB, "tcp", "https"): (2, 80),
    (WEB, LAN, "tcp", "https"): (1, 140),
    (LAN, DNS, "udp", "domain"): (1, 57),
    (DNS, LAN, "udp", "domain"): (4, 84 + 1420 + 1420 + 228),
    (LAN, WEB, "tcp", ""): (1, 40),
    (LAN, WEB, "tcp", "ssh"): (1, 40),
    (WEB, LAN, "tcp", "ssh"): (1, 47),
    (LAN, WEB, "tcp", "microsoft-ds"): (1, 40),
    (LAN, WEB, "tcp", "http-alt"): (1, 40),
    (LAN, WEB, "udp", "445"): (1, 78),
    (LAN, WEB, "udp", "https"): (1, 78),
    (LAN, DNS, "icmp", ""): (1, 84),
    (DNS, LAN, "icmp", ""): (1, 84),
    (LAN, IGMP_GROUP, "igmp", ""): (1, 40),
    (LAN, "192.168.0.1", "arp", ""): (1, 28),
    (V6_A, V6_B, "tcp", "https"): (1, 60),
    ("fe80::1", "ff02::1", "icmp6", ""): (1, 48),
    (LAN, WEB, "esp", ""): (1, 68),
    (LAN, WEB, "gre", ""): (1, 52),
    (LAN, WEB, "sctp", "9000"): (1, 32),
    (LAN, WEB, "tcp", "http"): (1, 40),
    (LAN, MDNS_GROUP, "udp", "mdns"): (1, 62),
    ("0.0.0.0", "255.255.255.255", "udp", "bootps"): (1, 272),
}

# With --unknown-service empty, as the original has them.
NAMED_FLOWS = {(*key[:3], "" if key[3].isdecimal() else key[3]): counts
               for key, counts in FLOWS.items()}
assert len(NAMED_FLOWS) == len(FLOWS)

_NAMES = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp",
          58: "icmp6", 132: "sctp"}


def expect(frame, wire_bytes):
    """(src, dst, proto, bytes) of an Ethernet frame, one tag at most."""
    start = 14
    kind = int.from_bytes(frame[12:14], "big")
    if kind == f.ETHERTYPE_VLAN:
        kind, start = int.from_bytes(frame[16:18], "big"), 18
    packet = frame[start:]
    if kind == f.ETHERTYPE_IPV4:
        src, dst = (socket.inet_ntop(socket.AF_INET, part)
                    for part in (packet[12:16], packet[16:20]))
        return src, dst, _NAMES[packet[9]], int.from_bytes(packet[2:4], "big")
    if kind == f.ETHERTYPE_IPV6:
        src, dst = (socket.inet_ntop(socket.AF_INET6, part)
                    for part in (packet[8:24], packet[24:40]))
        return (src, dst, _NAMES[packet[6]],
                40 + int.from_bytes(packet[4:6], "big"))
    assert kind == f.ETHERTYPE_ARP
    src, dst = (socket.inet_ntop(socket.AF_INET, part)
                for part in (packet[14:18], packet[24:28]))
    return src, dst, "arp", wire_bytes - start


def expected_pairs(file_frames):
    """{(src, dst, proto): (packets, bytes)} of [(frame, wire length)]."""
    pairs = {}
    for frame, wire_bytes in file_frames:
        *key, size = expect(frame, wire_bytes)
        packets, total = pairs.get(tuple(key), (0, 0))
        pairs[tuple(key)] = packets + 1, total + size
    return pairs


def without_service(flows):
    """Flows summed over services."""
    pairs = {}
    for (src, dst, proto, _), (packets, size) in flows.items():
        before = pairs.get((src, dst, proto), (0, 0))
        pairs[src, dst, proto] = before[0] + packets, before[1] + size
    return pairs
