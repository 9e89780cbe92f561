"""What ntm may do: nothing without CAP_NET_RAW, everything with it alone."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import pytest

import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

_USER = ["--reuid=65534", "--regid=65534", "--clear-groups"]
_NOBODY = [*_USER, "--no-new-privs"]
_NO_AMBIENT = ["setpriv", *_USER, "--inh-caps=-all", "--ambient-caps=-all"]


class LiveRightsTest(LiveCase):
    def setUp(self):
        super().setUp()
        if not shutil.which("setpriv"):
            raise unittest.SkipTest("there is no setpriv (package util-linux)")
        folder = tempfile.TemporaryDirectory(prefix="ntm-e2e-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.binary = pathlib.Path(folder.name, "ntm")  # for nobody to reach
        shutil.copy(ntm_process.BINARY, self.binary)
        self.binary.chmod(0o755)

    def test_without_rights_the_remedy_is_named(self):
        result = ntm_process.run(
            "-i", "va", binary=self.binary, before=[
                *self.here.prefix(), "setpriv", *_NOBODY,
                "--inh-caps=-all", "--ambient-caps=-all"])
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertRegex(result.stderr, r"setcap cap_net_raw\S*\+e?i?p")
        self.assertIn("ntm", result.stderr.split("setcap")[1])

    def test_cap_net_raw_alone_is_enough(self):
        with self.ntm(binary=self.binary, before=[
                "setpriv", *_NOBODY, "--inh-caps=+net_raw",
                "--ambient-caps=+net_raw", "--bounding-set=-all,+net_raw"
        ]) as ntm:
            self.here.ping(netns.THERE_IP, count=3)
            ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") == 6,
                "the pings")
            shown = self.here.ip("-d", "link", "show", "va").stdout
            self.assertIn("promiscuity 1", shown)
            self.here.ip("link", "del", "va")
            ntm.wait_for(
                lambda scrape: scrape.value("ntm_capture_up") == 0, "down")
            self.pair.join()
            ntm.wait_ready()
            self.here.ping(netns.THERE_IP, count=3)
            ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") == 12,
                "the pings after the interface came back")

    def give(self, capabilities):
        if not shutil.which("setcap"):
            raise unittest.SkipTest("there is no setcap (package libcap2-bin)")
        subprocess.run(["setcap", capabilities, self.binary], check=True)

    def counts_pings(self):
        with self.ntm(binary=self.binary, before=_NO_AMBIENT) as ntm:
            self.here.ping(netns.THERE_IP, count=3)
            ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") == 6,
                "the pings")

    def test_a_permitted_capability_of_the_file_is_raised(self):
        self.give("cap_net_raw+p")
        self.counts_pings()

    def test_capabilities_of_the_file_let_nobody_capture(self):
        self.give("cap_net_raw,cap_net_admin=eip")
        self.counts_pings()

    def test_a_capability_that_is_forbidden_is_explained(self):
        self.give("cap_net_raw+p")
        result = ntm_process.run(
            "-i", "va", binary=self.binary,
            before=[*self.here.prefix(), *_NO_AMBIENT,
                    "--bounding-set=-net_raw"])
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn("--cap-add NET_RAW", result.stderr)

    def test_a_capability_of_the_file_that_does_not_count_is_explained(self):
        self.give("cap_net_raw+p")
        result = ntm_process.run(
            "-i", "va", binary=self.binary,
            before=[*self.here.prefix(), *_NO_AMBIENT,
                    "setpriv", "--no-new-privs"])
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("no_new_privs", result.stderr)
        self.assertIn("allowPrivilegeEscalation", result.stderr)

    def test_listing_needs_no_rights(self):
        result = ntm_process.run(
            "-D", binary=self.binary, before=[
                *self.here.prefix(), "setpriv", *_NOBODY,
                "--inh-caps=-all", "--ambient-caps=-all"])
        self.assertEqual(result.returncode, 0, result.stderr)
        for expected in ("va", "lo", netns.HERE_IP, "127.0.0.1"):
            self.assertIn(expected, result.stdout)
