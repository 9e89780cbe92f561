"""What README and docs tell people to type is taken by the program."""

import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

import ntm_process

ROOT = pathlib.Path(__file__).parents[2]
# A command in a code span or an indented block; a pipe or redirection ends it.
COMMAND = re.compile(r"(?:^    |`)(?:sudo )?(ntm(?: [^`\n|<>]*)?)", re.MULTILINE)
PRINTS = {"-D", "--version", "--help", "-h"}


def commands(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for match in COMMAND.finditer(text):
        words = shlex.split(match.group(1).replace("\\", ""))[1:]
        if words and not words[0].isidentifier() or "net" in words:
            yield words


class DocumentationTest(unittest.TestCase):
    def takes_commands_of(self, document):
        taken = 0
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "ntm.yaml").write_text("port: 9100\n")
            for words in commands(document):
                if any("…" in word for word in words):
                    continue
                if not PRINTS & set(words):
                    words = [*words, "--check-config"]
                # --check-config stands before the filter's words.
                if "--check-config" in words:
                    words = ["--check-config",
                             *[w for w in words if w != "--check-config"]]
                with self.subTest(" ".join(words)):
                    result = ntm_process.run(*words, cwd=folder)
                    self.assertEqual(result.returncode, 0, result.stderr)
                taken += 1
        return taken

    def test_commands_of_the_readme_are_taken(self):
        self.assertGreaterEqual(self.takes_commands_of("README.md"), 10)

    def test_commands_of_the_label_page_are_taken(self):
        self.assertGreaterEqual(self.takes_commands_of("docs/labels.md"), 4)

    def test_commands_of_the_qos_page_are_taken(self):
        self.assertGreaterEqual(self.takes_commands_of("docs/qos.md"), 3)

    def test_commands_of_the_raspberry_pi_page_are_taken(self):
        self.assertGreaterEqual(
            self.takes_commands_of("docs/raspberry-pi.md"), 4)

    def test_what_the_reliability_page_names_exists(self):
        tests = ROOT / "tests"
        known = {path.name for path in tests.glob("e2e/test_*.py")}
        for path in tests.glob("e2e/test_*.py"):
            known.update(re.findall(r"def test_([a-z0-9_]+)\(",
                                    path.read_text(encoding="utf-8")))
        for path in tests.glob("**/*_test.cc"):
            if "node_modules" not in path.parts:
                known.update(re.findall(r"\bTEST(?:_[FP])?\((\w+),",
                                        path.read_text(encoding="utf-8")))
        page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
        tables = page.split("\n## ")[1:3]
        named = [name for table in tables for line in table.splitlines()
                 if line.startswith("| ") for name in
                 line.strip("| ").split("| ")[-1].split(", ")]
        named = [name.strip() for name in named if name.strip() != "shown by"]
        self.assertGreater(len(named), 30)
        self.assertEqual([name for name in named if name not in known], [])

    def test_options_of_the_readme_are_in_the_help(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        # docker's own options, before the image's name, are its own.
        text = re.sub(r"^    docker .* ntm(?= |$)", "", text,
                      flags=re.MULTILINE)
        shown = set(re.findall(r"--[a-z][a-z.-]+[a-z]", text))
        helped = ntm_process.run("--help").stdout
        for option in sorted(shown - {"--help", "--version"}):
            self.assertIn(option, helped)

    def test_scrape_configuration_of_the_readme_is_prometheus(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed (package prometheus)")
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        block = re.search(r"(    scrape_configs:\n(?:    .*\n)+)", text).group(1)
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write(re.sub(r"^    ", "", block, flags=re.MULTILINE))
            file.flush()
            result = subprocess.run(["promtool", "check", "config", file.name],
                                    capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
