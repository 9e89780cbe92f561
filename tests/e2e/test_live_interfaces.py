"""Captured interfaces: a bridge, lo, any, several, the default."""

import pytest

import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

HERE, THERE = netns.HERE_IP, netns.THERE_IP


def pings(scrape, src, dst):
    return scrape.sum("ntm_packets_total", src=src, dst=dst, proto="icmp")


class LiveInterfacesTest(LiveCase):
    def check_ping(self, *arguments, src=HERE, dst=THERE, **how):
        """Three pings from here, each counted once in both directions."""
        with self.ntm(*arguments, **how) as ntm:
            self.here.ping(dst, count=3)
            scrape = ntm.wait_for(
                lambda scrape: pings(scrape, dst, src) >= 3, "the pings")
            expected = 6 if src == dst else 3
            self.assertEqual(pings(scrape, src, dst), expected)
            self.assertEqual(pings(scrape, dst, src), expected)
            return scrape

    def test_ping_is_counted_on_veth(self):
        scrape = self.check_ping()
        self.assertEqual(scrape.value("ntm_capture_up", interface="va"), 1)

    def test_ping_is_counted_on_a_bridge(self):
        self.here.ip("link", "add", "br0", "type", "bridge")
        self.here.ip("addr", "flush", "dev", "va")
        self.here.ip("link", "set", "va", "master", "br0")
        self.here.ip("link", "set", "br0", "address", netns.HERE_MAC)
        self.here.ip("link", "set", "br0", "up")
        self.here.ip("addr", "add", f"{HERE}/24", "dev", "br0")
        scrape = self.check_ping(interface="br0")
        self.assertEqual(scrape.value("ntm_capture_up", interface="br0"), 1)

    def test_ping_is_counted_on_lo(self):
        self.here.ip("addr", "add", "127.0.0.5/32", "dev", "lo")
        with self.ntm("icmp", interface="lo") as ntm:
            self.here.ping("127.0.0.5", count=3)
            # Request and reply have the same addresses here.
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") >= 6,
                "the pings")
            self.assertEqual(scrape.sum("ntm_packets_total"), 6)

    def test_ping_is_counted_on_any(self):
        scrape = self.check_ping(interface="any")
        self.assertEqual(scrape.value("ntm_capture_up", interface="any"), 1)

    def test_several_interfaces_are_captured(self):
        for arguments in (("-i", "va", "-i", "lo"), ("-i", "va,lo")):
            with self.subTest(arguments):
                scrape = self.check_ping(*arguments, interface=None)
                self.assertEqual(
                    scrape.label_values("ntm_capture_up", "interface"),
                    {"va", "lo"})

    def test_interface_flag_overrides_the_variable(self):
        env = {"NTM_INTERFACE": "lo"}
        for flag, expected in ((None, "lo"), ("va", "va")):
            with self.subTest(flag):
                with self.ntm(interface=flag, env=env) as ntm:
                    self.assertEqual(
                        ntm.scrape().label_values("ntm_capture_up",
                                                  "interface"), {expected})

    def test_words_after_the_interface_are_the_filter(self):
        scrape = self.check_ping("-i", "va", "icmp", interface=None)
        self.assertEqual(
            scrape.label_values("ntm_capture_up", "interface"), {"va"})

    def test_default_is_the_interface_of_the_default_route(self):
        self.here.ip("link", "add", "aa", "type", "veth", "peer", "name",
                     "ab")
        for name in ("aa", "ab"):
            self.here.ip("link", "set", name, "up")
        self.here.ip("route", "add", "default", "via", THERE)
        with self.ntm(interface=None) as ntm:
            self.assertEqual(
                ntm.scrape().label_values("ntm_capture_up", "interface"),
                {"va"})

    def test_default_without_route_is_the_first_that_is_up(self):
        self.here.ip("link", "add", "a0", "type", "veth", "peer", "name",
                     "a1")  # down, both of them
        with self.ntm(interface=None) as ntm:
            self.assertEqual(
                ntm.scrape().label_values("ntm_capture_up", "interface"),
                {"va"})

    def test_promiscuous_mode_is_the_default(self):
        # Once for the packets, once for names of hosts.
        for flags, expected in (((), 2), (("--promiscuous",), 2),
                                (("--no-promiscuous",), 0)):
            with self.subTest(flags):
                with self.ntm(*flags):
                    shown = self.here.ip("-d", "link", "show", "va").stdout
                    self.assertIn(f"promiscuity {expected}", shown)

    def test_missing_interface_is_refused_by_name(self):
        result = ntm_process.run("-i", "nosuch0", before=self.here.prefix())
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn("nosuch0", result.stderr)

    def test_one_missing_of_two_is_refused(self):
        result = ntm_process.run("-i", "va", "-i", "nosuch0",
                                 before=self.here.prefix())
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("nosuch0", result.stderr)
