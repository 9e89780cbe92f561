"""The packet log of real traffic: file, list and table."""

import csv
import json
import os
import pathlib
import sqlite3
import tempfile

import pytest

import frames
import netns
from live import LiveCase
from ntm_process import poll

pytestmark = pytest.mark.races

LINKS = {"src_mac": netns.THERE_MAC, "dst_mac": netns.HERE_MAC}


def logs(ntm, query=""):
    answer = ntm.fetch("/api/logs" + query)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)["logs"]


class LivePacketLogTest(LiveCase):
    def send(self, count, port=5060, first=20000):
        self.there.send_frames("vb", [
            frames.udp_frame(netns.THERE_IP, netns.HERE_IP, first + i, port,
                             bytes(100), **LINKS) for i in range(count)])

    def wait_for_rows(self, ntm, count):
        # The writer takes it from the ring and adds it to the list.
        ntm.wait_for(lambda _: json.loads(ntm.fetch("/api/logs").text)["rows"]
                     == count, f"{count} rows")

    def test_live_packet_log_row_has_all_fields(self):
        with tempfile.TemporaryDirectory() as folder:
            flags = ("--log-sample", "1/1", "--write-interval", "1")
            state = {"STATE_DIRECTORY": folder}
            pathlib.Path(folder).chmod(0o1777)
            with self.ntm(*flags, "udp", env=state) as ntm:
                self.send(2)
                self.wait_for_rows(ntm, 2)
                row = logs(ntm)[1]
                self.assertEqual(
                    {key: row[key] for key in row
                     if key not in ("id", "timestamp", "throughput")},
                    {"sourceIp": netns.THERE_IP,
                     "destinationIp": netns.HERE_IP, "sourcePort": 20000,
                     "destinationPort": 5060, "protocol": "udp",
                     "trafficType": "voice", "packetSize": 142,
                     "priority": 3})
                self.assertGreaterEqual(row["throughput"], 0)
                self.assertRegex(row["timestamp"],
                                 r"^20\d\d-\d\d-\d\dT[\d:]{8}\.\d{6}Z$")
                before = logs(ntm)
            rows = sqlite3.connect(f"{folder}/history.db").execute(
                "SELECT timestamp, sourceIp, destinationIp, protocol,"
                " trafficType, packetSize, priority FROM traffic_logs"
                " ORDER BY id").fetchall()
            self.assertEqual(rows[0], (
                row["timestamp"], netns.THERE_IP, netns.HERE_IP, "udp",
                "voice", 142, 3))
            self.assertEqual(len(rows), 2)
            with self.ntm(*flags, "udp", env=state) as ntm:
                self.assertEqual(logs(ntm), before)

    def test_packet_log_pages_are_disjoint_and_the_newest_comes_first(self):
        with self.ntm("--log-sample", "1/1", "udp") as ntm:
            self.send(30)
            self.send(10, port=1935, first=30000)
            self.wait_for_rows(ntm, 40)
            pages = [logs(ntm, f"?limit=15&offset={offset}")
                     for offset in (0, 15, 30)]
            self.assertEqual([len(page) for page in pages], [15, 15, 10])
            ids = [row["id"] for page in pages for row in page]
            self.assertEqual(ids, sorted(set(ids), reverse=True))
            self.assertEqual(pages[0][0]["sourcePort"], 30009)
            self.assertEqual(len(logs(ntm, "?type=video")), 10)
            # Pages that are stable while packets are added.
            first = logs(ntm, "?limit=15")
            self.send(5, first=40000)
            self.wait_for_rows(ntm, 45)
            second = logs(ntm, f"?limit=15&before={first[-1]['id']}")
            self.assertEqual(second, pages[1])
            self.assertEqual(ntm.fetch("/api/logs?limit=x").status, 400)

    def test_live_packet_log_ends_with_the_count_of_packets(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder, "packets.csv")
            with self.ntm("--packet-log", log, "--count", "25", "udp",
                          ready=True) as ntm:
                self.send(60)
                ntm.process.wait(20)
                ntm.stopped = True
                self.assertEqual(ntm.process.returncode, 0, ntm.stderr())
            with open(log, newline="", encoding="ascii") as file:
                rows = list(csv.reader(file))
            self.assertEqual(rows[0][0], "timestamp")
            self.assertEqual([row[3] for row in rows[1:]],
                             [str(20000 + i) for i in range(25)])

    def test_slow_packet_log_counts_dropped_packets(self):
        """The writer is blocked by a full pipe; the capture continues."""
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder).chmod(0o1777)
            fifo = pathlib.Path(folder, "fifo")
            os.mkfifo(fifo)
            with open(fifo, "r+b", buffering=0) as pipe, \
                    self.ntm("--packet-log", fifo, "udp") as ntm:
                some = [frames.udp_frame(netns.THERE_IP, netns.HERE_IP, 20000,
                                         5060, b"", **LINKS)] * 10_000
                sent = 0
                dropped = 0
                while not dropped:
                    self.there.send_frames("vb", some)
                    sent += len(some)
                    self.assertLess(sent, 1_000_000)
                    dropped = ntm.scrape().value("ntm_packet_log_dropped_total")
                # Every frame was counted or reported as dropped.
                ntm.wait_for(
                    lambda s: s.sum("ntm_capture_packets_total")
                    + s.sum("ntm_capture_dropped_packets_total") == sent,
                    "every frame")
                scrape = ntm.scrape()
                self.assertEqual(
                    scrape.value("ntm_packet_log_packets_total")
                    + scrape.value("ntm_packet_log_dropped_total"),
                    scrape.sum("ntm_capture_packets_total"))
                # So that ntm can stop.
                os.set_blocking(pipe.fileno(), False)
                ntm.process.terminate()
                ntm.stopped = True

                def has_ended():
                    while pipe.read(1 << 16):
                        pass
                    return ntm.process.poll() is not None
                poll(has_ended, what="its end")
                self.assertEqual(ntm.process.returncode, 0, ntm.stderr())
