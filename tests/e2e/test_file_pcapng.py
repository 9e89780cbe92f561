"""pcapng files as mergecap, dumpcap and cat make them, and compressed files."""

import bz2
import csv
import gzip
import lzma
import shutil
import subprocess
import unittest

import mixed
import ntm_process
import pcap_files
from files import FileCase

FOUND = ntm_process.SHARED / "pcaps" / "found"
# The right answer of each file in FOUND, by source and destination.
TWO_PAIRS = {("10.1.0.1", "10.1.0.2"): (1, 48),
             ("10.1.0.3", "10.1.0.4"): (1, 48)}
ANSWERS = {
    "vntag.pcap": TWO_PAIRS,
    "fabricpath.pcap": TWO_PAIRS,
    "plain.pcap.gz": TWO_PAIRS,
    "two-snaplens.pcapng": TWO_PAIRS,
    "two-linktypes.pcapng": {("10.1.0.1", "10.1.0.2"): (2, 96),
                             ("10.1.0.3", "10.1.0.4"): (1, 48)},
    "two-sections-two-orders.pcapng": TWO_PAIRS,
    "interface-after-packets.pcapng": TWO_PAIRS,
}
TWICE = {key: tuple(2 * value for value in values)
         for key, values in mixed.FLOWS.items()}


def tool(*command, **how):
    return subprocess.run([str(word) for word in command], check=True,
                          stdout=subprocess.PIPE, timeout=60, **how).stdout


def pairs(scrape):
    """(packets, bytes) by source and destination; each has one service here."""
    return {key[:2]: counted for key, counted in scrape.flows().items()}


