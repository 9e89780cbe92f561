"""The program accepts the commands in README and docs."""

import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

import pytest

import commands
import ntm_process

pytestmark = pytest.mark.text

# Placeholders, and a value for each.
OWN_WORDS = {"IF": "lo", "FILE": "file.pcap"}
PRINTS = {"-D", "--version", "--help", "-h", "help"}


def options_of(page):
    """Words after `ntm` of each span that begins with an option, or a filter's
    word; test_live_commands.py runs whole blocks, and knows the subcommands."""
    for span in commands.spans(page):
        words = shlex.split(span)
        if words[0] == "ntm" and "|" not in words and (
                not words[1].isidentifier() or "net" in words):
            yield [OWN_WORDS.get(word, word) for word in words[1:]]


class DocumentationTest(unittest.TestCase):
    def test_options_in_the_text_of_every_page_are_accepted(self):
        taken = 0
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "ntm.yaml").write_text("port: 9100\n")
            for page in commands.PAGES:
                for words in options_of(page):
                    with self.subTest(f"{page}: {' '.join(words)}"):
                        self.takes(words, folder)
                    taken += 1
        self.assertGreater(taken, 25)

    def takes(self, words, folder):
        if not PRINTS & set(words):
            # --check-config stands before the filter's words.
            words = ["--check-config",
                     *[word for word in words if word != "--check-config"]]
        result = ntm_process.run(*words, cwd=folder)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_readme_runs_and_tests_with_its_first_two_commands(self):
        typed = [command for block in commands.blocks("README.md")
                 for command in block.commands()]
        self.assertEqual([shlex.split(command, comments=True)
                          for command in typed[:2]],
                         [["make", "run"], ["make", "test"]])

    def test_tests_on_the_reliability_page_exist(self):
        tests = commands.ROOT / "tests"
        known = {path.name for path in tests.glob("e2e/test_*.py")}
        for path in tests.glob("e2e/test_*.py"):
            known.update(re.findall(r"def test_([a-z0-9_]+)\(",
                                    path.read_text(encoding="utf-8")))
        for path in tests.glob("**/*_test.cc"):
            if "node_modules" not in path.parts:
                known.update(re.findall(r"\bTEST(?:_[FP])?\((\w+),",
                                        path.read_text(encoding="utf-8")))
        page = (commands.ROOT / "docs/reliability.md").read_text(
            encoding="utf-8")
        tables = page.split("\n## ")[1:3]
        named = [name for table in tables for line in table.splitlines()
                 if line.startswith("| ") for name in
                 line.strip("| ").split("| ")[-1].split(", ")]
        named = [name.strip() for name in named if name.strip() != "shown by"]
        self.assertGreater(len(named), 30)
        self.assertEqual([name for name in named if name not in known], [])

    def test_options_of_the_readme_are_in_the_help(self):
        # docker's own options, before the image's name, are its own.
        text = re.sub(r"^docker .* ntm(?= |$)", "", commands.read("README.md"),
                      flags=re.MULTILINE)
        shown = set(re.findall(r"--[a-z][a-z.-]+[a-z]", text))
        helped = ntm_process.run("--help", "all").stdout
        for option in sorted(shown - {"--help", "--version"}):
            self.assertIn(option, helped)

    def test_scrape_configuration_of_the_readme_is_prometheus(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (package prometheus)")
        block = re.search(r"(    scrape_configs:\n(?:    .*\n)+)",
                          commands.read("README.md")).group(1)
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(re.sub(r"^    ", "", block, flags=re.MULTILINE))
            file.flush()
            result = subprocess.run(["promtool", "check", "config", file.name],
                                    capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
