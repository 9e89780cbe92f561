"""Rules of traffic classes over HTTP, and the kernel's queues in /metrics."""

import contextlib
import json
import pathlib

import pytest

import iperf
import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

GAME = {"traffic_type": "game", "min_bandwidth": 1, "max_bandwidth": 20.5,
        "priority": 2, "dscp": 34}


TOKEN = "0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class LiveQosTest(LiveCase):
    def token_file(self):
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        tokens = pathlib.Path(folder.name, "tokens")
        tokens.write_text(TOKEN + "\n", encoding="ascii")
        tokens.chmod(0o644)
        return tokens

    def post(self, ntm, path, value, status=200):
        answer = ntm.fetch(
            path, method="POST", body=json.dumps(value),
            headers={**BEARER, "Content-Type": "application/json"})
        self.assertEqual(answer.status, status, answer.text)
        return json.loads(answer.text)

    def rules(self, ntm):
        return json.loads(
            ntm.fetch("/qos/rules", headers=BEARER).text)["rules"]

    def test_a_rule_that_is_kept_needs_a_token_from_this_machine_too(self):
        with self.ntm("--no-database") as ntm:
            self.assertIn("--token-file",
                          self.post(ntm, "/qos/rule", GAME, 403)["error"])
            self.assertNotIn("game", self.rules(ntm))

    def test_rules_are_set_and_kept_over_a_restart(self):
        with contextlib.ExitStack() as stack:
            flags = ("--token-file", self.token_file())
            ntm = stack.enter_context(self.ntm(*flags))
            state = ntm.state.name
            self.assertEqual(self.rules(ntm)["voice"], {
                "min_bandwidth": 0.1, "max_bandwidth": 10.0, "priority": 3,
                "dscp": 46})
            self.post(ntm, "/qos/rule", GAME)
            self.post(ntm, "/qos/rule", {**GAME, "priority": 4}, 422)
            rules = self.rules(ntm)
            self.assertEqual(rules["game"], {
                key: GAME[key] for key in GAME if key != "traffic_type"})
            self.assertEqual(len(rules), 5)
            ntm.stop()
            again = stack.enter_context(
                self.ntm(*flags, env={"STATE_DIRECTORY": state}))
            self.assertEqual(self.rules(again), rules)

    def test_rules_live_without_a_database(self):
        with self.ntm("--no-database", "--qos-rule", "game=1/2/0/0",
                      "--qos-rule", "video=6/7/3/46", "--token-file",
                      self.token_file()) as ntm:
            self.post(ntm, "/qos/rule", GAME)
            self.assertEqual(self.rules(ntm)["game"]["max_bandwidth"], 20.5)
            self.assertEqual(self.rules(ntm)["video"]["max_bandwidth"], 7.0)
            shares = self.post(ntm, "/allocate", {"predictions": [
                {"traffic_type": "game", "current_throughput": 30}]})
            self.assertEqual(shares["allocations"], {"game": 20.5})
            self.assertEqual(shares["remaining"], 79.5)

    def test_verdicts_follow_the_rules(self):
        with self.ntm("--no-database") as ntm:
            for current, action in ((60, "throttle"), (1, "prioritize"),
                                    (20, "maintain")):
                self.assertEqual(self.post(ntm, "/qos/apply", {
                    "flow_id": "f", "traffic_type": "video",
                    "current_bandwidth": current})["action"], action)
            self.assertEqual(self.post(ntm, "/qos/apply", {
                "traffic_type": "unheard", "current_bandwidth": 1})["action"],
                "none")

    def test_allocation_follows_what_is_sent(self):
        with self.ntm("--no-database", "--max-bandwidth", "100M") as ntm:
            sender = self.here.socket(netns.socket.AF_INET,
                                      netns.socket.SOCK_DGRAM)
            self.addCleanup(sender.close)

            def is_allocated(scrape):
                for _ in range(20):
                    sender.sendto(b"x" * 1000, (netns.THERE_IP, 5004))
                one = {"class": "video"}
                predicted = scrape.sum("ntm_qos_predicted_bytes_per_second",
                                       **one)
                allocated = scrape.sum("ntm_qos_allocated_bytes_per_second",
                                       **one)
                return predicted > 0 and abs(
                    allocated - 1.2 * predicted) < 1e-6 * predicted
            scrape = ntm.wait_for(is_allocated, "a share for video")
            self.assertEqual(scrape.value("ntm_qos_total_bytes_per_second",
                                          interface="va"), 12.5e6)
            self.assertEqual(scrape.value("ntm_qos_enforced",
                                          interface="va"), 0)
            self.assertEqual(scrape.sum("ntm_qos_min_bytes_per_second",
                                        **{"class": "video"}), 625000)
            expected = self.post(ntm, "/allocate", {"predictions": [
                {"traffic_type": "video"}]})
            self.assertGreater(expected["allocations"]["video"], 0)

    def test_queues_of_other_programs_are_reported(self):
        self.here.run("tc", "qdisc", "add", "dev", "va", "root", "handle",
                      "7:", "htb", "default", "10")
        self.here.run("tc", "class", "add", "dev", "va", "parent", "7:",
                      "classid", "7:10", "htb", "rate", "1mbit")
        with self.ntm("--no-database") as ntm:
            self.here.ping(netns.THERE_IP, count=5)
            root = {"interface": "va", "kind": "htb", "handle": "7:",
                    "parent": "root"}

            def told(scrape):
                return scrape.sum("ntm_qdisc_packets_total", **root) >= 5
            scrape = ntm.wait_for(told, "the packets of the queue")
            self.assertEqual(scrape.sum("ntm_qdisc_packets_total", **root,
                                        root="true"),
                             scrape.sum("ntm_qdisc_class_packets_total",
                                        interface="va", handle="7:10"))
            self.assertGreaterEqual(
                scrape.sum("ntm_qdisc_class_bytes_total", handle="7:10"),
                5 * 98)

    def test_an_active_flow_appears_and_leaves(self):
        iperf.require()
        stream = iperf.Stream(self.here, self.there, 5004, 6, mbit=5)
        self.addCleanup(stream.close)
        with self.ntm("--no-database", "--idle-timeout", "1s",
                      "--max-bandwidth", "100M") as ntm:
            def flows():
                answer = ntm.fetch("/api/flows?host=" + netns.THERE_IP)
                return [flow for flow in json.loads(answer.text).get(
                    "flows", []) if flow["proto"] == "udp"
                    and flow["src"] == netns.HERE_IP]
            ntm_process.poll(lambda: ntm.fetch("/api/flows").status == 200)
            stream.start()
            # iperf3 starts slowly; its control traffic is small.
            ntm_process.poll(lambda: self.there.counters("vb")["rx_bytes"] >
                             20_000, what="the stream")
            flow = ntm_process.poll(flows, 2 * ntm_process.PATIENCE,
                                    "the flow within 2 s")[0]
            self.assertEqual(flow["class"], "video")
            self.assertEqual(flow["priority"], 3)

            def is_measured():
                found = flows()
                return found and (found[0]["bytes_per_second"] or 0) > 4e5 \
                    and (found[0]["allocated_bytes_per_second"] or 0) > 0
            ntm_process.poll(is_measured, what="its bandwidths")
            stream.received_mbit()
            ntm_process.poll(lambda: not flows(), what="its end")
