"""Classes of traffic: ntm_class_* and ntm_dscp_bytes_total of a file."""

import frames as f
import ntm_process
from files import FileCase

LAN, WEB = "192.168.0.10", "93.184.216.34"
HEAD = 20 + 8  # IPv4 and UDP
SENT = {"video": (5004, 1000, 7), "voice": (5060, 160, 11),
        "file": (443, 1200, 5), "background": (53, 60, 3),
        "other": (50000, 500, 2)}


def with_dscp(frame, dscp):
    """The frame with another DSCP in its IPv4 header, and the right checksum."""
    head = bytearray(frame[14:34])
    head[1] = dscp << 2
    head[10:12] = b"\0\0"
    head[10:12] = f.checksum(bytes(head)).to_bytes(2, "big")
    return frame[:14] + bytes(head) + frame[34:]


class ClassesTest(FileCase):
    def read(self, frames, *arguments):
        return ntm_process.read_file(self.capture(frames), *arguments)

    def test_class_bytes_equal_the_bytes_sent(self):
        scrape = self.read([
            f.udp_frame(LAN, WEB, 40000, port, b"x" * size)
            for port, size, count in SENT.values() for _ in range(count)])
        for name, (_, size, count) in SENT.items():
            self.assertEqual(scrape.sum("ntm_class_bytes_total",
                                        **{"class": name}),
                             count * (HEAD + size))
            self.assertEqual(scrape.sum("ntm_class_packets_total",
                                        **{"class": name}), count)
        self.assertEqual(scrape.sum("ntm_class_bytes_total"),
                         scrape.sum("ntm_capture_bytes_total"))

    def test_both_directions_have_the_same_class(self):
        scrape = self.read([f.udp_frame(LAN, WEB, 40000, 5060),
                            f.udp_frame(WEB, LAN, 5060, 40000)])
        for direction in ("out", "in"):
            self.assertEqual(scrape.value(
                "ntm_class_packets_total", interface="file",
                direction=direction, **{"class": "voice"}), 1)

    def test_class_sums_stay_exact_when_series_end(self):
        frames = [f.udp_frame(f"10.1.{n // 200}.{n % 200 + 1}", WEB, 40000,
                              5000 + n % 100) for n in range(1000)]
        scrape = self.read(frames, "--max-series", "16")
        self.assertEqual(scrape.sum("ntm_class_packets_total"), 1000)
        self.assertEqual(scrape.sum("ntm_class_bytes_total"),
                         scrape.sum("ntm_capture_bytes_total"))

    def test_classes_are_configurable(self):
        sent = [f.udp_frame(LAN, WEB, 40000, 27015),
                f.udp_frame(LAN, WEB, 40000, 443),
                f.udp_frame(LAN, WEB, 40000, 5060)]
        file = self.write("ntm.yaml", b"class: [game=27000-27030, other=443]\n")
        scrape = self.read(sent, "-c", file)
        counted = {name: scrape.sum("ntm_class_packets_total",
                                    **{"class": name})
                   for name in ("game", "other", "voice", "file")}
        self.assertEqual(counted, {"game": 1, "other": 1, "voice": 1,
                                   "file": 0})

    def test_dscp_is_counted_and_can_set_the_class(self):
        sent = [with_dscp(f.udp_frame(LAN, WEB, 40000, 443, b"x" * 72), 46),
                f.udp_frame(LAN, WEB, 40000, 443)]
        scrape = self.read(sent)
        self.assertEqual(scrape.value("ntm_dscp_bytes_total", dscp="46"),
                         HEAD + 72)
        self.assertEqual(scrape.value("ntm_dscp_bytes_total", dscp="0"), HEAD)
        self.assertEqual(scrape.sum("ntm_class_packets_total",
                                    **{"class": "file"}), 2)
        scrape = self.read(sent, "--classify", "dscp,port")
        for name in ("voice", "file"):
            self.assertEqual(scrape.sum("ntm_class_packets_total",
                                        **{"class": name}), 1)

    def test_wrong_classes_are_refused(self):
        path = self.capture([])
        for words in (["--class", "Game=1"], ["--class", "game=99999"],
                      ["--class", "game"], ["--classify", "tos"]):
            result = ntm_process.run("-r", path, *words)
            self.assertEqual(result.returncode, 2, words)
            self.assertIn(words[0], result.stderr)
