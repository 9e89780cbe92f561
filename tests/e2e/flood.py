"""Capture files with more sources than a table has places.

    flood = Flood(500_000)    # write(path), packets, talkers, early, late
    hosts = Hosts(busy=10, quiet=90)    # write(path), packets, hosts
    talks = Conversations(100)    # opening(), repeated(): frames
"""

import struct

import frames
import pcap_files

EVERY = 16
EARLY, LATE = 50, 50
_SOURCE_AT = 14 + 12  # of an IPv4 source address in an Ethernet frame
_FIRST_SOURCE = 32 << 24
_TARGET = "198.51.100.1"


class Talker:
    def __init__(self, number):
        self.src, self.dst = f"10.0.{number}.1", _TARGET
        self.key = (self.src, self.dst, "udp", "domain")
        payload = b"t" * (40 + number)
        self.frame = frames.udp_frame(self.src, self.dst, 40000, 53, payload)
        self.packet_bytes = len(self.frame) - 14
        self.packets = 0


def _sources():
    """A function that makes a TCP SYN from a source address given as a number. The
    checksums are those of one address, as nobody checks them."""
    syn = frames.tcp_frame("32.0.0.0", _TARGET, 40000, 443, flags=0x02)
    before, after = syn[:_SOURCE_AT], syn[_SOURCE_AT + 4:]
    return lambda source: before + struct.pack("!I", source) + after


class Conversations:
    """TCP conversations, each opened and with one segment that can be sent again."""

    _SYN, _ACK = 0x02, 0x10
    _CLIENT_ISN, _SERVER_ISN = 1000, 2000

    def __init__(self, count):
        self.count = count

    def opening(self):
        return [frame for number in range(self.count) for frame in (
            self._up(number, self._SYN, 0, 0),
            self._down(number, self._SYN | self._ACK),
            self._up(number, self._ACK, 1, 1),
            self._data(number))]

    def repeated(self):
        return [self._data(number) for number in range(self.count)]

    def _data(self, number):
        return self._up(number, self._ACK, 1, 1, b"x" * 100)

    def _up(self, number, flags, sent, acked, payload=b""):
        numbers = (self._CLIENT_ISN + sent,
                   self._SERVER_ISN + acked if flags & self._ACK else 0)
        return frames.tcp_frame(self._client(number), _TARGET, 40000, 443,
                                payload, flags, numbers=numbers)

    def _down(self, number, flags):
        return frames.tcp_frame(
            _TARGET, self._client(number), 443, 40000, b"", flags,
            numbers=(self._SERVER_ISN, self._CLIENT_ISN + 1))

    @staticmethod
    def _client(number):
        return f"10.1.{number // 200}.{number % 200 + 1}"


class Hosts:
    """Each busy host sends BURST frames in a row, each quiet host one frame."""

    BURST = 9
    packet_bytes = 40

    def __init__(self, busy, quiet):
        self.busy, self.hosts = busy, busy + quiet
        self.packets = busy * self.BURST + quiet

    def write(self, path):
        syn_from = _sources()
        path.write_bytes(pcap_files.pcap(
            [syn_from(_FIRST_SOURCE + host) for host in range(self.hosts)
             for _ in range(self.BURST if host < self.busy else 1)]))


class Flood:
    """Each frame is a TCP SYN from a new source, except one in EVERY, which is from a
    real host. The late hosts begin in the middle of the file."""

    def __init__(self, spoofed):
        self.spoofed = spoofed
        self.packets = -(-spoofed * EVERY // (EVERY - 1))
        self.talkers = [Talker(number) for number in range(EARLY + LATE)]
        self.early, self.late = self.talkers[:EARLY], self.talkers[EARLY:]

    def send_early(self, space, interface, times):
        """Writes the early hosts alone, before the flood; the number of frames."""
        for talker in self.early:
            talker.packets += times
        space.send_frames(interface, [talker.frame for talker in self.early
                                      for _ in range(times)])
        return len(self.early) * times

    def write(self, path):
        path.write_bytes(pcap_files.pcap(list(self._frames())))

    def _frames(self):
        syn_from = _sources()
        source = _FIRST_SOURCE
        for number in range(self.packets):
            if number % EVERY:
                yield syn_from(source)
                source += 1
                continue
            choice = (self.early if number < self.packets // 2
                      else self.talkers)
            talker = choice[number // EVERY % len(choice)]
            talker.packets += 1
            yield talker.frame
