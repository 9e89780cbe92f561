"""The HTTP server: addresses, paths, methods, compression."""

import gzip
import socket
import unittest

import mixed
import ntm_process
from files import FileCase
from test_exposition import many_hosts


class HttpTest(FileCase):
    def start(self, *arguments, frames=None, **how):
        path = self.capture(frames or mixed.frames())
        ntm = ntm_process.Ntm("-r", path, "--serve", *arguments, **how)
        self.addCleanup(ntm.stop)
        return ntm.wait_ready()

    def test_paths_and_methods(self):
        ntm = self.start()
        for method, path, status in (
                ("GET", "/metrics", 200), ("GET", "/", 200),
                ("GET", "/-/healthy", 200), ("GET", "/-/ready", 200),
                ("HEAD", "/metrics", 200), ("GET", "/nosuch", 404),
                ("GET", "/metricsx", 404), ("GET", "/metrics/", 404),
                ("POST", "/metrics", 405), ("DELETE", "/-/ready", 405)):
            with self.subTest(f"{method} {path}"):
                answer = ntm.fetch(path, method=method)
                self.assertEqual(answer.status, status)
                if status == 405:
                    self.assertIn("GET", answer.headers["Allow"])
                if method == "HEAD":
                    self.assertEqual(answer.body, b"")

    def test_metrics_can_have_another_path(self):
        ntm = self.start("--web.telemetry-path", "/other")
        self.assertEqual(ntm.fetch("/other").status, 200)
        self.assertEqual(ntm.fetch("/metrics").status, 404)

    def test_metrics_can_be_limited_to_families(self):
        ntm = self.start()
        whole = ntm.scrape()
        asked = "name[]=ntm_bytes_total&name%5B%5D=ntm_series&name[]=none"
        some = ntm_process.exposition.parse(ntm.fetch(f"/metrics?{asked}").text)
        self.assertEqual(set(some.samples), {"ntm_bytes_total", "ntm_series"})
        for family in some.samples:
            self.assertEqual(some.samples[family], whole.samples[family])
        open_metrics = ntm.fetch(
            "/metrics?name[]=ntm_bytes",
            headers={"Accept": "application/openmetrics-text"}).text
        self.assertIn("# TYPE ntm_bytes counter\n", open_metrics)
        self.assertNotIn("ntm_series", open_metrics)
        self.assertTrue(open_metrics.endswith("# EOF\n"))
        self.assertEqual(ntm.fetch("/metrics?name[]=none").text, "")
        self.assertEqual(ntm.fetch("/metrics?name=none").text,
                         ntm.fetch("/metrics").text)

    def test_gzip_if_the_client_accepts_it(self):
        ntm = self.start(frames=many_hosts(300))
        plain = ntm.fetch()
        self.assertIsNone(plain.headers["Content-Encoding"])
        packed = ntm.fetch(headers={"Accept-Encoding": "deflate, gzip;q=0.5"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertLess(len(packed.body), len(plain.body) / 3)
        unpacked = gzip.decompress(packed.body).decode()
        self.assertEqual(ntm_process.exposition.parse(unpacked).flows(),
                         ntm_process.exposition.parse(plain.text).flows())
        refused = ntm.fetch(headers={"Accept-Encoding": "gzip;q=0"})
        self.assertIsNone(refused.headers["Content-Encoding"])

    def test_large_scrapes_are_the_same_however_they_are_sent(self):
        """In chunks, compressed, and until the connection ends in HTTP/1.0."""
        ntm = self.start(frames=many_hosts(3000))
        plain = ntm.fetch()
        self.assertEqual(plain.headers["Transfer-Encoding"], "chunked")
        self.assertIsNone(plain.headers["Content-Length"])
        flows = ntm_process.exposition.parse(plain.text).flows()
        self.assertEqual(len(flows), 3000)
        packed = ntm.fetch(headers={"Accept-Encoding": "gzip"})
        self.assertEqual(gzip.decompress(packed.body), plain.body)
        with socket.create_connection((ntm.host, ntm.port),
                                      ntm_process.BOUND) as old:
            old.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: old.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertNotIn(b"chunked", head)
        self.assertNotIn(b"Content-Length", head)
        self.assertEqual(body, plain.body)
        few = ntm.fetch("/metrics?name[]=ntm_series")
        self.assertEqual(few.headers["Content-Length"], str(len(few.body)))

    def test_port_option(self):
        port = ntm_process.free_port()
        for flag in ("-p", "--port"):
            with self.subTest(flag):
                path = self.capture(mixed.frames())
                with ntm_process.Ntm("-r", path, "--serve", flag, port,
                                     own_address=True, port=port) as ntm:
                    ntm.wait_ready()
                    self.assertEqual(ntm.fetch().status, 200)

    def test_bind_ip_binds_that_address_only(self):
        for flag in ("-b", "--bind_ip", "--bind-ip"):
            with self.subTest(flag):
                port = ntm_process.free_port()
                path = self.capture(mixed.frames())
                with ntm_process.Ntm("-r", path, "--serve", flag, "127.0.0.1",
                                     "-p", port, own_address=True,
                                     port=port) as ntm:
                    ntm.wait_ready()
                    with self.assertRaises(ConnectionRefusedError):
                        ntm_process.fetch("127.0.0.2", port)

    def test_every_address_is_bound_without_bind_ip(self):
        port = ntm_process.free_port()
        self.start("-p", port, own_address=True, port=port)
        addresses = ["127.0.0.1", "127.0.0.2"]
        if ipv6_works():
            addresses.append("::1")
        for address in addresses:
            with self.subTest(address):
                self.assertEqual(ntm_process.fetch(address, port).status, 200)

    def test_listen_address_repeats(self):
        ports = [ntm_process.free_port() for _ in range(3)]
        self.start("--web.listen-address", f"127.0.0.1:{ports[0]}",
                   "--web.listen-address", f"127.0.0.2:{ports[1]}",
                   own_address=True, port=ports[0])
        for host, port in (("127.0.0.1", ports[0]), ("127.0.0.2", ports[1])):
            self.assertEqual(ntm_process.fetch(host, port).status, 200)

    def test_listen_address_wins_over_port_and_bind_ip(self):
        one, two = ntm_process.free_port(), ntm_process.free_port()
        self.start("-b", "127.0.0.2", "-p", two, "--web.listen-address",
                   f"127.0.0.1:{one}", own_address=True, port=one)
        with self.assertRaises(ConnectionRefusedError):
            ntm_process.fetch("127.0.0.2", two)

    def test_ipv6_listen_address(self):
        if not ipv6_works():
            raise unittest.SkipTest("there is no IPv6 loopback")
        port = ntm_process.free_port("::1")
        ntm = ntm_process.Ntm("-r", self.capture(mixed.frames()), "--serve",
                              "--web.listen-address", f"[::1]:{port}",
                              own_address=True, host="::1", port=port)
        self.addCleanup(ntm.stop)
        self.assertEqual(ntm.wait_ready().scrape().flows(), mixed.FLOWS)

    def test_busy_port_is_refused(self):
        path = self.capture(mixed.frames())
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for arguments in (("-b", "127.0.0.1", "-p", port),
                              ("--web.listen-address", f"127.0.0.1:{port}"),
                              ("-p", port)):
                with self.subTest(arguments):
                    line = self.refuses("-r", path, "--serve", *arguments)
                    self.assertIn(str(port), line)
                    self.assertRegex(line, r"(?i)in use|busy|taken")

    def test_foreign_address_is_refused(self):
        line = self.refuses("-r", self.capture(mixed.frames()), "--serve",
                            "--web.listen-address", "203.0.113.9:8000")
        self.assertIn("203.0.113.9", line)


def ipv6_works():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
