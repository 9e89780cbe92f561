"""The commands of README and docs, and the test that runs each.

The lines of a block ```sh are run one by one (stage.py), unless a comment before it
says something else:

    <!-- with: ntm -i eth0 -->                    run, while this runs
    <!-- run by: e2e/name, release/name, Suite --> a test that runs it
    <!-- not run in CI: why -->
"""

import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).parents[2]
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in
                              (ROOT / "docs").glob("*.md"))]
# A code span, or a line of a block, that begins with one of these is a command.
PROGRAMS = {"amtool", "apt", "build/release/ntm", "curl", "docker", "ethtool",
            "ip", "journalctl", "kubectl", "make", "nmcli", "ntm", "openssl",
            "podman", "promtool", "python3", "setcap", "sqlite3", "sudo",
            "systemctl", "systemd-analyze", "tc", "tcpdump", "umask",
            "useradd"}
# Beginnings of code spans: the test that runs such a command, or why none does.
SPANS = {
    "make run": "release/the_command_of_readme_runs_on_a_bare_system",
    "make test": "release/the_tests_of_readme_pass_on_a_bare_system",
    "make test-deep": "cross-arm64/output_is_the_same_as_on_this_machine",
    "make test-cross": "cross-arm64/output_is_the_same_as_on_this_machine",
    "make fresh-check": "not run in CI: it bootstraps a system",
    "make release-check": "not run in CI: it is what comes before a release",
    "make bench-forecast": "not run in CI: it takes some minutes",
    "make bench": "not run in CI: it needs the machine for itself",
    "make fuzz": "not run in CI: it takes ten minutes for each target",
    "make soak": "not run in CI: it needs a machine for itself for half an hour",
    "make dist": "not run in CI: it archives the commit of a clone",
    "make package": "e2e/package_holds_program_units_manual_and_completions",
    "make install": "e2e/uninstall_removes_what_was_installed",
    "make uninstall": "e2e/uninstall_removes_what_was_installed",
    "apt install ./ntm": "release/package_is_installed_upgraded_and_purged",
    "systemctl": "release/service_starts_captures_restarts_and_keeps_its_state",
    "systemd-analyze security": "e2e/units_are_confined",
    "setcap": "e2e/a_permitted_capability_of_the_file_is_raised",
    "docker compose": "e2e/compose_accepts_the_file",
    "docker build": "release/image_is_small_and_has_its_metadata",
    "promtool test rules": "e2e/alerts_fire_only_when_they_should",
    "tcpdump -w - | ntm -r -": "e2e/signals_end_ntm_while_it_reads_a_pipe",
    "tcpdump": "not run in CI: it is a row of the benchmark",
    "journalctl": "not run in CI: it needs a service that runs",
    "kubectl": "not run in CI: it needs a cluster",
    "nmcli": "not run in CI: it needs NetworkManager",
    "ethtool": "not run in CI: it names an interface of the reader's",
    "ip link": "not run in CI: it names an interface of the reader's",
    "ntm alert test": "e2e/alert_test_prints_the_answer_of_each_receiver",
    "ntm backup": "e2e/backup_while_it_runs_and_restore_when_it_does_not",
    "ntm doctor": "e2e/doctor_finds_nothing_wrong_where_all_is_well",
    "ntm forecast": "e2e/backtest_scores_every_model_at_every_horizon",
    "ntm help": "e2e/every_option_belongs_to_one_topic",
    "ntm history": "e2e/the_terminal_has_the_same_answer",
    "ntm qos clear": "e2e/clear_removes_what_a_killed_run_left",
    "ntm qos status": "e2e/clear_removes_what_a_killed_run_left",
    "ntm top": "e2e/every_view_has_what_the_api_has",
    "ntm restore": "e2e/backup_while_it_runs_and_restore_when_it_does_not",
}
_FENCE = re.compile(
    r"(?:^<!-- ([^\n]*) -->\n\n?)?^```(\w*)[^\n]*\n(.*?)^```$",
    re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")


class Block:
    """Commands of a page, and their marker."""

    def __init__(self, page, marker, text):
        self.page, self.text = page, text
        self.kind, _, self.value = (marker or "").partition(": ")

    def commands(self):
        """Its commands; one with a quote or a \\ can have several lines."""
        commands, begun = [], ""
        for line in self.text.splitlines():
            begun += line + "\n"
            try:
                words = shlex.split(begun, comments=True)
            except ValueError:  # inside a quote
                continue
            if line.endswith("\\"):
                continue
            if words:
                commands.append(begun.strip())
            begun = ""
        assert not begun.strip(), f"{self.page}: no end of {begun}"
        return commands


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    return [Block(page, marker, text) for marker, language, text
            in _FENCE.findall(read(page))
            if language in ("sh", "console", "bash", "shell")]


def is_command(text):
    words = text.split()
    return bool(words) and words[0] in PROGRAMS


def stray(page):
    """Lines outside of ```sh that look like commands."""
    text = _FENCE.sub("", read(page))
    return [line for line in re.findall(r"^    (?! )(.+)$", text, re.MULTILINE)
            if is_command(line) and line.split()[0] != "ip"]


def spans(page):
    """Commands in the running text, without `sudo`. The name of a program alone is
    not a command."""
    text = _FENCE.sub("", read(page))
    found = [span.replace("\\|", "|").removeprefix("sudo ")
             for span in _SPAN.findall(text)]
    return [span for span in found if is_command(span) and " " in span]


def who_runs(span):
    """Its entry in SPANS; None without one."""
    known = [start for start in SPANS
             if span == start or span.startswith((f"{start} ", start + "_"))]
    return SPANS[max(known, key=len)] if known else None


def tests():
    """{name of a test, in the form of a marker: its file}."""
    found = {}
    for folder, label in (("tests/e2e", "e2e"), ("tests/release", "release")):
        for path in (ROOT / folder).glob("test_*.py"):
            for name in re.findall(r"^ +def test_(\w+)\(", path.read_text(),
                                   re.MULTILINE):
                group = path.stem.removeprefix("test_").replace("_", "-")
                if group != "seam" and not group.startswith("cross-"):
                    group = label
                found[f"{group}/{name}"] = path
    for path in (ROOT / "tests").rglob("*_test.cc"):
        for suite in re.findall(r"^TEST(?:_[FP])?\((\w+),", path.read_text(),
                                re.MULTILINE):
            found[suite] = path
    return found
