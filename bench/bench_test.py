#!/usr/bin/env python3
"""Tests of the benchmark's calculations: counts, ratios, verdicts."""
import argparse
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from flood import (TALKERS_BEFORE, Flood, outcome, shortfalls, together,
                   unaccounted)
from listeners import Listener
from measure import (BenchError, Samples, Talker, Traffic, check_counts,
                     flows_of, sum_of, sums_of)
from offline import PEERS, first_packet, sum_of_column
from run import PARTS, parts
from scrape import limit_with_places, places_for_keys
from table import Row, markdown_table, seconds_text

EXPOSITION = """\
# HELP ntm_packets_total Packets.
# TYPE ntm_packets_total counter
ntm_packets_total{src="a",dst="b } 9",proto="tcp",service=""} 3
ntm_packets_total{src="b",dst="a",proto="tcp",service=""} 9007199254740993
ntm_packets_total_of_another{src="b"} 5
ntm_capture_packets_total{interface="file"} 9007199254740996
ntm_bytes_total{src="a",dst="b",proto="tcp",service=""} 1e+03
"""


class ListenerTest(unittest.TestCase):
    HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

    def setUp(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        self.listener = Listener(server.getsockname()[1])
        self.addCleanup(self.listener.connection.close)

    def test_counts_messages_however_they_are_cut(self):
        stream = self.HEAD
        for size in (5, 200, 70_000):
            length = (bytes([size]) if size < 126 else
                      b"\x7e" + struct.pack("!H", size) if size < 65536 else
                      b"\x7f" + struct.pack("!Q", size))
            stream += b"\x81" + length + b"x" * size
        for begin in range(0, len(stream), 777):
            self.listener.take(stream[begin:begin + 777])
        self.assertEqual((self.listener.messages, self.listener.bytes),
                         (3, len(stream)))

    def test_half_a_message_is_none(self):
        self.listener.take(self.HEAD + b"\x81\x05xxxx")
        self.assertEqual(self.listener.messages, 0)

    def test_a_refusal_is_an_error(self):
        with self.assertRaisesRegex(ConnectionError, "404"):
            self.listener.take(b"HTTP/1.1 404 Not Found\r\n\r\n")


class CountsTest(unittest.TestCase):
    def test_sums_one_family_exactly(self):
        self.assertEqual(sum_of(EXPOSITION, "ntm_packets_total"),
                         9007199254740996)
        self.assertEqual(sum_of(EXPOSITION, "ntm_bytes_total"), 1000)
        self.assertEqual(sum_of(EXPOSITION, "ntm_series"), 0)

    def test_takes_the_right_counts(self):
        check_counts(EXPOSITION, 9007199254740996, 1000)

    def test_refuses_one_packet_or_byte_too_few(self):
        with self.assertRaisesRegex(BenchError, "ntm_capture_packets_total"):
            check_counts(EXPOSITION, 9007199254740997, 1000)
        with self.assertRaisesRegex(BenchError, "ntm_bytes_total is 1,000"):
            check_counts(EXPOSITION, 9007199254740996, 1001)

    def test_reads_flows_whatever_the_order_of_labels(self):
        self.assertEqual(
            flows_of('ntm_bytes_total{dst="b",src="a",proto="x"} 7\n'
                     'ntm_bytes_total{src="a",dst="b",proto="y"} 1\n'
                     'ntm_packets_total{src="a",dst="b",proto="x"} 2\n'
                     'ntm_capture_bytes_total{src="a",dst="b"} 9\n'),
            {("a", "b"): (2, 8)})

    def test_passes_over_what_is_no_number(self):
        self.assertEqual(sums_of("a NaN\na 2\nb +Inf\nc 1.75\n"),
                         {"a": 2, "c": 1})

    def test_sums_a_column_by_its_title(self):
        lines = ["SRC,PACKETS,BYTES", "a,3,9", "b,4,9"]
        self.assertEqual(sum_of_column(lines, "PACKETS"), 7)
        self.assertEqual(sum_of_column(lines, "FLOWS"), 0)
        self.assertEqual(sum_of_column([], "PACKETS"), 0)

    def test_cuts_a_file_after_its_first_packet(self):
        head = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 96, 1)
        first = struct.pack("=IIII", 1, 0, 3, 60) + b"abc"
        second = struct.pack("=IIII", 2, 0, 2, 60) + b"de"
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "whole.pcap")
            whole.write_bytes(head + first + second)
            self.assertEqual(first_packet(whole).read_bytes(), head + first)


