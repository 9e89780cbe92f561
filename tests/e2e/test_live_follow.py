"""--follow beside dumpcap and tcpdump that capture and rotate their files."""

import pathlib
import subprocess

import frames
import ntm_process
from live import LiveCase

PACKETS = 6000
# Few enough for the writers' buffers.
BURST = 500


def frame(port):
    return frames.udp_frame("10.9.0.2", "10.9.0.1", 1234, port, b"x" * 900)


PROBE, COUNTED = frame(53), frame(123)


class LiveFollowTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def follows(self, pattern, *writer):
        """ntm counts from the files all packets that cross the interface while
        `writer` captures them."""
        def counted(scrape):
            return scrape.sum("ntm_packets_total", service="ntp")

        # dumpcap's files are for their owner only.
        with self.ntm("-r", self.folder / pattern, "--serve", "--follow", "--user",
                      "root", interface=None) as ntm:
            process = subprocess.Popen(
                [*self.here.prefix(), *map(str, writer)],
                stderr=subprocess.DEVNULL)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            self.wait_capturing(ntm)
            for _ in range(PACKETS // BURST):
                self.there.send_frames("vb", [COUNTED] * BURST)
            scrape = ntm.wait_for(lambda scrape: counted(scrape) >= PACKETS,
                                  "all packets")
            self.assertEqual(counted(scrape), PACKETS)
            self.assertEqual(scrape.sum("ntm_file_skipped_bytes_total"), 0)
            self.assertGreater(len(list(self.folder.glob(pattern))), 3)

    def wait_capturing(self, ntm):
        def has_one():
            self.there.send_frames("vb", [PROBE])
            return ntm.scrape().sum("ntm_packets_total")
        ntm_process.poll(has_one, 3 * ntm_process.BOUND,
                         "a packet in the writer's file", interval=0.2)

    def test_tcpdump_that_rotates_by_size(self):
        self.follows("ring.pcap*", "tcpdump", "-i", "va", "-U", "-Z", "root", "-w",
                     self.folder / "ring.pcap", "-C", "1", "udp")

    def test_dumpcap_with_a_ring_of_files(self):
        self.follows("ring_*.pcapng", "dumpcap", "-q", "-i", "va", "-f", "udp",
                     "-b", "filesize:1000", "-b", "files:100", "-w",
                     self.folder / "ring.pcapng")
