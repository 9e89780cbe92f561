"""Helpers for tests of the web page: ntm in a namespace, with a browser."""

import contextlib
import json
import pathlib
import tempfile

import browser
from household import HouseholdCase

TOKEN = "0123456789abcdef0123456789abcdef"


class PageCase(HouseholdCase):
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
