"""Reading a file: wall time of ntm and its peers, and ntm's memory."""
from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from measure import (BenchError, Run, Samples, Skipped, Traffic, check_counts,
                     find_program, run_to_end, say)
from table import Row, bytes_text, seconds_text

PART = "offline"
RSS_BAR_BYTES = 40e6


@dataclass(frozen=True)
class Peer:
    program: str
    package: str
    shown: str  # the command, as the table names it
    bar: float  # ntm may take at most this share of the peer's wall time
    arguments: Callable[[Path, Path], list[str]]  # of file, scratch folder
    says: str  # finds in its output how many packets it has read


PEERS = (
    Peer("tcpdump", "tcpdump", "tcpdump -r FILE --count", 2.0,
         lambda file, _: ["-r", str(file), "--count"], r"(\d+) packets"),
    Peer("nfpcapd", "nfdump", "nfpcapd -r FILE -w DIR", 0.4,
         lambda file, scratch: ["-r", str(file), "-w", str(scratch)],
         r"Processed: (\d+)"),
    # Without a pid file of its own it writes to /var/run; -6 counts IPv6 too.
    Peer("softflowd", "softflowd", "softflowd -6 -r FILE", 0.3,
         lambda file, scratch: ["-d", "-6", "-c", "none", "-p",
                                str(scratch / "pid"), "-r", str(file)],
         r"Packets processed: (\d+)"),
)


class Contest:
    """Runs the commands in turn over one file, each in a fresh folder."""

    def __init__(self, ntm: Path, traffic: Traffic, scratch: Path):
        self._ntm = ntm
        self._traffic = traffic
        self._scratch = scratch
        self._kept = scratch.with_name("offline-output.txt")

    def ntm(self, keep: bool = False) -> Run:
        return self._run([str(self._ntm), "-r", str(self._traffic.path)], keep)

    def peer(self, peer: Peer, keep: bool = False) -> Run:
        program = find_program(peer.program, peer.package)
        return self._run(
            [program, *peer.arguments(self._traffic.path, self._scratch)], keep)

    def warm_up(self) -> dict[str, str]:
        """Runs each command once and checks its counts.

        Returns by program why a peer has to be left out.
        """
        check_counts(self.ntm(keep=True).output, self._traffic.packets,
                     self._traffic.ip_bytes)
        left_out = {}
        for peer in PEERS:
            try:
                said = re.search(peer.says, self.peer(peer, keep=True).output)
                counted = int(said.group(1)) if said else 0
                if counted != self._traffic.packets:
                    raise Skipped(f"it read {counted:,} packets only")
            except Skipped as reason:
                left_out[peer.program] = str(reason)
            except BenchError as failure:
                say(f"offline: {failure}")
                left_out[peer.program] = "it failed"
        return left_out

    def _run(self, argv: list[str], keep: bool) -> Run:
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)
        return run_to_end(argv, self._kept if keep else None)


def measure_offline(ntm: Path, traffic: Traffic, scratch: Path,
                    rounds: int) -> list[Row]:
    contest = Contest(ntm, traffic, scratch)
    say("offline: warm-up")
    left_out = contest.warm_up()
    peers = [peer for peer in PEERS if peer.program not in left_out]
    ntm_runs: list[Run] = []
    seconds: dict[str, list[float]] = {peer.program: [] for peer in peers}
    for number in range(rounds):
        say(f"offline: round {number + 1} of {rounds}")
        ntm_runs.append(contest.ntm())
        for peer in peers:
            seconds[peer.program].append(contest.peer(peer).wall_seconds)
    ours = Samples(tuple(run.wall_seconds for run in ntm_runs))
    rows = [Row(PART, "`ntm -r FILE`, wall time", ours, seconds_text)]
    for peer in PEERS:
        what = f"`{peer.shown}`, wall time"
        if peer.program in left_out:
            rows.append(Row(PART, what, skipped=left_out[peer.program]))
        else:
            theirs = Samples(tuple(seconds[peer.program]))
            rows.append(Row(PART, what, theirs, seconds_text,
                            ratio=ours.over(theirs), bar=peer.bar))
    peak = Samples(tuple(float(run.peak_rss_bytes) for run in ntm_runs))
    rows.append(Row(PART, "`ntm -r FILE`, peak RSS (at most)", peak, bytes_text,
                    bar=RSS_BAR_BYTES, bar_on_worst=True))
    return rows
