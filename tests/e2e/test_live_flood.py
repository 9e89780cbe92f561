"""A flood of spoofed sources at full speed, with packets of real hosts."""

import contextlib
import os
import pathlib
import re
import shutil
import threading
import time

import pytest

import exposition
from flood import Conversations, Flood, Hosts
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.alone

SPOOFED = 500_000
FLOODS = 4  # two million SYNs
SERIES = 2000  # fewer to read, ten times a second
SCRAPE_SECONDS = 0.1
# A ring for the whole flood, so that ntm drops nothing even if it gets no CPU: this
# tests counting, not speed.
RING = ("--buffer-size", "128MiB")
GROWTH_BYTES = 1_000_000
WARM_SCRAPES = 30  # three seconds


class Scraper:
    """Scrapes ten times a second until the block ends."""

    def __init__(self, ntm):
        self._ntm = ntm
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._scrape)
        self._failure = None
        self.texts = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self._end.set()
        self._thread.join()
        if kind is None and self._failure:
            raise self._failure

    def _scrape(self):
        due = time.monotonic()
        try:
            while not self._end.is_set():
                self.texts.append(self._ntm.fetch().text)
                due += SCRAPE_SECONDS
                self._end.wait(max(0.0, due - time.monotonic()))
        except Exception as failure:  # raised where the block ends
            self._failure = failure