def exposition_of(series, captured, evicted=(0, 0), errors=0, dropped=0):
    """`series`: by source and destination, packets and bytes."""
    lines = []
    for (src, dst), (packets, size) in series.items():
        labels = f'{{dst="{dst}",proto="udp",service="",src="{src}"}}'
        lines += [f"ntm_packets_total{labels} {packets}",
                  f"ntm_bytes_total{labels} {size}"]
    return "\n".join(lines + [
        f"ntm_series {len(series)}",
        f'ntm_capture_packets_total{{interface="x"}} {captured[0]}',
        f'ntm_capture_bytes_total{{interface="x"}} {captured[1]}',
        f"ntm_capture_dropped_packets_total {dropped}",
        f"ntm_evicted_packets_total {evicted[0]}",
        f"ntm_evicted_bytes_total {evicted[1]}",
        f"ntm_decode_errors_total {errors}", ""])


class FloodTest(unittest.TestCase):
    def setUp(self):
        early = [Talker(f"e{i}", "z", 10, 100) for i in range(TALKERS_BEFORE)]
        late = [Talker(f"l{i}", "z", 40, 400) for i in range(TALKERS_BEFORE)]
        self.flood = Flood(
            Traffic(Path("before"), 500, 5000, 50, 0, tuple(early)),
            Traffic(Path("flood"), 5000, 50000, 100, 2500,
                    tuple(early + late)))
        # Early talkers sent twice; 7 packets of late ones are missing.
        self.series = {(one.src, "z"): (20, 200) for one in early}
        self.series |= {(one.src, "z"): (33, 330) for one in late}

    def judged(self, **more):
        texts = [exposition_of(self.series, (4150, 4150 * 10), **more)]
        return outcome(texts[0], texts, self.flood, packets_per_second=1.0,
                       growth_bytes=0, peak_growth_bytes=0)

    def test_adds_up_what_a_talker_sends_in_both_files(self):
        expected = together(self.flood.before.talkers,
                            self.flood.flood.talkers)
        self.assertEqual(expected[0], Talker("e0", "z", 20, 200))
        self.assertEqual(expected[TALKERS_BEFORE], Talker("l0", "z", 40, 400))
        self.assertEqual(len(expected), 2 * TALKERS_BEFORE)

    def test_a_talker_without_a_series_is_short_of_all(self):
        self.assertEqual(shortfalls((Talker("a", "b", 3, 9),), {}), [(3, 9)])

    def test_takes_a_flood_that_went_well(self):
        self.series["other", "other"] = (2500 - 350, 25000 - 3500)
        judged = self.judged()
        self.assertEqual((judged.inexact, judged.short_packets), (0, 7))
        self.assertEqual(judged.series, len(self.series))

    def test_sees_one_byte_too_few_of_an_early_talker(self):
        self.series["e3", "z"] = (20, 199)
        self.assertEqual(self.judged().inexact, 1)

    def test_counts_what_is_nowhere(self):
        series = {("a", "b"): (5, 50)}
        self.assertEqual(
            unaccounted(exposition_of(series, (9, 60), (3, 10), errors=1)), 0)
        self.assertEqual(
            unaccounted(exposition_of(series, (9, 60), (3, 9), errors=1)), 1)
        self.assertEqual(
            unaccounted(exposition_of(series, (9, 60), (2, 10), errors=0)), 2)

    def test_counts_spoofed_sources_in_the_upper_half_only(self):
        spoofed = {(f"s{i}", "z"): (1, 10)
                   for i in range(5000 - TALKERS_BEFORE)}
        self.series |= spoofed
        self.assertEqual(self.judged().upper_half, 0)
        self.series["one more", "z"] = (1, 10)
        self.assertEqual(self.judged().upper_half, 1)


