"""The stack of packaging/compose.yaml without containers: ntm, and Debian's
Prometheus and Alertmanager, with the commands and files of the stack, in a network
namespace."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile

import compose
import netns
import ntm_process
from live import LiveCase


class LiveComposeTest(LiveCase):
    @contextlib.contextmanager
    def started(self, program, name, **volumes):
        path = shutil.which(program)
        if not path:
            self.skipTest(f"{program} is not installed")
        service = compose.read()["services"][name]
        with open(pathlib.Path(self.folder, f"{name}.log"), "w+b") as log:
            process = subprocess.Popen(
                [*self.here.prefix(), path,
                 *compose.command(service, **volumes)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                yield
            finally:
                process.kill()
                process.wait()

    def ask(self, port, path):
        """The answer of an API; None before it is up."""
        try:
            answer = ntm_process.fetch(
                "127.0.0.1", port, path,
                connect=ntm_process.connector(self.here))
        except OSError:
            return None
        return json.loads(answer.body) if answer.status == 200 else None

    def poll(self, question, what):
        return ntm_process.poll(question, 30, what, 0.1)

    def test_compose_starts_scraping_rules_and_alerts(self):
        folder = tempfile.TemporaryDirectory(prefix="ntm-compose-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        with self.ntm(), \
                self.started("prometheus-alertmanager", "alertmanager",
                             alertmanager=f"{folder.name}/alertmanager"), \
                self.started("prometheus", "prometheus",
                             prometheus=f"{folder.name}/prometheus"):
            self.here.ping(netns.THERE_IP, count=1)

            def up():
                answer = self.ask(9090, "/api/v1/targets?state=active")
                return answer and [
                    each["health"] for each in answer["data"]["activeTargets"]
                ] == ["up"]
            self.poll(up, "Prometheus' target up")
            rules = self.ask(9090, "/api/v1/rules")["data"]["groups"]
            self.assertEqual({group["name"] for group in rules},
                             {"ntm-flows", "ntm-talkers", "ntm-machines", "ntm-health",
                              "ntm"})

            def connected():
                answer = self.ask(9090, "/api/v1/alertmanagers")
                return answer and [
                    each["url"] for each in answer["data"][
                        "activeAlertmanagers"]
                ] == ["http://localhost:9093/api/v2/alerts"]
            self.poll(connected, "Prometheus' Alertmanager")
            self.poll(lambda: self.ask(9093, "/api/v2/status"),
                      "Alertmanager")
