"""/ws and /api/live: the data of the live page."""

import json
import time

import pytest

import frames
import netns
import ntm_process
import websocket
from live import LiveCase

pytestmark = pytest.mark.races

HERE = netns.HERE_IP
WEB = "198.51.100.7"


class LiveWebSocketTest(LiveCase):
    def listen(self, ntm, **how):
        return websocket.WebSocket(
            ntm.connect((ntm.host, ntm.port)), **how)

    def send(self, count=50, size=1000, port=1935):
        self.there.send_frames("vb", [
            frames.udp_frame(WEB, HERE, port, 40000, b"x" * size,
                             dst_mac=netns.HERE_MAC) for _ in range(count)])

    def test_both_events_arrive_within_two_seconds_of_the_summary(self):
        with self.ntm() as ntm, self.listen(ntm) as events:
            self.assertEqual(events.status, 101)
            began = time.monotonic()
            names = [events.event()[0] for _ in range(3)]
            self.assertLess(time.monotonic() - began, 2 * ntm_process.PATIENCE)
        self.assertEqual(names,
                         ["summary", "traffic-update", "traffic-by-type"])

    @pytest.mark.long
    def test_the_interval_of_events_is_adjustable(self):
        with self.ntm("--ws-interval", "3s") as ntm, self.listen(ntm) as events:
            name, summary = events.event()
            self.assertEqual((name, summary["interval_seconds"]),
                             ("summary", 3))
            times = []
            while len(times) < 5:
                if events.event()[0] == "traffic-update":
                    times.append(time.monotonic())
        # The first arrives with the next tick, and a tick may be late.
        pauses = sorted(b - a for a, b in zip(times[1:], times[2:]))
        self.assertAlmostEqual(pauses[1], 3, delta=0.5 * ntm_process.PATIENCE)

    def test_updates_have_the_rates_of_the_traffic(self):
        with self.ntm() as ntm, self.listen(ntm) as events:
            while events.event()[0] != "traffic-by-type":
                pass  # from the first update on there are rates
            sent = 50 * (1000 + 28)
            rates = []
            # A tick that is late makes its own rate low and the next one high.
            while len(rates) < 3:
                update, by_type = self.events_of_a_burst(events)
                flow = update["active_flows"][0]
                self.assertEqual((flow["src"], flow["dst"]), (WEB, HERE))
                self.assertGreater(by_type["video"]["bytes_per_second"], 0)
                self.assertEqual(update["remote_hosts"][0]["name"], WEB)
                self.assertEqual(update["local_hosts"][0]["name"], HERE)
                rates.append(flow["bytes_per_second"] / sent)
            # All of them within one tick, or two.
            self.assertTrue(any(0.2 < rate < 1.3 for rate in rates), rates)

    def events_of_a_burst(self, events):
        """Both events of the first tick that has the frames sent now."""
        update = by_type = None
        while update is None or update["active_flows"]:
            name, data = events.event()
            update = data if name == "traffic-update" else update
        self.send()
        while not update["active_flows"]:
            name, data = events.event()
            update = data if name == "traffic-update" else update
        while by_type is None:
            name, data = events.event()
            by_type = data if name == "traffic-by-type" else None
        return update, by_type

    def test_sums_of_the_events_equal_the_scrape(self):
        with self.ntm() as ntm:
            self.send(30)
            self.send(20, port=5060)

            def live():
                return json.loads(ntm.fetch("/api/live").text)
            answer = ntm_process.poll(
                lambda: (a := live()).get("traffic-by-type", {}).get(
                    "voice", {}).get("bytes_total") == 20 * 1028 and a,
                what="voice")
            scrape = ntm.scrape()
        classes = answer["traffic-by-type"]
        self.assertEqual(classes["video"]["bytes_total"], 30 * 1028)
        self.assertEqual(classes["voice"]["bytes_total"], 20 * 1028)
        self.assertEqual(
            sum(c["bytes_total"] for name, c in classes.items()
                if name != "timestamp"), scrape.sum("ntm_bytes_total"))
        self.assertEqual(answer["traffic-update"]["stats"]["total_packets"],
                         scrape.sum("ntm_packets_total"))
        self.assertEqual(
            sum(h["down_bytes_total"] for h in
                answer["traffic-update"]["local_hosts"]), 50 * 1028)

    def test_connections_are_counted(self):
        with self.ntm() as ntm:
            with self.listen(ntm), self.listen(ntm) as last:
                last.event()
                ntm.wait_for(lambda s: s.sum("ntm_websocket_clients") == 2,
                             "two clients")
                ntm.wait_for(
                    lambda s: s.sum("ntm_websocket_sent_messages_total") >= 4,
                    "messages")
            ntm.wait_for(lambda s: s.sum("ntm_websocket_clients") == 0,
                         "no client")

    def test_a_client_that_never_reads_delays_nobody(self):
        with self.ntm() as ntm, self.listen(ntm), self.listen(ntm) as other:
            for _ in range(5):
                other.event()

    def test_ntm_ends_at_once_with_open_websockets(self):
        # No database, because this is not a test of the disk's speed.
        with self.ntm("--no-database") as ntm:
            with self.listen(ntm) as events:
                events.event()
                self.assertLess(ntm.stop(), 1.5 * ntm_process.PATIENCE)
                opcode = 0
                while opcode != 8:
                    opcode, content = events.frame()
                self.assertEqual(int.from_bytes(content[:2], "big"), 1001)
