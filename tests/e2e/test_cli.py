"""The command line: help, version, interfaces, usage errors."""

import json
import pathlib
import re
import subprocess

import mixed
import ntm_process
import pcap_files
from files import FileCase

OPTIONS = (
    "-i", "--interface", "-p", "--port", "-b", "--bind_ip",
    "--web.listen-address", "-s", "--metric_prefix", "-f", "--fqdn", "-r",
    "--read", "--count", "--snaplen", "--buffer-size", "--promiscuous",
    "--no-promiscuous", "--services-file", "-D", "--list-interfaces",
    "--log-level", "--log-format", "-c", "--config", "--check-config",
    "--version", "-h", "--help", "--raw-filter", "--max-series", "--serve",
    "--wait-interface", "--web.telemetry-path", "--web.max-requests",
    "--web.systemd-socket", "--capture-threads", "filter")


class CliTest(FileCase):
    def test_help_lists_every_option(self):
        for flag in ("-h", "--help"):
            result = ntm_process.run(flag)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            for option in OPTIONS:
                with self.subTest(option):
                    self.assertRegex(
                        result.stdout,
                        rf"(?m)(^|[\s,\[{{]){re.escape(option)}\b")

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
