"""Attacks on the server: capture continues, scrapes are answered, memory does not
grow."""

import base64
import contextlib
import itertools
import os
import pathlib
import re
import resource
import socket
import threading
import time
import unittest

import pytest

import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

SLOW = 1040  # connections; ntm keeps 1,024
SHARE = 128  # of them for one peer
SCRAPERS = 300
ADDRESS = ("127.0.0.1", 8000)
FROM_THERE = (netns.HERE_IP, 8000)
EVERYWHERE = ("--web.listen-address", ":8000")
# bcrypt of "secret word" with a cost that takes a quarter of a second.
SLOW_HASH = "$2b$12$abcdefghijklmnopqrstuuNr7wTrMo3AcAkJVORSb/k2YGZEZ3aj6"


# Each is at most one request to ntm, but possibly two to a proxy in front of it.
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
    "POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n"
    "\r\n0\r\n\r\n",
    "GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: y\r\n\tz\r\n\r\n",
    "GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /metrics?x=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
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

    def connect(self, space=None, address=ADDRESS):
        space = space or self.here
        connection = space.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(ntm_process.BOUND)
        connection.connect(address)
        return connection

    def send(self, data):
        """The answer to `data`, until the connection ends."""
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

    def test_slow_clients_delay_nobody(self):
        with self.ntm("icmp", *EVERYWHERE, own_address=True) as ntm, \
                contextlib.ExitStack() as slow:
            connections = []
            for _ in range(SLOW):
                connection = slow.enter_context(
                    self.connect(self.there, FROM_THERE))
                with contextlib.suppress(ConnectionError):
                    connection.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
                connections.append(connection)
            for _ in range(5):
                self.timed_scrape(ntm)
            self.assert_capture_works(ntm)
            # Beyond its share the peer gets an answer.
            told = sum(self.is_refused(connection)
                       for connection in connections[2 * SHARE:])
            self.assertGreaterEqual(told, len(connections[2 * SHARE:]) // 2)
            refused = ntm.scrape().sum("ntm_http_refused_requests_total",
                                       reason="connections")
            self.assertGreaterEqual(refused, SLOW - SHARE)
            ntm_process.poll(lambda: "requests refused" in ntm.stderr(), 30,
                             "the line of log")
            self.assertRegex(ntm.stderr(), rf"from {netns.THERE_IP} \(\d+\)")

    def is_refused(self, connection):
        """The answer was 503, or was lost by a reset."""
        try:
            return connection.recv(64).startswith(b"HTTP/1.1 503")
        except (ConnectionError, TimeoutError):
            return False

    def test_many_scrapers_are_all_answered(self):
        with self.ntm("icmp") as ntm:
            statuses, lock = [], threading.Lock()
            together = threading.Barrier(SCRAPERS)

            def scrape():
                together.wait()
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
            # Requests beyond --web.max-requests get an answer.
            self.assertLessEqual(set(statuses), {200, 503})
            self.assertGreaterEqual(statuses.count(200), 40)
            self.timed_scrape(ntm)
            self.assert_capture_works(ntm)

    def test_scrapers_beyond_the_limit_get_503(self):
        with self.ntm("icmp", "--web.max-requests", "2") as ntm:
            def is_counted():
                with contextlib.ExitStack() as stack:
                    for _ in range(50):
                        stack.enter_context(self.connect()).sendall(
                            b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertEqual(ntm.status("/-/healthy"), 200)
                    return self.refused(ntm, "requests")
            ntm_process.poll(is_counted, 30, "a 503")

    def refused(self, ntm, reason):
        """Scrapes until there is an answer."""
        answers = []

        def scraped():
            answers.append(ntm.fetch())
            return answers[-1].status == 200
        ntm_process.poll(scraped, 30, "a scrape")
        return ntm_process.exposition.parse(answers[-1].text).sum(
            "ntm_http_refused_requests_total", reason=reason)

    def test_password_guessing_delays_neither_liveness_nor_known_users(self):
        with ntm_process.open_folder() as folder:
            web = pathlib.Path(folder, "web.yml")
            web.write_text(f"basic_auth_users: {{alice: {SLOW_HASH}}}\n")
            web.chmod(0o644)
            right = {"Authorization": "Basic " + base64.b64encode(
                b"alice:secret word").decode()}
            with self.ntm("icmp", "--web.config.file", web, *EVERYWHERE,
                          own_address=True, ready=False) as ntm:
                stop = threading.Event()
                statuses = []

                def guess(number):
                    wrong = {"Authorization": "Basic " + base64.b64encode(
                        b"alice:wrong %d" % number).decode()}
                    connect = ntm_process.connector(self.there)
                    while not stop.is_set():
                        statuses.append(ntm_process.fetch(
                            *FROM_THERE, headers=wrong,
                            connect=connect).status)
                guessers = [threading.Thread(target=guess, args=(number,))
                            for number in range(20)]
                for guesser in guessers:
                    guesser.start()
                try:
                    ntm_process.poll(lambda: len(statuses) > 50,
                                     30, "the guesses")
                    # A first login, from another peer. It waits for a few
                    # hashes of the guessers, and needs one itself.
                    def is_known():
                        try:
                            return ntm.fetch(headers=right).status == 200
                        except TimeoutError:
                            return False
                    began = time.monotonic()
                    ntm_process.poll(is_known, 60, "the login")
                    login = time.monotonic() - began
                    took = []
                    for _ in range(20):
                        began = time.monotonic()
                        self.assertEqual(ntm.status("/-/healthy"), 200)
                        self.assertEqual(ntm.fetch(headers=right).status, 200)
                        took.append(time.monotonic() - began)
                    took.sort()
                    # If they waited for one hash, they would take that long.
                    self.assertLess(took[len(took) // 2], login)
                finally:
                    stop.set()
                    for guesser in guessers:
                        guesser.join()
                self.assertLessEqual(set(statuses), {401, 429})
                self.assertIn(429, statuses)
                text = ntm.fetch(headers=right).text
                refused = ntm_process.exposition.parse(text)
                for reason in ("guesses", "credentials"):
                    self.assertGreater(refused.sum(
                        "ntm_http_refused_requests_total", reason=reason), 0)
                ntm_process.poll(lambda: "requests refused" in ntm.stderr(),
                                 30, "the line of log")
                self.assertNotIn("wrong 1", ntm.stderr())

    def check_growth(self, ntm, before_kib, most_kib):
        if not os.environ.get("NTM_SLOW"):  # a sanitizer keeps what is freed
            self.assertLess(resident_kib(ntm) - before_kib, most_kib)

    def test_bodies_without_access_are_not_read(self):
        with self.ntm("icmp", *EVERYWHERE, own_address=True) as ntm:
            before = resident_kib(ntm)
            header = (b"POST %s HTTP/1.1\r\nHost: " + netns.HERE_IP.encode() +
                      b"\r\nContent-Length: 1048576\r\n\r\n")
            with contextlib.ExitStack() as stack:
                for path, status in ((b"/qos/rule", b"403"),
                                     (b"/nowhere", b"404"),
                                     (b"/metrics", b"405")):
                    for _ in range(30):
                        connection = stack.enter_context(
                            self.connect(self.there, FROM_THERE))
                        connection.sendall(header % path)
                        self.assertEqual(connection.recv(12),
                                         b"HTTP/1.1 " + status)
            self.check_growth(ntm, before, 8 << 10)
            self.timed_scrape(ntm)

    def test_bodies_share_a_budget(self):
        """Peers of a local network may request /predict."""
        with self.ntm("icmp", *EVERYWHERE, own_address=True) as ntm, \
                contextlib.ExitStack() as stack:
            ntm.scrape()
            before = resident_kib(ntm)
            header = (b"POST /predict HTTP/1.1\r\nHost: " +
                      netns.HERE_IP.encode() +
                      b"\r\nContent-Length: 1048576\r\n\r\n")
            connections = [stack.enter_context(
                self.connect(self.there, FROM_THERE)) for _ in range(100)]

            def send(connection):
                with contextlib.suppress(ConnectionError, TimeoutError):
                    connection.sendall(header + b"x" * 1048575)
            senders = [threading.Thread(target=send, args=(connection,))
                       for connection in connections]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            self.assertGreaterEqual(
                ntm_process.poll(lambda: self.refused(ntm, "memory"), 30,
                                 "a refusal"), 1)
            self.check_growth(ntm, before, 48 << 10)
            self.timed_scrape(ntm)

    def test_pipelined_requests_are_answered_in_every_order(self):
        """Also if the client sends nothing more."""
        requests = {b"GET /-/healthy": 200, b"HEAD /metrics": 200,
                    b"HEAD /-/healthy": 200, b"HEAD /nowhere": 404}
        with self.ntm("icmp") as ntm:
            for order in itertools.permutations(requests):
                for last in (b"", b"Connection: close\r\n"):
                    sent = b"".join(
                        line + b" HTTP/1.1\r\nHost: localhost\r\n" +
                        (last if line is order[-1] else b"") + b"\r\n"
                        for line in order)
                    answer = self.send(sent)
                    with self.subTest(sent):
                        self.assertEqual(
                            [int(status) for status in re.findall(
                                rb"^HTTP/1.1 (\d+)", answer, re.MULTILINE)],
                            [requests[line] for line in order])
            self.timed_scrape(ntm)

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
                answer = self.send(b"POST /predict HTTP/1.1\r\n"
                                   b"Host: localhost\r\n"
                                   b"Transfer-Encoding: chunked\r\n\r\n"
                                   + chunk * 8)
                self.assertIn(b" 413 ", answer[:40] or b" 413 ")
            self.assertLess(resident_kib(ntm) - before, 16 << 10)
            self.timed_scrape(ntm)
            self.assert_capture_works(ntm)

    def test_request_smuggling_is_refused(self):
        with self.ntm("icmp") as ntm:
            for request in SMUGGLED:
                with self.subTest(request):
                    answer = self.send(request.encode())
                    self.assertNotIn(b"ntm_packets", answer)
                    self.assertNotIn(b"ntm_bytes", answer)
                    self.assertNotIn(b'"status"', answer)
                    self.assertRegex(answer[:16], rb"^(HTTP/1.1 (400|405|501)|$)")
            self.timed_scrape(ntm)
