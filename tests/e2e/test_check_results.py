"""tests/check_results.py, which judges the test suite."""

import os
import pathlib
import subprocess
import sys
import unittest

import pytest

from files import FileCase

pytestmark = pytest.mark.text

SCRIPT = pathlib.Path(__file__).parent.parent / "check_results.py"
# For each runner: a test that passed, failed, was skipped.
_CTEST = {
    "run": '<testcase name="{}" classname="{}" status="run" time="1"/>',
    "fail": '<testcase name="{}" classname="{}" status="fail">'
            '<failure message=""/></testcase>',
    "skip": '<testcase name="{}" classname="{}" status="notrun">'
            '<skipped message="SKIP_RETURN_CODE=77"/>'
            "<system-out>SKIPPED: no such kernel</system-out></testcase>",
    "unable": '<testcase name="{}" classname="{}" status="notrun">'
              '<skipped message="Unable to find executable"/></testcase>',
}
_OTHERS = {
    "run": '<testcase name="{1}" classname="{0}" status="run" time="2.5"/>',
    "fail": '<testcase name="{1}" classname="{0}" status="run">'
            '<failure message="1 is 2"/></testcase>',
    "error": '<testcase name="{1}" classname="{0}"><error message="x"/>'
             "</testcase>",
    "skip": '<testcase name="{1}" classname="{0}"><skipped '
            'message="there is no zsh (package zsh)"/></testcase>',
}


class CheckResultsTest(FileCase):
    def setUp(self):
        super().setUp()
        try:
            import yaml  # pylint: disable=unused-import
        except ImportError:
            raise unittest.SkipTest("there is no yaml (Debian package "
                                    "python3-yaml)") from None

    def results(self, folder="results", **cases):
        """A folder with one result file of pytest."""
        return self.xml(folder, "e2e", [
            _OTHERS[kind].format("e2e.test_cli.CliTest", f"test_{test}")
            for test, kind in cases.items()])

    def xml(self, folder, name, cases):
        path = pathlib.Path(self.folder, folder)
        path.mkdir(exist_ok=True)
        (path / f"{name}.xml").write_text(
            f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
        return path

    def check(self, *results, features="N1: [e2e/a]\n", skips="{}\n",
              ci=False):
        environment = {key: value for key, value in os.environ.items()
                       if key != "CI"}
        return subprocess.run(
            [sys.executable, str(SCRIPT), "--features",
             self.write("features.yaml", features), "--skips",
             self.write("skips.yaml", skips), *(["--ci"] if ci else []),
             *results], capture_output=True, text=True, timeout=20,
            env=environment, check=False)

    def assert_verdict(self, result, code, *words):
        self.assertEqual(result.returncode, code,
                         result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stdout + result.stderr)

    def test_a_feature_needs_every_test_to_pass(self):
        for kind, code in (("run", 0), ("fail", 1), ("error", 1),
                           ("skip", 1)):
            with self.subTest(kind):
                result = self.check(self.results(a="run", b=kind),
                                    features="N1: [e2e/a, e2e/b]\n")
                self.assert_verdict(result, code,
                                    "1 of 1" if code == 0 else "0 of 1")

    def test_a_feature_needs_tests_that_exist(self):
        for features in ("N1: [e2e/a, e2e/nosuch]\n", "N1: []\n", "N1:\n"):
            with self.subTest(features):
                self.assert_verdict(
                    self.check(self.results(a="run"), features=features), 1,
                    "not there")

    def test_results_of_every_runner_have_their_names(self):
        self.results(a="run")
        folder = self.xml("results", "ntm_core_tests", [
            _OTHERS["run"].format("AddressTest", "ReadsText"),
            _OTHERS["run"].format("Kinds/LinkTest", "IsRead/0")])
        self.xml("results", "ctest", [
            _CTEST["run"].format("layers", "layers")])
        self.assert_verdict(self.check(
            folder, features="N1: [e2e/a, AddressTest.ReadsText, layers, "
                             "Kinds/LinkTest.IsRead/0]\n"), 0, "1 of 1",
            "4 passed, 0 failed, 0 skipped")

    def test_any_failure_fails_the_run(self):
        for kind in ("fail", "unable"):
            with self.subTest(kind):
                self.results(a="run")
                folder = self.xml("results", "ctest", [
                    _CTEST[kind].format("unit/ntm_x", "unit/ntm_x")])
                self.assert_verdict(self.check(folder), 1,
                                    "unit/ntm_x: failed", "1 failed")

    def test_a_binary_that_passed_has_the_results_of_its_tests(self):
        self.results(a="run")
        self.xml("results", "ntm_x", [_OTHERS["run"].format("XTest", "Is")])
        folder = self.xml("results", "ctest", [
            _CTEST["run"].format("unit/ntm_x", "unit/ntm_x")])
        self.assert_verdict(self.check(folder), 0,
                            "2 passed, 0 failed, 0 skipped")

    def test_tests_of_another_run_are_listed(self):
        features = "N1: [e2e/a]\nN2: [release/b]\nN3: [cross-arm64/b]\n"
        tests = self.results(a="run")
        self.assert_verdict(
            self.check(tests, features=features), 0, "1 of 3",
            "N2: shown by make release-check", "N3: shown by make test-deep")
        for kind, code in (("run", 0), ("fail", 1), ("skip", 1)):
            crossed = self.xml("crossed", "e2e", [_OTHERS[kind].format(
                "e2e.test_cross_arm64.Arm64Test", "test_b")])
            self.assert_verdict(
                self.check(tests, crossed, features=features), code,
                "2 of 3" if code == 0 else "cross-arm64/b")

    def test_results_of_several_builds_add_up(self):
        passed = self.results("one", a="run")
        skipped = self.results("two", a="skip")
        failed = self.results("three", a="fail")
        self.assert_verdict(self.check(passed, skipped, ci=True), 0)
        self.assert_verdict(self.check(passed, failed), 1, "failed")

    def test_ci_needs_a_reason_for_each_skip(self):
        results = self.results(a="run", live="skip")
        self.xml("results", "ctest", [
            _CTEST["skip"].format("bench/x", "bench/x")])
        self.assert_verdict(self.check(results), 0)
        self.assert_verdict(self.check(results, ci=True), 1, "e2e/live")
        self.assert_verdict(
            self.check(results, ci=True, skips="e2e/live: no such kernel\n"),
            0)

    def test_the_table_has_reasons_and_the_slowest_tests(self):
        results = self.results(a="run", b="skip")
        self.xml("results", "ctest", [
            _CTEST["skip"].format("bench/x", "bench/x")])
        self.assert_verdict(
            self.check(results), 0, "1  there is no zsh (package zsh)",
            "1  no such kernel", "e2e/a", "2.5",
            "1 passed, 0 failed, 2 skipped")

    def test_documented_minutes_match_the_run(self):
        page = self.write("README.md", "About 4 minutes.\nAbout 10 minutes.\n")
        for took, code in (("building ntm 240\ntests: e2e 300\n", 0),
                           ("building ntm 800\n", 1),
                           ("building ntm 240\ntests: e2e 2000\n", 1),
                           ("tests: e2e 300\n", 0)):
            with self.subTest(took):
                result = self.check(
                    "--took", self.write("took", took), "--pace", page,
                    self.results(a="run"), ci=True)
                self.assert_verdict(result, code)

    def test_missing_results_fail_the_run(self):
        self.assert_verdict(self.check(self.folder / "nosuch"), 1,
                            "no results")
