"""Large scrapes under traffic: slow readers, many of them, and those that disconnect."""

import contextlib
import gzip
import os
import pathlib
import re
import socket
import time

import pytest

import exposition
import frames
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

HOSTS = 40_000  # an exposition of 7 MB, more than the sockets' buffers hold
SERIES = ("--max-series", "100000")  # below half of it every host has a series
# A ring for all frames, so that nothing is dropped even if ntm gets no CPU.
RING = ("--buffer-size", "128MiB")
SLOW = 30  # below --web.max-requests
# What 30 slow readers may take: a few copies of the flows, of 3 MB each, and a block
# and what else a connection needs for each.
GROWTH_BYTES = 40_000_000
# A scrape beside them, in scrapes alone. One that had to wait for them would take the
# 30 s after which they are cut off: hundreds of these.
DELAY = 20
KEPT_BYTES = 12_000_000  # copies of the tick and in reserve, and malloc's
DST = "198.51.100.1"


def address(number):
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def rss_bytes(ntm):
    rollup = pathlib.Path(
        f"/proc/{ntm.process.pid}/smaps_rollup").read_text("ascii")
    return int(re.search(r"^Rss: +(\d+) kB", rollup, re.MULTILINE)[1]) * 1024


class Reader:
    """A scrape that is read as slowly as one likes."""

    def __init__(self, connection, headers=b""):
        self._connection = connection
        self._received = b""
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
                           b"Connection: close\r\n" + headers + b"\r\n")
        while b"\r\n\r\n" not in self._received:
            self.read(4096)
        self.head, _, self._received = self._received.partition(b"\r\n\r\n")

    def read(self, most):
        """False at the end."""
        piece = self._connection.recv(most)
        self._received += piece
        return piece != b""

    def body(self):
        while self.read(1 << 20):
            pass
        rest, pieces = self._received, []
        while True:  # RFC 9112 section 7.1
            size, _, rest = rest.partition(b"\r\n")
            size = int(size, 16)
            if size == 0:
                break
            pieces.append(rest[:size])
            assert len(pieces[-1]) == size, "the body is incomplete"
            rest = rest[size + 2:]
        body = b"".join(pieces)
        if b"Content-Encoding: gzip" in self.head:
            body = gzip.decompress(body)
        return body.decode()


class LiveScrapeTest(LiveCase):
    def fill(self, ntm):
        self.hosts = [frames.udp_frame(address(number), DST, 40000, 53, b"x")
                      for number in range(HOSTS)]
        self.there.send_frames("vb", self.hosts)
        self.wait_for_packets(ntm, HOSTS)

    def wait_for_packets(self, ntm, packets):
        """By a scrape of one family: all of them take a second to parse."""
        name = "ntm_capture_packets_total"

        def counted():
            few = exposition.parse(ntm.fetch(f"/metrics?name[]={name}").text)
            return few.sum(name) == packets
        ntm_process.poll(counted, 3 * ntm_process.BOUND, f"{packets} packets")

    def connect(self, stack):
        connection = stack.enter_context(
            self.here.socket(socket.AF_INET, socket.SOCK_STREAM))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(ntm_process.BOUND)
        connection.connect(("127.0.0.1", 8000))
        return connection

    def seconds_of_a_scrape(self, ntm):
        """The best of three; to parse it would take much longer."""
        took = []
        for _ in range(3):
            began = time.monotonic()
            answer = ntm.fetch()
            took.append(time.monotonic() - began)
            self.assertEqual(answer.status, 200)
        return min(took)

    def test_a_slow_reader_gets_the_sums_of_one_instant(self):
        for headers in (b"", b"Accept-Encoding: gzip\r\n"):
            with self.subTest(headers), contextlib.ExitStack() as stack:
                ntm = stack.enter_context(
                    self.ntm("udp", *SERIES, *RING))
                self.fill(ntm)
                reader = Reader(self.connect(stack), headers)
                self.assertIn(b"Transfer-Encoding: chunked", reader.head)
                sent = HOSTS
                for _ in range(5):
                    reader.read(4096)
                    self.there.send_frames("vb", self.hosts[:5000])
                    sent += 5000
                    # The reader holds a snapshot, but no lock.
                    self.wait_for_packets(ntm, sent)
                scrape = exposition.parse(reader.body())
                exposition.assert_sums_hold(scrape)
                self.assertEqual(len(scrape.flows()), HOSTS)
                self.assertEqual(scrape.sum("ntm_packets_total"), HOSTS)
                self.assertEqual(scrape.sum("ntm_capture_packets_total"), HOSTS)
                self.assertEqual(ntm.scrape().sum(
                    "ntm_capture_dropped_packets_total"), 0)

    def test_slow_readers_delay_nobody_and_share_memory(self):
        with self.ntm("udp", *SERIES, *RING) as ntm:
            self.fill(ntm)
            alone = self.seconds_of_a_scrape(ntm)
            before = rss_bytes(ntm)
            with contextlib.ExitStack() as stack:
                readers = [Reader(self.connect(stack)) for _ in range(SLOW)]
                beside = self.seconds_of_a_scrape(ntm)
                grown = rss_bytes(ntm) - before
                # Nobody had to be cut off for it: each is still being served.
                self.assertEqual([reader.read(4096) for reader in readers],
                                 [True] * SLOW)
            self.assertLess(beside, DELAY * alone)
            if os.environ.get("NTM_SLOW"):  # a sanitizer keeps what is freed
                return
            self.assertLess(grown, GROWTH_BYTES)
            # They have disconnected in the middle.
            def kept():
                return rss_bytes(ntm) - before
            try:
                ntm_process.poll(lambda: kept() < KEPT_BYTES, what="their end")
            except AssertionError:
                self.assertLess(kept(), KEPT_BYTES)
            self.assertEqual(ntm.scrape().sum(
                "ntm_capture_dropped_packets_total"), 0)
