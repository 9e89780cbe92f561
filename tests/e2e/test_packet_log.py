"""The packet log of files: its columns, its rows, its rights."""

import csv
import os
import pathlib
import stat
import tempfile
import unittest

import frames
import ntm_process
import pcap_files
from ntm_process import run

HEADER = ["timestamp", "source_ip", "destination_ip", "source_port",
          "destination_port", "protocol", "traffic_type", "packet_size",
          "priority"]


DIFFERENT = 500


class PacketLogTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "packets.csv"

    def capture(self, count, size=100):
        """A file of `count` UDP frames from consecutive ports."""
        path = self.folder / "in.pcap"
        different = [frames.udp_frame("10.0.0.1", "10.0.0.2", 10000 + i, 5060,
                                      bytes(size))
                     for i in range(min(count, DIFFERENT))]
        path.write_bytes(pcap_files.pcap(
            [different[i % DIFFERENT] for i in range(count)]))
        return path

    def rows(self):
        with open(self.log, newline="", encoding="ascii") as file:
            lines = list(csv.reader(file))
        self.assertEqual(lines[0], HEADER)
        return [dict(zip(HEADER, line)) for line in lines[1:]]

    def test_packet_log_of_a_file_has_a_row_for_each_packet(self):
        done = run("-r", self.capture(7), "--packet-log", self.log)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.rows()
        self.assertEqual([row["source_port"] for row in rows],
                         [str(10000 + i) for i in range(7)])
        self.assertEqual(rows[0]["source_ip"], "10.0.0.1")
        self.assertEqual(rows[0]["destination_port"], "5060")
        self.assertEqual(rows[0]["protocol"], "udp")
        self.assertEqual(rows[0]["traffic_type"], "voice")
        self.assertEqual(rows[0]["packet_size"], str(14 + 20 + 8 + 100))
        self.assertEqual(rows[0]["priority"], "3")
        self.assertEqual(stat.S_IMODE(os.stat(self.log).st_mode) & 0o137, 0)
        self.assertIn("ntm_packet_log_packets_total 7", done.stdout)
        self.assertIn("ntm_packet_log_dropped_total 0", done.stdout)

    def test_packet_log_ends_with_the_count_of_packets(self):
        done = run("-r", self.capture(50), "--packet-log", self.log,
                   "--count", "20")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.rows()), 20)

    def test_packet_log_of_a_long_file_loses_nothing(self):
        # More than the ring holds, read far faster than lines are written.
        count = 200_000
        done = run("-r", self.capture(count, 1), "--packet-log", self.log,
                   timeout=60 * ntm_process.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.rows()
        self.assertEqual(len(rows), count)
        self.assertTrue(all(int(row["source_port"]) == 10000 + i % DIFFERENT
                            for i, row in enumerate(rows)))

    def test_packet_log_can_be_a_sample(self):
        done = run("-r", self.capture(100), "--packet-log", self.log,
                   "--log-sample", "1/10")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([row["source_port"] for row in self.rows()],
                         [str(10009 + 10 * i) for i in range(10)])

    def test_packet_log_shows_aliases_with_anonymize(self):
        done = run("-r", self.capture(1), "--packet-log", self.log,
                   "--anonymize", "--anonymize-key", self.folder / "key")
        self.assertEqual(done.returncode, 0, done.stderr)
        row = self.rows()[0]
        self.assertNotIn("10.0.0.1", row["source_ip"])
        self.assertIn(f'src="{row["source_ip"]}"', done.stdout)

    def test_files_are_read_the_same_without_a_packet_log(self):
        done = run("-r", self.capture(1))
        self.assertNotIn("packet_log", done.stdout)

    def test_wrong_packet_log_options_are_refused(self):
        for wrong in (["--log-sample", "0"], ["--log-sample", "2/3"],
                      ["--log-rows", "0"]):
            with self.subTest(wrong):
                self.assertEqual(run("--check-config", *wrong).returncode, 2)
        self.log.write_text("something else\n")
        done = run("-r", self.capture(1), "--packet-log", self.log)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is not a packet log", done.stderr)
        self.assertEqual(self.log.read_text(), "something else\n")
