"""`ntm top` without a network: what it refuses, and texts that are not trusted."""

import contextlib
import fcntl
import http.server
import json
import os
import pty
import struct
import subprocess
import termios
import threading
import unittest

import pytest

import ntm_process
import terminal

pytestmark = pytest.mark.text

LIVE = {
    "summary": {"version": "0.1.0", "interval_seconds": 1},
    "traffic-update": {
        "stats": {"active_flows": 1, "total_flows": 1, "coverage_ratio": 1},
        "total": {"down_bytes_per_second": 312, "up_bytes_per_second": 0.4,
                  "down_bytes_total": 60, "up_bytes_total": 0},
        "captures": [{"interface": "eth0\x1b[41m", "up": True}],
        "active_flows": [
            {"src": "10.0.0.2", "dst": "192.0.2.1", "proto": "tcp",
             "service": "https\x1b]0;\x07", "bytes_per_second": 312,
             "bytes_total": 60}],
        "local_hosts": [
            {"name": "10.0.0.2", "host_name": "é\x1b[2J\u202e\u009b1m tv",
             "up_bytes_per_second": 0, "down_bytes_per_second": 312,
             "up_bytes_total": 0, "down_bytes_total": 60}],
        "remote_hosts": [],
        "services": [],
        "health": {
            "well": False,
            "findings": ["Name servers are slow\x1b[31m: half of the answers took "
                         "more than 120 ms."],
            "internet": {"count": 312, "median_seconds": 0.021,
                         "p95_seconds": 0.048},
            "local": {"count": 0, "median_seconds": 0, "p95_seconds": 0},
            "down": {"segments": 12000, "retransmitted_segments": 252},
            "up": {"segments": 3400, "retransmitted_segments": 0},
            "connections": {"count": 16, "refused": 3, "unanswered": 1},
            "dns": {"questions": 120, "failures": 2, "unanswered": 3,
                    "median_seconds": 0.12, "p95_seconds": 0.3},
            "services": [{"service": "https\x07", "segments": 12000,
                          "retransmitted_segments": 252, "connections": 12,
                          "failed_connections": 4}]},
    },
    "traffic-by-type": {},
}


