"""The command line: help, version, interfaces, usage errors."""

import json
import pathlib
import re
import subprocess

import mixed
import ntm_process
import pcap_files
from files import FileCase

# What everybody looks for first; the origins' options are among them.
MOST_USED = {
    "-i", "--interface", "-r", "--read", "-p", "--port", "-b", "--bind-ip",
    "-c", "--config", "-s", "--metric-prefix", "--labels", "--max-series",
    "--resolve", "-f", "--fqdn", "--database", "--once", "-D",
    "--list-interfaces", "--check-config", "--version", "-h", "--help"}
TOPICS = {
    "agents", "alerts", "capture", "config", "devices", "files", "forecast",
    "history", "interfaces", "labels", "log", "names", "qos", "security", "top",
    "usage", "web"}
SUBCOMMANDS = {"alert", "backup", "doctor", "forecast", "help", "history",
               "qos", "restore", "top"}


def helped(*words):
    result = ntm_process.run(*words)
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout


def options_in(text):
    """The names of each option that is listed, of which a second column says
    more or the next line."""
    return [re.findall(r"--?[a-zA-Z][\w.-]*", line[2:].split("  ")[0])
            for line in text.splitlines() if re.match(r"  -", line)]


def names_in(text):
    return {name for names in options_in(text) for name in names}


class HelpTest(FileCase):
    def test_help_lists_every_option(self):
        text = helped("--help", "all")
        self.assertEqual(text, helped("help", "all"))
        self.assertEqual(text, helped("-h", "all"))
        # Who checks the configuration is told each setting.
        checked = ntm_process.run("--check-config").stdout
        settings = set(re.findall(r"(?m)^([a-z][\w.-]*): ", checked))
        self.assertGreater(len(settings), 80)
        listed = names_in(text)
        self.assertEqual({name for name in settings - {"filters"}
                          if f"--{name}" not in listed}, set())
        self.assertIn("\n  filter …\n", text)
        self.assertLessEqual(MOST_USED | {
            "--bind_ip", "--metric_prefix", "--web.listen-address",
            "--health-check", "--env-file", "--summary"}, listed)

    def test_help_is_one_screen_of_what_exists(self):
        text = helped("--help")
        self.assertEqual(text, helped("-h"))
        self.assertEqual(text, helped("help"))
        lines = text.splitlines()
        self.assertLessEqual(len(lines), 60)
        self.assertEqual(names_in(text), MOST_USED)
        self.assertLessEqual(names_in(text), names_in(helped("help", "all")))
        for heading, names in (("Most used", MOST_USED),
                               ("Subcommands", SUBCOMMANDS),
                               ("Topics", TOPICS)):
            at = next(number for number, line in enumerate(lines)
                      if line.startswith(heading))
            listed = lines[at + 1:lines.index("", at)]
            # One line each, with a text.
            for line in listed:
                self.assertRegex(line, r"^  \S.*?  +\S")
            if names is not MOST_USED:
                self.assertEqual({line.split()[0] for line in listed}, names)

    def test_every_option_belongs_to_one_topic(self):
        found = []
        for topic in TOPICS:
            text = helped("help", topic)
            self.assertTrue(text.startswith(f"{topic}: "), text)
            found += options_in(text)
        self.assertEqual(sorted(found), sorted(options_in(helped("help",
                                                                 "all"))))

    def test_topic_has_its_subcommands(self):
        for topic, subcommand in (
                ("history", "history"), ("history", "backup"),
                ("history", "restore"), ("forecast", "forecast"),
                ("alerts", "alert"), ("qos", "qos"), ("top", "top"),
                ("config", "doctor")):
            self.assertIn(f"\n  ntm {subcommand} ", helped("help", topic))

    def test_help_of_a_subcommand_is_its_own(self):
        for name in SUBCOMMANDS:
            for words in ((name, "--help"), (name, "-h"),
                          (name, "--json", "--help")):
                text = helped(*words)
                self.assertTrue(text.startswith(f"Usage: ntm {name} "), text)
                self.assertLess(text.count("\n"), 25)
                self.assertNotIn("--max-series", text)
        for name in SUBCOMMANDS - TOPICS:
            self.assertEqual(helped("help", name), helped(name, "--help"))

    def test_no_line_of_the_help_is_wider_than_80_columns(self):
        for words in (["--help"], ["help", "all"],
                      *(["help", word] for word in TOPICS),
                      *([word, "--help"] for word in SUBCOMMANDS)):
            for line in helped(*words).splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_help_on_what_is_no_topic_suggests_the_nearest(self):
        for word, said in (("captur", "did you mean 'ntm help capture'?"),
                           ("lables", "did you mean 'ntm help labels'?"),
                           ("bakup", "did you mean 'ntm help backup'?"),
                           ("zzzzzzzz", "the topics are config, capture, ")):
            for words in (("help", word), (f"--help={word}",)):
                result = ntm_process.run(*words)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertEqual(len(result.stderr.splitlines()), 1)
                self.assertIn(f"no help topic '{word}'", result.stderr)
                self.assertIn(said, result.stderr)

    def test_help_is_a_subcommand_only_as_the_first_word(self):
        path = self.capture(mixed.frames())
        counted = ntm_process.run("-r", path, "port", "help")
        self.assertIn("filter 'port help'", counted.stderr)
        result = ntm_process.run("-r", path, "help")
        self.assertEqual(result.returncode, 1)
        self.assertIn("filter 'help'", result.stderr)


