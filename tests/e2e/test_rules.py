"""prometheus/: promtool accepts the files, and they use documented metrics."""

import pathlib
import re
import shutil
import subprocess
import unittest

import pytest

import yaml

import documented

pytestmark = pytest.mark.text

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = ROOT / "prometheus"
ALERTS = {"NtmArpConflict", "NtmCaptureDown", "NtmDnsFailing", "NtmDnsSlow",
          "NtmRetransmissionsHigh", "NtmPacketsDropped", "NtmCoverageLow",
          "NtmSeriesLimitReached", "NtmLinkSaturationPredicted",
          "NtmInterfaceErrors", "NtmModuleFailing", "NtmNewHost",
          "NtmHostQuotaNear", "NtmHostQuotaExceeded"}


def read(name):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def rules(name):
    return [rule for group in read(name)["groups"] for rule in group["rules"]]


class RulesTest(unittest.TestCase):
    def promtool(self, *arguments):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (package prometheus)")
        result = subprocess.run(["promtool", *arguments], cwd=FOLDER,
                                capture_output=True, text=True, timeout=50,
                                check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(result.stderr.strip(), "")

    def test_prometheus_sample_is_a_configuration(self):
        self.promtool("check", "config", "prometheus.yml")
        sample = read("prometheus.yml")
        (job,) = sample["scrape_configs"]
        self.assertEqual(job["static_configs"],
                         [{"targets": ["localhost:8000"]}])
        self.assertLessEqual({"scrape_interval", "sample_limit",
                              "label_value_length_limit"}, set(job))
        # Two families with --max-series series each.
        self.assertGreater(job["sample_limit"], 2 * 10000)
        self.assertEqual(sample["rule_files"],
                         ["ntm.rules.yml", "ntm.alerts.yml"])

    def test_rules_are_valid(self):
        self.promtool("check", "rules", "ntm.rules.yml", "ntm.alerts.yml")

    def test_recording_rules_give_the_expected_values(self):
        self.promtool("test", "rules", "tests/ntm.rules.test.yml")

    def test_alerts_fire_only_when_they_should(self):
        self.promtool("test", "rules", "tests/ntm.alerts.test.yml")

    def test_every_alert_has_tests_of_firing_and_not_firing(self):
        fires, quiet = set(), set()
        for case in read("tests/ntm.alerts.test.yml")["tests"]:
            for each in case["alert_rule_test"]:
                (fires if each["exp_alerts"] else quiet).add(each["alertname"])
        self.assertEqual(fires, ALERTS)
        self.assertEqual(quiet, ALERTS)

    def test_every_recording_rule_is_tested(self):
        for name in ("rules", "alerts"):
            tested = {each["expr"].split("{")[0]
                      for case in read(f"tests/ntm.{name}.test.yml")["tests"]
                      for each in case.get("promql_expr_test", ())}
            self.assertEqual({rule["record"] for rule in
                              rules(f"ntm.{name}.yml") if "record" in rule},
                             tested)

    def test_every_alert_has_a_runbook(self):
        alerts = [rule for rule in rules("ntm.alerts.yml") if "alert" in rule]
        self.assertEqual({rule["alert"] for rule in alerts}, ALERTS)
        for rule in alerts:
            with self.subTest(rule["alert"]):
                self.assertTrue(rule["for"])
                page, heading = rule["annotations"]["runbook_url"].split("#")
                self.assertEqual(heading, rule["alert"].lower())
                text = (ROOT / page).read_text(encoding="utf-8")
                self.assertRegex(text, f"(?m)^#+ {rule['alert']}$")

    def test_rules_use_documented_metrics_and_labels(self):
        families, own = documented.families(), set()
        for rule in [*rules("ntm.rules.yml"), *rules("ntm.alerts.yml")]:
            own.add(rule.get("record"))
        for rule in [*rules("ntm.rules.yml"), *rules("ntm.alerts.yml")]:
            with self.subTest(rule.get("record") or rule.get("alert")):
                expr = rule["expr"]
                for name in re.findall(r"\b\w+:ntm_\w+:\w+", expr):
                    self.assertIn(name, own)
                for name, labels in documented.asked_for(expr):
                    if name == "up":
                        continue
                    self.assertIn(name, families)
                    self.assertLessEqual(
                        labels, families[name] | documented.TARGETS)
