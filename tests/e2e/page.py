"""Helpers for tests of the web page: ntm in a namespace, with a browser."""

import contextlib
import json
import pathlib
import tempfile
import threading

import browser
import frames
import netns
from live import LiveCase

TOKEN = "0123456789abcdef0123456789abcdef"
WEB, CAM, MAIL = "198.51.100.7", "203.0.113.9", "192.0.2.25"


class PageCase(LiveCase):
    def setUp(self):
        browser.require()
        super().setUp()

    @contextlib.contextmanager
    def page(self, ntm, scripts=(), person=None):
        with browser.Browser(self.here, person) as page:
            for script in scripts:
                page.do("before", source=script)
            page.open(f"http://127.0.0.1:{ntm.port}/")
            yield page

    def wait_live(self, page):
        page.wait("() => document.body.dataset.connection === 'live'")
        page.wait("() => document.body.dataset.updated")

    def send(self):
        """Some traffic: https and video in, mail out."""
        there, here = [], []
        for port, host, count, size in ((443, WEB, 30, 900),
                                        (1935, CAM, 60, 1000),
                                        (5060, CAM, 5, 200)):
            there += [frames.udp_frame(host, netns.HERE_IP, port, 40000,
                                       b"x" * size, dst_mac=netns.HERE_MAC)
                      for _ in range(count)]
        here += [frames.tcp_frame(netns.HERE_IP, MAIL, 40001, 25, b"x" * 400,
                                  dst_mac=netns.THERE_MAC)
                 for _ in range(20)]
        self.there.send_frames("vb", there)
        self.here.send_frames("va", here)

    @contextlib.contextmanager
    def traffic(self):
        """send() again and again."""
        end = threading.Event()

        def run():
            while not end.wait(0.1):
                self.send()
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    @contextlib.contextmanager
    def token_file(self):
        with tempfile.TemporaryDirectory() as folder:
            tokens = pathlib.Path(folder) / "tokens"
            tokens.write_text(TOKEN + "\n")
            tokens.chmod(0o600)
            yield tokens

    @contextlib.contextmanager
    def hub(self, *arguments):
        with self.token_file() as tokens, \
                self.ntm("--accept-agents", "*", "--agents-token-file",
                         tokens, *arguments) as ntm:
            yield ntm

    def push(self, ntm, name, up, down, most=0):
        """Posts an agent's update; rates in MB (2^20 bytes) per second."""
        answer = ntm.fetch(
            "/api/traffic/update", method="POST", body=json.dumps({
                "service_id": name, "bandwidth_up": up, "bandwidth_down": down,
                "total_up": 3, "total_down": 1200, "max_bandwidth": most,
                "cpu_percent": 10, "memory_percent": 20}),
            headers={"Content-Type": "application/json",
                     "Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(answer.status, 200, answer.text)

    def json(self, ntm, path):
        answer = ntm.fetch(path, headers={"Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(answer.status, 200, answer.text)
        return json.loads(answer.text)

    def units(self, page, function, *values):
        """Formats values with the functions of the page itself."""
        return page.evaluate(
            "([f, values]) => values.map((v) => unitsModule[f](v))",
            [function, values])
