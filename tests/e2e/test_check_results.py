"""The judge of the suite itself: tests/check_results.py."""

import os
import pathlib
import subprocess
import sys
import unittest

from files import FileCase

SCRIPT = pathlib.Path(__file__).parent.parent / "check_results.py"
_CASES = {
    "run": '<testcase name="{}" status="run"/>',
    "fail": '<testcase name="{}" status="fail"><failure message=""/>'
            "</testcase>",
    "skip": '<testcase name="{}" status="notrun">'
            '<skipped message="SKIP_RETURN_CODE=77"/></testcase>',
    "unable": '<testcase name="{}" status="notrun">'
              '<skipped message="Unable to find executable"/></testcase>',
}


class CheckResultsTest(FileCase):
    def setUp(self):
        super().setUp()
        try:
            import yaml  # pylint: disable=unused-import
        except ImportError:
            raise unittest.SkipTest("there is no yaml (Debian package "
                                    "python3-yaml)") from None

    def junit(self, name="junit.xml", **cases):
        lines = [_CASES[kind].format(test.replace("__", "/"))
                 for test, kind in cases.items()]
        return self.write(name, f"<testsuite>{''.join(lines)}</testsuite>")

    def check(self, *junit, features="N1: [e2e/a]\n", skips="{}\n", ci=False):
        environment = {key: value for key, value in os.environ.items()
                       if key != "CI"}
        return subprocess.run(
            [sys.executable, str(SCRIPT), "--features",
             self.write("features.yaml", features), "--skips",
             self.write("skips.yaml", skips), *(["--ci"] if ci else []),
             *junit], capture_output=True, text=True, timeout=20,
            env=environment, check=False)

    def assert_verdict(self, result, code, *words):
        self.assertEqual(result.returncode, code,
                         result.stdout + result.stderr)
        for word in words:
            self.assertIn(word, result.stdout + result.stderr)

    def test_a_feature_needs_every_test_to_pass(self):
        for kind, code in (("run", 0), ("fail", 1), ("skip", 1),
                           ("unable", 1)):
            with self.subTest(kind):
                result = self.check(self.junit(e2e__a="run", e2e__b=kind),
                                    features="N1: [e2e/a, e2e/b]\n")
                self.assert_verdict(result, code, "N1",
                                    "1 of 1" if code == 0 else "0 of 1")

    def test_a_feature_needs_tests_that_exist(self):
        for features in ("N1: [e2e/a, e2e/nosuch]\n", "N1: []\n", "N1:\n"):
            with self.subTest(features):
                self.assert_verdict(
                    self.check(self.junit(e2e__a="run"), features=features),
                    1, "not there")

    def test_what_a_release_shows_is_judged_with_its_results(self):
        features = "N1: [e2e/a]\nN2: [release/b]\nN3: [e2e/a, release/c]\n"
        tests = self.junit(e2e__a="run")
        self.assert_verdict(self.check(tests, features=features), 0,
                            "N2    by make release-check", "2 of 3", "1 by")
        self.assert_verdict(
            self.check(tests, self.junit("r.xml", release__b="run",
                                         release__c="fail"),
                       features=features), 1, "2 of 3", "release/c: failed")

    def test_what_another_machine_shows_is_read_beside_the_results(self):
        features = "N1: [e2e/a]\nN2: [cross-arm64/b, cross-armhf/b]\n"
        tests = self.junit(e2e__a="run")
        self.assert_verdict(
            self.check(tests, features=features), 0, "1 of 2",
            "N2    by make test-cross and make test-cross ARCH=armhf")
        for kind, code in (("run", 0), ("fail", 1), ("skip", 1)):
            self.junit("cross-arm64.xml", **{"cross-arm64__b": kind})
            self.assert_verdict(self.check(tests, features=features), code,
                                "2 of 2" if code == 0 else "1 of 2")

    def test_results_of_several_builds_add_up(self):
        passed = self.junit("one.xml", e2e__a="run")
        skipped = self.junit("two.xml", e2e__a="skip")
        failed = self.junit("three.xml", e2e__a="fail")
        self.assert_verdict(self.check(passed, skipped), 0)
        self.assert_verdict(self.check(passed, failed), 1, "failed")

    def test_ci_wants_a_reason_for_each_skip(self):
        junit = self.junit(e2e__a="run", e2e__live="skip", UnitTest="skip")
        self.assert_verdict(self.check(junit), 0)
        self.assert_verdict(self.check(junit, ci=True), 1, "e2e/live")
        self.assert_verdict(
            self.check(junit, ci=True, skips="e2e/live: no such kernel\n"), 0)

    def test_missing_results_are_no_success(self):
        self.assert_verdict(self.check(self.folder / "nosuch.xml"), 1,
                            "no results")


if __name__ == "__main__":
    unittest.main()
