"""A real Chromium in a namespace, for the tests of the live page.

    with browser.Browser(namespace) as page:
        page.open("http://127.0.0.1:8000/")
        page.wait("() => document.title")

Skips the test without chromium, node or the driver's packages (tests/browser,
which `make test` installs).
"""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

_FOLDER = pathlib.Path(__file__).parent.parent / "browser"


def require():
    missing = [name for name in ("chromium", "node")
               if shutil.which(name) is None]
    if not missing and not (_FOLDER / "node_modules/playwright-core").is_dir():
        missing = ["tests/browser/node_modules (npm ci)"]
    if missing:
        raise unittest.SkipTest(
            f"no real browser: {', '.join(missing)} not installed")


class Browser:
    def __init__(self, namespace=None, person=None):
        require()
        prefix = namespace.prefix() if namespace else []
        who = [json.dumps(dict(zip(("username", "password"), person)))
               ] if person else []
        self.process = subprocess.Popen(
            [*prefix, "node", "driver.mjs", shutil.which("chromium"), *who],
            cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "HOME": "/tmp"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def do(self, what, **arguments):
        self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the browser ended at {what}")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"{what} {arguments}: {answer['error']}")
        return answer["value"]

    def open(self, url):
        self.do("open", url=url)

    def evaluate(self, source, argument=None):
        return self.do("evaluate", source=source, argument=argument)

    def wait(self, source, argument=None, seconds=None):
        """The first true value of the function in the page."""
        return self.do("wait", source=source, argument=argument,
                       ms=seconds and seconds * 1000)

    def text(self, selector):
        return self.evaluate("(s) => document.querySelector(s).textContent",
                             selector)

    def texts(self, selector):
        return self.evaluate(
            "(s) => [...document.querySelectorAll(s)].map("
            "(n) => n.textContent)", selector)

    def click(self, selector):
        self.do("click", selector=selector)

    def faults(self):
        """The errors on the console since then."""
        return self.do("faults")