class _Handler(http.server.BaseHTTPRequestHandler):
    seconds = 0

    def do_GET(self):  # pylint: disable=invalid-name
        found = self.path == "/api/live"
        if found:
            _Handler.seconds += 1
            LIVE["traffic-update"]["timestamp"] = (
                f"2026-01-31T09:{_Handler.seconds // 60 % 60:02}:"
                f"{_Handler.seconds % 60:02}Z")
        body = json.dumps(LIVE if found else {"error": "nothing"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def pretended():
    """The URL of a server that answers as an ntm does."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class TopTest(unittest.TestCase):
    def refused(self, *words, env=None):
        result = ntm_process.run("top", *words, env=env)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.returncode, result.stderr

    def test_top_needs_a_terminal(self):
        code, said = self.refused()
        self.assertEqual(code, 2)
        self.assertIn("not a terminal; for one table use ntm top --once", said)

    def test_words_of_top_are_checked(self):
        for words in (("--view", "weather"), ("--once", "--url", "host:8000"),
                      ("--once", "--url", "http://127.0.0.1:1", "-i", "lo"),
                      ("--once", "--url", "http://127.0.0.1:1", "tcp"),
                      ("--once", "-r", "file.pcap"), ("--url",)):
            with self.subTest(words):
                self.assertEqual(self.refused(*words)[0], 2)

    def test_an_address_without_an_ntm_is_told(self):
        port = ntm_process.free_port()
        code, said = self.refused("--once", "--url",
                                  f"http://127.0.0.1:{port}")
        self.assertEqual(code, 1)
        self.assertIn("no ntm answers at", said)

    def test_texts_from_the_network_command_no_terminal(self):
        with pretended() as url:
            result = ntm_process.run("top", "--once", "--view", "hosts",
                                     "--url", url, env={"LC_ALL": "C.UTF-8"})
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("é?[2J??1m tv", result.stdout)
            self.assertEqual([c for c in result.stdout
                              if not (c.isprintable() or c == "\n")], [])
            plain = ntm_process.run("top", "--once", "--view", "hosts",
                                    "--url", url)
            self.assertTrue(plain.stdout.isascii())
            command = f"{os.path.abspath(ntm_process.BINARY)} top --url {url}"
            with terminal.Terminal(command) as screen:
                screen.wait(lambda lines: "https?]0;?" in
                            "\n".join(lines), "the service")

    def test_names_units_and_health_are_shown(self):
        command = f"{os.path.abspath(ntm_process.BINARY)} top --url "
        with pretended() as url, terminal.Terminal(command + url) as screen:
            lines = screen.wait(lambda lines: "1m tv" in "\n".join(lines),
                                "the name")
            self.assertIn("312 B/s", lines[1])
            self.assertIn("0.4 B/s", lines[4])
            screen.press("n")
            screen.wait(lambda lines: "10.0.0.2 " in "\n".join(lines) and
                        "1m tv" not in "\n".join(lines), "the address")
            screen.press("u")
            screen.wait(lambda lines: "2.5 kbit/s" in lines[1] and
                        "3.2 bit/s" in lines[4], "bits")
            screen.press("4")
            lines = screen.wait(lambda lines: "https?" in "\n".join(lines),
                                "the health")
            self.assertIn("Name servers are slow?[31m: half of the answers",
                          "\n".join(lines))
            rows = [line.split() for line in lines]
            for row in ("the internet 21 ms 48 ms 312 downloads again 2.1 % "
                        "252 12000",
                        "local hosts - - 0 uploads again 0.0 % 0 3400",
                        "name servers 120 ms 300 ms 117 connections 25.0 % 4 "
                        "16", "questions 4.2 % 5 120",
                        "https? 252 of 12000 2.1 % 4 of 12"):
                self.assertIn(row.split(), rows)
            self.assertTrue(lines[23].startswith("q quit"), lines[23])
            screen.press("q")
            self.assertEqual(screen.ended(), (0, "restored"))

    def test_once_prints_the_whole_health(self):
        with pretended() as url:
            result = ntm_process.run("top", "--once", "--view", "health",
                                     "--url", url)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.split("\n")
        self.assertEqual(
            lines[0], "Name servers are slow?[31m: half of the answers took "
            "more than 120 ms.")
        self.assertEqual(lines[2][:15], "Answers of     ")
        self.assertEqual(lines[8][:7], "Service")
        self.assertEqual(lines[9].split(), "https? 252 of 12000 2.1 % 4 of "
                         "12".split())
        self.assertEqual(lines[10:], [""])

    def test_a_refresh_writes_only_what_has_changed(self):
        with pretended() as url:
            own, its = pty.openpty()
            fcntl.ioctl(its, termios.TIOCSWINSZ,
                        struct.pack("HHHH", 24, 80, 0, 0))
            with subprocess.Popen(
                    [ntm_process.BINARY, "top", "--url", url], stdin=its,
                    stdout=its, stderr=its, start_new_session=True,
                    env=ntm_process.clean_environment(
                        {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})
                    ) as program:
                os.close(its)
                written = b""
                while b"q quit" not in written:
                    written += os.read(own, 65536)
                first, refreshes, since = len(written), 5, _Handler.seconds
                while _Handler.seconds < since + refreshes:
                    written += os.read(own, 65536)
                program.terminate()
                self.assertEqual(program.wait(20), 0)
            os.close(own)
        # Blanks are not written either.
        self.assertGreater(first, 600)
        self.assertLess(len(written) - first, refreshes * 120)

    def test_an_unknown_terminal_is_refused(self):
        command = (f"TERM=nonsense {os.path.abspath(ntm_process.BINARY)} top "
                   "--url ")
        with pretended() as url, terminal.Terminal(command + url) as screen:
            self.assertEqual(screen.ended(), (2, "restored"))
            self.assertIn("terminals of the type 'nonsense' are not known",
                          "\n".join(screen.lines()))
