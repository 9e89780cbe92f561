"""Reading a file: wall time of ntm and similar programs, and ntm's memory."""
from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from measure import (BenchError, Run, Samples, Skipped, Traffic, check_counts,
                     find_program, run_to_end, say)
from table import Row, bytes_text, seconds_text

PART = "offline"
RSS_BAR_BYTES = 40e6
MANY_FLOWS_BAR = 1.5  # of the time with few flows


@dataclass(frozen=True)
class Peer:
    program: str
    package: str
    shown: str  # the command, as shown in the table
    bar: float | None  # ntm may take at most this share of the peer's wall time
    arguments: Callable[[Path, Path], list[str]]  # of file, scratch folder
    # The number of packets that it read, from its output and its scratch folder.
    packets: Callable[[str, Path], int]
    # It sleeps, so its time for a file of one packet is subtracted.
    sleeps: bool = False


def said(pattern: str) -> Callable[[str, Path], int]:
    def packets(output: str, _: Path) -> int:
        found = re.search(pattern, output)
        return int(found.group(1)) if found else 0
    return packets


def darkstat_arguments(file: Path) -> list[str]:
    """Its web server runs for a file, too, on any free port; it prints its count only
    with --verbose."""
    return ["-r", str(file), "--no-daemon", "--no-dns", "--verbose", "-b",
            "127.0.0.1", "-p", "0"]


def pmacctd_arguments(file: Path, scratch: Path) -> list[str]:
    """A plugin is another process: with a pipe of this size neither waits long for the
    other, and the counts are written once, at the end."""
    settings = scratch / "pmacctd.conf"
    settings.write_text(
        "aggregate: src_host, dst_host, src_port, dst_port, proto\n"
        "plugins: print\n"
        f"pcap_savefile: {file}\n"
        f"print_output_file: {scratch / 'pmacctd.csv'}\n"
        "print_output: csv\n"
        "print_refresh_time: 3600\n"
        "plugin_buffer_size: 1024000\n"
        "plugin_pipe_size: 256000000\n", encoding="utf-8")
    return ["-f", str(settings)]


def pmacctd_packets(_: str, scratch: Path) -> int:
    try:
        lines = (scratch / "pmacctd.csv").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return sum_of_column(lines, "PACKETS")


def sum_of_column(lines: list[str], name: str) -> int:
    """The sum of a column of comma separated values with a header line."""
    if not lines or name not in lines[0].split(","):
        return 0
    column = lines[0].split(",").index(name)
    return sum(int(line.split(",")[column]) for line in lines[1:])


PEERS = (
    Peer("tcpdump", "tcpdump", "tcpdump -r FILE --count", 0.9,
         lambda file, _: ["-r", str(file), "--count"], said(r"(\d+) packets")),
    Peer("nfpcapd", "nfdump", "nfpcapd -r FILE -w DIR", 0.18,
         lambda file, scratch: ["-r", str(file), "-w", str(scratch)],
         said(r"Processed: (\d+)")),
    # Without a pid file of its own it writes to /var/run; -6 counts IPv6 too.
    Peer("softflowd", "softflowd", "softflowd -6 -r FILE", 0.17,
         lambda file, scratch: ["-d", "-6", "-c", "none", "-p",
                                str(scratch / "pid"), "-r", str(file)],
         said(r"Packets processed: (\d+)")),
    Peer("darkstat", "darkstat", "darkstat -r FILE --no-dns", 0.08,
         lambda file, _: darkstat_arguments(file),
         said(r"Total packets: (\d+)")),
    # With tables as large as ntm's, so that it does not forget hosts.
    Peer("darkstat", "darkstat", "darkstat -r FILE --no-dns --hosts-max 30000",
         None,
         lambda file, _: [*darkstat_arguments(file), "--hosts-max", "30000",
                          "--hosts-keep", "20000"],
         said(r"Total packets: (\d+)")),
    Peer("pmacctd", "pmacct", "pmacctd -I FILE -P print", 0.06,
         pmacctd_arguments, pmacctd_packets, sleeps=True),
)


