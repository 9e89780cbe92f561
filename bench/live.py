"""Live capture: CPU per packet and loss, on a veth pair between two network
namespaces of our own, tcpreplay at top speed at its other end.

CPU is user and system time of the capturing process over the replay; the
softirq that fills its ring is not charged to it (it runs on the sender's core:
sender and receivers are pinned to different ones).
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
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from measure import (ENVIRONMENT, BenchError, Samples, Skipped, Traffic,
                     check_counts, find_program, say, sum_of)
from table import Row, count_text, nanoseconds_text

PART = "live"
CPU_BAR = 1.3
DEVICE = "bench0"  # ntm's side of the pair
SENDER = "bench1"
START_SECONDS = 10.0
# libpcap hands over a part-filled block after at most 1 s.
QUIET_SECONDS = 1.2
QUIET_ATTEMPTS = 10
IDLE_CPU_SECONDS = 0.01


@dataclass(frozen=True)
class Receiver:
    name: str
    shown: str
    arguments: tuple[str, ...]
    bar: float | None = None


NTM = Receiver("ntm", "ntm -i IF", ("-i", DEVICE, "--no-database"))
PEERS = (
    Receiver("tcpdump", "tcpdump -i IF -w /dev/null",
             ("-i", DEVICE, "-w", "/dev/null"), CPU_BAR),
    # What ntm keeps of a frame, and its ring: for those who ask.
    Receiver("tcpdump, 96 B", "tcpdump -i IF -s 96 -B 16384 -w /dev/null",
             ("-i", DEVICE, "-s", "96", "-B", "16384", "-w", "/dev/null")),
)


@dataclass(frozen=True)
class Load:
    """One replay, as seen by one receiver."""

    cpu_seconds: float
    sent: int  # what the kernel delivered to the device
    delivered: int
    dropped: int
    replay_seconds: float


class Lab:
    """Two namespaces joined by a veth pair; gone when the block is left."""

    def __init__(self) -> None:
        self.receiver = f"ntm-bench-{os.getpid()}-r"
        self.sender = f"ntm-bench-{os.getpid()}-s"
        cores = sorted(os.sched_getaffinity(0))
        self._sender_core = str(cores[0])
        self._receiver_cores = ",".join(map(str, cores[1:] or cores))

    def __enter__(self) -> Lab:
        try:
            for name in (self.receiver, self.sender):
                _ip("netns", "add", name)
                # No frame but the replayed ones: no router solicitations.
                _ip("netns", "exec", name, "sh", "-c",
                    "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
            _ip("-n", self.receiver, "link", "add", DEVICE, "type", "veth",
                "peer", "name", SENDER, "netns", self.sender)
            for name, device in ((self.receiver, "lo"),
                                 (self.receiver, DEVICE),
                                 (self.sender, SENDER)):
                _ip("-n", name, "link", "set", device, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in (self.receiver, self.sender):
            subprocess.run(["ip", "netns", "del", name], check=False,
                           capture_output=True, env=ENVIRONMENT)

    def receiving(self, *argv: str) -> list[str]:
        return ["ip", "netns", "exec", self.receiver, "taskset", "-c",
                self._receiver_cores, *argv]

    def sending(self, *argv: str) -> list[str]:
        return ["ip", "netns", "exec", self.sender, "taskset", "-c",
                self._sender_core, *argv]

    def arrived(self) -> int:
        shown = json.loads(_ip("-n", self.receiver, "-s", "-j", "link", "show",
                               DEVICE))
        return shown[0]["stats64"]["rx"]["packets"]

    def get(self, path: str) -> str | None:
        """The body of a page of ntm's; None while there is none."""
        asked = subprocess.run(
            self.receiving(
                sys.executable, "-c", "import sys, urllib.request as r; "
                "sys.stdout.write(r.urlopen(sys.argv[1], timeout=2)"
                ".read().decode())", f"http://127.0.0.1:8000{path}"),
            check=False, capture_output=True, text=True, env=ENVIRONMENT)
        return asked.stdout if asked.returncode == 0 else None


