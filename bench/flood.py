"""A flood of spoofed sources at top speed, with packets of real hosts ("talkers"):
what the real hosts lose, and whether series, sums and memory stay bounded.

Half of the talkers send before the flood; the others begin in its middle, when the
table is more than half full.
"""
from __future__ import annotations

import math
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lab import Lab, forget_peak_rss, peak_rss_bytes, rss_bytes
from measure import (Samples, Talker, Traffic, flows_of, make_traffic, say,
                     sums_of)
from table import Row, bytes_text, count_text

PART = "flood"
TALKERS = 100
TALKERS_BEFORE = 50
PACKETS_BEFORE = 5_000
SPOOFED_SHARE = 15 / 16  # of the packets, see make_traffic.cc
SERIES_LIMIT = 10_000  # ntm's default
SHORT_BAR_PACKETS = 16
UPPER_HALF_BAR_SHARE = 1 / 10_000
GROWTH_BAR_BYTES = 1e6
SCRAPES_BEFORE = 20
SCRAPE_SECONDS = 0.1


@dataclass(frozen=True)
class Flood:
    before: Traffic  # the talkers that send before the flood
    flood: Traffic

    @property
    def packets(self) -> int:
        return self.before.packets + self.flood.packets


@dataclass(frozen=True)
class Outcome:
    """What one flood did to one ntm."""

    packets_per_second: float
    dropped: int
    inexact: int  # talkers from before the flood
    short_packets: int  # of a later talker, at most
    upper_half: int  # spoofed sources that got a series there
    scrapes: int
    unaccounted: int  # packets or bytes, at most, in any scrape
    series: int  # at most, in any scrape
    growth_bytes: int
    peak_growth_bytes: int


def make_flood(tool: Path, folder: Path, spoofed: int) -> Flood:
    # With the same seed the first conversations of both files are the same.
    before = make_traffic(tool, folder, "--talkers", packets=PACKETS_BEFORE,
                          flows=TALKERS_BEFORE, snaplen=0)
    flood = make_traffic(tool, folder, "--spoofed", "--late", "--talkers",
                         packets=math.ceil(spoofed / SPOOFED_SHARE),
                         flows=TALKERS, snaplen=0)
    return Flood(before, flood)


def shortfalls(expected: tuple[Talker, ...],
               counted: dict[tuple[str, str], tuple[int, int]]
               ) -> list[tuple[int, int]]:
    """By talker, the packets and bytes missing from its series."""
    result = []
    for talker in expected:
        packets, ip_bytes = counted.get((talker.src, talker.dst), (0, 0))
        result.append((talker.packets - packets, talker.ip_bytes - ip_bytes))
    return result


def together(before: tuple[Talker, ...], then: tuple[Talker, ...]
             ) -> tuple[Talker, ...]:
    """The sum of what the talkers sent in both files; those of `before` first."""
    earlier = {(one.src, one.dst): one for one in before}
    none = Talker("", "", 0, 0)
    summed = {(one.src, one.dst): one for one in before}
    for one in then:
        first = earlier.get((one.src, one.dst), none)
        summed[one.src, one.dst] = Talker(one.src, one.dst,
                                          first.packets + one.packets,
                                          first.ip_bytes + one.ip_bytes)
    return tuple(summed.values())


def unaccounted(exposition: str) -> int:
    """Packets or bytes captured that are neither in a series nor evicted."""
    sums = sums_of(exposition)

    def total(name: str) -> int:
        return sums.get(f"ntm_{name}_total", 0)
    return max(
        abs(total("capture_bytes") - total("bytes") - total("evicted_bytes")),
        abs(total("capture_packets") - total("packets") -
            total("evicted_packets") - total("decode_errors")))


