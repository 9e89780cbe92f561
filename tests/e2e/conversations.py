"""Made-up TCP conversations with the accidents of a real network, and what Wireshark
makes of them.

    write(path, seed, count)
    health(analysed(path))    # a Counter by the names of ntm's families
"""

import collections
import random
import subprocess

import frames
import pcap_files

CLIENT, SERVER = "192.168.0.10", "203.0.113.7"
FIRST_PORT = 1001
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
_MS = 10**6
# Four of ten; the others are usual.
_KINDS = ("repeated", "repeated twice", "unanswered", "refused")


class _Talk:
    """One conversation; `out` has (time, frame)."""

    def __init__(self, number, dice, begin_ns):
        self.dice, self.now, self.out = dice, begin_ns, []
        self.ports = (40000 + number, FIRST_PORT + number)
        self.kind = dict(enumerate(_KINDS)).get(number % 10, "usual")
        # What each end sends next.
        self.next = [dice.randrange(2**32), dice.randrange(2**32)]
        self.rtt = dice.randrange(2, 80) * _MS

    def put(self, up, seq, flags=ACK, payload=b"", window=8192, after=0,
            ack=None):
        """A segment that is captured `after` ns from now."""
        if ack is None:
            ack = self.next[1 if up else 0] if flags & ACK else 0
        ends = (CLIENT, SERVER) if up else (SERVER, CLIENT)
        ports = self.ports if up else self.ports[::-1]
        segment = frames.tcp(*ports, payload, flags, ends, seq, ack, window)
        self.out.append((self.now + after,
                         frames.eth(frames.ipv4(*ends, 6, segment))))

    def wait(self, least, most):
        self.now += self.dice.randrange(least, most)

    def shake_hands(self):
        """False if the conversation ends here."""
        syn = self.next[0]
        for _ in range({"repeated": 2, "repeated twice": 3}.get(self.kind, 1)):
            self.put(True, syn, SYN)
            self.now += 1000 * _MS
        self.now += self.rtt - 1000 * _MS
        self.next[0] += 1
        if self.kind == "unanswered":
            return False
        if self.kind == "refused":
            self.put(False, 0, RST | ACK)
            return False
        self.put(False, self.next[1], SYN | ACK)
        self.next[1] += 1
        self.wait(_MS // 10, 5 * _MS)
        self.put(True, self.next[0])
        return True

    def exchange(self):
        """One thing that happens to a segment."""
        up = self.dice.random() < 0.3
        side = 0 if up else 1
        data = bytes(self.dice.randrange(2, 1400))
        seq = self.next[side]
        self.wait(_MS // 100, 3 * _MS)
        accident = self.dice.random()
        if accident < 0.04:    # lost after the capture: seen twice
            self.put(up, seq, payload=data)
            self.put(up, seq, payload=data,
                     after=self.dice.randrange(25, 400) * _MS)
        elif accident < 0.08:  # lost before the capture: seen late
            self.put(up, seq + len(data), payload=data)
            self.put(up, seq, payload=data,
                     after=self.dice.randrange(90, 400) * _MS)
            self.next[side] += len(data)
        elif accident < 0.11:  # overtaken
            self.put(up, seq + len(data), payload=data)
            self.put(up, seq, payload=data, after=_MS // 5)
            self.next[side] += len(data)
        elif accident < 0.14:  # told by duplicate acknowledgments
            known = self.next[side]
            self.put(up, seq + len(data), payload=data)
            for i in range(3):
                self.put(not up, self.next[1 - side], ack=known,
                         after=(i + 1) * _MS // 10)
            self.put(up, seq, payload=data, after=_MS)
            self.next[side] += len(data)
        elif accident < 0.16:  # the receiver is full
            self.put(not up, self.next[1 - side], window=0)
            self.put(not up, self.next[1 - side], after=30 * _MS)
            self.now += 31 * _MS
            self.put(up, seq, payload=data)
        elif accident < 0.18:  # nothing to say for long
            self.put(up, seq - 1)
            self.put(not up, self.next[1 - side], after=_MS)
            self.now += 2 * _MS
            self.put(up, seq, payload=data)
        else:
            self.put(up, seq, payload=data)
        self.next[side] += len(data)
        self.now = max(self.now, self.out[-1][0])
        self.wait(_MS // 10, 3 * _MS)
        self.put(not up, self.next[1 - side])

    def end(self):
        self.wait(_MS, 5 * _MS)
        if self.dice.random() < 0.2:
            self.put(True, self.next[0], RST | ACK)
            return
        self.put(True, self.next[0], FIN | ACK)
        self.next[0] += 1
        self.wait(_MS, 5 * _MS)
        self.put(False, self.next[1], FIN | ACK)
        self.next[1] += 1
        self.wait(_MS, 5 * _MS)
        self.put(True, self.next[0])


def write(path, seed, count):
    """Writes `count` conversations, each with a server port of its own."""
    dice = random.Random(seed)
    out = []
    for number in range(count):
        talk = _Talk(number, dice, pcap_files.START_SECONDS * 10**9 +
                     dice.randrange(20_000) * _MS)
        if talk.shake_hands():
            for _ in range(dice.randrange(5, 60)):
                talk.exchange()
            talk.end()
        out += talk.out
    out.sort(key=lambda item: item[0])
    path.write_bytes(pcap_files.pcap([frame for _, frame in out],
                                     times_ns=[time for time, _ in out]))


_FIELDS = (
    "frame.protocols", "frame.time_epoch", "tcp.srcport", "tcp.dstport",
    "tcp.flags", "tcp.len", "tcp.analysis.retransmission",
    "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission",
    "tcp.analysis.out_of_order", "tcp.analysis.zero_window", "dns.time",
    "dns.flags.response", "dns.flags.rcode")
_RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")


def analysed(path, display_filter="tcp or dns"):
    """What tshark says of each packet that is in no tunnel: dicts of fields."""
    command = ["tshark", "-n", "-r", str(path), "-Y", display_filter, "-T",
               "fields", "-E", "occurrence=f"]
    for field in _FIELDS:
        command += ["-e", field]
    lines = subprocess.run(command, stdout=subprocess.PIPE, timeout=120,
                           stderr=subprocess.DEVNULL, text=True,
                           check=False).stdout.splitlines()
    for line in lines:
        packet = dict(zip(_FIELDS, line.split("\t")))
        layers = packet["frame.protocols"].split(":")
        if (layers.count("ip") + layers.count("ipv6") == 1
                and not {"icmp", "icmpv6"} & set(layers)
                and not {"tcp", "udp"} <= set(layers)):
            packet["layers"] = layers
            yield packet


def health(packets):
    """A Counter of what ntm counts as well, by the names of its families."""
    found = collections.Counter()
    for packet in packets:
        if "tcp" in packet["layers"]:
            flags = int(packet["tcp.flags"] or "0", 16)
            length = int(packet["tcp.len"] or 0)
            found["segments"] += length > 0
            found["resets"] += bool(flags & RST)
            found["zero_windows"] += bool(packet["tcp.analysis.zero_window"])
            found["out_of_order"] += bool(packet["tcp.analysis.out_of_order"])
            if any(packet[f"tcp.analysis.{kind}retransmission"]
                   for kind in ("", "fast_", "spurious_")):
                found["retransmitted_segments"] += 1
                found["retransmitted_bytes"] += length
        if "dns" in packet["layers"]:
            found["dns_times"] += bool(packet["dns.time"])
            if (packet["dns.flags.response"] in ("1", "True")
                    and packet["dns.flags.rcode"]):
                code = int(packet["dns.flags.rcode"])
                name = _RCODES[code] if code < len(_RCODES) else "other"
                found[f"dns_{name}"] += 1
    return found
