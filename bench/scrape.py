"""Scrapes: the time to the first and the last byte, memory, the effect on the capture;
compared with the text and gzip alone, in memory, and with prometheus-cpp's
serializer."""
from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from lab import (Lab, forget_peak_rss, last_line, peak_rss_bytes, rss_bytes)
from measure import (BenchError, Samples, Skipped, Traffic, run_to_end, say,
                     sum_of)
from table import Row, bytes_text, count_text, milliseconds_text, rate_text

PART = "scrape"
TEXT_RATIO_BAR = 0.15
SCRAPE_RATIO_BAR = 2.5  # the last byte ÷ the text in memory
GZIP_RATIO_BAR = 1.3  # the last byte ÷ gzip -1 of the text in memory
PROTOBUF_RATIO_BAR = 3.0  # ÷ text: a family is written twice, see docs/decisions.md
FIRST_BYTE_BAR_SECONDS = 0.005
LARGE_BAR_BYTES = 12e6
DEFAULT_BAR_BYTES = 48e6
LOAD_INTERVAL_SECONDS = 0.05
SCRAPES = 20  # per round
GZIP_SCRAPES = 10
FILL_ATTEMPTS = 5
DEFAULT_MAX_SERIES = 10_000


@dataclass(frozen=True)
class Scraped:
    """One ntm with a full table, scraped SCRAPES times, then GZIP_SCRAPES times, then
    SCRAPES times in protobuf; and what the same exposition takes in memory. Seconds
    are medians."""

    samples: int
    first_seconds: float
    seconds: float
    gzip_seconds: float
    protobuf_seconds: float
    alone: tuple[float, float] | None  # text and gzip, if the tool is built
    extra_bytes: int
    protobuf_extra_bytes: int
    peak_rss_bytes: int


def places_for_keys(max_series: int) -> int:
    """For a table, of which an eighth and one more are reserved for "other"."""
    return max_series - max_series // 8 - 1


def limit_with_places(keys: int) -> int:
    """The smallest --max-series that has room for this many keys besides "other"."""
    limit = keys * 8 // 7
    while places_for_keys(limit) < keys:
        limit += 1
    return limit


def measure_text(tool: Path, flows: int, rounds: int,
                 scratch: Path) -> list[Row]:
    if not tool.is_file():
        raise Skipped(f"{tool.name} is not built")
    say(f"scrape: the text of {flows:,} flows")
    scratch.mkdir(parents=True, exist_ok=True)
    run = run_to_end([str(tool), "--flows", str(flows), "--rounds",
                      str(rounds)], scratch / "text.json")
    facts = json.loads(run.output)
    ours, protobuf, theirs = (
        Samples(tuple(facts[name]))
        for name in ("ntm", "protobuf", "prometheus_cpp"))
    return [
        Row(PART, f"{facts['samples']:,} samples from table to text, ntm", ours,
            milliseconds_text),
        Row(PART, "the same samples, prometheus-cpp's Collect and "
            "TextSerializer", theirs, milliseconds_text,
            ratio=ours.over(theirs), bar=TEXT_RATIO_BAR),
        Row(PART, "the same samples from table to protobuf, ntm", protobuf,
            milliseconds_text),
        Row(PART, "the same samples to text, as above", ours, milliseconds_text,
            ratio=protobuf.over(ours), bar=PROTOBUF_RATIO_BAR),
    ]


class Contest:
    def __init__(self, lab: Lab, ntm: Path, tool: Path, scratch: Path):
        self._lab = lab
        self._ntm = ntm
        self._tool = tool
        self._scratch = scratch
        self._log = scratch / "scrape-log.txt"

    def full(self, fill: Traffic, keys: int, *options: str) -> Scraped:
        """Scrapes an ntm with a full table. REQUIRES: `fill` has more flows than
        `keys`, in bursts."""
        with self._lab.ntm(self._ntm, self._log, *options) as process:
            self._fill(fill, keys)
            before = rss_bytes(process.pid)
            forget_peak_rss(process.pid)
            scrapes = self._lab.scrape(SCRAPES)
            peak = peak_rss_bytes(process.pid)
            packed = self._lab.scrape(GZIP_SCRAPES, "--gzip")
            between = rss_bytes(process.pid)
            forget_peak_rss(process.pid)
            messages = self._lab.scrape(SCRAPES, "--protobuf")
            peak_of_messages = peak_rss_bytes(process.pid)
            text = self._lab.get("/metrics") or ""
        return Scraped(text.count("\nntm_") + 1, _median(scrapes, "first"),
                       _median(scrapes, "seconds"), _median(packed, "seconds"),
                       _median(messages, "seconds"), self._alone(text),
                       max(0, peak - before), max(0, peak_of_messages - between),
                       peak)

    def _alone(self, text: str) -> tuple[float, float] | None:
        """Seconds for the same text and for its gzip, in memory."""
        if not self._tool.is_file():
            return None
        like = self._scratch / "scraped.txt"
        like.write_text(text, encoding="utf-8")
        run = run_to_end([str(self._tool), "--like", str(like), "--rounds",
                          str(SCRAPES)], self._scratch / "alone.json")
        alone = json.loads(run.output)
        return statistics.median(alone["text"]), statistics.median(alone["gzip"])

    def under_load(self, traffic: Traffic, loops: int
                   ) -> tuple[int, float, float]:
        """Packets dropped, packets a second, scrapes a second."""
        with self._lab.ntm(self._ntm, self._log):
            with self._lab.scraping(LOAD_INTERVAL_SECONDS) as scrapes:
                seconds = self._lab.replay_exactly(traffic.path,
                                                   traffic.packets, loops)
            sent = traffic.packets * loops
            dropped = self._lab.count_drops(sent)
        took = scrapes[-1]["at"] - scrapes[0]["at"]
        return dropped, sent / seconds, (len(scrapes) - 1) / took

    def _fill(self, fill: Traffic, keys: int) -> None:
        sent = 0
        for _ in range(FILL_ATTEMPTS):
            self._lab.replay_exactly(fill.path, fill.packets)
            sent += fill.packets
            series = sum_of(self._lab.wait_for_count(sent), "ntm_series")
            if series >= keys:
                return
        raise BenchError(f"the table has {series:,} series, not {keys:,}: "
                         f"{last_line(self._log)}")


