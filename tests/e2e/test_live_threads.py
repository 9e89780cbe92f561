"""Several capture threads count the same as one, to the packet and the byte."""

import collections
import itertools
import threading
import time

import pytest

import exposition
import frames
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

DNS = "198.51.100.1"


def address(number):
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def dns_frame(src, src_port=40000, size=32):
    return frames.udp_frame(src, DNS, src_port, 53, b"x" * size)


def wake_ups(ntm):
    """{capture thread: number of waits}: constant without frames."""
    found = {}
    for fields in ntm_process.threads(ntm.process.pid).values():
        if fields["Name"].startswith("ntm-capture"):
            found[fields["Name"]] = int(fields["voluntary_ctxt_switches"])
    return found


def resting(ntm, threads):
    """wake_ups() when all threads are idle, with or without scrapes."""
    seen = None

    def unchanged():
        nonlocal seen
        before, seen = seen, wake_ups(ntm)
        ntm.scrape()
        return seen == before and len(seen) == threads
    ntm_process.poll(unchanged, what="threads without frames", interval=0.3)
    return seen


class Sender(threading.Thread):
    """Sends frames one by one, each from a new src: 0, 1, …"""

    def __init__(self, space):
        super().__init__()
        self.space, self.sent, self.done = space, 0, threading.Event()

    def run(self):
        with self.space.socket(frames.socket.AF_PACKET,
                               frames.socket.SOCK_RAW) as sender:
            sender.bind(("vb", 0))
            for number in itertools.count():
                if self.done.is_set():
                    break
                sender.send(dns_frame(address(number)))
                self.sent = number + 1
                # At most 20,000 per second, so that ntm gets the CPU, and no more
                # series than a slow machine can scrape.
                if number % 20 == 0:
                    time.sleep(0.001 * ntm_process.PATIENCE ** 2)

    def __enter__(self):
        self.start()
        ntm_process.poll(lambda: self.sent > 100, what="traffic")
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()