class PartsTest(unittest.TestCase):
    def test_runs_parts_in_their_own_order(self):
        self.assertEqual(parts("scrape,offline"), ("offline", "scrape"))
        self.assertEqual(parts(",".join(PARTS)), PARTS)

    def test_refuses_a_part_that_there_is_not(self):
        with self.assertRaisesRegex(argparse.ArgumentTypeError, "'flod'"):
            parts("scrape,flod")

    def test_finds_the_least_limit_that_has_the_places(self):
        for keys in (14, 1000, 8749, 100_000):
            limit = limit_with_places(keys)
            self.assertGreaterEqual(places_for_keys(limit), keys)
            self.assertLess(places_for_keys(limit - 1), keys)
        self.assertEqual(limit_with_places(8749), 9999)


class TableTest(unittest.TestCase):
    def test_compares_round_by_round(self):
        ratio = Samples((1.0, 4.0, 3.0)).over(Samples((2.0, 4.0, 1.0)))
        self.assertEqual(ratio.values, (0.5, 1.0, 3.0))
        self.assertEqual(ratio.median, 1.0)

    def test_judges_the_median_of_the_ratio_not_the_value(self):
        row = Row("part", "what", Samples((100.0,)),
                  ratio=Samples((1.9, 2.0, 9.0)), bar=2.0)
        self.assertFalse(row.missed())
        self.assertEqual(row.cells(judge=True)[3:],
                         ["2.00 (1.90 – 9.00)", "≤ 2.00", "met"])

    def test_marks_a_missed_bar(self):
        row = Row("part", "what", Samples((3.0,)), ratio=Samples((2.01,)),
                  bar=2.0)
        self.assertIn("**missed**", row.cells(judge=True))
        self.assertNotIn("**missed**", row.cells(judge=False))

    def test_one_bad_round_is_enough_where_the_worst_counts(self):
        drops = Samples((0.0, 0.0, 1.0))
        self.assertTrue(Row("p", "w", drops, bar=0, bar_on_worst=True).missed())
        self.assertFalse(Row("p", "w", drops, bar=0).missed())

    def test_says_why_a_row_is_skipped(self):
        rows = [Row("part", "what", skipped="not installed"),
                Row("part", "x", Samples((0.25,)), seconds_text)]
        table = markdown_table(rows, judge=True)
        self.assertEqual(table.splitlines()[2:], [
            "| part | what | skipped: not installed |  |  |  |",
            "| part | x | 0.25 s |  |  |  |"])


class ProgramTest(unittest.TestCase):
    """The whole run.py, with scripts in place of ntm and its traffic."""

    FACTS = {"packets": 50000, "ip_bytes": 7, "flows": 2}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_bench(self, exposition, *options):
        self.script("ntm_make_traffic", ": > \"$8\"",
                    f"echo '{json.dumps(self.FACTS)}'")
        self.script("ntm", f"echo '{exposition}'")
        return subprocess.run(
            [sys.executable, Path(__file__).with_name("run.py"), "--quick",
             "--only", "offline", "--ntm", self.folder / "ntm", "--work",
             self.folder / "work", *options],
            capture_output=True, text=True, timeout=60, check=False,
            # No other program is found, whatever is installed.
            env={**os.environ, "PATH": "/nonexistent"})

    def script(self, name, *lines):
        path = self.folder / name
        path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        path.chmod(0o755)

    def test_refuses_to_time_a_program_that_miscounts(self):
        done = self.run_bench("ntm_capture_packets_total 49999")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assertIn("is 49,999, but the traffic has 50,000", done.stderr)

    def test_writes_every_sample_and_leaves_out_what_is_not_there(self):
        right = ("ntm_capture_packets_total 50000\nntm_packets_total 50000\n"
                 "ntm_bytes_total 7")
        page, samples = self.folder / "page.md", self.folder / "samples.json"
        done = self.run_bench(right, "--rounds", "2", "--markdown", page,
                              "--json", samples)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = json.loads(samples.read_text())["rows"]
        self.assertEqual(len(rows), 4 + len(PEERS))
        self.assertEqual(len(rows[0]["values"]), 2)
        table = done.stdout.partition("\n\n")[0]
        self.assertIn(table, page.read_text())
        self.assertNotIn(str(self.folder), page.read_text())


if __name__ == "__main__":
    unittest.main()
