"""Frames built in code: Ethernet, tags, PPPoE, IPv4 and IPv6, transports, ARP.

Every function returns bytes; they nest from the inside out:
    eth(ipv4("10.0.0.1", "10.0.0.2", 6, tcp(1234, 443, b"hello")))
A tagged frame is made from a plain one, so that the two differ in nothing else:
    tagged(frame, 0x8100, 7)   pppoe(frame, session=1)
"""

import socket
import struct

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_ARP = 0x0806
ETHERTYPE_VLAN = 0x8100
ETHERTYPE_IPV6 = 0x86DD
ETHERTYPE_PPPOE = 0x8864
ETHERTYPE_QINQ = 0x88A8
ETHERTYPE_QINQ_OLD = 0x9100

ICMP, IGMP, TCP, UDP, GRE, ESP, ICMP6, SCTP = 1, 2, 6, 17, 47, 50, 58, 132

SRC_MAC = "02:00:00:00:00:0a"
DST_MAC = "02:00:00:00:00:0b"


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def is_ipv6(address):
    return ":" in address


def packed(address):
    family = socket.AF_INET6 if is_ipv6(address) else socket.AF_INET
    return socket.inet_pton(family, address)


def eth(payload, src_mac=SRC_MAC, dst_mac=DST_MAC, ethertype=None):
    if ethertype is None:
        version = payload[0] >> 4
        ethertype = ETHERTYPE_IPV6 if version == 6 else ETHERTYPE_IPV4
    return mac(dst_mac) + mac(src_mac) + struct.pack("!H", ethertype) + payload


def tagged(frame, ethertype, vlan_id, priority=0):
    """`frame` with one more tag, outside those that it has."""
    control = (priority << 13) | vlan_id
    return frame[:12] + struct.pack("!HH", ethertype, control) + frame[12:]


def pppoe(frame, session=1):
    """An untagged IP frame as a PPPoE session carries it."""
    protocol = {ETHERTYPE_IPV4: 0x0021, ETHERTYPE_IPV6: 0x0057}[
        int.from_bytes(frame[12:14], "big")]
    payload = struct.pack("!H", protocol) + frame[14:]
    header = struct.pack("!BBHH", 0x11, 0, session, len(payload))
    return (frame[:12] + struct.pack("!H", ETHERTYPE_PPPOE) + header + payload)


def with_tag(frame, ethertype, tag):
    """`frame` with another tag before its Ethertype."""
    return frame[:12] + struct.pack("!H", ethertype) + tag + frame[12:]


def in_frame(frame, ethertype, header):
    """`frame` as a whole in another one, of the same addresses."""
    return frame[:12] + struct.pack("!H", ethertype) + header + frame


def ipv4(src, dst, protocol, payload, options=b"", ident=1, offset=0,
         more_fragments=False, bad_checksum=False, total_length=None):
    assert len(options) % 4 == 0 and offset % 8 == 0
    words = 5 + len(options) // 4
    length = words * 4 + len(payload)
    flags = (0x2000 if more_fragments else 0) | (offset // 8)
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | words, 0,
                       length if total_length is None else total_length,
                       ident, flags, 64, protocol, 0,
                       packed(src), packed(dst)) + options
    value = checksum(head) ^ (0x5555 if bad_checksum else 0)
    return head[:10] + struct.pack("!H", value) + head[12:] + payload


def ipv6(src, dst, next_header, payload, hop_limit=64):
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), next_header,
                       hop_limit, packed(src), packed(dst)) + payload


def _with_checksum(segment, at, pseudo):
    value = checksum(pseudo + segment) if pseudo is not None else 0
    return segment[:at] + struct.pack("!H", value) + segment[at + 2:]


def _pseudo(ends, protocol, length):
    if ends is None:
        return None
    src, dst = (packed(end) for end in ends)
    if len(src) == 16:
        return src + dst + struct.pack("!IHBB", length, 0, 0, protocol)
    return src + dst + struct.pack("!BBH", 0, protocol, length)


def tcp(src_port, dst_port, payload=b"", flags=0x10, ends=None, seq=0, ack=0,
        window=8192):
    segment = struct.pack("!HHIIBBHHH", src_port, dst_port, seq & 0xFFFFFFFF,
                          ack & 0xFFFFFFFF, 0x50, flags, window, 0,
                          0) + payload
    return _with_checksum(segment, 16, _pseudo(ends, TCP, len(segment)))


def udp(src_port, dst_port, payload=b"", ends=None):
    length = 8 + len(payload)
    datagram = struct.pack("!HHHH", src_port, dst_port, length, 0) + payload
    return _with_checksum(datagram, 6, _pseudo(ends, UDP, length))


