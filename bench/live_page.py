"""The live page: the time to its first chart, in Chromium, and the cost of many open
pages while ntm captures.

The cost is user and system time of all threads except the capture threads, with
clients minus without clients, under the same traffic.
"""
from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from lab import PORT, Lab, cpu_seconds_by_thread
from measure import (ENVIRONMENT, BenchError, Samples, Skipped, Traffic,
                     find_program, say)
from table import (Row, count_text, milliseconds_text, percent_text, rate_text)

PART = "page"
CHART_BAR_SECONDS = 0.300
LOADS = 15  # per round, each with an empty cache
CLIENTS = 50
COST_BAR_RATIO = 0.05
CAPTURE_THREADS = "ntm-capture"
FOLDER = Path(__file__).resolve().parent
BROWSER = FOLDER.parent / "tests/browser"
LISTENERS = FOLDER / "listeners.py"

# Seconds from the last byte of the answer to the first chart.
FIRST_CHART = """() => {
  const drawn = performance.getEntriesByName('ntm-first-chart')[0];
  const { responseEnd } = performance.getEntriesByType('navigation')[0];
  return drawn && (drawn.startTime - responseEnd) / 1000; }"""


@dataclass(frozen=True)
class Load:
    """One replay, with clients or without."""

    cpu_ratio: float  # of one core
    packets_per_second: float
    dropped: int
    messages: float  # per second and client


class Browser:
    """tests/browser/driver.mjs inside the lab."""

    def __init__(self, process: subprocess.Popen):
        self._process = process

    def do(self, what: str, **arguments: object) -> object:
        self._process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or
                            '{"error": "it has ended"}')
        if "error" in answer:
            raise BenchError(f"the browser, {what}: {answer['error']}")
        return answer["value"]


@contextlib.contextmanager
def _browser(lab: Lab) -> Iterator[Browser]:
    chromium = find_program("chromium", "chromium")
    node = find_program("node", "nodejs")
    if not (BROWSER / "node_modules/playwright-core").is_dir():
        raise Skipped("tests/browser has no packages (npm ci; make test)")
    process = subprocess.Popen(
        lab.asking(node, str(BROWSER / "driver.mjs"), chromium),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=ENVIRONMENT | {"HOME": "/tmp"})
    try:
        yield Browser(process)
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def measure_first_chart(ntm: Path, scratch: Path, loads: int,
                        rounds: int) -> list[Row]:
    """Raises Skipped without a browser or namespaces."""
    scratch.mkdir(parents=True, exist_ok=True)
    medians = []
    with Lab() as lab, lab.ntm(ntm, scratch / "page-log.txt"):
        with _browser(lab) as browser:
            for number in range(rounds):
                say(f"page: first chart, round {number + 1} of {rounds}")
                seconds = []
                for _ in range(loads):
                    browser.do("forget")
                    browser.do("open", url=f"http://127.0.0.1:{PORT}/")
                    seconds.append(browser.do("wait", source=FIRST_CHART))
                medians.append(statistics.median(seconds))
    return [Row(PART, "the page in Chromium, nothing cached: from the answer "
                "to the first chart", Samples(tuple(medians)),
                milliseconds_text, bar=CHART_BAR_SECONDS, bar_on_worst=True)]


class Contest:
    def __init__(self, lab: Lab, ntm: Path, traffic: Traffic,
                 packets_per_second: int, loops: int, log: Path):
        self._lab = lab
        self._ntm = ntm
        self._traffic = traffic
        self._packets_per_second = packets_per_second
        self._loops = loops
        self._log = log

    def load(self, clients: int) -> Load:
        with self._lab.ntm(self._ntm, self._log) as process:
            with self._listening(clients) as heard:
                before = _cpu_of_others(process.pid)
                seconds = self._lab.replay_exactly(
                    self._traffic.path, self._traffic.packets, self._loops,
                    self._packets_per_second)
                cpu = _cpu_of_others(process.pid) - before
            sent = self._traffic.packets * self._loops
            dropped = self._lab.count_drops(sent)
        return Load(cpu / seconds, sent / seconds, dropped,
                    heard["messages"] / heard["seconds"] if clients else 0)

    @contextlib.contextmanager
    def _listening(self, clients: int) -> Iterator[dict]:
        """The clients' messages are in the dictionary afterwards."""
        heard: dict = {}
        if clients == 0:
            yield heard
            return
        argv = self._lab.asking("python3", str(LISTENERS), str(PORT),
                                str(clients))
        with self._lab.client("one of the pages", argv) as said:
            yield heard
            heard.update(json.loads(said()))


def _cpu_of_others(pid: int) -> float:
    return sum(seconds for name, seconds in cpu_seconds_by_thread(pid)
               if not name.startswith(CAPTURE_THREADS))


def measure_clients(ntm: Path, traffic: Traffic, packets_per_second: int,
                    loops: int, scratch: Path, rounds: int) -> list[Row]:
    """Raises Skipped if namespaces or traffic are not possible."""
    scratch.mkdir(parents=True, exist_ok=True)
    without, with_clients = [], []
    with Lab() as lab:
        contest = Contest(lab, ntm, traffic, packets_per_second, loops,
                          scratch / "page-log.txt")
        for number in range(rounds):
            say(f"page: {CLIENTS} clients, round {number + 1} of {rounds}")
            without.append(contest.load(0))
            with_clients.append(contest.load(CLIENTS))
    cost = Samples(tuple(b.cpu_ratio - a.cpu_ratio
                         for a, b in zip(without, with_clients)))
    sent = traffic.packets * loops

    def samples(name: str) -> Samples:
        return Samples(tuple(float(getattr(load, name))
                             for load in with_clients))
    return [
        Row(PART, f"{CLIENTS} open pages, updates every second: CPU of one "
            "core, of all threads except the capture's, minus that without pages",
            cost, percent_text, bar=COST_BAR_RATIO),
        Row(PART, f"packets dropped by ntm during this, of {sent:,}",
            samples("dropped"), count_text, bar=0, bar_on_worst=True),
        Row(PART, "packets per second during this",
            samples("packets_per_second"), count_text),
        Row(PART, "messages per second and page during this",
            samples("messages"), rate_text),
    ]