class LiveThreadsTest(LiveCase):
    def traffic(self):
        """Frames of 300 pairs, each with several ports; returns the expected counts."""
        sent, flows = [], collections.defaultdict(lambda: (0, 0))
        for number in range(300):
            for port in range(number % 5 + 1):
                size = 10 + number % 100 + port
                sent.append(dns_frame(address(number), 40000 + port, size))
                key = address(number), DNS, "udp", "domain"
                packets, octets = flows[key]
                flows[key] = packets + 1, octets + 28 + size
                # The answer, in the same conversation.
                sent.append(frames.udp_frame(DNS, address(number), 53,
                                             40000 + port, b"y" * size))
                back = DNS, address(number), "udp", "domain"
                flows[back] = flows[key]
        return sent, dict(flows)

    def check_traffic(self, ntm, rounds=3, interface="va"):
        sent, flows = self.traffic()
        ledger = self.ledger(ntm, interface)
        before = ntm.scrape().flows()
        for _ in range(rounds):
            self.there.send_frames("vb", sent)
        scrape = ledger.settle(least_packets=rounds * len(sent))
        exposition.assert_sums_hold(scrape)
        counted = scrape.flows()
        for key, (packets, octets) in flows.items():
            had = before.get(key, (0, 0))
            self.assertEqual(counted[key], (had[0] + rounds * packets,
                                            had[1] + rounds * octets))
        self.assertEqual(len(counted), len(flows))
        self.assertEqual(scrape.sum("ntm_series"), len(flows))
        self.assertEqual(scrape.sum("ntm_series_limit"), 10000)

    def test_threads_count_what_one_counts(self):
        for threads in (1, 4):
            with self.subTest(threads):
                with self.ntm("--capture-threads", threads) as ntm:
                    self.check_traffic(ntm)

    def test_threads_share_several_interfaces(self):
        # Without the traffic of the scrapes on lo.
        with self.ntm("-i", "lo", "--capture-threads", "3", "udp") as ntm:
            self.check_traffic(ntm)

    def test_every_capture_thread_gets_frames(self):
        with self.ntm("--capture-threads", "4") as ntm:
            before = resting(ntm, threads=4)
            self.assertEqual(sorted(before),
                             [f"ntm-capture-{lane}" for lane in range(4)])
            self.check_traffic(ntm)
            for name, count in wake_ups(ntm).items():
                self.assertGreater(count, before[name], name)

    def test_threads_come_back_with_their_interface(self):
        with self.ntm("--capture-threads", "4") as ntm:
            self.check_traffic(ntm, rounds=1)
            self.here.ip("link", "set", "va", "down")
            self.wait_up(ntm, 0)
            self.pair.raise_here()
            self.wait_up(ntm, 1)
            self.check_traffic(ntm)
            for _ in range(2):
                self.here.ip("link", "del", "va")
                self.wait_up(ntm, 0)
                self.pair.join()
                self.wait_up(ntm, 1)
                self.check_traffic(ntm)

    def wait_up(self, ntm, up):
        ntm.wait_for(
            lambda scrape: scrape.value("ntm_capture_up", interface="va") == up,
            f"ntm_capture_up {up}", 5 * ntm_process.PATIENCE)

    def test_threads_started_under_traffic_count_nothing_twice(self):
        # Large enough for every src to get a series at once.
        arguments = "--max-series", "400000", "--capture-threads", "4"
        for start in range(3):
            with self.subTest(start), Sender(self.there) as sender:
                with self.ntm(*arguments, "udp") as ntm:
                    begun = sender.sent
                    ntm_process.poll(lambda: sender.sent > begun + 2000,
                                     what="traffic")
                    sender.done.set()
                    sender.join()
                    self.check_once_each(ntm, sender.sent)

    def check_once_each(self, ntm, sent):
        last = (address(sent - 1), DNS, "udp", "domain")
        scrape = ntm.wait_for(lambda scrape: last in scrape.flows(),
                              "the last frame")
        # The last frames of all threads arrive at the same time.
        ntm_process.poll(lambda: self.settled(ntm), what="all frames")
        flows = ntm.scrape().flows()
        self.assertEqual({counts[0] for counts in flows.values()}, {1})
        self.assertEqual(
            scrape.sum("ntm_capture_dropped_packets_total"), 0)
        # From the first frame on, without a gap.
        expected = {(address(number), DNS, "udp", "domain")
                    for number in range(sent - len(flows), sent)}
        self.assertEqual(set(flows), expected)

    def settled(self, ntm):
        before = ntm.scrape()
        time.sleep(0.3)  # longer than the ring keeps a frame back
        return before.sum("ntm_packets_total") == ntm.scrape().sum(
            "ntm_packets_total")

    def test_threads_keep_the_fragments_of_a_datagram_together(self):
        # A later fragment gets the service of the first fragment, which only the
        # same thread has seen.
        with self.ntm("--capture-threads", "4") as ntm:
            before = resting(ntm, threads=4)
            sent = []
            for number in range(200):
                whole = frames.udp(40000 + number, 53, b"x" * 2992,
                                   ends=(address(number), DNS))
                for at in (0, 1000, 2000):
                    sent.append(frames.eth(frames.ipv4(
                        address(number), DNS, frames.UDP,
                        whole[at:at + 1000], ident=number, offset=at,
                        more_fragments=at < 2000)))
            ledger = self.ledger(ntm)
            self.there.send_frames("vb", sent)
            scrape = ledger.settle(least_packets=len(sent))
            self.assertEqual(scrape.flows(), {
                (address(number), DNS, "udp", "domain"): (3, 3000 + 3 * 20)
                for number in range(200)})
            for name, count in wake_ups(ntm).items():
                self.assertGreater(count, before[name], name)

    def test_a_series_continues_while_one_thread_sees_it(self):
        # A pause of the continuing conversation must not look like its end.
        idle = 2 * ntm_process.PATIENCE
        with self.ntm("--capture-threads", "4", "--idle-timeout",
                      f"{idle}s") as ntm:
            sent = [dns_frame(address(1), 40000 + port) for port in range(100)]
            self.there.send_frames("vb", sent)
            self.there.send_frames("vb", [dns_frame(address(2))])
            count, counted = 100, 0
            key = address(1), DNS, "udp", "domain"
            ended = time.monotonic() + 3 * idle

            def fades():
                # One conversation continues, on one thread.
                nonlocal count, counted
                self.there.send_frames("vb", sent[:1])
                count += 1
                scrape = ntm.scrape()
                exposition.assert_sums_hold(scrape)
                now = scrape.flows().get(key, (0, 0))[0]
                self.assertGreaterEqual(now, counted)
                counted = now
                return (scrape.sum("ntm_evicted_series_total") == 1
                        and time.monotonic() > ended)
            ntm_process.poll(fades, 15 * ntm_process.PATIENCE, "one's end",
                             interval=0.1)
            ntm.wait_for(lambda scrape: scrape.flows()[key][0] == count,
                         "every packet")

    def test_drops_of_all_threads_are_counted(self):
        sent = [dns_frame(address(number), size=400) for number in range(8000)]
        with self.ntm("--capture-threads", "4", "--buffer-size",
                      "256KiB") as ntm:
            with self.stopped(ntm):
                self.there.send_frames("vb", sent)
            dropped = "ntm_capture_dropped_packets_total"
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_capture_packets_total")
                + scrape.sum(dropped) >= len(sent), "the whole burst")
            self.assertEqual(scrape.sum("ntm_packets_total")
                             + scrape.sum(dropped), len(sent))
            self.assertEqual(scrape.sum("ntm_capture_received_packets_total"),
                             len(sent))
            self.assertGreater(scrape.sum(dropped, reason="kernel"), 0)
            exposition.assert_sums_hold(scrape)
