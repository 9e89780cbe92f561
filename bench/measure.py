"""Runs programs and reads their output; used by all parts."""
from __future__ import annotations

import collections
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# ntm is measured with default options, so the caller's environment must not change
# them. Messages are parsed, so they must be in English.
ENVIRONMENT = {
    name: value for name, value in os.environ.items()
    if not name.startswith("NTM_")
} | {"LC_ALL": "C", "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}


class BenchError(Exception):
    """Nothing can be measured, or a program counted wrongly."""


class Skipped(Exception):
    """Something cannot be measured here; the text says why."""


@dataclass(frozen=True)
class Samples:
    """The same thing measured once per round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def over(self, other: Samples) -> Samples:
        """Ratios round by round, so that a slow round does not matter."""
        return Samples(tuple(a / b for a, b in zip(self.values, other.values)))


@dataclass(frozen=True)
class Run:
    wall_seconds: float
    peak_rss_bytes: int
    output: str  # stdout and stderr, if they were kept


@dataclass(frozen=True)
class Talker:
    src: str
    dst: str
    packets: int
    ip_bytes: int


@dataclass(frozen=True)
class Traffic:
    path: Path
    packets: int
    ip_bytes: int
    flows: int
    spoofed: int = 0  # packets, each from a different source
    # The packets of each flow, if requested.
    talkers: tuple[Talker, ...] = ()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def find_program(name: str, package: str) -> str:
    found = shutil.which(name, path=ENVIRONMENT["PATH"])
    if not found:
        raise Skipped(f"not installed (Debian package {package})")
    return found


def run_to_end(argv: list[str], keep: Path | None = None) -> Run:
    """Runs one command; its output goes to the file `keep`, or is discarded.

    Its peak RSS is an upper bound: for a child the kernel reports at least this
    interpreter's own (about 18 MB), which the child has until exec.
    """
    with open(keep or os.devnull, "w+", encoding="utf-8",
              errors="replace") as sink:
        begin = time.perf_counter()
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=sink,
                                   stderr=subprocess.STDOUT, env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        sink.seek(0)
        output = sink.read() if keep else ""
    if process.returncode != 0:
        last = output.strip().splitlines()[-1:] or ["no output kept"]
        raise BenchError(f"{Path(argv[0]).name} ended with "
                         f"{process.returncode}: {last[0]}")
    return Run(wall_seconds, usage.ru_maxrss * 1024, output)


def make_traffic(tool: Path, folder: Path, *more: str, packets: int,
                 flows: int, snaplen: int) -> Traffic:
    """The traffic file of this shape, with `more` of the maker's options; made
    unless a current one is there."""
    shape = "".join(more).replace("--", "-")
    path = folder / f"{packets}-packets-{flows}-flows-{snaplen}{shape}.pcap"
    facts_path = path.with_suffix(".json")
    current = (path.exists() and facts_path.exists() and
               facts_path.stat().st_mtime >= tool.stat().st_mtime)
    if not current:
        say(f"making {packets:,} packets of {flows:,} flows")
        folder.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            [tool, "--packets", str(packets), "--flows", str(flows),
             "--snaplen", str(snaplen), "--out", path, *more],
            check=False, capture_output=True, text=True)
        if made.returncode != 0:
            raise BenchError(made.stderr.strip())
        facts_path.write_text(made.stdout, encoding="utf-8")
    facts = json.loads(facts_path.read_text(encoding="utf-8"))
    return Traffic(path, facts["packets"], facts["ip_bytes"], facts["flows"],
                   facts.get("spoofed", 0),
                   tuple(Talker(*one) for one in facts.get("talkers", [])))


_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)",
                     re.ASCII | re.MULTILINE)


def sums_of(exposition: str) -> dict[str, int]:
    """By name, the sum of all its samples, rounded down."""
    sums: collections.Counter[str] = collections.Counter()
    for name, _, number in _SAMPLE.findall(exposition):
        if number.isdigit():
            sums[name] += int(number)
        elif math.isfinite(float(number)):
            sums[name] += int(float(number))
    return sums


def sum_of(exposition: str, family: str) -> int:
    """The sum of all samples of a family of counters; 0 if it has none."""
    return sums_of(exposition).get(family, 0)


_FLOW = re.compile(r'^ntm_(packets|bytes)_total\{(.*)\} (\d+)$',
                   re.ASCII | re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"', re.ASCII)


def flows_of(exposition: str) -> dict[tuple[str, str], tuple[int, int]]:
    """By source and destination, packets and bytes of all their series."""
    found: dict[tuple[str, str], list[int]] = {}
    for family, labels, number in _FLOW.findall(exposition):
        pair = dict(_LABEL.findall(labels))
        counts = found.setdefault((pair["src"], pair["dst"]), [0, 0])
        counts[family == "bytes"] += int(number)
    return {pair: (counts[0], counts[1]) for pair, counts in found.items()}


def check_counts(exposition: str, packets: int, ip_bytes: int) -> None:
    """Raises unless ntm counted exactly this, with every packet in a flow."""
    sums = sums_of(exposition)
    for family, expected in (("ntm_capture_packets_total", packets),
                             ("ntm_packets_total", packets),
                             ("ntm_bytes_total", ip_bytes)):
        counted = sums.get(family, 0)
        if counted != expected:
            raise BenchError(f"the sum of {family} is {counted:,}, but the "
                             f"traffic has {expected:,}")
