"""Every command of README and docs is run here, or its page says which test runs it,
or why none can."""

import os
import re
import unittest

import commands
from stage import Stage

MARKERS = {"", "with", "run by", "not run in CI"}


class CommandsTest(unittest.TestCase):
    def runs(self, *pages):
        """Runs the blocks and curl commands of the pages, in their order."""
        if os.environ.get("NTM_SLOW"):
            raise unittest.SkipTest("the program that people run does it")
        ran = 0
        for page in pages:
            with Stage() as stage:
                if page == "docs/history.md":
                    stage.run("ntm --once --database "
                              "/var/lib/ntm/history.db")
                for block in commands.blocks(page):
                    if block.kind in ("", "with"):
                        ran += self.run_block(stage, block)
                curls = [span for span in commands.spans(page)
                         if span.startswith("curl ")]
                if curls:
                    stage.run("ntm -i eth0")
                ran += sum(bool(stage.run(curl)) for curl in curls)
        self.assertGreater(ran, 0)

    def run_block(self, stage, block):
        if block.kind == "with":
            stage.run(block.value)
        for command in block.commands():
            stage.run(command)
        stage.stop()
        return len(block.commands())

    def test_commands_of_the_readme_run(self):
        self.runs("README.md")

    def test_commands_about_agents_and_alerts_run(self):
        self.runs("docs/agents.md", "docs/alerts.md",
                  "docs/alerts-prometheus.md")

    def test_commands_about_aliases_and_backfill_run(self):
        self.runs("docs/anonymize.md", "docs/backfill.md")

    def test_command_of_the_doctor_page_runs(self):
        self.runs("docs/doctor.md")

    def test_commands_about_files_run(self):
        self.runs("docs/files.md")

    def test_commands_about_the_forecast_run(self):
        self.runs("docs/forecast.md")

    def test_commands_about_history_and_usage_run(self):
        self.runs("docs/history.md", "docs/usage.md")

    def test_commands_about_hosts_interfaces_and_labels_run(self):
        self.runs("docs/hosts.md", "docs/interfaces.md", "docs/labels.md",
                  "docs/network-health.md")

    def test_commands_about_the_packet_log_and_the_pi_run(self):
        self.runs("docs/packet-log.md", "docs/raspberry-pi.md")

    def test_commands_about_qos_run(self):
        self.runs("docs/qos.md")

    def test_commands_about_tokens_run(self):
        self.runs("docs/security.md")

    def test_commands_about_top_run(self):
        self.runs("docs/top.md")

    def test_every_page_with_commands_has_a_test_that_runs_them(self):
        with open(__file__, encoding="utf-8") as file:
            run = set(re.findall(r'"((?:README|docs/[\w-]+)\.md)"',
                                 file.read()))
        to_run = {page for page in commands.PAGES
                  if any(block.kind in ("", "with")
                         for block in commands.blocks(page))
                  or any(span.startswith("curl ")
                         for span in commands.spans(page))}
        self.assertEqual(to_run - run, set())
        self.assertGreater(len(to_run), 12)

    def test_every_command_is_a_block_that_says_who_runs_it(self):
        tests, marked = commands.tests(), 0
        for page in commands.PAGES:
            self.assertEqual(commands.stray(page), [], f"{page}: not ```sh")
            for block in commands.blocks(page):
                with self.subTest(f"{page}: {block.text}"):
                    self.assertIn(block.kind, MARKERS)
                    self.assertTrue(block.commands())
                    if block.kind == "not run in CI":
                        self.assertGreater(len(block.value), 10)
                    if block.kind == "run by":
                        self.is_run_by(block, block.value.split(", "), tests)
                    marked += bool(block.kind)
        self.assertGreater(marked, 5)

    def is_run_by(self, block, names, tests):
        """The tests exist, and their files contain each command."""
        for name in names:
            self.assertIn(name, tests)
        text = "".join(tests[name].read_text() for name in names)
        for command in block.commands():
            words = command.split()[:2]
            if words[0].endswith("/pytest"):  # this test is run by it
                continue
            known = " ".join(words) in text or any(
                name in command for name in names) or (
                    f'commands.blocks("{block.page}")' in text)
            self.assertTrue(known, f"{names} do not run {command}")

    def test_every_command_in_the_text_has_a_test(self):
        tests = commands.tests()
        for page in commands.PAGES:
            for span in commands.spans(page):
                who = commands.who_runs(span)
                if who and not who.startswith("not run in CI: "):
                    self.assertIn(who, tests, span)
                elif not who:
                    # curl is run here, ntm's options by test_documentation.
                    self.assertRegex(span, r"^(curl|ntm) ",
                                     f"{page}: who runs it?")
                    self.assertNotRegex(span, r"^ntm [a-z]+( |$)",
                                        f"{page}: who runs it?")
