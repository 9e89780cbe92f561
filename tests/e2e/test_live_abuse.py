"""A server under abuse: capture goes on, scrapes are answered, memory stays."""

import contextlib
import pathlib
import resource
import socket
import threading
import unittest

import pytest

import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

SLOW = 1000  # connections; ntm keeps 1,024
SCRAPERS = 200
ADDRESS = ("127.0.0.1", 8000)

# Each is one request to this server, or none; to a proxy before it possibly two.
SMUGGLED = (
    "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
    "Content-Length: 30\r\n\r\nabcGET /stats HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"
    "0\r\n\r\n",
    "POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n"
    "0\r\n\r\n",
    "POST /metrics HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    "0\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n",
)


def resident_kib(ntm):
    status = pathlib.Path(f"/proc/{ntm.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines()
               if line.startswith("VmRSS"))
    return int(line.split()[1])


class LiveAbuseTest(LiveCase):
    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 4096
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise unittest.SkipTest(f"only {hard} descriptors are allowed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE,
                        (soft, hard))

    def connect(self):
        connection = self.here.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(ntm_process.BOUND)
        connection.connect(ADDRESS)
        return connection

    def send(self, data):
        """What is answered to `data`, up to the connection's end."""
        with self.connect() as connection:
            answer = b""
            with contextlib.suppress(ConnectionError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError, TimeoutError):
                while piece := connection.recv(65536):
                    answer += piece
            return answer

    def assert_capture_works(self, ntm):
        before = ntm.scrape().sum("ntm_packets_total", src=netns.HERE_IP)
        self.here.ping(netns.THERE_IP, count=3)
        ntm.wait_for(lambda scrape: scrape.sum(
            "ntm_packets_total", src=netns.HERE_IP) == before + 3, "the pings")
        self.assertEqual(
            ntm.scrape().sum("ntm_capture_dropped_packets_total"), 0)

    def test_slow_clients_hold_up_nobody(self):
        with self.ntm("icmp") as ntm, contextlib.ExitStack() as slow:
            for _ in range(SLOW):
                connection = slow.enter_context(self.connect())
                connection.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
            for _ in range(5):
                self.timed_scrape(ntm)
            self.assert_capture_works(ntm)

    def test_two_hundred_scrapers_are_all_answered(self):
        with self.ntm("icmp") as ntm:
            statuses, lock = [], threading.Lock()

            def scrape():
                status = ntm.status("/metrics")
                with lock:
                    statuses.append(status)
            scrapers = [threading.Thread(target=scrape)
                        for _ in range(SCRAPERS)]
            for scraper in scrapers:
                scraper.start()
            for scraper in scrapers:
                scraper.join()
            self.assertEqual(len(statuses), SCRAPERS)
            # More than --web.max-requests at once are sent away politely.
            self.assertLessEqual(set(statuses), {200, 503})
            self.assertGreaterEqual(statuses.count(200), 40)
            self.timed_scrape(ntm)
            self.assert_capture_works(ntm)

    def test_large_requests_cost_no_memory(self):
        with self.ntm("icmp") as ntm:
            ntm.scrape()
            before = resident_kib(ntm)
            header = b"GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (
                10 << 20)
            for _ in range(3):
                self.assertIn(b" 431 ", self.send(header)[:40] or b" 431 ")
                answer = self.send(b"POST /metrics HTTP/1.1\r\nHost: a\r\n"
                                   b"Content-Length: 1073741824\r\n\r\n")
                self.assertIn(b" 413 ", answer[:40])
                chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
                answer = self.send(b"POST /metrics HTTP/1.1\r\nHost: a\r\n"
                                   b"Transfer-Encoding: chunked\r\n\r\n"
                                   + chunk * 8)
                self.assertIn(b" 413 ", answer[:40] or b" 413 ")
            self.assertLess(resident_kib(ntm) - before, 16 << 10)
            self.timed_scrape(ntm)
            self.assert_capture_works(ntm)

    def test_smuggled_requests_are_not_served(self):
        with self.ntm("icmp") as ntm:
            for request in SMUGGLED:
                with self.subTest(request):
                    answer = self.send(request.encode())
                    self.assertNotIn(b"ntm_packets", answer)
                    self.assertNotIn(b'"status"', answer)
                    self.assertRegex(answer[:16], rb"^(HTTP/1.1 (400|405|501)|$)")
            self.timed_scrape(ntm)
