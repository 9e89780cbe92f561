"""Live capture: CPU per packet and loss, on a veth pair between two network
namespaces, with tcpreplay at top speed at its other end.

CPU is user and system time of the capturing process over the replay; the
softirq that fills its ring is not charged to it (it runs on the sender's core:
sender and receivers are pinned to different ones). It is in the CPU of the whole
machine, from which that of the same replay without a capture is subtracted.
"""
from __future__ import annotations

import contextlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import (DEVICE, Lab, cpu_seconds, cpu_when_quiet, last_line,
                 machine_cpu_seconds)
from measure import (BenchError, Samples, Skipped, Traffic, check_counts,
                     find_program, say, sum_of)
from table import Row, count_text, nanoseconds_text

PART = "live"
CPU_BAR = 1.1
SHORT_CPU_BAR = 2.0


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
    # The snapshot length and ring size for a fair comparison.
    Receiver("tcpdump, 96 B", "tcpdump -i IF -s 96 -B 16384 -w /dev/null",
             ("-i", DEVICE, "-s", "96", "-B", "16384", "-w", "/dev/null"),
             SHORT_CPU_BAR),
)


@dataclass(frozen=True)
class Load:
    """One replay, as seen by one receiver."""

    cpu_seconds: float
    machine_seconds: float  # beyond those of a replay without a receiver
    sent: int  # packets that the kernel delivered to the device
    delivered: int
    dropped: int
    replay_seconds: float


class Contest:
    """Gives every receiver the same load, one receiver at a time."""

    def __init__(self, lab: Lab, ntm: Path, traffic: Traffic, loops: int,
                 log: Path):
        self._lab = lab
        self._ntm = ntm
        self._traffic = traffic
        self._loops = loops
        self._log = log

    def machine_seconds(self) -> float:
        """The CPU of the machine for one replay that nobody receives."""
        before = machine_cpu_seconds()
        self._lab.replay_exactly(self._traffic.path, self._traffic.packets,
                                 self._loops)
        return machine_cpu_seconds() - before

    def load(self, receiver: Receiver, unreceived_seconds: float) -> Load:
        sent = self._traffic.packets * self._loops
        with self._running(receiver) as process:
            cpu = cpu_seconds(process.pid)
            machine = machine_cpu_seconds()
            replay_seconds = self._lab.replay_exactly(
                self._traffic.path, self._traffic.packets, self._loops)
            cpu = cpu_when_quiet(process) - cpu
            machine = machine_cpu_seconds() - machine - unreceived_seconds
            if receiver is NTM:
                delivered, dropped = self._counts_of_ntm(sent)
        if receiver is not NTM:
            delivered, dropped = self._counts_of_tcpdump()
        if delivered + dropped != sent:
            raise BenchError(f"{receiver.shown} had {delivered:,} packets and "
                             f"lost {dropped:,}, but {sent:,} were sent")
        return Load(cpu, machine, sent, delivered, dropped, replay_seconds)

    def _running(self, receiver: Receiver
                 ) -> contextlib.AbstractContextManager[subprocess.Popen]:
        if receiver is NTM:
            return self._lab.ntm(self._ntm, self._log)
        return self._lab.running(
            receiver.shown,
            [find_program("tcpdump", "tcpdump"), *receiver.arguments],
            self._log, lambda: "listening on" in self._log.read_text("utf-8"))

    def _counts_of_ntm(self, sent: int) -> tuple[int, int]:
        """Delivered and dropped."""
        metrics = self._lab.wait_for_count(sent)
        dropped = sum_of(metrics, "ntm_capture_dropped_packets_total")
        if dropped == 0:
            check_counts(metrics, sent, self._traffic.ip_bytes * self._loops)
        return sum_of(metrics, "ntm_capture_packets_total"), dropped

    def _counts_of_tcpdump(self) -> tuple[int, int]:
        """Delivered and dropped; packets left in its ring count as dropped."""
        says = re.search(r"(\d+) packets? captured.*?(\d+) packets? received by "
                         r"filter", self._log.read_text("utf-8"), re.DOTALL)
        if not says:
            raise BenchError(f"tcpdump gave no counts: {last_line(self._log)}")
        captured, received = int(says.group(1)), int(says.group(2))
        return captured, received - captured


def measure_live(ntm: Path, traffic: Traffic, loops: int, scratch: Path,
                 rounds: int) -> list[Row]:
    """Raises Skipped if namespaces or traffic are not possible."""
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
            unreceived_seconds = contest.machine_seconds()
            for receiver in receivers:
                load = contest.load(receiver, unreceived_seconds)
                if number > 0:
                    loads[receiver.name].append(load)
    return _rows(loads)


def _rows(loads: dict[str, list[Load]]) -> list[Row]:
    def cpu(name: str) -> Samples:
        return Samples(tuple(1e9 * load.cpu_seconds / load.delivered
                             for load in loads[name]))

    def machine(name: str) -> Samples:
        return Samples(tuple(1e9 * load.machine_seconds / load.sent
                             for load in loads[name]))

    whole = "CPU of the whole machine per packet, less that without a capture"
    rows = [Row(PART, f"`{NTM.shown}`, CPU per packet", cpu(NTM.name),
                nanoseconds_text),
            Row(PART, f"`{NTM.shown}`, {whole}", machine(NTM.name),
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
        others = machine(peer.name)
        # In a short run it may be less than the ticks show.
        comparable = min(others.values) > 0
        rows.append(Row(PART, f"`{peer.shown}`, {whole}", others,
                        nanoseconds_text,
                        ratio=machine(NTM.name).over(others)
                        if comparable else None))
    ours = loads[NTM.name]
    rows.append(Row(PART, f"packets dropped by ntm, of {ours[0].sent:,}",
                    Samples(tuple(float(load.dropped) for load in ours)),
                    count_text, bar=0, bar_on_worst=True))
    rows.append(Row(PART, "packets per second sent to ntm",
                    Samples(tuple(load.sent / load.replay_seconds
                                  for load in ours)), count_text))
    return rows
