"""Capture files: every format and byte order, truncated files, other files."""

import re

import mixed
import ntm_process
import pcap_files
from files import FileCase

# The families for a file: traffic, capture, decode, class and build.
FILE_FAMILIES = re.compile(
    r"ntm_(bytes|packets)_total$|ntm_(capture|decode|class|file)_"
    r"|ntm_series(_limit)?$|ntm_evicted_|ntm_build_info$|ntm_dscp_"
    r"|ntm_(tcp|dns|icmp|arp)_")


class FileFormatsTest(FileCase):
    def setUp(self):
        super().setUp()
        self.frames = mixed.frames()

    def assert_counted(self, path):
        self.assertEqual(ntm_process.read_file(path).flows(), mixed.FLOWS)

    def test_pcap_of_every_order_and_resolution(self):
        for nanoseconds in (False, True):
            for order in "<>":
                with self.subTest(nanoseconds=nanoseconds, order=order):
                    self.assert_counted(self.capture(
                        self.frames, nanoseconds=nanoseconds,
                        byte_order=order))

    def test_pcapng_of_every_order_and_resolution(self):
        for nanoseconds in (False, True):
            for order in "<>":
                with self.subTest(nanoseconds=nanoseconds, order=order):
                    self.assert_counted(self.write(
                        "capture.pcapng", pcap_files.pcapng(
                            self.frames, nanoseconds, order)))

    def test_every_format_prints_the_same_bytes(self):
        little = ntm_process.run("-r", self.capture(self.frames))
        big = ntm_process.run("-r", self.capture(
            self.frames, "big.pcap", byte_order=">", nanoseconds=True))
        self.assertEqual(little.stdout, big.stdout)

    def test_two_runs_print_the_same_bytes(self):
        path = self.capture(self.frames)
        first, second = (ntm_process.run("-r", path) for _ in range(2))
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout, second.stdout)
        self.assertIn("ntm_bytes_total{", first.stdout)

    def test_stdin_is_read_like_a_file(self):
        content = pcap_files.pcap(self.frames)
        piped = ntm_process.run("-r", "-", stdin=content)
        self.assertEqual(piped.returncode, 0, piped.stderr)
        read = ntm_process.run("-r", self.write("f.pcap", content))
        self.assertEqual(piped.stdout, read.stdout)

    def test_frames_cut_by_the_snaplen_keep_their_wire_bytes(self):
        frames = [frame for frame in self.frames if len(frame) > 200]
        path = self.capture(frames, snaplen=64)
        self.assertEqual(
            ntm_process.read_file(path).sum("ntm_capture_wire_bytes_total"),
            sum(map(len, frames)))

    def test_stdout_holds_the_families_of_a_file_only(self):
        result = ntm_process.run("-r", self.capture(self.frames))
        scrape = ntm_process.exposition.parse(result.stdout)
        for name in scrape.samples:
            self.assertRegex(name, FILE_FAMILIES)
        self.assertEqual(
            scrape.label_values("ntm_capture_packets_total", "interface"),
            {"file"})
        for needed in ("ntm_series", "ntm_series_limit", "ntm_build_info",
                       "ntm_capture_bytes_total"):
            self.assertIn(needed, scrape.samples)

    def test_a_truncated_file_counts_its_complete_packets(self):
        content = pcap_files.pcap(self.frames)
        for name, cut in (("in_data", 5), ("in_header", 272 + 14 + 7)):
            with self.subTest(name):
                path = self.write(f"{name}.pcap", content[:-cut])
                result = ntm_process.run("-r", path)
                self.assertEqual(result.returncode, 0, result.stderr)
                scrape = ntm_process.exposition.parse(result.stdout)
                self.assertEqual(scrape.sum("ntm_packets_total"), 26)
                self.assertIn(path.name, result.stderr)
                self.assertRegex(result.stderr, r"(?i)warn")

    def test_a_truncated_pcapng_file_counts_its_complete_packets(self):
        path = self.write("cut.pcapng", pcap_files.pcapng(self.frames)[:-9])
        result = ntm_process.run("-r", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        scrape = ntm_process.exposition.parse(result.stdout)
        self.assertEqual(scrape.sum("ntm_packets_total"), 26)

    def test_a_file_truncated_before_its_first_packet_is_refused(self):
        path = self.write("cut.pcap", pcap_files.pcap(self.frames)[:24 + 16 + 9])
        result = ntm_process.run("-r", path)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("cut.pcap", result.stderr)

    def test_a_file_that_is_not_a_capture_is_refused(self):
        self.write("empty.pcap", b"")
        self.write("text.pcap", b"this is no capture at all, is it?\n" * 9)
        self.write("magic.pcap", pcap_files.pcap(self.frames)[:10])
        for name in ("missing.pcap", "empty.pcap", "text.pcap", "magic.pcap",
                     "."):
            with self.subTest(name):
                line = self.refuses("-r", self.folder / name)
                self.assertIn(str(self.folder / name), line)

    def test_empty_stdin_is_refused(self):
        self.refuses("-r", "-", stdin=b"")

    def test_count_ends_after_that_many_packets(self):
        path = self.capture(self.frames)
        for arguments, expected in ((("--count", "10"), 10),
                                    (("--count", "2", "udp"), 2),
                                    (("--count", "1000"), 27)):
            with self.subTest(arguments):
                scrape = ntm_process.read_file(path, *arguments)
                self.assertEqual(scrape.sum("ntm_packets_total"), expected)
                self.assertEqual(scrape.sum("ntm_capture_packets_total"),
                                 expected)
