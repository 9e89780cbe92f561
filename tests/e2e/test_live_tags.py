"""Tagged and PPPoE frames on a live interface: counts, and filters that ignore tags."""

import pathlib

import frames as f
import netns
import ntm_process
import pcap_files
from live import LiveCase
from test_filters import FRAMES, tcpdump_count

_END = ("10.77.0.1", "10.77.0.2")
_END_TCP = f.tcp_frame(*_END, 40000, 22, b"x" * 100)
_END_UDP = f.udp_frame(*_END, 40000, 53, b"x" * 100)
_END_V6 = f.udp_frame("fd77::1", "fd77::2", 40000, 53, b"x" * 100)

# Each filter with a frame that matches it, to mark the end of the burst.
FILTERS = {
    "tcp": _END_TCP,
    "port 22": _END_TCP,
    "not port 22": _END_UDP,
    "not tcp": _END_UDP,
    "udp port 53": _END_UDP,
    "net 10.0.0.0/8": _END_TCP,
    "ip6": _END_V6,
    "not ip": _END_V6,
    "greater 100": _END_TCP,
}


_PAIRS = [(make(frame), frame) for shape, make in f.SHAPES.items()
          for frame in FRAMES
          if not (f.is_arp(frame) and f.carries_ip_only(shape))]
BURST = [wrapped for wrapped, _ in _PAIRS]  # every frame in every encapsulation
BARE = [frame for _, frame in _PAIRS]       # the same without tags


def matching(frames, expression):
    """The number of matching frames; computed by libpcap if tcpdump is installed."""
    with ntm_process.open_folder() as folder:
        path = pathlib.Path(folder, "plain.pcap")
        path.write_bytes(pcap_files.pcap(frames))
        count = tcpdump_count(path, expression)
        if count is None:
            count = ntm_process.read_file(path, expression).sum(
                "ntm_packets_total")
    return count


class LiveTagsTest(LiveCase):
    def send_both_ways(self, frames):
        self.there.send_frames("vb", frames)
        self.here.send_frames("va", frames)

    def check_shape(self, shape):
        with self.ntm() as ntm:
            ledger = self.ledger(ntm)
            sent = [f.SHAPES[shape](f.tcp_frame(
                "198.51.100.1", "198.51.100.2", 40000, 22, b"x" * size))
                for size in (0, 10, 100, 1000)]
            self.send_both_ways(sent)
            scrape = ledger.settle(least_packets=8)
            self.assertEqual(scrape.flows(), {
                ("198.51.100.1", "198.51.100.2", "tcp", "ssh"):
                    (8, 2 * (4 * 40 + 1110))})
            moved = ledger.moved()
            self.assertEqual(moved["rx_bytes"], sum(map(len, sent)))
            self.assertEqual(moved["tx_bytes"], sum(map(len, sent)))

    def test_live_8021q_frames_are_exact(self):
        self.check_shape("dot1q")

    def test_live_qinq_frames_are_exact(self):
        self.check_shape("qinq")

    def test_live_pppoe_frames_are_exact(self):
        self.check_shape("pppoe")

    def test_live_pppoe_in_vlan_frames_are_exact(self):
        self.check_shape("dot1q_pppoe")

    def check_filter(self, expression, *arguments):
        wanted, end = 2 * matching(BARE, expression), FILTERS[expression]
        with self.ntm(*arguments, expression) as ntm:
            self.send_both_ways(BURST)
            self.there.send_frames("vb", [end])
            marks = ({"src": _END[0]}, {"src": "fd77::1"})
            scrape = ntm.wait_for(
                lambda scrape: any(scrape.sum("ntm_packets_total", **mark)
                                   for mark in marks), "the last frame")
            self.assertEqual(scrape.sum("ntm_packets_total") - 1, wanted)
            self.assertEqual(scrape.sum("ntm_capture_packets_total") - 1,
                             wanted)

    def test_live_filters_look_through_tags(self):
        for expression in FILTERS:
            if not expression.startswith("not"):
                with self.subTest(expression):
                    self.check_filter(expression)

    def test_live_negated_filters_look_through_tags(self):
        for expression in FILTERS:
            if expression.startswith("not"):
                with self.subTest(expression):
                    self.check_filter(expression)

    def test_live_unquoted_filter_is_the_quoted_one(self):
        words = "src net 10.0.0.0/8 or dst net 10.0.0.0/8".split()
        counted = []
        for arguments in (words, [" ".join(words)]):
            with self.ntm(*arguments) as ntm:
                self.there.send_frames("vb", [*FRAMES, _END_TCP])
                scrape = ntm.wait_for(
                    lambda scrape: scrape.sum("ntm_packets_total",
                                              src=_END[0]), "the last frame")
                counted.append(scrape.flows())
        self.assertEqual(counted[0], counted[1])
        self.assertEqual(sum(packets for packets, _ in counted[0].values()),
                         matching(FRAMES, " ".join(words)) + 1)

    def test_live_without_filter_counts_arp(self):
        with self.ntm() as ntm:
            ledger = self.ledger(ntm)
            self.there.send_frames("vb", [
                f.arp("198.51.100.1", "198.51.100.2",
                      sender_mac=netns.THERE_MAC)])
            scrape = ledger.settle(least_packets=1)
            self.assertEqual(scrape.flows(), {
                ("198.51.100.1", "198.51.100.2", "arp", ""): (1, 28)})
