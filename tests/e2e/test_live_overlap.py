"""Interfaces that see the same packet: a warning and a metric."""

import socket

import frames as f
from live import LiveCase

COUNT = 20
PORT = 9  # no program listens there


class LiveOverlapTest(LiveCase):
    def overlaps(self, *interfaces):
        """{(interface, with)} as scraped, and the log."""
        arguments = [word for name in interfaces for word in ("-i", name)]
        with self.ntm(*arguments, interface=None) as ntm:
            samples = ntm.scrape().samples.get("ntm_capture_overlap", {})
            for value in samples.values():
                self.assertEqual(value, 1)
            return ({(dict(labels)["interface"], dict(labels)["with"])
                     for labels in samples}, ntm.stderr())

    def make_bridge(self):
        """br0 with the ports p1, p2, p3; their peers e1 … are in `there`."""
        self.here.ip("link", "add", "br0", "type", "bridge")
        self.here.ip("link", "set", "br0", "up")
        for number in (1, 2, 3):
            self.here.ip("link", "add", f"p{number}", "type", "veth", "peer",
                         "name", f"e{number}", "netns", self.there.name)
            self.here.ip("link", "set", f"p{number}", "master", "br0")
            self.here.ip("link", "set", f"p{number}", "up")
            self.there.ip("link", "set", f"e{number}", "up")

    def test_bridge_with_its_three_ports_overlaps(self):
        self.make_bridge()
        pairs, log = self.overlaps("br0", "p1", "p2", "p3")
        self.assertEqual(pairs, {
            ("br0", "p1"), ("br0", "p2"), ("br0", "p3"),
            ("p1", "p2"), ("p1", "p3"), ("p2", "p3")})
        warnings = [line for line in log.splitlines() if " warning " in line]
        self.assertEqual(len(warnings), 6, log)
        self.assertIn("p1 is a port of br0", log)
        self.assertIn("capture on one of them only", log)

    def test_overlapping_interfaces_count_packets_twice(self):
        self.make_bridge()
        frames = [f.udp_frame("198.51.100.1", "198.51.100.2", 40000, 53)
                  ] * COUNT
        with self.ntm("udp port 53", "-i", "p1,p2", interface=None) as ntm:
            self.there.send_frames("e1", frames)  # unknown MAC: to all ports
            ntm.wait_for(lambda scrape: scrape.sum("ntm_packets_total")
                         == 2 * COUNT, "each frame on both ports")

    def test_ports_that_come_and_go_are_noticed(self):
        self.make_bridge()
        self.here.ip("link", "set", "p1", "nomaster")
        with self.ntm("-i", "br0,p1", interface=None) as ntm:
            self.assertNotIn("ntm_capture_overlap", ntm.scrape().samples)
            self.here.ip("link", "set", "p1", "master", "br0")
            ntm.wait_for(lambda scrape: scrape.sum(
                "ntm_capture_overlap", interface="br0") == 1, "the overlap")
            self.here.ip("link", "set", "p1", "nomaster")
            ntm.wait_for(lambda scrape: "ntm_capture_overlap"
                         not in scrape.samples, "its end")

    def test_macvlan_with_its_parent_overlaps(self):
        self.here.ip("link", "add", "link", "va", "name", "mac0", "type",
                     "macvlan")
        self.here.ip("link", "set", "mac0", "up")
        pairs, log = self.overlaps("va", "mac0")
        self.assertEqual(pairs, {("mac0", "va")})
        self.assertIn("mac0 is stacked on va", log)

    def test_both_ends_of_a_veth_overlap(self):
        self.here.ip("link", "add", "w1", "type", "veth", "peer", "name",
                     "w2")
        for name in ("w1", "w2"):
            self.here.ip("link", "set", name, "up")
        pairs, _ = self.overlaps("w1", "w2", "va")
        self.assertEqual(pairs, {("w1", "w2")})

    def test_any_overlaps_with_itself_and_all_others(self):
        pairs, log = self.overlaps("any", "va")
        self.assertEqual(pairs, {("any", "any"), ("any", "va")})
        self.assertIn("name one interface with -i", log)

    def test_separate_interfaces_do_not_overlap(self):
        pairs, log = self.overlaps("va", "lo")
        self.assertEqual(pairs, set())
        self.assertNotIn("more than once", log)

    def test_loopback_packets_count_once(self):
        sent = COUNT * 29 + 1028
        for interface in ("lo", "any"):
            with self.subTest(interface):
                with self.ntm(f"udp dst port {PORT}",
                              interface=interface) as ntm:
                    self.send_to_self()
                    scrape = ntm.wait_for(
                        lambda scrape: scrape.sum("ntm_bytes_total") >= sent,
                        "the datagrams")
                    self.assertEqual(scrape.sum("ntm_bytes_total"), sent)
                    self.assertEqual(scrape.sum("ntm_packets_total"),
                                     COUNT + 1)

    def send_to_self(self):
        with self.here.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(COUNT):
                sender.sendto(b"x", ("127.0.0.1", PORT))
            # The end of the burst: without it the bytes cannot be reached.
            sender.sendto(b"x" * 1000, ("127.0.0.1", PORT))
