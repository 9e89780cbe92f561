#!/usr/bin/env python3
"""Compares ntm with similar programs and prints one Markdown table.

The commands take turns, round after round, after a warm-up; times are compared as
ratios within a round, so the table is valid on any machine. The table marks values
beyond their limit. Exit code: 0; 1 if nothing could be measured, a count was wrong
or, with --check, a limit was exceeded; 77 if everything was skipped.
"""
from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import flood
import live
import live_page
import offline
import packed
import scrape
from measure import BenchError, Skipped, Traffic, make_traffic, say
from table import Row, caption, machine, markdown_table, page

PROJECT = Path(__file__).resolve().parent.parent
SKIPPED_EXIT = 77


PARTS = (offline.PART, live.PART, flood.PART, scrape.PART, live_page.PART)


@dataclass(frozen=True)
class Size:
    offline_packets: int
    flows: int
    many_flows: int
    live_packets: int  # in the file, which is replayed `loops` times
    loops: int
    spoofed: int
    large_keys: int  # series of the large table for scrapes
    offline_rounds: int
    live_rounds: int  # of every part except offline
    page_packets_per_second: int
    page_seconds: int
    page_loads: int  # per round


FULL = Size(5_000_000, 10_000, 200_000, 100_000, 20, 2_000_000, 100_000, 7, 5,
            500_000, 10, live_page.LOADS)
QUICK = Size(50_000, 1_000, 20_000, 5_000, 4, 30_000, 12_000, 1, 1, 10_000, 2,
             1)
# A key gets a series after 8 recent packets, so these must be close to each other.
FILL_BURST = 10

NOTES = """\
- Offline: {size.offline_packets:,} packets of 64–1500 B, of which the file has 96 B
  each, {size.flows:,} flows with equal probability, 5 % of them IPv6; the file is in
  the page cache. Live: {live:,} such packets, complete, sent at top speed over a veth
  pair between two network namespaces; user and system time of the receiver.
- Ratios are ntm's value divided by the other's in the same round. All counts are
  checked, ntm's to the byte: offline in the warm-up, live in every run.
- CPU per packet is per delivered packet; the packets that a program lost are in its
  row.
- Flood: default options; 15 of 16 packets are TCP SYNs of 64 B, each from a new
  source, the 16th is from one of 100 busy hosts: 50 of them sent before the flood, 50
  begin in the middle. Sums are checked at every scrape. RSS before the flood is RSS
  after the first busy hosts and scrapes.
- Scrape: text 0.0.4, one connection; the median of {scrapes}, with gzip of
  {gzip_scrapes}; protobuf where a row says so, of {scrapes}. The text in memory is that
  of the flows' samples, byte for byte, written by the same code from a snapshot; gzip
  in memory is zlib's level 1. A table is full when no new key gets a series: an eighth
  of `--max-series` is reserved for `other`. Traffic is 64 B frames, {size.flows:,}
  flows, at top speed.
- Page: the first chart by the browser's performance marks, the median of
  {size.page_loads} loads; the worst round counts. The cost is measured with WebSocket
  clients on loopback, on any core, while {size.page_packets_per_second:,} packets per
  second of {size.flows:,} flows are sent for {size.page_seconds} s.
"""


def parts(text: str) -> tuple[str, ...]:
    """The parts of "flood,scrape", in the order in which they run."""
    asked = text.split(",")
    for part in asked:
        if part not in PARTS:
            raise argparse.ArgumentTypeError(
                f"{part!r} is none of {', '.join(PARTS)}")
    return tuple(part for part in PARTS if part in asked)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure ntm against its peers; print one Markdown table.")
    parser.add_argument("--ntm", type=Path,
                        default=PROJECT / "build/release/ntm",
                        help="the program (default: the release build)")
    parser.add_argument("--make-traffic", type=Path,
                        help="the traffic maker (default: beside the program)")
    parser.add_argument("--work", type=Path, default=PROJECT / "build/bench",
                        help="where traffic files are kept")
    parser.add_argument("--only", type=parts, default=PARTS,
                        metavar="PART,…", help="some parts alone: " +
                        ", ".join(PARTS))
    parser.add_argument("--quick", action="store_true",
                        help="small sizes: a smoke test, limits are not checked")
    parser.add_argument("--check", action="store_true",
                        help="exit 1 if a limit is exceeded")
    parser.add_argument("--rounds", type=int, help="how often each is run")
    parser.add_argument("--markdown", type=Path, metavar="OUT",
                        help="also write the table as a page")
    parser.add_argument("--json", type=Path, metavar="OUT",
                        help="also write every sample")
    given = parser.parse_args()
    given.ntm = given.ntm.resolve()
    given.make_traffic = (given.make_traffic or
                          given.ntm.with_name("ntm_make_traffic")).resolve()
    if given.rounds is not None and given.rounds < 1:
        parser.error("--rounds must be at least 1")
    for program in (given.ntm, given.make_traffic):
        if not program.is_file():
            parser.error(f"{program}: no such program; build it first "
                         "(make bench does)")
    return given


