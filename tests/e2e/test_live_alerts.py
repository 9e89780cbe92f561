"""Alerts for real incidents, and their receivers."""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import threading

import pytest

import hooks
import netns
from live import LiveCase
from ntm_process import PATIENCE, open_folder, poll

pytestmark = pytest.mark.races

DOWN = ("--alerts.capture-down", "for 1s cool-down 0s")
# A link of 1 Mbit/s that is checked every second.
BUSY = ("--max-bandwidth", "1M", "--alerts.check-interval", "1s",
        "--alerts.link-utilization", "95% for 2s cool-down 5m")


TOKEN = "0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def alerts(ntm, query=""):
    answer = ntm.fetch("/api/alerts" + query, headers=BEARER)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)["alerts"]


def names(listed):
    return [(alert["alert"], alert["subject"]) for alert in listed]


class LiveAlertsTest(LiveCase):
    @contextlib.contextmanager
    def tokens(self):
        with open_folder() as folder:
            tokens = pathlib.Path(folder, "tokens")
            tokens.write_text(TOKEN + "\n", encoding="ascii")
            tokens.chmod(0o600)
            yield tokens

    def down(self, ntm):
        self.here.ip("link", "set", "va", "down")
        ntm.wait_for(lambda s: s.sum("ntm_alerts_active",
                                     alert="CaptureDown") == 1, "the alert")

    def up(self, ntm):
        self.here.ip("link", "set", "va", "up")
        ntm.wait_for(lambda s: s.sum("ntm_alerts_active",
                                     alert="CaptureDown") == 0, "its end")

    @contextlib.contextmanager
    def flood(self):
        """Sends about 8 Mbit/s from va, far more than the link of 1 Mbit/s."""
        stop = threading.Event()
        frame = bytes.fromhex(netns.THERE_MAC.replace(":", "") +
                              netns.HERE_MAC.replace(":", "") + "88b5")

        def send():
            while not stop.wait(0.01):
                self.here.send_frames("va", [frame + bytes(1000)] * 10)
        thread = threading.Thread(target=send)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def test_alertmanager_notifies_once_per_incident(self):
        with hooks.Hook(self.here) as hook, \
                hooks.alertmanager(hook, self.here) as url, \
                self.ntm(*DOWN, "--alertmanager-url", url) as ntm:
            for incident in (1, 2):
                self.down(ntm)
                wanted = [("CaptureDown", "firing"),
                          ("CaptureDown", "resolved")] * incident
                poll(lambda: len(hook.alerts()) >= len(wanted) - 1,
                     what="the firing message")
                self.up(ntm)
                poll(lambda: len(hook.alerts()) >= len(wanted),
                     what="the resolved message")
                self.assertEqual(hook.alerts(), wanted)
            alert = hook.bodies()[0]["alerts"][0]
            self.assertEqual(alert["labels"]["interface"], "va")
            self.assertEqual(alert["labels"]["severity"], "critical")
            self.assertIn("Nothing can be captured on va",
                          alert["annotations"]["description"])
            # Alertmanager forwards the last one before ntm has its answer.
            scrape = ntm.wait_for(
                lambda s: s.value("ntm_alert_messages_total",
                                  receiver=url) == 4, "four messages")
            self.assertEqual(
                scrape.sum("ntm_alert_dropped_messages_total"), 0)

    def test_alert_waits_for_an_alertmanager_that_is_away(self):
        url = "http://127.0.0.1:9093"
        with hooks.Hook(self.here) as hook, \
                self.ntm(*DOWN, "--alertmanager-url", url) as ntm:
            self.down(ntm)
            ntm.wait_for(lambda s: s.sum("ntm_alert_send_failures_total") >= 2,
                         "two attempts")
            self.timed_scrape(ntm)
            with hooks.alertmanager(hook, self.here) as there:
                self.assertEqual(there, url)
                poll(hook.alerts, 40 * PATIENCE, "the firing message")
                self.up(ntm)
                poll(lambda: len(hook.alerts()) >= 2, 40 * PATIENCE,
                     "the resolved message")
                self.assertEqual(hook.alerts(), [("CaptureDown", "firing"),
                                                 ("CaptureDown", "resolved")])

    def test_webhook_gets_beginning_and_end_in_its_own_template(self):
        template = '{"topic": "lan", "title": "{{title}}", "s": "{{status}}"}'
        with hooks.Hook(self.here) as hook, \
                self.ntm(*DOWN, "--alert-webhook", hook.url + "/x?key=secret",
                         "--alert-webhook-template", template) as ntm:
            self.down(ntm)
            self.up(ntm)
            poll(lambda: len(hook.requests) >= 2, what="both messages")
            self.assertEqual(hook.bodies(), [
                {"topic": "lan", "title": "CaptureDown: va", "s": status}
                for status in ("firing", "resolved")])
            path, headers, _ = hook.requests[0]
            self.assertEqual(path, "/x?key=secret")
            self.assertEqual(headers["Content-Type"], "application/json")
            self.assertNotIn("secret", ntm.stderr() + ntm.scrape().text)

    def test_crossed_threshold_is_one_warning_until_it_is_resolved(self):
        with self.tokens() as tokens, \
                self.ntm(*BUSY, "--token-file", tokens) as ntm:
            with self.flood():
                poll(lambda: alerts(ntm), what="the alert")
                first = alerts(ntm)
                self.assertEqual(names(first), [("LinkUtilizationHigh", "va")])
                self.assertEqual(first[0]["severity"], "warning")
                self.assertIsNone(first[0]["resolvedAt"])
                path = f"/api/alerts/{first[0]['id']}/resolve"
                self.assertEqual(ntm.fetch(path, method="POST").status, 401)
                answer = ntm.fetch(path, method="POST", headers=BEARER)
                self.assertEqual(answer.status, 200, answer.text)
                self.assertEqual(alerts(ntm), [])
                listed = alerts(ntm, "?unresolved=false&limit=1")
                self.assertEqual(listed[0]["id"], first[0]["id"])
                self.assertIsNotNone(listed[0]["resolvedAt"])
                self.assertEqual(
                    ntm.fetch("/api/alerts/17/resolve", method="POST",
                              headers=BEARER).status, 404)
                # It does not come back while the link is still busy.
                before = ntm.scrape().sum("ntm_interface_transmit_bytes_total",
                                          interface="va")
                ntm.wait_for(
                    lambda s: s.sum("ntm_interface_transmit_bytes_total",
                                    interface="va") > before + 2_000_000,
                    "2 MB more", 30 * PATIENCE)
                self.assertEqual(alerts(ntm), [])

    @pytest.mark.long
    def test_busy_link_is_one_alert_and_one_recovery(self):
        with self.ntm(*BUSY) as ntm:
            with self.flood():
                poll(lambda: alerts(ntm), what="the alert")
            poll(lambda: not alerts(ntm), what="the recovery")
            with self.flood():  # within the cool-down
                before = ntm.scrape().sum("ntm_interface_transmit_bytes_total",
                                          interface="va")
                ntm.wait_for(
                    lambda s: s.sum("ntm_interface_transmit_bytes_total",
                                    interface="va") > before + 2_000_000,
                    "2 MB more", 30 * PATIENCE)
            self.assertEqual(names(alerts(ntm, "?unresolved=false")),
                             [("LinkUtilizationHigh", "va")])
            self.assertEqual(ntm.stderr().count("LinkUtilizationHigh: va"), 2)

    @pytest.mark.long
    def test_silent_agent_is_one_alert_until_it_pushes_again(self):
        with self.tokens() as tokens:
            with self.ntm("--no-database", "--accept-agents", "web*",
                          "--agents-token-file", tokens,
                          "--alerts.check-interval", "1s",
                          "--alerts.agent-stale", "for 0s",
                          "--alerts.agent-utilization", "for 1s") as ntm:
                def is_told(*wanted, share=0.99):
                    """An agent that uses a share of its link."""
                    def question():
                        if share is not None:
                            self.push(ntm, share)
                        return names(alerts(ntm)) == list(wanted)
                    return question
                poll(is_told(("AgentUtilizationHigh", "web1")),
                     what="the busy link", interval=0.5)
                poll(is_told(share=0.1), what="its end", interval=0.5)
                # After half a minute of silence.
                poll(is_told(("AgentStale", "web1"), share=None),
                     45, "the silence", interval=0.5)
                poll(is_told(share=0.1), what="its end", interval=0.5)
                self.assertEqual(
                    names(alerts(ntm, "?unresolved=false")),
                    [("AgentStale", "web1"), ("AgentUtilizationHigh", "web1")])

    def push(self, ntm, share):
        answer = ntm.fetch(
            "/api/traffic/update", method="POST", body=json.dumps({
                "service_id": "web1", "bandwidth_up": share,
                "bandwidth_down": 0, "total_up": 1, "total_down": 1,
                "max_bandwidth": 1}),
            headers={"Content-Type": "application/json",
                     **BEARER})
        self.assertEqual(answer.status, 200, answer.text)

    def test_open_alert_survives_a_restart(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            state = {"STATE_DIRECTORY": folder}
            flags = (*DOWN, "--wait-interface", "--write-interval", "1")
            with self.ntm(*flags, env=state) as ntm:
                self.down(ntm)
                before = alerts(ntm)
            with self.ntm(*flags, env=state, ready=False) as ntm:
                self.assertEqual(alerts(ntm), before)
                self.assertEqual(
                    ntm.scrape().sum("ntm_alerts_active", alert="CaptureDown"),
                    1)
                self.up(ntm)
                self.assertEqual(alerts(ntm), [])
                listed = alerts(ntm, "?unresolved=false")
                self.assertEqual([alert["id"] for alert in listed],
                                 [before[0]["id"]])
            rows = subprocess.run(
                ["python3", "-c",
                 "import sqlite3, sys; print(sqlite3.connect(sys.argv[1])"
                 ".execute('SELECT alert, severity, title, resolved, "
                 "resolvedAt IS NOT NULL FROM system_alerts').fetchall())",
                 f"{folder}/history.db"], check=True, text=True,
                stdout=subprocess.PIPE).stdout
            self.assertIn("('CaptureDown', 'critical', 'CaptureDown: va', 1, 1)",
                          rows)
