"""The receivers of alerts, and the examples in docs/alerts.md."""

import json
import pathlib
import re
import tempfile
import unittest

import hooks
from ntm_process import run

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "alerts.md"


class AlertsTest(unittest.TestCase):
    def test_alert_templates_of_the_page_are_accepted(self):
        text = DOCUMENT.read_text(encoding="utf-8")
        templates = dict(re.findall(r"```json (\w+)\n(.*?)```", text, re.S))
        self.assertEqual(set(templates), {"ntfy", "telegram", "slack"})
        sent = {}
        for name, template in templates.items():
            with hooks.Hook() as hook:
                done = run("alert", "test", "--alert-webhook",
                           f"{hook.url}/{name}/secret",
                           "--alert-webhook-template", template)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("secret", done.stdout + done.stderr)
                self.assertEqual(len(hook.requests), 2)
                sent[name] = hook.bodies()
        self.assertEqual(sent["ntfy"][0]["title"], "firing: TestAlert")
        self.assertEqual(sent["ntfy"][1]["title"], "resolved: TestAlert")
        self.assertIn("\nThis is a test", sent["telegram"][0]["text"])
        self.assertTrue(sent["slack"][0]["text"].startswith("*firing:"))

    def test_alert_rules_of_the_page_are_those_of_the_program(self):
        rows = re.findall(r"^\| `(\w+)` \| `--(alerts\.[a-z-]+)` \| "
                          r"([^|]*?), (\w+) \|",
                          DOCUMENT.read_text(encoding="utf-8"), re.M)
        help_text = " ".join(run("help", "alerts").stdout.split())
        options = set(re.findall(r"--(alerts\.[a-z-]+)", help_text))
        self.assertEqual({option for _, option, _, _ in rows},
                         options - {"alerts.check-interval"})
        for name, option, rule, severity in rows:
            default = re.search(rf"--{re.escape(option)} RULE {name}: .*?"
                                r"\(default (.*?);", help_text)
            self.assertTrue(default, f"{option}: {help_text}")
            self.assertEqual(default[1], f"{rule} cool-down 5m {severity}")

    def test_alert_test_prints_the_answer_of_each_receiver(self):
        with hooks.Hook() as good, hooks.Hook() as bad:
            bad.status = 403
            done = run("alert", "test", "--alert-webhook", good.url,
                       "--alert-webhook", bad.url)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{good.url}: its end: accepted (200)", done.stdout)
            self.assertIn(f"{bad.url}: a test alert: NOT accepted (403)",
                          done.stdout)
            body = good.bodies()[0]
            self.assertEqual((body["alert"], body["severity"]),
                             ("TestAlert", "info"))
        done = run("alert", "test", "--alertmanager-url",
                   "http://127.0.0.1:1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("NOT accepted", done.stdout)
        done = run("alert", "test")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--alertmanager-url", done.stderr)

    def test_alert_receivers_get_their_tokens(self):
        with tempfile.TemporaryDirectory() as folder, \
                hooks.Hook() as manager, hooks.Hook() as hook:
            flags = []
            for option, token in (("--alertmanager-token-file", "for-am.1~"),
                                  ("--alert-webhook-token-file", "for-hook")):
                path = pathlib.Path(folder, token)
                path.write_text(f"# of {option}\n{token}\n", encoding="ascii")
                path.chmod(0o600)
                flags += [option, path]
            done = run("alert", "test", "--alertmanager-url", manager.url,
                       "--alert-webhook", hook.url, *flags)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([headers["Authorization"] for _, headers, _ in
                              manager.requests + hook.requests],
                             ["Bearer for-am.1~", *["Bearer for-hook"] * 2])
            self.assertNotIn("for-hook\n", done.stdout + done.stderr)
            # Not unencrypted over a network, and not from a missing file.
            for wrong, why in (
                    (["--alertmanager-url", "http://am.example:9093"],
                     "https://"),
                    (["--alert-webhook", "http://hook.example/"], "https://"),
                    (["--alert-webhook", hook.url,
                      "--alert-webhook-token-file", "/nowhere"], "/nowhere")):
                done = run("alert", "test", *flags, *wrong)
                self.assertEqual(done.returncode, 1, wrong)
                self.assertIn(why, done.stderr)
                self.assertEqual(done.stdout, "")
        with hooks.Hook() as hook:
            run("alert", "test", "--alert-webhook", hook.url)
            self.assertNotIn("Authorization", hook.requests[0][1])

    def test_alert_test_reaches_a_real_alertmanager(self):
        with hooks.Hook() as hook, hooks.alertmanager(hook) as url:
            done = run("alert", "test", "--alertmanager-url", url)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            hooks.ntm_process.poll(hook.alerts, what="the test alert")
            self.assertEqual(hook.alerts(), [("TestAlert", "firing")])

    def test_wrong_alert_options_are_refused(self):
        for wrong in (["--alerts.link-utilization", "high"],
                      ["--alerts.capture-down", "95%"],
                      ["--alerts.coverage-low", "95% recovery 90%"],
                      ["--alertmanager-url", "am:9093"],
                      ["--alertmanager-url", "http://user:secret@am"],
                      ["--alert-webhook", "ftp://secret"],
                      ["--alert-webhook", "@/nowhere"],
                      ["--alert-webhook-template", "{{who}}"],
                      ["--alert-webhook-template", '{"a": '],
                      ["--alerts.check-interval", "0s"]):
            with self.subTest(wrong):
                done = run("--check-config", *wrong)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(wrong[0], done.stderr)
                self.assertNotIn("secret", done.stderr)
