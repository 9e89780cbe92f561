"""Losses are visible: drops, coverage, reconciliation."""

import socket

import exposition
import frames
import ntm_process
from live import LiveCase

FRAME = frames.udp_frame("198.51.100.1", "198.51.100.2", 40000, 53, b"x" * 400)
BURST = 5000


class LiveLossTest(LiveCase):
    def test_drops_are_counted_and_sums_are_complete(self):
        with self.ntm("--buffer-size", "256KiB") as ntm:
            before = ntm.scrape()
            self.assertEqual(
                before.sum("ntm_capture_dropped_packets_total"), 0)
            with self.stopped(ntm):
                self.there.send_frames("vb", [FRAME] * BURST)

            def all_there(scrape):
                return (scrape.sum("ntm_capture_packets_total")
                        + scrape.sum("ntm_capture_dropped_packets_total")
                        ) >= BURST
            scrape = ntm.wait_for(all_there, "the whole burst")
            dropped = scrape.sum("ntm_capture_dropped_packets_total",
                                 interface="va")
            counted = scrape.sum("ntm_packets_total")
            self.assertEqual(counted + dropped, BURST)
            self.assertGreater(dropped, 0)
            self.assertGreater(counted, 0)
            exposition.assert_sums_hold(scrape)
            for labels in scrape.samples["ntm_capture_dropped_packets_total"]:
                self.assertEqual(sorted(key for key, _ in labels),
                                 ["interface", "reason"])

    def test_coverage_ratio_falls_with_drops(self):
        with self.ntm("--buffer-size", "256KiB") as ntm:
            self.there.send_frames("vb", [FRAME] * 10)
            scrape = ntm.wait_for(
                lambda scrape: scrape.value("ntm_capture_coverage_ratio",
                                            interface="va") == 1,
                "full coverage")
            with self.stopped(ntm):
                self.there.send_frames("vb", [FRAME] * BURST)
            scrape = ntm.wait_for(
                lambda scrape: (scrape.value("ntm_capture_coverage_ratio",
                                             interface="va") or 1) < 1,
                "a coverage below 1")
            ratio = scrape.value("ntm_capture_coverage_ratio", interface="va")
            self.assertGreater(ratio, 0)

    def test_drops_with_a_filter_are_counted(self):
        other = frames.tcp_frame("198.51.100.1", "198.51.100.2", 1, 2)
        with self.ntm("udp port 53", "--buffer-size", "256KiB") as ntm:
            with self.stopped(ntm):
                self.there.send_frames("vb", [FRAME, other] * BURST)
            scrape = ntm.wait_for(
                lambda scrape: (scrape.sum("ntm_capture_packets_total")
                                + scrape.sum(
                                    "ntm_capture_dropped_packets_total")
                                ) >= BURST, "the whole burst")
            self.assertEqual(
                scrape.sum("ntm_packets_total")
                + scrape.sum("ntm_capture_dropped_packets_total"), BURST)
            self.assertLess(
                scrape.value("ntm_capture_coverage_ratio", interface="va"), 1)

    def test_sums_are_exact_in_every_scrape(self):
        arguments = ("--max-series", "32")  # so that "other" is used, too
        with self.ntm(*arguments) as ntm:
            before = ntm.scrape()
            for round_ in range(50):
                self.there.send_frames("vb", [
                    frames.udp_frame(f"198.51.{round_}.{i}", "198.51.100.2",
                                     40000, 53, b"x" * i) for i in range(99)])
                scrape = ntm.scrape()
                exposition.assert_sums_hold(scrape)
                for name in ("ntm_bytes_total", "ntm_packets_total"):
                    for labels, value in before.samples.get(name, {}).items():
                        self.assertGreaterEqual(
                            scrape.samples[name].get(labels, value), value)
                before = scrape
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") == 50 * 99,
                "all frames")
            self.assertEqual(scrape.sum("ntm_bytes_total"),
                             50 * sum(28 + i for i in range(99)))

    def test_reconciled_ratio_is_one_on_a_veth(self):
        with self.ntm() as ntm:
            def reconciled(scrape):
                self.there.send_frames("vb", [FRAME] * 50)
                ratio = scrape.value("ntm_capture_reconciled_ratio",
                                     interface="va")
                return ratio is not None and abs(ratio - 1) < 0.05
            ntm.wait_for(reconciled, "a reconciled ratio near 1")

    def test_reconciled_ratio_is_one_when_the_interface_is_recreated(self):
        with self.ntm() as ntm:
            self.there.send_frames("vb", [FRAME] * 2000)
            ntm.wait_for(lambda scrape: scrape.sum("ntm_packets_total") == 2000,
                         "what the first one carries")
            self.here.ip("link", "del", "va")
            ntm.wait_for(lambda scrape: scrape.value(
                "ntm_capture_up", interface="va") == 0, "its end")
            self.pair.join()
            ntm.wait_for(lambda scrape: scrape.value(
                "ntm_capture_up", interface="va") == 1, "its return")

            def first(scrape):
                self.there.send_frames("vb", [FRAME] * 50)
                return scrape.value("ntm_capture_reconciled_ratio",
                                    interface="va") is not None
            ratio = ntm.wait_for(first, "a ratio").value(
                "ntm_capture_reconciled_ratio", interface="va")
            self.assertLess(abs(ratio - 1), 0.5)

    def test_a_raised_mtu_makes_no_superpackets(self):
        longer = frames.udp_frame("198.51.100.1", "198.51.100.2", 40000, 53,
                                  b"x" * 4000)

        def ratio(scrape):
            return scrape.value("ntm_capture_reconciled_ratio",
                                interface="va")
        with self.ntm() as ntm:
            self.here.ip("link", "set", "va", "mtu", "9000")
            self.there.ip("link", "set", "vb", "mtu", "9000")
            self.there.send_frames("vb", [longer] * 100)
            ntm.wait_for(lambda scrape: scrape.sum("ntm_bytes_total")
                         > 100 * 4000, "the longer frames")
            ntm.wait_for(ratio, "a tick that saw them")
            scrape = ntm.wait_for(lambda scrape: ratio(scrape) is None,
                                  "a quiet tick")
            self.assertEqual(
                scrape.sum("ntm_capture_superpackets_total"), 0)

    def test_loopback_frames_count_once(self):
        for interface in ("lo", "any"):
            with self.subTest(interface), self.ntm(
                    "udp and port 5353", interface=interface) as ntm:
                with self.here.socket(socket.AF_INET,
                                      socket.SOCK_DGRAM) as sink:
                    sink.bind(("127.0.0.1", 5353))
                    for _ in range(500):
                        sink.sendto(b"x" * 100, ("127.0.0.1", 5353))
                scrape = ntm.wait_for(
                    lambda scrape: scrape.sum("ntm_packets_total") >= 500,
                    "the datagrams")
                self.assertEqual(
                    [scrape.sum(f"ntm_capture_{what}_packets_total")
                     for what in ("received", "dropped", "filtered")],
                    [500, 0, 0])
                self.assertEqual(scrape.sum("ntm_packets_total"), 500)

    def test_frames_that_ntms_filter_excludes_are_counted(self):
        session = frames.pppoe(FRAME)
        other = frames.pppoe(frames.tcp_frame(
            "198.51.100.1", "198.51.100.2", 1, 2))
        with self.ntm("udp port 53") as ntm:
            self.there.send_frames("vb", [session, other, other, FRAME] * 10)
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum(
                    "ntm_capture_filtered_packets_total") >= 20, "the others")
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") >= 20,
                "those that match")
            self.assertEqual(
                [scrape.sum(f"ntm_{what}_total") for what in (
                    "packets", "capture_filtered_packets",
                    "capture_received_packets")], [20, 20, 40])

    def test_reconciled_ratio_is_absent_with_a_filter(self):
        with self.ntm("udp") as ntm:
            self.there.send_frames("vb", [FRAME] * 50)
            coverage = "ntm_capture_coverage_ratio"
            scrape = ntm.wait_for(
                lambda scrape: scrape.value(coverage, interface="va") == 1,
                "a tick with traffic")
            self.assertIsNone(scrape.value("ntm_capture_reconciled_ratio",
                                           interface="va"))
