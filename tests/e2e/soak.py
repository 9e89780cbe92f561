"""A long run under load: random keys at a fixed rate, a scrape every second, pages,
history, an agent, name resolution. Prints the results as a table for
docs/reliability.md, and exits with 1 if a requirement is not met.

    NTM_BINARY=build/release/ntm python3 soak.py --minutes 30 --rate 500000
"""

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import unittest

import dns
import frames
import netns
import ntm_process
import pcap_files
import websocket

SCRAPER = pathlib.Path(__file__).parents[2] / "bench" / "scraper.py"
TOKEN = "0123456789abcdef0123456789abcdef"
PAGES = 5
PING = 9  # RFC 6455, section 5.5.2
KEYS = 400_000  # far more than the table has entries
STEADY_TIMES = 30  # seen before the flood
STEADY_KEYS = 10_200  # every fourth frame's
MAX_SERIES = 11_500  # an eighth is for `other`: 10,000 are there
WARM_UP_SHARE, WARM_UP_MOST_SECONDS = 0.25, 300
GROWTH_BAR_BYTES = 1 << 20  # growth that counts as noise over the whole time
SCRAPE_BAR_SECONDS = 0.025


def write_traffic(path, keys=KEYS, steady=STEADY_KEYS):
    """Writes SYNs of random sources and of the steady ones; the number of frames."""
    dice = random.Random(1)
    sources = [(32 << 24) + dice.getrandbits(28) for _ in range(keys)]
    sources += [(10 << 24) + number % steady for number in range(keys // 3)]
    dice.shuffle(sources)
    return write_frames(path, sources)


def write_frames(path, sources):
    syn = frames.tcp_frame("32.0.0.0", "198.51.100.1", 40000, 443, flags=0x02)
    before, after = syn[:26], syn[30:]
    path.write_bytes(pcap_files.pcap(
        [before + source.to_bytes(4, "big") + after for source in sources]))
    return len(sources)


@dataclasses.dataclass
class Sample:
    at_seconds: float
    rss_bytes: int
    descriptors: int
    threads: int


def sample(pid, began):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("Rss:"))
    return Sample(time.monotonic() - began, int(line.split()[1]) * 1024,
                  len(os.listdir(f"/proc/{pid}/fd")),
                  len(os.listdir(f"/proc/{pid}/task")))


def slope(samples):
    """The slope in bytes per second, by the medians of ten blocks, and its standard
    error."""
    size = max(1, len(samples) // 10)
    blocks = [samples[i:i + size] for i in range(0, len(samples), size)
              if len(samples) - i >= size]
    points = [(statistics.mean(s.at_seconds for s in block),
               statistics.median(s.rss_bytes for s in block))
              for block in blocks]
    if len(points) < 3:
        return 0.0, float("inf")
    mean_x = statistics.mean(x for x, _ in points)
    mean_y = statistics.mean(y for _, y in points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = sum((y - mean_y - rise * (x - mean_x)) ** 2 for x, y in points)
    return rise, (rest / (len(points) - 2) / spread) ** 0.5


class Page(threading.Thread):
    """The browser's side of /ws: reads the messages."""

    def __init__(self, ntm):
        super().__init__(daemon=True)
        self.messages = 0
        self.socket = websocket.WebSocket(ntm.connect((ntm.host, ntm.port)))

    def run(self):
        with contextlib.suppress(OSError, ValueError, TypeError):
            while True:
                opcode, payload = self.socket.frame()
                self.messages += opcode == 1
                if opcode == PING:  # or ntm disconnects it after a minute
                    self.socket.pong(payload)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.connection.shutdown(socket.SHUT_RDWR)
        self.join(ntm_process.BOUND)
        self.socket.__exit__()


def any_name(asked):
    """Each address has a name."""
    name = dns.asked_name(asked)
    owner = "host-" + "-".join(name.split(".")[:4]) + ".example.com"
    return [dns.response(asked, [dns.record(name, dns.PTR, dns.encoded(owner),
                                            60)])]


@contextlib.contextmanager
def scraping(space, port):
    """A scrape every second, in another process; at the end the list has the
    duration of each, in seconds."""
    process = subprocess.Popen(
        [*space.prefix(), sys.executable, str(SCRAPER), str(port), "1", "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    taken = []
    try:
        assert process.stdout.readline() == "ready\n", "the scraper cannot"
        yield taken
        said, _ = process.communicate("", timeout=60)
        assert process.returncode == 0, "the scraper failed"
        taken.extend(one["seconds"] for one in json.loads(said))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextlib.contextmanager
def sending(space, path, rate):
    """tcpreplay in a loop; ended by a signal."""
    process = subprocess.Popen(
        [*space.prefix(), "tcpreplay", "--quiet", "--preload-pcap", "--loop=0",
         f"--pps={rate}", "--pps-multi=50", "-i", "vb", str(path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
        assert process.poll() is None, "tcpreplay ended"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclasses.dataclass
class Outcome:
    seconds: float
    sent: int
    packets_per_second: float  # of the flood
    counted: int
    dropped: int
    series: int
    samples: list
    scrapes: list
    messages: int
    looked_up: int
    pushed: float
    history_rows: float
    errors: float  # of all modules

    def judged(self):
        """The samples after the warm-up."""
        end = self.samples[-1].at_seconds
        begin = min(WARM_UP_MOST_SECONDS, WARM_UP_SHARE * end)
        return [one for one in self.samples if one.at_seconds >= begin]

    def growth(self):
        """Growth in bytes over the judged time, by the slope, and its uncertainty."""
        judged = self.judged()
        length = judged[-1].at_seconds - judged[0].at_seconds
        rise, error = slope(judged)
        return rise * length, error * length

    def messages_due(self):
        """Half of the two messages per second: a page that is disconnected after a
        minute gets less."""
        return int(PAGES * self.seconds)

    def p99_seconds(self):
        ordered = sorted(self.scrapes)
        return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]


def soak(folder, seconds, rate, keys=KEYS):
    """Skips the test, as netns does, if it is not possible."""
    if not shutil.which("tcpreplay"):
        raise unittest.SkipTest("there is no tcpreplay (package tcpreplay)")
    folder = pathlib.Path(folder)
    traffic = folder / "traffic.pcap"
    write_traffic(traffic, keys)
    tokens = folder / "tokens"
    tokens.write_text(TOKEN + "\n")
    tokens.chmod(0o600)
    with netns.Pair() as (here, there), contextlib.ExitStack() as stack:
        names = stack.enter_context(dns.Server(any_name, here.socket(
            socket.AF_INET, socket.SOCK_DGRAM)))
        hub = stack.enter_context(ntm_process.Ntm(
            "-i", "va", "--interval", "1", "--write-interval", "10",
            "--max-series", str(MAX_SERIES), "--resolve", "--dns-server",
            names.address, "--accept-agents", "web*", "--agents-token-file",
            tokens, namespace=here))
        hub.wait_ready()
        agent = stack.enter_context(ntm_process.Ntm(
            "-i", "lo", "--no-database", "--push-url",
            f"http://127.0.0.1:{hub.port}", "--agent-id", "web1",
            "--push-token-file", tokens, "--push-interval", "5s",
            namespace=here, port=8001))
        agent.wait_ready()
        pages = [Page(hub) for _ in range(PAGES)]
        for page in pages:
            page.start()
            stack.callback(page.close)
        return _run(here, there, hub, traffic, seconds, rate, pages, names)


def _settle_in(there, path):
    """Sends enough packets of the steady keys before the flood, so that the table is
    full of them; the number of frames."""
    sources = [(10 << 24) + number for number in range(STEADY_KEYS)]
    written = write_frames(path, sources * STEADY_TIMES)
    there.run("tcpreplay", "--quiet", "--preload-pcap", "--pps=100000", "-i",
              "vb", str(path), timeout=60)
    return written


def _run(here, there, hub, traffic, seconds, rate, pages, names):
    before = here.counters("va")
    settled_in = _settle_in(there, traffic.with_name("steady.pcap"))
    samples = []
    with scraping(here, hub.port) as scrapes:
        with sending(there, traffic, rate):
            began = time.monotonic()
            while time.monotonic() - began < seconds:
                time.sleep(1)
                samples.append(sample(hub.process.pid, began))
                if len(samples) % 5 == 0:
                    hub.status("/api/traffic/history?interface=va&hours=1")
            took = time.monotonic() - began
    after = here.counters("va")
    sent = sum(after[key] - before[key] for key in ("rx_packets", "tx_packets"))
    last = {}

    def settled(scrape):
        last["scrape"] = scrape
        return _seen(scrape) >= sent
    with contextlib.suppress(AssertionError):
        hub.wait_for(settled, "all that was sent")
    scrape = last["scrape"]
    return Outcome(
        took, sent, (sent - settled_in) / took,
        int(scrape.sum("ntm_capture_packets_total")),
        int(scrape.sum("ntm_capture_dropped_packets_total")),
        int(scrape.sum("ntm_series")), samples, scrapes,
        sum(page.messages for page in pages), len(names.asked),
        scrape.sum("ntm_agent_requests_total", result="taken"),
        scrape.sum("ntm_history_written_rows_total"),
        scrape.sum("ntm_module_errors_total"))


def _seen(scrape):
    return (scrape.sum("ntm_capture_packets_total")
            + scrape.sum("ntm_capture_dropped_packets_total"))


def rows(outcome, rate):
    """(quantity, value, requirement, is it met?)"""
    growth, error = outcome.growth()
    judged = outcome.judged()
    descriptors = {one.descriptors for one in judged}
    rss = [one.rss_bytes / 1e6 for one in judged]
    return [
        ("packets per second", f"{outcome.packets_per_second:,.0f}",
         f">= {0.95 * rate:,.0f}", outcome.packets_per_second >= 0.95 * rate),
        ("packets sent", f"{outcome.sent:,}", "", True),
        ("counted or reported as dropped",
         f"{outcome.counted + outcome.dropped:,}", "all",
         outcome.counted + outcome.dropped == outcome.sent),
        ("dropped", f"{outcome.dropped:,}", "0", outcome.dropped == 0),
        ("resident memory, least and most",
         f"{min(rss):.1f} to {max(rss):.1f} MB", "", True),
        ("its growth after the warm-up, by the slope",
         f"{growth / 1024:.0f} ± {2 * error / 1024:.0f} KiB",
         f"0, or < {GROWTH_BAR_BYTES >> 10} KiB",
         growth <= max(GROWTH_BAR_BYTES, 2 * error)),
        ("descriptors", f"{min(descriptors)} to {max(descriptors)}",
         "constant, except for the scraper's", max(descriptors) - min(descriptors)
         <= 2),
        ("threads", str(judged[-1].threads), "constant",
         len({one.threads for one in judged}) == 1),
        ("series", f"{outcome.series:,}", ">= 10,000", outcome.series
         >= 10_000),
        (f"scrape of {len(outcome.scrapes):,}, 99 % within",
         f"{1e3 * outcome.p99_seconds():.1f} ms",
         f"{1e3 * SCRAPE_BAR_SECONDS:.0f} ms",
         outcome.p99_seconds() <= SCRAPE_BAR_SECONDS),
        (f"messages to {PAGES} pages", f"{outcome.messages:,}",
         f">= {outcome.messages_due():,}",
         outcome.messages >= outcome.messages_due()),
        ("names looked up", f"{outcome.looked_up:,}", "> 0",
         outcome.looked_up > 0),
        ("updates of an agent", f"{outcome.pushed:,.0f}", "> 0",
         outcome.pushed > 0),
        ("rows of history written", f"{outcome.history_rows:,.0f}", "> 0",
         outcome.history_rows > 0),
        ("errors of modules", f"{outcome.errors:,.0f}", "0",
         outcome.errors == 0)]


def table(outcome, rate):
    now = datetime.datetime.now(datetime.timezone.utc)
    lines = [f"{now:%Y-%m-%d}, {outcome.seconds / 60:.1f} minutes, "
             f"{platform.machine()} with {os.cpu_count()} processors, kernel "
             f"{platform.release()}:", "", "| what | measured | required | |",
             "|---|---|---|---|"]
    lines += [f"| {what} | {value} | {bar} | {'met' if held else 'MISSED'} |"
              for what, value, bar, held in rows(outcome, rate)]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=int, default=500_000)
    parser.add_argument("--keys", type=int, default=KEYS)
    parser.add_argument("--samples", type=pathlib.Path,
                        help="write memory and descriptors of each second here")
    arguments = parser.parse_args()
    with ntm_process.open_folder() as folder:
        outcome = soak(folder, arguments.minutes * 60, arguments.rate,
                       arguments.keys)
    if arguments.samples:
        arguments.samples.write_text("".join(
            f"{one.at_seconds:.1f},{one.rss_bytes},{one.descriptors}\n"
            for one in outcome.samples))
    print(table(outcome, arguments.rate))
    return all(held for *_, held in rows(outcome, arguments.rate))


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
