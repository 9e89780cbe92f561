"""--qos-enforce on a veth of 100 Mbit/s: what the queues do and leave."""

import contextlib
import json
import pathlib
import signal
import subprocess
import unittest

import iperf
import netns
import ntm_process
from live import LiveCase

RULES = ("video=20/50/3/46", "voice=5/10/3/46", "file=0.5/100/1/10",
         "background=0/100/0/0")
FLAGS = ("--no-database", "--max-bandwidth", "100M",
         *(word for rule in RULES for word in ("--qos-rule", rule)))
OURS = "4e54:"


class LiveQosEnforcedTest(LiveCase):
    def setUp(self):
        super().setUp()
        probe = self.here.run("tc", "qdisc", "add", "dev", "va", "root",
                              "htb", check=False)
        if probe.returncode:
            self.skipTest(f"this kernel has no HTB: {probe.stderr.strip()}")
        self.here.run("tc", "qdisc", "del", "dev", "va", "root")

    def roots(self):
        queues = json.loads(self.here.run("tc", "-j", "qdisc", "show", "dev",
                                          "va").stdout)
        return [queue["handle"] for queue in queues if queue.get("root")]

    def classes(self):
        # tc's JSON of classes is none in Debian 12.
        return self.here.run("tc", "class", "show", "dev",
                             "va").stdout.splitlines()

    def enforced(self, *flags, **how):
        return self.ntm(*FLAGS, "--qos-enforce", *flags, **how)

    @contextlib.contextmanager
    def enforced_with_token(self):
        """(ntm, post(rule)): who changes what is enforced shows a token."""
        with ntm_process.open_folder() as folder:
            tokens = pathlib.Path(folder, "tokens")
            tokens.write_text("right\n")
            with self.enforced("--token-file", tokens) as ntm:
                self.wait_enforced(ntm)

                def post(rule, token="right"):
                    return ntm.fetch(
                        "/qos/rule", method="POST", body=json.dumps(rule),
                        headers={"Authorization": f"Bearer {token}"}).status
                yield ntm, post

    def wait_enforced(self, ntm, value=1):
        return ntm.wait_for(lambda scrape: scrape.sum("ntm_qos_enforced") ==
                            value, f"ntm_qos_enforced {value}")

    def test_minimums_are_held_only_when_enforced(self):
        iperf.require()
        # A short queue: who sends from this machine would wait at a long one.
        self.here.run("tc", "qdisc", "add", "dev", "va", "root", "tbf", "rate",
                      "100mbit", "burst", "32k", "latency", "5ms")
        without = self.rates(5)
        self.assertLess(min(without["video"] / 20, without["voice"] / 5), 0.95,
                        without)
        self.here.run("tc", "qdisc", "del", "dev", "va", "root")
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            rates = self.rates(20)
            self.assertGreaterEqual(rates["video"], 0.95 * 20, rates)
            self.assertGreaterEqual(rates["voice"], 0.95 * 5, rates)
            self.assertGreater(sum(rates.values()), 80, rates)
            self.assertLess(sum(rates.values()), 101, rates)
            scrape = ntm.scrape()
            # Background, last in line, gets what is left: next to nothing.
            for name, least in (("video", 1e7), ("voice", 1e6), ("file", 1e7),
                                ("background", 1e3)):
                self.assertGreater(scrape.sum("ntm_qdisc_class_bytes_total",
                                              **{"class": name}), least, name)

    def rates(self, seconds):
        with contextlib.ExitStack() as stack:
            streams = {
                name: iperf.Stream(self.here, self.there, port, seconds, mbit,
                                   parallel=4 if name == "background" else 1)
                for name, port, mbit in (
                    ("video", 5004, 20), ("voice", 16384, 5),
                    ("file", 8080, None), ("background", 3306, 50))}
            for stream in streams.values():
                stack.callback(stream.close)
                stream.start()
            return {name: stream.received_mbit()
                    for name, stream in streams.items()}

    def test_background_gets_all_that_nobody_uses(self):
        iperf.require()
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            stream = iperf.Stream(self.here, self.there, 3306, 4).start()
            self.addCleanup(stream.close)
            self.assertGreater(stream.received_mbit(), 80)

    def test_queues_go_when_ntm_ends(self):
        before = self.roots()
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            self.assertEqual(self.roots(), [OURS])
            status = self.verb("status")
            self.assertIn("video", status)
        self.assertEqual(self.roots(), before)

    def verb(self, word):
        return self.here.run(str(ntm_process.BINARY), "qos", word).stdout

    def test_queues_of_a_killed_run_go_at_the_next(self):
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            ntm.stop(signal.SIGKILL, -signal.SIGKILL)
        self.assertEqual(self.roots(), [OURS])
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            self.assertIn("an earlier run left", ntm.stderr())
            self.assertEqual(len(self.classes()), 6)
        self.assertNotIn(OURS, self.roots())

    def test_clear_removes_what_a_killed_run_left(self):
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            ntm.stop(signal.SIGKILL, -signal.SIGKILL)
        self.assertIn("va: the queues are removed", self.verb("clear"))
        self.assertNotIn(OURS, self.roots())
        self.assertIn("no queue here is ntm's", self.verb("status"))

    def test_queues_of_another_tool_stay(self):
        self.here.run("tc", "qdisc", "add", "dev", "va", "root", "handle",
                      "7:", "htb")
        with self.enforced() as ntm:
            ntm_process.poll(lambda: "--qos-replace" in ntm.stderr(),
                             what="the remedy")
            self.assertEqual(self.wait_enforced(ntm, 0).sum(
                "ntm_module_up", module="qos"), 1)
        self.assertEqual(self.roots(), ["7:"])
        with self.enforced("--qos-replace") as ntm:
            self.wait_enforced(ntm)
            self.assertEqual(self.roots(), [OURS])

    def test_queues_come_back_with_their_interface(self):
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            self.here.ip("link", "del", "va")
            self.wait_enforced(ntm, 0)
            self.pair.join()
            self.wait_enforced(ntm)
            self.assertEqual(self.roots(), [OURS])

    def test_thousand_rules_leave_no_more_classes(self):
        with self.enforced_with_token() as (_, post):
            before = len(self.classes())
            for turn in range(1000):
                self.assertEqual(post(
                    {"traffic_type": "video", "max_bandwidth": 21 + turn % 50,
                     "priority": turn % 4}), 200)
            self.assertEqual(len(self.classes()), before)

    def test_rules_that_are_enforced_need_a_token(self):
        rule = {"traffic_type": "voice", "max_bandwidth": 33}
        with self.enforced_with_token() as (ntm, post):
            self.assertEqual(post(rule, "wrong"), 401)
            self.assertEqual(post(rule), 200)
        with self.enforced() as ntm:
            answer = ntm.fetch("/qos/rule", method="POST",
                               body=json.dumps(rule))
            self.assertEqual(answer.status, 403)
            self.assertIn("--token-file", answer.text)

    def test_rules_reach_the_queues(self):
        with self.enforced_with_token() as (_, post):
            post({"traffic_type": "voice", "max_bandwidth": 33})

            def is_there():
                return any("ceil 33Mbit" in line for line in self.classes())
            ntm_process.poll(is_there, 20, "the new ceiling")

    def test_dry_run_prints_what_tc_takes(self):
        with self.ntm(*FLAGS, "--qos-enforce", "--qos-dry-run") as ntm:
            ntm_process.poll(lambda: b"flowid" in ntm.stdout())
            commands = ntm.stdout().decode().splitlines()
            self.assertNotIn(OURS, self.roots())
        for command in commands:
            self.here.run(*command.replace("fq_codel", "pfifo").split())
        self.assertEqual(self.roots(), [OURS])
        self.assertEqual(len(self.classes()), 6)

    def test_without_the_right_the_rest_works(self):
        before = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-all"]
        probe = subprocess.run([*before, "true"], check=False)
        if probe.returncode:
            self.skipTest("setpriv cannot drop rights here (package util-linux)")
        with self.enforced(before=before) as ntm:
            ntm_process.poll(lambda: "CAP_NET_ADMIN" in ntm.stderr(),
                             what="the remedy")
            self.assertEqual(ntm.scrape().sum("ntm_module_up", module="qos"), 1)
        self.assertNotIn(OURS, self.roots())


if __name__ == "__main__":
    unittest.main()