class Contest:
    """Runs the commands in turn over one file, each in a fresh folder."""

    def __init__(self, ntm: Path, traffic: Traffic, scratch: Path):
        self._ntm = ntm
        self._traffic = traffic
        self._scratch = scratch
        self._kept = scratch.with_name("offline-output.txt")
        self._asleep: dict[str, float] = {}

    def ntm(self, traffic: Traffic, keep: bool = False) -> Run:
        return run_to_end([str(self._ntm), "-r", str(traffic.path)],
                          self._kept if keep else None)

    def seconds(self, peer: Peer) -> float:
        """Its time without sleep."""
        wall_seconds = self._peer(peer, self._traffic.path).wall_seconds
        return wall_seconds - self._asleep.get(peer.shown, 0.0)

    def warm_up(self, *more: Traffic) -> dict[str, str]:
        """Runs each command once and checks its counts.

        Returns by command why a program is left out.
        """
        for traffic in (self._traffic, *more):
            check_counts(self.ntm(traffic, keep=True).output, traffic.packets,
                         traffic.ip_bytes)
        left_out = {}
        for peer in PEERS:
            try:
                self._warm_up_peer(peer)
            except Skipped as reason:
                left_out[peer.shown] = str(reason)
            except BenchError as failure:
                say(f"offline: {failure}")
                left_out[peer.shown] = "it failed"
        return left_out

    def _warm_up_peer(self, peer: Peer) -> None:
        run = self._peer(peer, self._traffic.path, keep=True)
        counted = peer.packets(run.output, self._scratch)
        if counted != self._traffic.packets:
            raise Skipped(f"it read {counted:,} packets only")
        if peer.sleeps:
            first = first_packet(self._traffic.path)
            self._asleep[peer.shown] = self._peer(peer, first).wall_seconds

    def _peer(self, peer: Peer, file: Path, keep: bool = False) -> Run:
        program = find_program(peer.program, peer.package)
        self._clear()
        return run_to_end([program, *peer.arguments(file, self._scratch)],
                          self._kept if keep else None)

    def _clear(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir(parents=True)


def first_packet(file: Path) -> Path:
    """A file with the first packet of this one, next to it. REQUIRES: the file is a
    pcap in this machine's byte order."""
    with open(file, "rb") as whole:
        head = whole.read(24 + 16)
        kept_bytes = int.from_bytes(head[32:36], sys.byteorder)
        packet = whole.read(kept_bytes)
    first = file.with_suffix(".first")
    first.write_bytes(head + packet)
    return first


def measure_offline(ntm: Path, few: Traffic, many: Traffic, scratch: Path,
                    rounds: int) -> list[Row]:
    """REQUIRES: `few` and `many` differ only in their number of flows."""
    contest = Contest(ntm, few, scratch)
    say("offline: warm-up")
    left_out = contest.warm_up(many)
    peers = [peer for peer in PEERS if peer.shown not in left_out]
    runs: list[Run] = []
    many_runs: list[Run] = []
    seconds: dict[str, list[float]] = {peer.shown: [] for peer in peers}
    for number in range(rounds):
        say(f"offline: round {number + 1} of {rounds}")
        runs.append(contest.ntm(few))
        many_runs.append(contest.ntm(many))
        for peer in peers:
            seconds[peer.shown].append(contest.seconds(peer))
    ours, ours_many = (Samples(tuple(run.wall_seconds for run in some))
                       for some in (runs, many_runs))
    rows = [Row(PART, "`ntm -r FILE`, wall time", ours, seconds_text)]
    for peer in PEERS:
        what = f"`{peer.shown}`, wall time"
        if peer.sleeps:
            what += " minus that for one packet (it sleeps)"
        if peer.shown in left_out:
            rows.append(Row(PART, what, skipped=left_out[peer.shown]))
        else:
            theirs = Samples(tuple(seconds[peer.shown]))
            rows.append(Row(PART, what, theirs, seconds_text,
                            ratio=ours.over(theirs), bar=peer.bar))
    peak = Samples(tuple(float(run.peak_rss_bytes)
                         for run in runs + many_runs))
    return rows + [
        Row(PART, f"`ntm -r FILE` with {many.flows:,} flows, wall time; its "
            f"ratio to that with {few.flows:,}", ours_many, seconds_text,
            ratio=ours_many.over(ours), bar=MANY_FLOWS_BAR),
        Row(PART, "`ntm -r FILE`, peak RSS (at most)", peak, bytes_text,
            bar=RSS_BAR_BYTES, bar_on_worst=True),
    ]