def rss_bytes(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(re.search(r"^Rss: +(\d+) kB", rollup, re.MULTILINE)[1]) * 1024


class LiveFloodTest(LiveCase):
    def setUp(self):
        super().setUp()
        if not shutil.which("tcpreplay"):
            self.skipTest("tcpreplay is not installed")
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.folder = pathlib.Path(
            stack.enter_context(ntm_process.open_folder()))

    def replay(self, traffic):
        """Sends it as fast as possible; all of it must arrive at va."""
        path = self.folder / "traffic.pcap"
        traffic.write(path)
        before = self.here.counters("va")["rx_packets"]
        self.there.run("tcpreplay", "--quiet", "--topspeed", "--preload-pcap",
                       "-i", "vb", str(path), timeout=30)
        moved = self.here.counters("va")["rx_packets"] - before
        self.assertEqual(moved, traffic.packets)

    def settle(self, ntm, packets):
        """The scrape that has all of these, and no drops."""
        def counted(scrape):
            return scrape.sum("ntm_capture_packets_total") >= packets
        scrape = ntm.wait_for(counted, f"{packets} packets")
        self.assertEqual(scrape.sum("ntm_capture_dropped_packets_total"), 0)
        self.assertEqual(scrape.sum("ntm_capture_packets_total"), packets)
        return scrape

    def test_busy_hosts_stay_exact_in_a_flood_of_spoofed_sources(self):
        flood = Flood(SPOOFED)
        with self.ntm(*RING) as ntm:
            early = flood.send_early(self.there, "vb", times=20)
            self.settle(ntm, early)
            self.replay(flood)
            scrape = self.settle(ntm, early + flood.packets)
            exposition.assert_sums_hold(scrape)
            flows = scrape.flows()
            self.assertEqual(
                {talker.key: flows.get(talker.key) for talker in flood.early},
                {talker.key: (talker.packets,
                              talker.packets * talker.packet_bytes)
                 for talker in flood.early})
            for talker in flood.late:
                packets, size = flows.get(talker.key, (0, 0))
                self.assertLessEqual(talker.packets - packets, 16, talker.key)
                self.assertEqual(size, packets * talker.packet_bytes)
            own = [key for key in flows if key[0] != "other"]
            limit = scrape.value("ntm_series_limit")
            # The lower half is open to all; above it 1 in 10,000 may get a series.
            self.assertLessEqual(
                len(own), limit // 2 + len(flood.late) + SPOOFED // 10_000)

    def test_series_are_bounded_and_sums_exact_throughout_a_flood(self):
        flood = Flood(SPOOFED)
        with self.ntm("--max-series", str(SERIES), *RING) as ntm:
            with Scraper(ntm) as scraper:
                self.replay(flood)
                end = self.settle(ntm, flood.packets)
        counted = []
        for text in scraper.texts:
            scrape = exposition.parse(text)
            exposition.assert_sums_hold(scrape)
            series = len(scrape.samples.get("ntm_packets_total", ()))
            self.assertEqual(scrape.value("ntm_series"), series)
            self.assertLessEqual(series, SERIES)
            counted.append(scrape.sum("ntm_capture_packets_total"))
        self.assertEqual(counted, sorted(counted))
        self.assertTrue(any(0 < packets < flood.packets for packets in counted),
                        "no scrape came in the flood")
        # Everything that does not fit into the lower half.
        other = end.sum("ntm_packets_total", src="other", dst="other",
                        proto="tcp", service="https")
        self.assertGreater(other, flood.spoofed - SERIES)
        self.assertEqual(end.value("ntm_packets_total", src="32.0.0.0"), 1)

    def test_a_flood_of_sources_does_not_grow_memory(self):
        if os.environ.get("NTM_SLOW"):
            self.skipTest("sanitizers need memory of their own")
        flood = Flood(SPOOFED)
        with self.ntm(*RING) as ntm:
            early = flood.send_early(self.there, "vb", times=20)
            self.settle(ntm, early)
            # Memory of the first scrape and tick is not due to the flood.
            with Scraper(ntm) as scraper:
                ntm_process.poll(lambda: len(scraper.texts) >= WARM_SCRAPES,
                                 what="scrapes before the flood")
            before = rss_bytes(ntm.process.pid)
            with Scraper(ntm):
                self.replay(flood)
            scrape = self.settle(ntm, early + flood.packets)
            growth = rss_bytes(ntm.process.pid) - before
            self.assertGreaterEqual(scrape.value("ntm_series"),
                                    scrape.value("ntm_series_limit") // 2)
            self.assertLessEqual(growth, GROWTH_BYTES)

    def test_conversations_stay_watched_in_a_flood_of_syns(self):
        flood, talks = Flood(SPOOFED), Conversations(1000)
        with self.ntm("--local-net", "10.0.0.0/8", *RING) as ntm:
            self.there.send_frames("vb", talks.opening())
            packets = len(talks.opening())
            self.settle(ntm, packets)
            for number in range(FLOODS):
                self.replay(flood)
                packets += flood.packets
                self.settle(ntm, packets)
                if number == 0:
                    before = rss_bytes(ntm.process.pid)
            self.there.send_frames("vb", talks.repeated())
            scrape = self.settle(ntm, packets + len(talks.repeated()))
            growth = rss_bytes(ntm.process.pid) - before
        attempts = FLOODS * flood.spoofed
        # Those that are still being opened have not failed yet.
        self.assertAlmostEqual(
            scrape.sum("ntm_tcp_connections_total", outcome="unanswered"),
            attempts, delta=attempts / 100)
        self.assertEqual(
            scrape.sum("ntm_tcp_connections_total", outcome="established"),
            talks.count)
        self.assertEqual(
            scrape.sum("ntm_tcp_retransmitted_segments_total"), talks.count)
        self.assertEqual(scrape.sum("ntm_tcp_conversations"), talks.count)
        self.assertEqual(scrape.sum("ntm_tcp_unwatched_total"), 0)
        if not os.environ.get("NTM_SLOW"):  # sanitizers need memory of their own
            self.assertLessEqual(growth, GROWTH_BYTES)

    def test_a_hundred_thousand_hosts_stay_within_the_series_limit(self):
        hosts = Hosts(busy=12_000, quiet=88_000)
        with self.ntm(*RING) as ntm:
            self.replay(hosts)
            scrape = self.settle(ntm, hosts.packets)
            exposition.assert_sums_hold(scrape)
            flows = scrape.flows()
            limit = scrape.value("ntm_series_limit")
            self.assertEqual(limit, 10_000)
            self.assertLessEqual(len(flows), limit)
            self.assertEqual(scrape.value("ntm_series"), len(flows))
            own = sum(1 for key in flows if key[0] != "other")
            self.assertGreater(own, 0.8 * limit)  # the table is full
            packets, size = flows["other", "other", "tcp", "https"]
            self.assertGreaterEqual(packets, hosts.hosts - own)
            self.assertEqual(size, packets * hosts.packet_bytes)
