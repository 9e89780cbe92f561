"""An agent and its hub: two processes in two network namespaces, over TLS."""

import calendar
import contextlib
import json
import pathlib
import re
import shlex
import signal
import time

import pytest

import netns
import ntm_process
import tls
from live import LiveCase

pytestmark = pytest.mark.races

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "agents.md"
TOKEN = "0123456789abcdef0123456789abcdef"
HUB = (netns.HERE_IP, 8443)


def moment(text):
    """Seconds since the epoch of "2026-01-31T23:59:59.123Z"."""
    whole, fraction = text.rstrip("Z").split(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + \
        float("0." + fraction)


def zulu(text):
    """Seconds since the epoch of "2026-01-31T23:59:59Z"."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


class LiveAgentsTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "tokens").write_text(TOKEN + "\n")
        (self.folder / "tokens").chmod(0o600)
        self.certificate = tls.Certificate(self.folder, netns.HERE_IP)

    def state(self, name):
        return {"STATE_DIRECTORY": str(self.folder / name)}

    def hub(self, *arguments):
        return self.ntm("--accept-agents", "web*", "--agents-token-file",
                        self.folder / "tokens", *arguments,
                        env=self.state("hub-state"))

    @contextlib.contextmanager
    def agent(self, *arguments, url=f"https://{HUB[0]}:{HUB[1]}", name="web1",
              trust=True, port=None):
        flags = ["--push-ca-file", self.certificate.path] if trust else []
        with ntm_process.Ntm(
                "-i", "vb", "--interfaces", "vb", "--push-url", url,
                "--agent-id", name, "--push-token-file", self.folder / "tokens",
                "--push-interval", "1s", *flags, *arguments,
                namespace=self.there, port=port,
                env=self.state("agent-state")) as agent:
            yield agent.wait_ready()

    def terminator(self):
        return tls.Terminator(self.certificate, self.here, HUB,
                              ("127.0.0.1", 8000))

    def json(self, ntm, path):
        answer = ntm.fetch(path)
        self.assertEqual(answer.status, 200, f"{path}: {answer.text}")
        return json.loads(answer.text)

    @staticmethod
    def updates_of(scrape):
        return sum(scrape.sum("ntm_agent_requests_total", result=result)
                   for result in ("taken", "repeated"))

    def history(self, hub, name="web1"):
        return self.json(hub, f"/api/traffic/{name}/history")

    def traffic(self):
        """Sends more than half a megabyte to the agent's machine."""
        self.here.ping(netns.THERE_IP, count=10, size=60000)

    def check_total_is_the_kernels(self, hub):
        """The totals at the hub equal the counters of the interface."""
        before = self.there.counters("vb")
        # The answers to a ping are as large as it is.
        self.assertGreater(before["rx_bytes"], 500_000, "there was no traffic")
        self.assertGreater(before["tx_bytes"], 500_000, "there was no traffic")

        def newer():
            self.current = self.json(hub, "/api/traffic/web1/current")
            return (self.total("down") >= before["rx_bytes"]
                    and self.total("up") >= before["tx_bytes"])
        ntm_process.poll(newer, what="an update that is newer")
        after = self.there.counters("vb")
        self.assertLessEqual(self.total("down"), after["rx_bytes"])
        self.assertLessEqual(self.total("up"), after["tx_bytes"])

    def total(self, direction):
        return round(self.current[f"total_{direction}"] * 2**30)

    def test_agent_pushes_to_its_hub_over_tls(self):
        with self.hub() as hub, self.terminator(), self.agent() as agent:
            self.traffic()
            self.check_total_is_the_kernels(hub)
            scrape = hub.wait_for(
                lambda s: s.sum("ntm_agent_up", agent="web1") == 1, "the agent")
            self.assertGreater(
                scrape.sum("ntm_agent_receive_bytes_total", agent="web1"),
                500_000)
            agent.wait_for(lambda s: s.sum("ntm_push_up") == 1, "a push")
            summary = self.json(hub, "/api/traffic/summary")
            self.assertEqual(summary["total_services"], 1)
            self.assertEqual(summary["services_with_traffic"], 1)
            service = summary["services"][0]
            self.assertEqual((service["id"], service["active"]),
                             ("web1", True))
            # The 10 Gbit/s that a veth reports are not used: 2 × 1 Gbit/s.
            self.assertAlmostEqual(service["max_bandwidth"], 250e6 / 2**20)
            for share in ("cpu_percent", "memory_percent"):
                self.assertGreater(service[share], 0)
                self.assertLessEqual(service[share], 100)

    def test_certificate_that_is_not_trusted_gets_no_token(self):
        other = tls.Certificate(self.folder, "hub.example")
        with self.hub() as hub, self.terminator(), tls.Terminator(
                other, self.here, (netns.HERE_IP, 9443), ("127.0.0.1", 8000)):
            wrong_name = ("--push-ca-file", other.path)
            for url, flags in ((f"https://{HUB[0]}:{HUB[1]}", ()),
                               (f"https://{HUB[0]}:9443", wrong_name)):
                with self.agent(*flags, url=url, trust=False) as agent:
                    agent.wait_for(
                        lambda s: s.sum("ntm_push_failures_total",
                                        reason="tls") > 0, "a refusal")
                    ntm_process.poll(
                        lambda: "cannot be reached: SSL" in agent.stderr(),
                        what="a word about it")
            self.assertEqual(hub.scrape().sum("ntm_agent_requests_total"), 0)

    def test_http_url_works_without_a_token_on_the_network(self):
        self.traffic()
        with self.hub("--web.listen-address", f"{netns.HERE_IP}:8080") as hub:
            plain = f"http://{netns.HERE_IP}:8080"
            with self.agent("--push-insecure", url=plain, trust=False):
                self.check_total_is_the_kernels(hub)
        refused = ntm_process.run(
            "-i", "vb", "--push-url", plain, "--push-token-file",
            self.folder / "tokens", before=self.there.prefix(),
            env=self.state("agent-state"))
        self.assertEqual(refused.returncode, 1)
        self.assertIn("unencrypted", refused.stderr)

    def test_killed_hub_gets_every_update_afterwards(self):
        self.traffic()
        with self.agent("--log-level", "debug") as agent, self.terminator():
            with self.hub() as hub:
                self.check_total_is_the_kernels(hub)
                hub.stop(signal.SIGKILL, exit_code=-signal.SIGKILL)
            self.traffic()
            scrape = agent.wait_for(
                lambda s: s.sum("ntm_push_queue_updates") >= 5,
                "five updates that wait")
            taken_before = scrape.sum("ntm_push_updates_total")
            born = time.time()
            with self.hub() as hub:
                def has_all():
                    self.agent_scrape = agent.scrape()
                    return self.updates_of(hub.scrape()) == \
                        self.agent_scrape.sum("ntm_push_updates_total") - \
                        taken_before > 5
                ntm_process.poll(has_all, 3 * ntm_process.BOUND,
                                 "every update at the hub")
                self.check_total_is_the_kernels(hub)
                self.assertEqual(self.agent_scrape.sum(
                    "ntm_push_dropped_updates_total"), 0)
                times = [moment(point["timestamp"])
                         for point in self.history(hub)]
                # Each has the time at which it was made; the fifth may have
                # been made just now.
                self.assertGreaterEqual(sum(at < born for at in times), 4)
                self.assertEqual(times, sorted(times))
            log = agent.stderr()
            self.assertEqual(log.count("cannot be reached"), 1, log)
            self.assertEqual(log.count("accepts updates"), 2, log)

    @pytest.mark.long
    def test_outage_of_the_hub_leaves_no_gap_in_its_history(self):
        database = ("--database", self.folder / "history.db",
                    "--write-interval", "1")
        question = "/api/traffic/history?agent=web1&hours=1&step=5"
        with self.agent() as agent, self.terminator():
            with self.hub(*database) as hub:
                hub.wait_for(lambda s: self.updates_of(s) >= 2, "two updates")
            gone = time.time()
            self.traffic()
            # More than two steps of the history.
            agent.wait_for(lambda s: s.sum("ntm_push_queue_updates") >= 14,
                           "fourteen updates that wait",
                           40 * ntm_process.PATIENCE)
            back = time.time()
            with self.hub(*database) as hub:
                def has_all():
                    if hub.fetch(question).status == 404:
                        return False
                    points = self.json(hub, question)["points"]
                    self.times = [zulu(point["timestamp"]) for point in points]
                    return self.times and self.times[-1] > back and sum(
                        point["receive_bytes"] for point in points) > 500_000
                ntm_process.poll(has_all, 30, "what had to wait")
        self.assertEqual(self.times, sorted(self.times))
        gaps = [b - a for a, b in zip(self.times, self.times[1:])]
        self.assertLessEqual(max(gaps), 5, self.times)
        self.assertGreaterEqual(
            sum(gone < at and at + 5 < back for at in self.times), 1,
            "the outage was too short to tell")

    @pytest.mark.long
    def test_default_interval_is_twelve_points_a_minute(self):
        with self.hub() as hub, self.terminator(), ntm_process.Ntm(
                "-i", "vb", "--push-ca-file", self.certificate.path,
                "--push-url", f"https://{HUB[0]}:{HUB[1]}", "--agent-id",
                "web1", "--push-token-file", self.folder / "tokens",
                namespace=self.there, env=self.state("agent-state")):
            def points():
                if hub.fetch("/api/traffic/web1/history").status == 404:
                    return []
                return self.history(hub)
            ntm_process.poll(lambda: len(points()) >= 4, 60, "four points")
            times = [moment(point["timestamp"]) for point in points()]
        # As many in a minute as would be sent in the whole outage.
        mean = (times[-1] - times[0]) / (len(times) - 1)
        self.assertTrue(11 <= 60 / mean <= 13, times)

    def test_killed_agent_continues_its_totals(self):
        with self.hub() as hub, self.terminator():
            with self.agent() as agent:
                self.traffic()
                self.check_total_is_the_kernels(hub)
                agent.stop(signal.SIGKILL, exit_code=-signal.SIGKILL)
            self.traffic()  # while ntm is not running
            with self.agent():
                self.check_total_is_the_kernels(hub)
            with self.agent():
                self.check_total_is_the_kernels(hub)
            points = self.history(hub)
            for direction in ("up", "down"):
                totals = [point[f"total_{direction}"] for point in points]
                self.assertEqual(totals, sorted(totals))

    def test_killed_hub_and_agent_lose_and_double_nothing(self):
        with self.terminator():
            for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
                code = 0 if how == signal.SIGTERM else -how
                with self.hub() as hub, self.agent() as agent:
                    self.traffic()
                    self.check_total_is_the_kernels(hub)
                    hub.stop(how, exit_code=code)
                    agent.stop(how, exit_code=code)

    def test_a_refusing_hub_is_logged_and_retried(self):
        with self.hub() as hub, self.terminator(), self.agent(
                name="other") as agent:
            agent.wait_for(lambda s: s.sum("ntm_push_failures_total",
                                           reason="refused") > 1,
                           "two refusals")
            self.assertEqual(hub.scrape().sum("ntm_agent_requests_total",
                                              result="taken"), 0)
            log = agent.stderr()
            self.assertEqual(log.count("answers 404:"), 1, log)
            self.assertIn("add other to its --accept-agents", log)

    def test_two_agents_of_one_host_stay_separate(self):
        self.traffic()
        with self.hub() as hub, self.terminator(), self.agent(), self.agent(
                "--interfaces", "lo", name="web2", port=8001):
            self.check_total_is_the_kernels(hub)
            hub.wait_for(lambda s: s.sum("ntm_agent_up") == 2, "both")
            summary = self.json(hub, "/api/traffic/summary")
            self.assertEqual([s["id"] for s in summary["services"]],
                             ["web1", "web2"])

    def test_hundreds_of_agents_cause_few_log_lines(self):
        with self.hub() as hub:
            for i in range(300):
                answer = hub.fetch(
                    "/api/traffic/update", method="POST", body=json.dumps({
                        "service_id": f"web{i}", "bandwidth_up": 0,
                        "bandwidth_down": 0, "total_up": 1, "total_down": 1}),
                    headers={"Authorization": f"Bearer {TOKEN}",
                             "Content-Type": "application/json"})
                self.assertEqual(answer.status, 200, answer.text)
            began = time.monotonic()
            ntm_process.poll(lambda: " more are active" in hub.stderr(),
                             bound=3 * ntm_process.BOUND, what="the line")
            lines = [line for line in hub.stderr().splitlines()
                     if " active" in line or " silent" in line]
            # One in ten seconds.
            most = 4 + (time.monotonic() - began) / 5
            self.assertLessEqual(len(lines), most, lines)

    def test_each_push_is_a_line_at_debug(self):
        line = re.compile(
            r"debug push: web1: up [\d.]+ MB/s, down [\d.]+ MB/s, uploaded "
            r"[\d.]+ GB, downloaded [\d.]+ GB, CPU [\d.]+ %, memory [\d.]+ %: "
            r"200\n")
        with self.hub(), self.terminator(), self.agent(
                "--log-level", "debug") as agent:
            agent.wait_for(lambda s: s.sum("ntm_push_updates_total") >= 3,
                           "three pushes")
            agent.stop()
            self.assertGreaterEqual(len(line.findall(agent.stderr())), 3)

    def test_example_of_the_document_works(self):
        text = DOCUMENT.read_text(encoding="utf-8")
        hub, agent = (shlex.split(command)[1:] for command in re.findall(
            r"^(ntm (?:--accept-agents|--push-url) .*)$", text,
            re.MULTILINE))
        agent = [word.replace("hub.example:8443", f"{HUB[0]}:{HUB[1]}")
                 for word in agent]
        (self.folder / "agents.token").write_text(TOKEN + "\n")
        (self.folder / "agents.token").chmod(0o600)
        before = ["env", "-C", str(self.folder)]
        with self.ntm(*hub, before=before,
                      env=self.state("hub-state")) as hub_ntm, \
                self.terminator(), ntm_process.Ntm(
                    "-i", "vb", "--push-ca-file", self.certificate.path,
                    *agent, namespace=self.there, before=before,
                    env=self.state("agent-state")):
            hub_ntm.wait_for(
                lambda s: s.sum("ntm_agent_up", agent="web1") == 1,
                "the agent of the example")