@dataclass(frozen=True)
class Sizes:
    large_keys: int
    large_fill: Traffic
    default_fill: Traffic
    load: Traffic
    loops: int


def measure_scrape(ntm: Path, tool: Path, sizes: Sizes, scratch: Path,
                   rounds: int) -> list[Row]:
    """Raises Skipped if namespaces or traffic are not possible."""
    scratch.mkdir(parents=True, exist_ok=True)
    limit = limit_with_places(sizes.large_keys)
    large, default, loads = [], [], []
    with Lab() as lab:
        contest = Contest(lab, ntm, tool, scratch)
        for number in range(rounds):
            say(f"scrape: round {number + 1} of {rounds}")
            large.append(contest.full(sizes.large_fill, sizes.large_keys,
                                      "--max-series", str(limit)))
            default.append(contest.full(
                sizes.default_fill, places_for_keys(DEFAULT_MAX_SERIES)))
            loads.append(contest.under_load(sizes.load, sizes.loops))
    sent = sizes.load.packets * sizes.loops
    lines = _samples(one.seconds for one in large)
    messages = _samples(one.protobuf_seconds for one in large)
    return [
        *_full_rows(large, f"--max-series {limit}, full"),
        Row(PART, "the same: to the first byte",
            _samples(one.first_seconds for one in large), milliseconds_text,
            bar=FIRST_BYTE_BAR_SECONDS, bar_on_worst=True),
        Row(PART, "the same: peak RSS minus RSS before the scrapes",
            _samples(one.extra_bytes for one in large), bytes_text,
            bar=LARGE_BAR_BYTES, bar_on_worst=True),
        Row(PART, "the same in protobuf, to the last byte", messages,
            milliseconds_text),
        Row(PART, "the same in text, as above", lines, milliseconds_text,
            ratio=messages.over(lines), bar=PROTOBUF_RATIO_BAR),
        Row(PART, "the same in protobuf: peak RSS minus RSS before the scrapes",
            _samples(one.protobuf_extra_bytes for one in large), bytes_text,
            bar=LARGE_BAR_BYTES, bar_on_worst=True),
        *_full_rows(default, "default options, full"),
        Row(PART, "the same: peak RSS, 16 MiB ring included",
            _samples(one.peak_rss_bytes for one in default), bytes_text,
            bar=DEFAULT_BAR_BYTES, bar_on_worst=True),
        Row(PART, "packets dropped by ntm while it is scraped, of "
            f"{sent:,}", _samples(dropped for dropped, _, _ in loads),
            count_text, bar=0, bar_on_worst=True),
        Row(PART, "packets per second during this",
            _samples(packets for _, packets, _ in loads), count_text),
        Row(PART, "scrapes per second during this",
            _samples(scrapes for _, _, scrapes in loads), rate_text),
    ]


def _full_rows(scraped: list[Scraped], what: str) -> list[Row]:
    samples = f"{scraped[0].samples:,} samples"
    last = _samples(one.seconds for one in scraped)
    packed = _samples(one.gzip_seconds for one in scraped)
    rows = [Row(PART, f"scrape of {samples} over loopback, to the last byte "
                f"({what})", last, milliseconds_text),
            Row(PART, "the same with gzip", packed, milliseconds_text)]
    alone = [one.alone for one in scraped if one.alone]
    if not alone:
        return rows
    text = _samples(text for text, _ in alone)
    text_packed = _samples(gzip for _, gzip in alone)
    return [
        rows[0],
        Row(PART, "the same text, written to memory that was used before",
            text, milliseconds_text, ratio=last.over(text),
            bar=SCRAPE_RATIO_BAR),
        rows[1],
        Row(PART, "the same text in memory, compressed like gzip -1",
            text_packed, milliseconds_text, ratio=packed.over(text_packed),
            bar=GZIP_RATIO_BAR),
    ]


def _median(scrapes: list[dict], what: str) -> float:
    return statistics.median(one[what] for one in scrapes)


def _samples(values: Iterable[float]) -> Samples:
    return Samples(tuple(float(value) for value in values))