class FilePcapngTest(FileCase):
    def setUp(self):
        super().setUp()
        self.frames = mixed.frames()

    def test_the_files_that_went_wrong_are_read_right(self):
        if not FOUND.is_dir():
            self.skipTest(f"there is no {FOUND}")
        for name, expected in ANSWERS.items():
            with self.subTest(name):
                scrape = ntm_process.read_file(FOUND / name)
                self.assertEqual(pairs(scrape), expected)
                self.assertEqual(scrape.sum("ntm_file_skipped_bytes_total"), 0)

    def merged(self):
        """All frames on two interfaces with different snap lengths."""
        files = [self.write(f"{snaplen}.pcap", pcap_files.pcap(
            self.frames, snaplen=snaplen)) for snaplen in (65535, 262144)]
        path = self.folder / "merged.pcapng"
        tool("mergecap", "-F", "pcapng", "-w", path, *files)
        return path

    def test_a_merged_file_has_the_packets_of_both(self):
        self.assertEqual(ntm_process.read_file(self.merged()).flows(), TWICE)

    def test_files_put_together_with_cat_are_read_to_the_end(self):
        one = pcap_files.pcapng(self.frames)
        two = pcap_files.pcapng(self.frames, True, ">")
        path = self.write("two.pcapng", one + two)
        self.assertEqual(ntm_process.read_file(path).flows(), TWICE)

    def test_a_filter_holds_for_each_link_type(self):
        raw = [frame[14:] for frame in self.frames if frame[12:14] == b"\x08\0"]
        files = [self.capture(self.frames, "ethernet.pcap"),
                 self.capture(raw, "raw.pcap", linktype=101)]
        path = self.folder / "both.pcapng"
        tool("mergecap", "-F", "pcapng", "-w", path, *files)
        for expression in ("udp", "tcp", "not tcp", "port 53"):
            with self.subTest(expression):
                apart = [ntm_process.read_file(file, expression)
                         for file in files]
                together = ntm_process.read_file(path, expression)
                self.assertGreater(together.sum("ntm_packets_total"), 0)
                self.assertEqual(
                    together.sum("ntm_packets_total"),
                    sum(file.sum("ntm_packets_total") for file in apart))
                self.assertEqual(
                    together.sum("ntm_bytes_total"),
                    sum(file.sum("ntm_bytes_total") for file in apart))

    def named(self, *names):
        """One interface per name ("": none), each with all frames."""
        path = self.folder / "named.pcapng"
        parts = []
        for name in names:
            options = {"if_name": name} if name else {}
            parts.append(pcap_files.pcapng(self.frames, **options))
        return self.write(path.name, b"".join(parts))

    def interfaces(self, path):
        scrape = ntm_process.read_file(
            path, "--labels", "src,dst,proto,service,interface")
        return ({name: scrape.sum("ntm_packets_total", interface=name)
                 for name in scrape.label_values("ntm_packets_total",
                                                 "interface")},
                {name: scrape.sum("ntm_capture_packets_total", interface=name)
                 for name in scrape.label_values("ntm_capture_packets_total",
                                                 "interface")})

    def test_the_interface_label_has_the_names_of_several_interfaces(self):
        frames = len(self.frames)
        for names, expected in (
                (("lan", "wan"), {"lan": frames, "wan": frames}),
                (("lan", "wan", "lan"), {"lan": 2 * frames, "wan": frames}),
                (("lan", "", "wan"), {"lan": frames, "wan": frames,
                                      "file": frames}),
                (("lan",), {"file": frames}),
                (("lan", ""), {"file": 2 * frames}),
                (("", ""), {"file": 2 * frames})):
            with self.subTest(names):
                counted, captured = self.interfaces(self.named(*names))
                self.assertEqual(counted, expected)
                self.assertEqual(captured, expected)

    def test_one_interface_label_without_names_prints_one_series_a_flow(self):
        flows = ntm_process.read_file(self.named("lan", "")).flows()
        self.assertEqual(set(flows), set(mixed.FLOWS))

    def test_compressed_files_and_pipes_are_unpacked(self):
        plain = ntm_process.run("-r", self.capture(self.frames))
        content = pcap_files.pcap(self.frames)
        zstd = tool("zstd", "-c", input=content) if shutil.which("zstd") else b""
        packed = {"f.pcap.gz": gzip.compress(content), "f.pcap.zst": zstd,
                  # The name does not matter.
                  "misnamed.pcap": gzip.compress(content[:900])
                                   + gzip.compress(content[900:])}
        for name, data in packed.items():
            if not data:
                continue
            with self.subTest(name):
                read = ntm_process.run("-r", self.write(name, data))
                self.assertEqual(read.returncode, 0, read.stderr)
                self.assertEqual(read.stdout, plain.stdout)
                piped = ntm_process.run("-r", "-", stdin=data)
                self.assertEqual(piped.stdout, plain.stdout)

    def test_other_compressions_are_refused_with_the_remedy(self):
        content = pcap_files.pcap(self.frames)
        for unpacker, data in (("xzcat", lzma.compress(content)),
                               ("bzcat", bz2.compress(content))):
            with self.subTest(unpacker):
                line = self.refuses("-r", self.write("packed", data))
                self.assertIn(f"{unpacker} FILE | ntm -r -", line)
                self.refuses("-r", "-", stdin=data)

    def test_a_cut_gzip_file_counts_what_is_whole(self):
        packed = gzip.compress(pcap_files.pcap(self.frames * 100),
                               compresslevel=1)
        path = self.write("cut.pcap.gz", packed[:-200])
        result = ntm_process.run("-r", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        line = self.one_line(result.stderr)
        self.assertIn("ends within its compressed data", line)
        self.assertIn("the packets before that are counted", line)
        packets = ntm_process.exposition.parse(result.stdout).sum(
            "ntm_packets_total")
        self.assertGreater(packets, 0)
        self.assertLess(packets, len(self.frames) * 100)

    def test_damage_is_told_once_and_counted(self):
        content = pcap_files.pcapng(self.frames)
        begin = len(pcap_files.pcapng([]))
        gap = b"\xff" * 333
        path = self.write("gap.pcapng", content[:begin] + gap + content[begin:])
        result = ntm_process.run("-r", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"is damaged at byte {begin}: a block of", result.stderr)
        self.assertEqual(result.stderr.count("damaged"), 1)
        scrape = ntm_process.exposition.parse(result.stdout)
        self.assertEqual(scrape.flows(), mixed.FLOWS)
        self.assertEqual(scrape.sum("ntm_file_skipped_bytes_total"), len(gap))

    def test_a_file_of_nothing_but_damage_says_where(self):
        line = self.refuses("-r", self.write(
            "bad.pcap", pcap_files.pcap([]) + b"\xff" * 5000))
        self.assertIn("damaged at byte 24: a packet of 4294967295 bytes", line)


class FileWiresharkTest(unittest.TestCase):
    """Frames and their lengths as Wireshark has them, over all captures given."""

    def test_ntm_and_wireshark_read_the_same_frames(self):
        folder = ntm_process.SHARED / "pcaps"
        files = sorted(path for path in folder.rglob("*")
                       if ".pcap" in path.name and path.is_file())
        if not files:
            self.skipTest(f"there are no captures in {folder}")
        told = tool("capinfos", "-TmrQ", "-c", "-d", *files).decode()
        for name, frames, size in csv.reader(told.splitlines()):
            with self.subTest(name):
                scrape = ntm_process.read_file(name)
                self.assertEqual(
                    (scrape.sum("ntm_capture_packets_total"),
                     scrape.sum("ntm_capture_wire_bytes_total")),
                    (int(frames), int(size)))
