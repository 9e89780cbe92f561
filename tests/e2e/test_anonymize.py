"""--anonymize: aliases in place of all addresses of the traffic."""

import ipaddress
import os
import re
import stat

import frames
import mixed
import ntm_process
from files import FileCase

KEY = bytes(range(32))
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*")


def shared_bits(one, two):
    one, two = map(ipaddress.ip_address, (one, two))
    return one.max_prefixlen - (int(one) ^ int(two)).bit_length()


class AnonymizeTest(FileCase):
    def setUp(self):
        super().setUp()
        self.path = self.capture(mixed.frames())
        self.key = self.write("key", KEY)
        self.key.chmod(0o600)
        self.hosts = sorted({host for key in mixed.FLOWS for host in key[:2]})

    def read(self, *arguments, path=None):
        return ntm_process.read_file(path or self.path, "--anonymize",
                                     "--anonymize-key", self.key, *arguments)

    def assert_hidden(self, text):
        self.assertGreater(len(self.hosts), 8)
        self.assertEqual(set(ADDRESS.findall(text)) & set(self.hosts), set())
        for mac in ("02:00:00", frames.SRC_MAC, frames.DST_MAC):
            self.assertNotIn(mac, text)

    def aliases(self, exposition):
        """{address: alias}, by the order of the flows, which is that of the file."""
        def rows(found):
            return [match for line in found.text.splitlines() for match in
                    re.findall(r'^ntm_bytes_total\{dst="(.*?)".*src="(.*?)"',
                               line)]
        real = rows(ntm_process.read_file(self.path))
        shown = rows(exposition)
        self.assertEqual(len(real), len(shown))
        table = {}
        for pair, other in zip(real, shown):
            for address, alias in zip(pair, other):
                self.assertEqual(table.setdefault(address, alias), alias)
        return table

    def test_anonymize_shows_no_address_of_the_capture(self):
        def run(*arguments):
            result = ntm_process.run("-r", self.path, "--anonymize",
                                     "--anonymize-key", self.key,
                                     "--log-level", "trace", *arguments)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("ntm_bytes", result.stdout)
            self.assert_hidden(result.stdout + result.stderr)
        run()
        run("--openmetrics", "-")

    def test_anonymize_shows_no_address_when_it_serves(self):
        with ntm_process.Ntm("-r", self.path, "--serve", "--anonymize",
                             "--anonymize-key", self.key, "--log-level",
                             "trace", "--no-promiscuous") as ntm:
            ntm.wait_ready()
            scraped = ntm.scrape()
            self.assertEqual(scraped.sum("ntm_packets_total"), 27)
            self.assert_hidden(scraped.text + ntm.fetch("/").text)
        self.assert_hidden(ntm.stderr())

    def test_anonymize_does_not_change_the_counters(self):
        def numbers(found):
            return sorted((proto, service, *counts) for
                          (_, _, proto, service), counts
                          in found.flows().items())
        self.assertEqual(numbers(self.read()),
                         numbers(ntm_process.read_file(self.path)))

    def test_anonymize_keeps_exactly_the_shared_bits(self):
        table = self.aliases(self.read())
        self.assertEqual(sorted(table), self.hosts)
        compared = 0
        for one in table:
            for two in table:
                if (":" in one) == (":" in two):
                    compared += 1
                    self.assertEqual(shared_bits(one, two),
                                     shared_bits(table[one], table[two]))
        self.assertGreater(compared, 40)

    def test_anonymize_sums_the_series_of_hidden_macs(self):
        def frame(mac, size):
            return frames.eth(b"x" * size, src_mac=mac, ethertype=0x88CC,
                              dst_mac="01:80:c2:00:00:0e")
        path = self.capture([frame("ac:de:48:00:11:22", 100),
                             frame("ac:de:48:00:11:23", 200)], "macs.pcap")
        plain = ntm_process.read_file(path)
        self.assertEqual(len(plain.flows()), 2)
        hidden = self.read(path=path)
        (labels, counts), = hidden.flows().items()
        self.assertEqual(labels[:2], ("mac", "mac"))
        self.assertEqual(counts, (2, plain.sum("ntm_bytes_total")))
        self.assertGreater(counts[1], 0)
        self.assert_hidden(hidden.text)

    def test_anonymize_creates_a_key_once_and_keeps_it(self):
        self.key = self.folder / "state" / "ntm" / "key"
        first = self.read()
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        content = self.key.read_bytes()
        self.assertEqual(len(content), 32)
        self.assertEqual(self.read().text, first.text)
        self.assertEqual(self.key.read_bytes(), content)
        self.assertEqual(os.listdir(self.key.parent), ["key"])
        self.key.unlink()
        self.assertNotEqual(self.read().text, first.text)
        self.assertNotEqual(self.key.read_bytes(), content)

    def test_anonymize_key_has_a_default_path(self):
        state = self.folder / "state"
        state.mkdir()
        ntm_process.read_file(self.path, "--anonymize", env={
            "STATE_DIRECTORY": f"{state}:/elsewhere"})
        self.assertEqual(len((state / "anonymize.key").read_bytes()), 32)

    def test_anonymize_warns_of_a_key_that_others_can_read(self):
        self.key.chmod(0o640)
        result = ntm_process.run("-r", self.path, "--anonymize",
                                 "--anonymize-key", self.key)
        self.assertEqual(result.returncode, 0)
        line = self.one_line(result.stderr)
        self.assertIn("chmod 600", line)
        self.assertIn("640", line)

    def test_anonymize_refuses_an_invalid_key(self):
        for content in (b"", KEY[:31], KEY + b"\n"):
            with self.subTest(len(content)):
                self.key.write_bytes(content)
                line = self.refuses("-r", self.path, "--anonymize",
                                    "--anonymize-key", self.key)
                self.assertIn(f"has {len(content)} bytes", line)
        self.assertIn("is not a regular file", self.refuses(
            "-r", self.path, "--anonymize", "--anonymize-key", self.folder))
        self.assertIn("Not a directory", self.refuses(
            "-r", self.path, "--anonymize", "--anonymize-key",
            self.key / "below"))

    def test_anonymize_key_alone_is_refused(self):
        self.assertIn("without --anonymize", self.refuses(
            "-r", self.path, "--anonymize-key", self.key, exit_code=2))
