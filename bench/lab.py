"""Two network namespaces connected by a veth pair: programs capture at one end,
tcpreplay sends at the other; measures CPU, memory and counts.

    with Lab() as lab, lab.ntm(program, log) as process:
        seconds = lab.replay(file)
"""
from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterator

from measure import ENVIRONMENT, BenchError, Skipped, find_program, sum_of

DEVICE = "bench0"  # the receiver's side of the pair
SENDER = "bench1"
PORT = 8000  # ntm's default; every port is free in the namespace
START_SECONDS = 10.0
REPLAY_SECONDS = 60.0
# libpcap hands over a part-filled block after at most 1 s.
QUIET_SECONDS = 1.2
QUIET_ATTEMPTS = 10
IDLE_CPU_SECONDS = 0.01
SCRAPER = Path(__file__).with_name("scraper.py")


class Lab:
    """Removed when the block is left. Raises Skipped if it is not possible."""

    def __init__(self) -> None:
        if os.geteuid() != 0:
            raise Skipped("needs root, to make network namespaces")
        find_program("ip", "iproute2")
        find_program("tcpreplay", "tcpreplay")
        self._receiver = f"ntm-bench-{os.getpid()}-r"
        self._sender = f"ntm-bench-{os.getpid()}-s"
        cores = sorted(os.sched_getaffinity(0))
        self._sender_core = str(cores[0])
        self._receiver_cores = ",".join(map(str, cores[1:] or cores))

    def __enter__(self) -> Lab:
        try:
            for name in (self._receiver, self._sender):
                _ip("netns", "add", name)
                # No frame but the replayed ones: no router solicitations.
                _ip("netns", "exec", name, "sh", "-c",
                    "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
            _ip("-n", self._receiver, "link", "add", DEVICE, "type", "veth",
                "peer", "name", SENDER, "netns", self._sender)
            for name, device in ((self._receiver, "lo"),
                                 (self._receiver, DEVICE),
                                 (self._sender, SENDER)):
                _ip("-n", name, "link", "set", device, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in (self._receiver, self._sender):
            subprocess.run(["ip", "netns", "del", name], check=False,
                           capture_output=True, env=ENVIRONMENT)

    def arrived(self) -> int:
        shown = json.loads(_ip("-n", self._receiver, "-s", "-j", "link",
                               "show", DEVICE))
        return shown[0]["stats64"]["rx"]["packets"]

    def replay(self, file: Path, loops: int = 1,
               packets_per_second: int | None = None) -> float:
        """Sends the file, at top speed unless a rate is given; the duration in
        seconds."""
        speed = (f"--pps={packets_per_second}" if packets_per_second
                 else "--topspeed")
        program = find_program("tcpreplay", "tcpreplay")
        begin = time.perf_counter()
        replayed = subprocess.run(
            ["ip", "netns", "exec", self._sender, "taskset", "-c",
             self._sender_core, program, "--quiet", speed,
             "--preload-pcap", f"--loop={loops}", "-i", SENDER, str(file)],
            check=False, capture_output=True, text=True, env=ENVIRONMENT,
            timeout=REPLAY_SECONDS)
        wall_seconds = time.perf_counter() - begin
        if replayed.returncode != 0:
            raise BenchError(f"tcpreplay: {replayed.stderr.strip()}")
        says = re.search(r"sent in ([\d.]+) seconds", replayed.stdout)
        return float(says.group(1)) if says else wall_seconds

    def replay_exactly(self, file: Path, packets: int, loops: int = 1,
                       packets_per_second: int | None = None) -> float:
        """The same; raises unless this many packets arrived."""
        arrived = self.arrived()
        seconds = self.replay(file, loops, packets_per_second)
        sent = self.arrived() - arrived
        if sent != packets * loops:
            raise BenchError(f"tcpreplay got {sent:,} packets through, not "
                             f"{packets * loops:,}")
        return seconds

    @contextlib.contextmanager
    def running(self, shown: str, argv: list[str], log_path: Path,
                is_ready: Callable[[], bool]) -> Iterator[subprocess.Popen]:
        """One receiver from when it is ready; SIGINT ends it, with exit 0."""
        with open(log_path, "w", encoding="utf-8") as log:
            process = subprocess.Popen(self._receiving(*argv),
                                       stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, env=ENVIRONMENT)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not is_ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise BenchError(f"{shown} does not start: "
                                     f"{last_line(log_path)}")
                time.sleep(0.05)
            yield process
            process.send_signal(signal.SIGINT)
            if process.wait(timeout=5) != 0:
                raise BenchError(f"{shown} ended with {process.returncode}: "
                                 f"{last_line(log_path)}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def ntm(self, program: Path, log_path: Path, *options: str
            ) -> contextlib.AbstractContextManager[subprocess.Popen]:
        return self.running("ntm", [str(program), "-i", DEVICE, *options],
                            log_path, lambda: self.get("/-/ready") is not None)

    def get(self, path: str) -> str | None:
        """The body of a page of ntm; None without an answer."""
        asked = subprocess.run(
            self.asking(
                sys.executable, "-c", "import sys, urllib.request as r; "
                "sys.stdout.write(r.urlopen(sys.argv[1], timeout=5)"
                ".read().decode())", f"http://127.0.0.1:{PORT}{path}"),
            check=False, capture_output=True, text=True, env=ENVIRONMENT)
        return asked.stdout if asked.returncode == 0 else None

    def wait_for_count(self, packets: int) -> str:
        """The metrics when these packets are counted or dropped; else those of the
        last attempt. Drops are read at ticks, so it may take a second."""
        deadline = time.monotonic() + 4
        while True:
            metrics = self.get("/metrics") or ""
            seen = (sum_of(metrics, "ntm_capture_packets_total") +
                    sum_of(metrics, "ntm_capture_dropped_packets_total"))
            if seen >= packets or time.monotonic() > deadline:
                return metrics
            time.sleep(0.2)

    def count_drops(self, sent: int) -> int:
        """How many of these packets ntm dropped; raises unless it counted the
        rest."""
        metrics = self.wait_for_count(sent)
        dropped = sum_of(metrics, "ntm_capture_dropped_packets_total")
        counted = sum_of(metrics, "ntm_capture_packets_total")
        if counted + dropped != sent:
            raise BenchError(f"ntm had {counted:,} packets and lost "
                             f"{dropped:,}, but {sent:,} were sent")
        return dropped

    def scrape(self, count: int, *options: str) -> list[dict]:
        """Scrapes one after another; see scraper.py. On any core, as the scraper is
        not measured."""
        with self._scraping(self.asking, 0, None, count, *options) as done:
            pass
        return done

    def scraping(self, interval_seconds: float, keep: Path | None = None
                 ) -> contextlib.AbstractContextManager[list[dict]]:
        """Scrapes while the block runs, on the receiver's cores. The results are in
        the list afterwards, the bodies in the folder `keep`."""
        return self._scraping(self._receiving, interval_seconds, keep, 0)

    @contextlib.contextmanager
    def _scraping(self, inside: Callable[..., list[str]],
                  interval_seconds: float, keep: Path | None, count: int,
                  *options: str) -> Iterator[list[dict]]:
        argv = [sys.executable, str(SCRAPER), str(PORT), str(interval_seconds),
                str(count), *options, *([str(keep)] if keep else [])]
        scrapes: list[dict] = []
        with self.client("the scraper", inside(*argv)) as said:
            yield scrapes
            scrapes.extend(json.loads(said()))

    @contextlib.contextmanager
    def client(self, shown: str, argv: list[str]
               ) -> Iterator[Callable[[], str]]:
        """A program that sends requests to ntm, after it printed "ready". The
        yielded function ends its input, waits for it and returns its output."""
        process = subprocess.Popen(argv, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True,
                                   env=ENVIRONMENT)

        def said() -> str:
            text, _ = process.communicate(timeout=60)
            if process.returncode != 0:
                raise BenchError(f"{shown} failed")
            return text
        try:
            if process.stdout.readline() != "ready\n":
                raise BenchError(f"{shown} cannot reach ntm")
            yield said
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _receiving(self, *argv: str) -> list[str]:
        return ["ip", "netns", "exec", self._receiver, "taskset", "-c",
                self._receiver_cores, *argv]

    def asking(self, *argv: str) -> list[str]:
        """That command, next to ntm, on any core."""
        return ["ip", "netns", "exec", self._receiver, *argv]


def last_line(log_path: Path) -> str:
    return (log_path.read_text("utf-8").strip().splitlines()
            or ["it said nothing"])[-1]


def cpu_seconds_by_thread(pid: int) -> list[tuple[str, float]]:
    """User and system time of each thread, by its name."""
    return [((task / "comm").read_text("utf-8").strip(),
             int((task / "schedstat").read_text("utf-8").split()[0]) / 1e9)
            for task in Path(f"/proc/{pid}/task").iterdir()]


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads, in nanoseconds if available."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0])
                   for task in tasks.iterdir()) / 1e9
    except FileNotFoundError:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def machine_cpu_seconds() -> float:
    """The time that all cores have worked, in ticks of 10 ms; not what a hypervisor
    gave to others."""
    values = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()
    user, nice, system, _, _, irq, softirq = map(int, values[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def cpu_when_quiet(process: subprocess.Popen) -> float:
    """The same, when the process has handled all packets."""
    for _ in range(QUIET_ATTEMPTS):
        before = cpu_seconds(process.pid)
        time.sleep(QUIET_SECONDS)
        if process.poll() is not None:
            raise BenchError(f"it ended with {process.returncode} under load")
        if cpu_seconds(process.pid) - before < IDLE_CPU_SECONDS:
            return before
    raise BenchError("the receiver does not come to rest after the load")


def rss_bytes(pid: int) -> int:
    """Exactly now; VmRSS is an estimate."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Rss") * 1024


def peak_rss_bytes(pid: int) -> int:
    """Since the start or the last forget_peak_rss()."""
    return _kilobytes(f"/proc/{pid}/status", "VmHWM") * 1024


def forget_peak_rss(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _kilobytes(path: str, name: str) -> int:
    text = Path(path).read_text(encoding="utf-8")
    return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE).group(1))


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True,
                          text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        raise Skipped(f"ip {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout
