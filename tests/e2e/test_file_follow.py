"""-r FILE --serve --follow: goes on with files that grow and are rotated."""

import os
import pathlib
import subprocess
import unittest

import mixed
import ntm_process
import pcap_files

FRAMES = mixed.frames()
COUNT = len(FRAMES)


class FollowCase(unittest.TestCase):
    def setUp(self):
        # ntm reads the next files as a user without rights.
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def follow(self, pattern, *arguments):
        return ntm_process.Ntm("-r", self.folder / pattern, "--serve",
                               "--follow", *arguments)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    @staticmethod
    def wait_counted(ntm, frames):
        return ntm.wait_for(
            lambda scrape: scrape.sum("ntm_capture_packets_total") >= frames,
            f"{frames} packets")


class FileFollowTest(FollowCase):
    def test_a_growing_file_is_counted_as_it_grows(self):
        content = pcap_files.pcap(FRAMES)
        path = self.write("growing.pcap", content[:700])
        with self.follow("growing.pcap") as ntm:
            ntm.wait_ready()
            self.assertLess(
                ntm.scrape().sum("ntm_capture_packets_total"), COUNT)
            for begin in range(700, len(content), 97):
                with path.open("ab") as file:
                    file.write(content[begin:begin + 97])
            scrape = self.wait_counted(ntm, COUNT)
            self.assertEqual(scrape.flows(), mixed.FLOWS)
            # The same packets again.
            with path.open("ab") as file:
                file.write(content[24:])
            scrape = self.wait_counted(ntm, 2 * COUNT)
            self.assertEqual(scrape.sum("ntm_capture_packets_total"), 2 * COUNT)
            self.assertEqual(scrape.sum("ntm_file_skipped_bytes_total"), 0)

    def test_a_file_that_is_not_there_yet_is_waited_for(self):
        with self.follow("late*.pcap") as ntm:
            ntm.wait_ready()
            self.write("late1.pcap", pcap_files.pcap(FRAMES))
            self.assertEqual(self.wait_counted(ntm, COUNT).flows(), mixed.FLOWS)

    def test_a_file_that_is_renamed_or_written_anew_goes_on(self):
        path = self.write("log.pcap", pcap_files.pcap(FRAMES))
        with self.follow("log.pcap") as ntm:
            self.wait_counted(ntm.wait_ready(), COUNT)
            path.rename(self.folder / "log.pcap.1")
            self.write("log.pcap", pcap_files.pcapng(FRAMES))
            self.wait_counted(ntm, 2 * COUNT)
            self.write("log.pcap", pcap_files.pcap(FRAMES[:5]))
            scrape = self.wait_counted(ntm, 2 * COUNT + 5)
            self.assertEqual(scrape.sum("ntm_capture_packets_total"),
                             2 * COUNT + 5)

    def test_files_of_a_pattern_are_read_once_and_in_order(self):
        for number in range(3):
            path = self.write(f"f{number}.pcap", pcap_files.pcap(FRAMES))
            os.utime(path, (1000 + number, 1000 + number))
        self.write("other.pcap", pcap_files.pcap(FRAMES))
        with self.follow("f*.pcap") as ntm:
            scrape = self.wait_counted(ntm.wait_ready(), 3 * COUNT)
            self.write("f3.pcap", pcap_files.pcap(FRAMES))
            scrape = self.wait_counted(ntm, 4 * COUNT)
            self.assertEqual(scrape.sum("ntm_capture_packets_total"), 4 * COUNT)

    def test_a_file_that_is_no_capture_is_told_and_passed_over(self):
        with self.follow("f*") as ntm:
            ntm.wait_ready()
            self.write("f1", b"this is a text, not a capture\n")
            ntm_process.poll(
                lambda: "f1: it is neither a pcap nor a pcapng file"
                in ntm.stderr(), what="the message")
            self.write("f2", pcap_files.pcap(FRAMES))
            self.assertEqual(self.wait_counted(ntm, COUNT).flows(), mixed.FLOWS)

    def test_follow_needs_serve_and_one_file(self):
        for arguments, why in ((("-r", "f"), "add --serve"),
                               (("-r", "-", "--serve"), "one --read FILE"),
                               (("-r", "f", "-r", "g", "--serve"),
                                "one --read FILE"),
                               ((), "add --serve")):
            with self.subTest(arguments):
                result = ntm_process.run(*arguments, "--follow")
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(why, result.stderr)


class FileFollowWritersTest(FollowCase):
    """tcpdump and dumpcap as writers, from a file that tcpreplay would send: they
    read one too, so no right is needed."""

    PACKETS = 30_000

    def setUp(self):
        super().setUp()
        frame = FRAMES[0] + b"\0" * 100
        self.source = self.write("source", pcap_files.pcap(
            [frame] * self.PACKETS))

    def test_tcpdump_that_rotates_by_size(self):
        with self.follow("ring.pcap*") as ntm:
            ntm.wait_ready()
            subprocess.run(
                ["tcpdump", "-r", self.source, "-w", self.folder / "ring.pcap",
                 "-C", "1", "-Z", "root"], check=True, timeout=60,
                stderr=subprocess.DEVNULL)
            files = list(self.folder.glob("ring.pcap*"))
            self.assertGreater(len(files), 3)
            scrape = self.wait_counted(ntm, self.PACKETS)
            self.assertEqual(scrape.sum("ntm_capture_packets_total"),
                             self.PACKETS)
            self.assertEqual(scrape.sum("ntm_file_skipped_bytes_total"), 0)

    def test_editcap_that_makes_a_file_per_thousand_packets(self):
        with self.follow("part_*.pcapng") as ntm:
            ntm.wait_ready()
            subprocess.run(
                ["editcap", "-c", "1000", "-F", "pcapng", self.source,
                 self.folder / "part.pcapng"], check=True, timeout=60)
            scrape = self.wait_counted(ntm, self.PACKETS)
            self.assertEqual(scrape.sum("ntm_capture_packets_total"),
                             self.PACKETS)
