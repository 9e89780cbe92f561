"""Faults of the machine: what continues, what ntm reports, and that no counted
packet is lost. For more see test_live_changes.py (interfaces),
test_live_loss.py (rings), test_live_history.py (disks, databases, SIGKILL),
test_live_agents.py (hubs), test_live_alerts.py (Alertmanager)."""

import contextlib
import os
import pathlib
import resource
import socket
import time

import pytest

import clock
import frames
import netns
import ntm_process
import websocket
from live import LiveCase

pytestmark = pytest.mark.races

DAY = 86400
# How long it is stopped; 30 s in `make soak`.
STOPPED_SECONDS = float(os.environ.get("NTM_STOPPED_SECONDS", 3))
FRAME = frames.udp_frame("198.51.100.1", "198.51.100.2", 40000, 53, b"x" * 99)


def packets(scrape):
    return scrape.sum("ntm_packets_total")


class LiveFaultsTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def counts_pings(self, ntm, total):
        """Three more pings; the earlier counts are still there."""
        self.here.ping(netns.THERE_IP, count=3)
        scrape = ntm.wait_for(lambda scrape: packets(scrape) >= total,
                              f"{total} packets")
        self.assertEqual(packets(scrape), total)
        self.assertEqual(scrape.sum("ntm_evicted_packets_total"), 0)
        self.assertEqual(scrape.sum("ntm_capture_dropped_packets_total"), 0)

    def all_is_well(self, ntm):
        scrape = ntm.scrape()
        for labels, up in scrape.samples["ntm_module_up"].items():
            self.assertEqual(up, 1, labels)
        self.assertEqual(scrape.sum("ntm_module_errors_total"), 0)
        self.assertEqual(ntm.status("/-/ready"), 200)

    def jump(self, shifted, ntm, seconds, said):
        """Sets the clock; everything continues."""
        times = ntm.stderr().count(said)
        rows = ntm.scrape().sum("ntm_history_written_rows_total")
        shifted.set(seconds)
        ntm_process.poll(lambda: ntm.stderr().count(said) > times, what=said)
        ntm.wait_for(lambda scrape: scrape.sum(
            "ntm_history_written_rows_total") > rows, "rows", 30)
        with websocket.WebSocket(
                ntm.connect((ntm.host, ntm.port))) as events:
            for _ in range(4):
                events.event()

    def check_jumps(self, seconds, first, then):
        shifted = clock.Clock(self.folder)
        with self.ntm("icmp", "--interval", "1", "--write-interval", "1",
                      env=shifted.environment) as ntm:
            self.counts_pings(ntm, 6)
            self.jump(shifted, ntm, seconds, first)
            self.counts_pings(ntm, 12)
            self.jump(shifted, ntm, 0, then)
            self.counts_pings(ntm, 18)
            self.all_is_well(ntm)
            self.assertEqual(
                ntm.status("/api/traffic/history?interface=va&hours=1"), 200)
            self.assertEqual(ntm.status("/api/usage"), 200)

    def test_a_clock_that_jumps_a_day_ahead_ends_no_series(self):
        self.check_jumps(DAY, f"the clock jumped {DAY} s ahead",
                         "s back, or the machine was suspended")

    def test_a_clock_that_jumps_a_day_back_ends_no_series(self):
        self.check_jumps(-DAY, f"the clock jumped {DAY} s back",
                         "s ahead, or the machine was suspended")

    def test_a_capture_that_poll_refuses_is_opened_again(self):
        # Run as root, so that root may set its limits.
        with self.ntm("udp or icmp", "--sandbox", "off") as ntm:
            self.counts_pings(ntm, 6)
            descriptors = resource.prlimit(ntm.process.pid,
                                           resource.RLIMIT_NOFILE)
            # poll() accepts at most this many entries.
            resource.prlimit(ntm.process.pid, resource.RLIMIT_NOFILE,
                             (1, descriptors[1]))

            def refused():
                self.there.send_frames("vb", [FRAME])
                return "cannot wait for frames: Invalid argument" in \
                    ntm.stderr()
            ntm_process.poll(refused, what="a refusal")
            resource.prlimit(ntm.process.pid, resource.RLIMIT_NOFILE,
                             descriptors)
            ntm.wait_for(lambda scrape: scrape.value(
                "ntm_capture_up", interface="va") == 1, "its return")
            before = packets(ntm.scrape())
            self.here.ping(netns.THERE_IP, count=3)
            ntm.wait_for(lambda scrape: packets(scrape) >= before + 6,
                         "packets after it")

    def test_all_frames_count_after_sigstop_and_sigcont(self):
        with self.ntm() as ntm, websocket.WebSocket(
                ntm.connect((ntm.host, ntm.port))) as events:
            events.event()
            with self.stopped(ntm):
                end = time.monotonic() + STOPPED_SECONDS
                sent = 0
                while sent < 1000 or time.monotonic() < end:
                    if sent < 1000:
                        self.there.send_frames("vb", [FRAME] * 100)
                        sent += 100
                    else:
                        time.sleep(0.1)
            scrape = ntm.wait_for(lambda scrape: packets(scrape) >= sent,
                                  "all frames")
            self.assertEqual(packets(scrape), sent)
            self.assertEqual(
                scrape.sum("ntm_capture_dropped_packets_total"), 0)
            # The page continues, without extra updates for the missed seconds.
            totals = []
            while not totals or totals[-1] < sent:
                name, data = events.event()
                if name == "traffic-update":
                    totals.append(data["stats"]["total_packets"])
            self.assertLessEqual(len(totals), 3 * ntm_process.PATIENCE)
            self.all_is_well(ntm)

    def read_only(self, folder):
        """The prefix of an ntm that sees the folder read-only."""
        script = ('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && '
                  'exec "$@"')
        return ["unshare", "-m", "sh", "-c", script, str(folder)]

    def test_a_read_only_state_directory_stops_only_the_history(self):
        state = self.folder / "state"
        state.mkdir()
        state.chmod(0o777)
        with self.ntm("icmp", before=self.read_only(state),
                      env={"STATE_DIRECTORY": str(state)}) as ntm:
            self.counts_pings(ntm, 6)
            scrape = ntm.scrape()
            self.assertEqual(scrape.sum("ntm_history_persistent"), 0)
            said = [line for line in ntm.stderr().splitlines()
                    if "memory only" in line]
            self.assertEqual(len(said), 1, ntm.stderr())
            self.assertIn("Read-only file system", said[0])
            self.assertEqual(ntm.status("/-/ready"), 200)
            ntm_process.poll(lambda: ntm.status(
                "/api/traffic/history?interface=va&hours=1") == 200,
                what="the history of memory")
            self.counts_pings(ntm, 12)
        self.assertEqual(list(state.iterdir()), [])

    @contextlib.contextmanager
    def with_few_descriptors(self):
        """ntm with few more descriptors than it needs; an open page."""
        with self.ntm("icmp") as ntm:
            used = len(os.listdir(f"/proc/{ntm.process.pid}/fd"))
        limit = ["sh", "-c", 'ulimit -n "$0" && exec "$@"', str(used + 8)]
        with self.ntm("icmp", before=limit) as ntm, websocket.WebSocket(
                ntm.connect((ntm.host, ntm.port))) as events:
            self.counts_pings(ntm, 6)
            yield ntm, events
            self.all_is_well(ntm)

    @contextlib.contextmanager
    def starved(self, ntm):
        """ntm has no free descriptor, and clients try to connect."""
        with contextlib.ExitStack() as taken:
            for _ in range(20):
                one = taken.enter_context(
                    self.here.socket(socket.AF_INET, socket.SOCK_STREAM))
                one.settimeout(ntm_process.BOUND)
                one.connect((ntm.host, ntm.port))
            ntm_process.poll(lambda: "Too many open files" in ntm.stderr(),
                             what="a word about it")
            yield

    def ticks(self, events, count):
        while count > 0:
            if events.event()[0] == "traffic-update":
                count -= 1

    def test_the_capture_continues_without_free_descriptors(self):
        with self.with_few_descriptors() as (ntm, events):
            with self.starved(ntm):
                self.ticks(events, 2)  # open connections stay open
                self.here.ping(netns.THERE_IP, count=3)
                self.ticks(events, 2)
            self.counts_pings(ntm, 18)

    def test_an_interface_is_reopened_when_a_descriptor_is_free(self):
        with self.with_few_descriptors() as (ntm, events):
            with self.starved(ntm):
                self.here.ip("link", "del", "va")
                ntm_process.poll(lambda: "counters are kept" in ntm.stderr(),
                                 what="a word about its end")
                self.pair.join()
                self.ticks(events, 3)
            ntm.wait_ready()
            self.counts_pings(ntm, 12)
