"""Runs `ntm doctor --json` and reads its output."""

import json
import pathlib
import re

import ntm_process

STATUSES = {"ok", "warn", "fail"}
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "doctor.md"
DOCUMENTED = set(re.findall(r"(?m)^\| `([a-z ]+)` \|",
                            DOCUMENT.read_text(encoding="utf-8")))


class Diagnosis:
    def __init__(self, text, exit_code):
        self.text, self.exit_code = text, exit_code
        report = json.loads(text)
        assert set(report) == {"checks", "ok"}, text
        self.checks = report["checks"]
        for check in self.checks:
            assert set(check) == {"name", "status", "detail", "remedy"}, check
            assert check["status"] in STATUSES, check
            assert check["name"] in DOCUMENTED, check
            assert check["detail"], check
            assert check["status"] == "ok" or check["remedy"], check
        failed = any(check["status"] == "fail" for check in self.checks)
        assert report["ok"] is not failed, text
        assert exit_code == int(failed), (exit_code, text)

    def of(self, name):
        return [check for check in self.checks if check["name"] == name]

    def statuses(self, name):
        return [check["status"] for check in self.of(name)]

    def failed(self):
        return {check["name"] for check in self.checks
                if check["status"] == "fail"}


def examine(*arguments, **how):
    """The diagnosis of a run; checks that it is complete and its exit code right."""
    result = ntm_process.run("doctor", "--json", *arguments, **how)
    assert result.stderr == "", result.stderr  # no terminal, no progress
    return Diagnosis(result.stdout, result.returncode)