def offline_rows(given: argparse.Namespace, size: Size) -> list[Row]:
    few, many = (make_traffic(given.make_traffic, given.work,
                              packets=size.offline_packets, flows=flows,
                              snaplen=96)
                 for flows in (size.flows, size.many_flows))
    scratch = given.work / "scratch"
    return [*offline.measure_offline(given.ntm, few, many, scratch,
                                     given.rounds or size.offline_rounds),
            *packed.measure_packed(given.ntm, offline.PART, few, scratch)]


def live_rows(given: argparse.Namespace, size: Size) -> list[Row]:
    traffic = make_traffic(given.make_traffic, given.work,
                           packets=size.live_packets, flows=size.flows,
                           snaplen=0)
    return live.measure_live(given.ntm, traffic, size.loops,
                             given.work / "scratch",
                             given.rounds or size.live_rounds)


def flood_rows(given: argparse.Namespace, size: Size) -> list[Row]:
    made = flood.make_flood(given.make_traffic, given.work, size.spoofed)
    return flood.measure_flood(given.ntm, made, given.work / "scratch",
                               given.rounds or size.live_rounds)


def scrape_rows(given: argparse.Namespace, size: Size) -> list[Row]:
    rounds = given.rounds or size.live_rounds
    scratch = given.work / "scratch"

    def short_frames(packets: int, flows: int, *more: str) -> Traffic:
        return make_traffic(given.make_traffic, given.work, "--max-wire-bytes",
                            "64", *more, packets=packets, flows=flows,
                            snaplen=0)

    def fill(flows: int) -> Traffic:
        return short_frames(flows * FILL_BURST, flows, "--burst",
                            str(FILL_BURST))

    tool = given.ntm.with_name("ntm_time_exposition")
    rows = attempt(scrape.PART, lambda: scrape.measure_text(
        tool, size.large_keys, rounds, scratch))
    sizes = scrape.Sizes(size.large_keys, fill(size.large_keys),
                         fill(scrape.DEFAULT_MAX_SERIES),
                         short_frames(size.live_packets, size.flows),
                         size.loops)
    return rows + attempt(scrape.PART, lambda: scrape.measure_scrape(
        given.ntm, tool, sizes, scratch, rounds))


def page_rows(given: argparse.Namespace, size: Size) -> list[Row]:
    rounds = given.rounds or size.live_rounds
    scratch = given.work / "scratch"
    traffic = make_traffic(given.make_traffic, given.work,
                           packets=size.live_packets, flows=size.flows,
                           snaplen=0)
    speed = size.page_packets_per_second
    loops = size.page_seconds * speed // size.live_packets
    return attempt(live_page.PART, lambda: live_page.measure_first_chart(
        given.ntm, scratch, size.page_loads, rounds)) + attempt(
            live_page.PART, lambda: live_page.measure_clients(
                given.ntm, traffic, speed, loops, scratch, rounds))


MEASURE = {offline.PART: offline_rows, live.PART: live_rows,
           flood.PART: flood_rows, scrape.PART: scrape_rows,
           live_page.PART: page_rows}


def attempt(part: str, measured: Callable[[], list[Row]]) -> list[Row]:
    """Its rows, or one row that says why there are none."""
    try:
        return measured()
    except Skipped as reason:
        say(f"{part}: skipped: {reason}")
        return [Row(part, "all", skipped=str(reason))]


def measure(given: argparse.Namespace, size: Size) -> list[Row]:
    rows = []
    for part in given.only:
        rows += attempt(part, lambda: MEASURE[part](given, size))
    return rows


def main() -> int:
    given = options()
    size = QUICK if given.quick else FULL
    # Namespaces are removed at the end, so SIGTERM must unwind, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        rows = measure(given, size)
    except BenchError as failure:
        say(f"bench: {failure}")
        return 1
    facts = machine()
    table = markdown_table(rows, judge=not given.quick)
    print(f"{table}\n\n{caption(facts)}")
    if given.markdown:
        notes = NOTES.format(size=size, live=size.live_packets * size.loops,
                             scrapes=scrape.SCRAPES,
                             gzip_scrapes=scrape.GZIP_SCRAPES)
        given.markdown.write_text(page(table, facts, notes), encoding="utf-8")
    if given.json:
        measured = {"machine": facts, "rows": [row.facts() for row in rows]}
        given.json.write_text(json.dumps(measured, indent=2) + "\n",
                              encoding="utf-8")
    if all(row.skipped for row in rows):
        return SKIPPED_EXIT
    missed = not given.quick and any(row.missed() for row in rows)
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
