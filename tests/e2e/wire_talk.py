"""Conversations between the two ends of a test's wire, frame by frame.

    play(case, connection(40000))
    play(case, refused(50000))
    play(case, question(1, code=dns.SERVFAIL))
"""

import dns
import frames
import netns
from household import WEB

SYN, ACK, RST = 2, 16, 4
SEGMENTS, AGAIN = 20, 2  # of a connection: downloads, and those sent again
NAME_SERVER = "192.0.2.53"


def _ends(up, remote):
    """Which end sends, and the addresses of the link."""
    ends = (netns.HERE_IP, remote) if up else (remote, netns.HERE_IP)
    return ends, netns.THERE_MAC if up else netns.HERE_MAC


def tcp(up, port, seq, ack, flags, payload=b""):
    ends, to_mac = _ends(up, WEB)
    ports = (port, 443) if up else (443, port)
    segment = frames.tcp(*ports, payload, flags, ends, seq, ack)
    return up, frames.eth(frames.ipv4(*ends, frames.TCP, segment),
                          dst_mac=to_mac)


def connection(port):
    """Some of its downloads are sent again."""
    yield tcp(True, port, 100, 0, SYN)
    yield tcp(False, port, 500, 101, SYN | ACK)
    yield tcp(True, port, 101, 501, ACK)
    for i in range(SEGMENTS):
        yield tcp(False, port, 501 + 100 * i, 101, ACK, b"x" * 100)
    for i in range(AGAIN):
        # All of it was acknowledged.
        yield tcp(True, port, 101, 501 + 100 * SEGMENTS, ACK)
        yield tcp(False, port, 501 + 100 * i, 101, ACK, b"x" * 100)


def refused(port):
    yield tcp(True, port, 100, 0, SYN)
    yield tcp(False, port, 0, 101, RST | ACK)


def question(ident, code=0):
    """A question to a name server, and its answer."""
    asked = dns.query("example.com", ident=ident)
    for up, message in ((True, asked), (False, dns.response(asked, code=code))):
        ends, to_mac = _ends(up, NAME_SERVER)
        ports = (40053, 53) if up else (53, 40053)
        yield up, frames.udp_frame(*ends, *ports, message, dst_mac=to_mac)


def play(case, talk):
    """Sends the frames, each from the end that it comes from."""
    for up, frame in talk:
        if up:
            case.here.send_frames("va", [frame])
        else:
            case.there.send_frames("vb", [frame])