class Contest:
    """Gives every receiver the same load, one receiver at a time."""

    def __init__(self, lab: Lab, ntm: Path, traffic: Traffic, loops: int,
                 log: Path):
        self._lab = lab
        self._ntm = ntm
        self._traffic = traffic
        self._loops = loops
        self._log = log

    def load(self, receiver: Receiver) -> Load:
        with self._running(receiver) as process:
            arrived = self._lab.arrived()
            cpu = _cpu_seconds(process.pid)
            replay_seconds = self._replay()
            cpu = _cpu_when_quiet(process) - cpu
            sent = self._lab.arrived() - arrived
            if sent != self._traffic.packets * self._loops:
                raise BenchError(f"tcpreplay got {sent:,} packets through")
            if receiver is NTM:
                delivered, dropped = self._counts_of_ntm(sent)
        if receiver is not NTM:
            delivered, dropped = self._counts_of_tcpdump()
        if delivered + dropped != sent:
            raise BenchError(f"{receiver.shown} had {delivered:,} packets and "
                             f"lost {dropped:,}, but {sent:,} were sent")
        return Load(cpu, sent, delivered, dropped, replay_seconds)

    def _replay(self) -> float:
        program = find_program("tcpreplay", "tcpreplay")
        begin = time.perf_counter()
        replayed = subprocess.run(
            self._lab.sending(program, "--quiet", "--topspeed",
                              "--preload-pcap", f"--loop={self._loops}", "-i",
                              SENDER, str(self._traffic.path)),
            check=False, capture_output=True, text=True, env=ENVIRONMENT)
        wall_seconds = time.perf_counter() - begin
        if replayed.returncode != 0:
            raise BenchError(f"tcpreplay: {replayed.stderr.strip()}")
        says = re.search(r"sent in ([\d.]+) seconds", replayed.stdout)
        return float(says.group(1)) if says else wall_seconds

    @contextlib.contextmanager
    def _running(self, receiver: Receiver) -> Iterator[subprocess.Popen]:
        program = (str(self._ntm) if receiver is NTM else
                   find_program("tcpdump", "tcpdump"))
        with open(self._log, "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                self._lab.receiving(program, *receiver.arguments),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=ENVIRONMENT)
        try:
            self._wait_until_ready(receiver, process)
            yield process
            process.send_signal(signal.SIGINT)
            if process.wait(timeout=5) != 0:
                raise BenchError(f"{receiver.shown} ended with "
                                 f"{process.returncode}: {self._said()}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _wait_until_ready(self, receiver: Receiver,
                          process: subprocess.Popen) -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if receiver is NTM:
                ready = self._lab.get("/-/ready") is not None
            else:
                ready = "listening on" in self._log.read_text("utf-8")
            if ready:
                return
            time.sleep(0.05)
        raise BenchError(f"{receiver.shown} does not start: {self._said()}")

    def _said(self) -> str:
        return (self._log.read_text("utf-8").strip().splitlines()
                or ["it said nothing"])[-1]

    def _counts_of_ntm(self, sent: int) -> tuple[int, int]:
        """Delivered and dropped; drops are read at ticks, so asked again."""
        deadline = time.monotonic() + 3
        while True:
            metrics = self._lab.get("/metrics") or ""
            delivered = sum_of(metrics, "ntm_capture_packets_total")
            dropped = sum_of(metrics, "ntm_capture_dropped_packets_total")
            if delivered + dropped == sent or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        if dropped == 0:
            check_counts(metrics, sent, self._traffic.ip_bytes * self._loops)
        return delivered, dropped

    def _counts_of_tcpdump(self) -> tuple[int, int]:
        says = re.search(r"(\d+) packets? captured.*?(\d+) packets? dropped by "
                         r"kernel", self._log.read_text("utf-8"), re.DOTALL)
        if not says:
            raise BenchError(f"tcpdump gave no counts: {self._said()}")
        return int(says.group(1)), int(says.group(2))


def measure_live(ntm: Path, traffic: Traffic, loops: int, scratch: Path,
                 rounds: int) -> list[Row]:
    """Raises Skipped where there can be no namespaces or no traffic."""
    if os.geteuid() != 0:
        raise Skipped("needs root, to make network namespaces")
    find_program("ip", "iproute2")
    find_program("tcpreplay", "tcpreplay")
    receivers = [NTM]
    with contextlib.suppress(Skipped):
        find_program("tcpdump", "tcpdump")
        receivers += PEERS
    scratch.mkdir(parents=True, exist_ok=True)
    loads: dict[str, list[Load]] = {one.name: [] for one in receivers}
    with Lab() as lab:
        contest = Contest(lab, ntm, traffic, loops, scratch / "receiver.txt")
        for number in range(rounds + 1):
            say("live: warm-up" if number == 0 else
                f"live: round {number} of {rounds}")
            for receiver in receivers:
                load = contest.load(receiver)
                if number > 0:
                    loads[receiver.name].append(load)
    return _rows(loads)


def _rows(loads: dict[str, list[Load]]) -> list[Row]:
    def cpu(name: str) -> Samples:
        return Samples(tuple(1e9 * load.cpu_seconds / load.delivered
                             for load in loads[name]))

    rows = [Row(PART, f"`{NTM.shown}`, CPU per packet", cpu(NTM.name),
                nanoseconds_text)]
    for peer in PEERS:
        what = f"`{peer.shown}`, CPU per packet"
        if peer.name not in loads:
            rows.append(Row(PART, what, skipped="tcpdump is not installed"))
            continue
        lost = sum(load.dropped for load in loads[peer.name])
        of = sum(load.sent for load in loads[peer.name])
        rows.append(Row(PART, f"{what} (lost {100 * lost / of:.1f} %)",
                        cpu(peer.name), nanoseconds_text,
                        ratio=cpu(NTM.name).over(cpu(peer.name)),
                        bar=peer.bar))
    ours = loads[NTM.name]
    rows.append(Row(PART, f"packets dropped by ntm, of {ours[0].sent:,}",
                    Samples(tuple(float(load.dropped) for load in ours)),
                    count_text, bar=0, bar_on_worst=True))
    rows.append(Row(PART, "packets per second sent to ntm",
                    Samples(tuple(load.sent / load.replay_seconds
                                  for load in ours)), count_text))
    return rows


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True,
                          text=True, env=ENVIRONMENT)
    if done.returncode != 0:
        raise Skipped(f"ip {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout


def _cpu_seconds(pid: int) -> float:
    """User and system time of all threads, to the nanosecond where told."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        return sum(int((task / "schedstat").read_text().split()[0])
                   for task in tasks.iterdir()) / 1e9
    except FileNotFoundError:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _cpu_when_quiet(process: subprocess.Popen) -> float:
    """The same, once the process has worked off all that it was sent."""
    for _ in range(QUIET_ATTEMPTS):
        before = _cpu_seconds(process.pid)
        time.sleep(QUIET_SECONDS)
        if process.poll() is not None:
            raise BenchError(f"it ended with {process.returncode} under load")
        if _cpu_seconds(process.pid) - before < IDLE_CPU_SECONDS:
            return before
    raise BenchError("the receiver does not come to rest after the load")