def outcome(final: str, scrapes: list[str], flood: Flood,
            **rest: int | float) -> Outcome:
    """REQUIRES: `final` is the exposition after the last packet."""
    sums = sums_of(final)
    flows = flows_of(final)
    short = shortfalls(together(flood.before.talkers, flood.flood.talkers),
                       flows)
    seated_late = sum(1 for one in flood.flood.talkers[TALKERS_BEFORE:]
                      if (one.src, one.dst) in flows)
    own = sum(1 for src, _ in flows if src != "other")
    return Outcome(
        dropped=sums.get("ntm_capture_dropped_packets_total", 0),
        inexact=sum(1 for pair in short[:TALKERS_BEFORE] if pair != (0, 0)),
        short_packets=max(packets for packets, _ in short[TALKERS_BEFORE:]),
        upper_half=max(0, own - seated_late - SERIES_LIMIT // 2),
        scrapes=len(scrapes),
        unaccounted=max(map(unaccounted, [*scrapes, final])),
        series=max(max(sums_of(text)["ntm_series"], samples_of(text))
                   for text in [*scrapes, final]),
        **rest)


def samples_of(exposition: str) -> int:
    """The number of flow series in the exposition."""
    return sum(1 for line in exposition.splitlines()
               if line.startswith("ntm_packets_total{"))


def measure_flood(ntm: Path, flood: Flood, scratch: Path,
                  rounds: int) -> list[Row]:
    scratch.mkdir(parents=True, exist_ok=True)
    outcomes = []
    with Lab() as lab:
        for number in range(rounds):
            say(f"flood: round {number + 1} of {rounds}")
            outcomes.append(_one_flood(lab, ntm, flood, scratch))
    return _rows(outcomes, flood)


def _one_flood(lab: Lab, program: Path, flood: Flood,
               scratch: Path) -> Outcome:
    kept = Path(tempfile.mkdtemp(dir=scratch))
    try:
        with lab.ntm(program, scratch / "flood-log.txt") as process:
            lab.replay_exactly(flood.before.path, flood.before.packets)
            lab.wait_for_count(flood.before.packets)
            # Memory that each HTTP thread takes once is not due to the flood.
            lab.scrape(SCRAPES_BEFORE)
            start_bytes = rss_bytes(process.pid)
            forget_peak_rss(process.pid)
            with lab.scraping(SCRAPE_SECONDS, kept) as scrapes:
                seconds = lab.replay_exactly(flood.flood.path,
                                             flood.flood.packets)
                final = lab.wait_for_count(flood.packets)
            growth = rss_bytes(process.pid) - start_bytes
            peak_growth = peak_rss_bytes(process.pid) - start_bytes
        texts = [(kept / f"{i}.txt").read_text("utf-8")
                 for i in range(len(scrapes))]
        return outcome(final, texts, flood,
                       packets_per_second=flood.flood.packets / seconds,
                       growth_bytes=growth, peak_growth_bytes=peak_growth)
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def _rows(outcomes: list[Outcome], flood: Flood) -> list[Row]:
    def row(what: str, name: str, bar: float | None, text=count_text) -> Row:
        values = tuple(float(getattr(one, name)) for one in outcomes)
        return Row(PART, what, Samples(values), text, bar=bar,
                   bar_on_worst=True)

    spoofed = flood.flood.spoofed
    return [
        row(f"packets per second, {spoofed:,} of them from spoofed sources",
            "packets_per_second", None),
        row(f"packets dropped by ntm, of {flood.flood.packets:,}", "dropped",
            0),
        row(f"busy hosts from before the flood, of {TALKERS_BEFORE}, that are not "
            "exact to the packet and the byte", "inexact", 0),
        row("packets missing from a busy host that started later, at most",
            "short_packets", SHORT_BAR_PACKETS),
        row("spoofed sources that got a series in the upper half of the table",
            "upper_half", spoofed * UPPER_HALF_BAR_SHARE),
        row("scrapes during the flood, 10 per second", "scrapes", None),
        row("captured − (series + evicted + errors) at any scrape, packets or "
            "bytes", "unaccounted", 0),
        row("series at any scrape, at most", "series", SERIES_LIMIT),
        row("RSS after the flood minus RSS before it", "growth_bytes",
            GROWTH_BAR_BYTES, bytes_text),
        row("peak RSS in the flood minus RSS before it, including scrapes",
            "peak_growth_bytes", None, bytes_text),
    ]