class CliTest(FileCase):
    def test_version_is_printed(self):
        result = ntm_process.run("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^ntm \d+\.\d+\.\d+\b")

    def test_list_interfaces_prints_all_with_state_and_addresses(self):
        names = sorted(entry.name for entry in
                       pathlib.Path("/sys/class/net").iterdir()
                       if entry.is_dir())
        known = {link["ifname"]: link for link in json.loads(subprocess.run(
            ["ip", "-j", "addr"], capture_output=True, check=True).stdout)
            if "ifname" in link}
        for flag in ("-D", "--list-interfaces"):
            result = ntm_process.run(flag)
            self.assertEqual(result.returncode, 0, result.stderr)
            for name in names:
                with self.subTest(name):
                    self.assert_listed(result.stdout, name, known[name])

    def assert_listed(self, text, name, link):
        # The line of the interface and the indented lines after it.
        match = re.search(rf"(?m)^\W*(?:\d+[.:]\s*)?{re.escape(name)}\b.*"
                          r"(?:\n[ \t]+\S.*)*", text)
        self.assertIsNotNone(match, text)
        entry = match.group()
        up = "UP" in link["flags"]
        self.assertRegex(entry.lower(), r"\bup\b" if up else r"\bdown\b")
        for address in link["addr_info"]:
            self.assertIn(address["local"], entry)

    def test_usage_errors_exit_2(self):
        path = self.capture(mixed.frames())
        for arguments in (
                ("--nosuch",), ("-s", "9x"), ("-s", "a-b"), ("-s", ""),
                ("-p", "abc"), ("-p", "70000"), ("-p", "-1"), ("-p",),
                ("--log-level", "loud"), ("--log-format", "xml"),
                ("--count", "-1"), ("--count", "many"),
                ("--max-series", "0"), ("--max-series", "x"),
                ("--snaplen", "-5"), ("--buffer-size", "big"),
                ("--web.listen-address", "nonsense:port"), ("-c",)):
            with self.subTest(arguments):
                result = ntm_process.run("-r", path, *arguments)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertEqual(result.stdout, "")
                self.assertNotEqual(result.stderr.strip(), "")

    def test_a_misspelled_option_is_named(self):
        result = ntm_process.run("--interfac", "lo")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--interfac", result.stderr)

    def test_double_dash_ends_the_options(self):
        path = self.capture(mixed.frames())
        with_dashes = ntm_process.run("-r", path, "--", "udp", "port", "53")
        self.assertEqual(with_dashes.returncode, 0, with_dashes.stderr)
        self.assertEqual(with_dashes.stdout,
                         ntm_process.run("-r", path, "udp port 53").stdout)

    def test_fqdn_is_accepted(self):
        path = self.capture(mixed.frames())
        for flag in ("-f", "--fqdn"):
            self.assertEqual(
                ntm_process.read_file(path, flag, "udp").flows(),
                ntm_process.read_file(path, "udp").flows())

    def test_log_is_text_or_json(self):
        content = pcap_files.pcap(mixed.frames())
        cut = self.write("cut.pcap", content[:-5])  # gives a warning
        result = ntm_process.run("-r", cut, "--log-format", "json",
                                 "--log-level", "debug")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [json.loads(line) for line in result.stderr.splitlines()]
        self.assertTrue(any("cut.pcap" in json.dumps(line) for line in lines),
                        result.stderr)
        text = ntm_process.run("-r", cut).stderr
        self.assertIn("cut.pcap", text)
        self.assertNotEqual(text[0], "{")
        quiet = ntm_process.run("-r", cut, "--log-level", "error")
        self.assertEqual((quiet.returncode, quiet.stderr), (0, ""))