def icmp_echo(payload=b"\0" * 56, kind=8):
    message = struct.pack("!BBHHH", kind, 0, 0, 1, 1) + payload
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def icmp6_echo(src, dst, payload=b"\0" * 56, kind=128):
    message = struct.pack("!BBHHH", kind, 0, 0, 1, 1) + payload
    return _with_checksum(message, 2, _pseudo((src, dst), ICMP6, len(message)))


def arp(sender_ip, target_ip, sender_mac=SRC_MAC, operation=1):
    body = struct.pack("!HHBBH", 1, ETHERTYPE_IPV4, 6, 4, operation)
    body += mac(sender_mac) + packed(sender_ip) + b"\0" * 6 + packed(target_ip)
    return eth(body, src_mac=sender_mac, dst_mac="ff:ff:ff:ff:ff:ff",
               ethertype=ETHERTYPE_ARP)


def tcp_frame(src, dst, src_port, dst_port, payload=b"", flags=0x10,
              numbers=(0, 0), **links):
    segment = tcp(src_port, dst_port, payload, flags, (src, dst), *numbers)
    wrap = ipv6 if is_ipv6(src) else ipv4
    return eth(wrap(src, dst, TCP, segment), **links)


def udp_frame(src, dst, src_port, dst_port, payload=b"", **links):
    datagram = udp(src_port, dst_port, payload, ends=(src, dst))
    wrap = ipv6 if is_ipv6(src) else ipv4
    return eth(wrap(src, dst, UDP, datagram), **links)


# The same frame inside each encapsulation that filters ignore.
# PPPoE carries IP only, so it takes no ARP.
SHAPES = {
    "plain": lambda frame: frame,
    "dot1q": lambda frame: tagged(frame, ETHERTYPE_VLAN, 7),
    "priority_tag": lambda frame: tagged(frame, ETHERTYPE_VLAN, 0, priority=5),
    "qinq": lambda frame: tagged(tagged(frame, ETHERTYPE_VLAN, 7),
                                 ETHERTYPE_QINQ, 100),
    "two_dot1q": lambda frame: tagged(tagged(frame, ETHERTYPE_VLAN, 7),
                                      ETHERTYPE_VLAN, 100),
    "old_qinq": lambda frame: tagged(tagged(frame, ETHERTYPE_VLAN, 7),
                                     ETHERTYPE_QINQ_OLD, 100),
    "dot1ad": lambda frame: tagged(frame, ETHERTYPE_QINQ, 7),
    "pppoe": pppoe,
    "dot1q_pppoe": lambda frame: tagged(pppoe(frame), ETHERTYPE_VLAN, 7),
    "qinq_pppoe": lambda frame: tagged(
        tagged(pppoe(frame), ETHERTYPE_VLAN, 7), ETHERTYPE_QINQ, 100),
    "vntag": lambda frame: with_tag(frame, 0x8926, b"\x80\1\0\2"),
    "vntag_dot1q": lambda frame: with_tag(tagged(frame, ETHERTYPE_VLAN, 7),
                                          0x8926, b"\x80\1\0\2"),
    "fabricpath": lambda frame: in_frame(frame, 0x8903, b"\4\x20"),
    "fabricpath_dot1q": lambda frame: in_frame(
        tagged(frame, ETHERTYPE_VLAN, 7), 0x8903, b"\4\x20"),
    "trill": lambda frame: in_frame(frame, 0x22f3, b"\0\1\0\1\0\2"),
    "batman": lambda frame: in_frame(frame, 0x4305,
                                     b"\x40\x0f\x32\1" + mac(DST_MAC)),
    "dot1ah": lambda frame: in_frame(frame, 0x88e7, b"\0\0\0\1"),
    "dot1br": lambda frame: with_tag(frame, 0x893f, b"\0\0\0\1\0\0"),
    "dot1cb": lambda frame: with_tag(frame, 0xf1c1, b"\0\0\0\1"),
    "hsr": lambda frame: with_tag(frame, 0x892f, b"\0\x60\0\1"),
    "cisco_metadata": lambda frame: with_tag(frame, 0x8909,
                                             b"\1\1\0\1\0\5"),
    "arista": lambda frame: with_tag(frame, 0xd28b,
                                     b"\0\1\0\x10" + b"\0" * 8),
}


def carries_ip_only(shape):
    return "pppoe" in shape


def is_arp(frame):
    return frame[12:14] == b"\x08\x06"
