#!/usr/bin/env python3
"""Tests of the parts of the benchmark that judge: counts, ratios, verdicts."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from measure import BenchError, Samples, Skipped, check_counts, sum_of
from offline import PEERS
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
    """run.py as a whole, with scripts in the place of ntm and its traffic."""

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
            # No peer is found, whatever is installed.
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
        done = self.run_bench(right, "--markdown", page, "--json", samples)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = json.loads(samples.read_text())["rows"]
        self.assertEqual(len(rows), 2 + len(PEERS))
        self.assertEqual(len(rows[0]["values"]), 2)
        table = done.stdout.partition("\n\n")[0]
        self.assertIn(table, page.read_text())
        self.assertNotIn(str(self.folder), page.read_text())


if __name__ == "__main__":
    unittest.main()
