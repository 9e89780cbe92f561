"""Rights: ntm needs CAP_NET_RAW and nothing else."""

import contextlib
import os
import pathlib
import pwd
import shutil
import sqlite3
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
        self.binary = pathlib.Path(folder.name, "ntm")  # not reachable by others
        shutil.copy(ntm_process.BINARY, self.binary)
        self.binary.chmod(0o755)

    def test_without_rights_the_error_names_the_remedy(self):
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
            # Once for the packets, once for names of hosts.
            self.assertIn("promiscuity 2", shown)
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

    def test_an_ordinary_user_can_capture_with_file_capabilities(self):
        self.give("cap_net_raw,cap_net_admin=eip")
        self.counts_pings()

    def test_a_forbidden_capability_is_explained(self):
        self.give("cap_net_raw+p")
        result = ntm_process.run(
            "-i", "va", binary=self.binary,
            before=[*self.here.prefix(), *_NO_AMBIENT,
                    "--bounding-set=-net_raw"])
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn("--cap-add NET_RAW", result.stderr)

    def test_an_ignored_file_capability_is_explained(self):
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


class LiveStateTest(LiveCase):
    """Files in the state directory belong to its user."""

    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            raise unittest.SkipTest("rights can be given up by root only")
        folder = tempfile.TemporaryDirectory(prefix="ntm-state-rights-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.folder = pathlib.Path(folder.name)
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o700)
        self.nobody = pwd.getpwnam("nobody")
        os.chown(self.state, self.nobody.pw_uid, self.nobody.pw_gid)
        self.roots = self.folder / "roots"  # root's alone
        self.roots.mkdir(mode=0o700)

    def kept(self, *arguments, user=("--user", "nobody"), **how):
        return self.ntm(*user, *arguments,
                        env={"STATE_DIRECTORY": str(self.state)}, **how)

    def test_links_to_files_of_root_are_not_followed(self):
        database = self.roots / "secret.db"
        with contextlib.closing(sqlite3.connect(database)) as connection:
            connection.execute("CREATE TABLE secret (x)")
            connection.commit()
        database.chmod(0o600)
        before = database.read_bytes()
        (self.state / "history.db").symlink_to(database)
        for name in ("agents.json", "agents.json.lock", "agents.json.new",
                     "history.db.lock", "ntm.log", "packets.csv"):
            (self.state / name).symlink_to(self.roots / name)
        with self.kept("--accept-agents", "*") as ntm:
            ntm.wait_for(lambda scrape: scrape.value("ntm_capture_up") == 1,
                         "the capture")
            self.assertIn("kept in memory only", ntm.stderr())
            self.assertIn("agents' totals will not be kept", ntm.stderr())
        self.assertEqual(database.read_bytes(), before)
        self.assertEqual([path.name for path in self.roots.iterdir()],
                         ["secret.db"])
        for flag, name in (("--log-file", "ntm.log"),
                           ("--packet-log", "packets.csv"),
                           ("--database", "history.db")):
            result = ntm_process.run(
                "-i", "va", "--user", "nobody", flag, self.state / name,
                before=self.here.prefix())
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(str(self.state / name), result.stderr)
        self.assertEqual([path.name for path in self.roots.iterdir()],
                         ["secret.db"])

    def test_subcommands_run_by_root_follow_no_links(self):
        with self.kept("--write-interval", "1") as ntm:
            ntm.wait_for(lambda scrape: scrape.sum(
                "ntm_history_written_rows_total") > 0, "rows", 30)
        copy = self.folder / "copy.db"
        env = {"STATE_DIRECTORY": str(self.state)}
        result = ntm_process.run("backup", copy, env=env)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(copy.stat().st_mode & 0o777, 0o600)
        (self.state / "history.db.lock").unlink()
        (self.state / "history.db.lock").symlink_to(self.roots / "lock")
        result = ntm_process.run("restore", copy, env=env)
        self.assertEqual(result.returncode, 1, result.stderr)
        (self.state / "history.db.lock").unlink()
        (self.state / "history.db.restoring").symlink_to(self.roots / "draft")
        result = ntm_process.run("restore", copy, env=env)
        self.assertEqual(result.returncode, 0, result.stderr)
        restored = (self.state / "history.db").stat()
        self.assertEqual((restored.st_uid, restored.st_mode & 0o777),
                         (self.nobody.pw_uid, 0o600))
        self.assertEqual(list(self.roots.iterdir()), [])

    def test_only_the_user_can_read_the_state(self):
        state = self.folder / "new"
        with self.ntm("--accept-agents", "*", "--log-file", state / "ntm.log",
                      env={"STATE_DIRECTORY": str(state)}) as ntm:
            info = ntm.scrape().labels_of("ntm_sandbox_info")
            self.assertNotEqual(int(info["uid"]), self.nobody.pw_uid)
            self.assertNotEqual(int(info["uid"]), 0)
            ntm_process.poll(lambda: (state / "history.db").exists(),
                             what="a database")
            self.assertEqual(state.stat().st_mode & 0o777, 0o700)
            for path in state.iterdir():
                self.assertEqual(path.stat().st_uid, int(info["uid"]), path)
                self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_files_of_nobody_are_given_to_the_new_user(self):
        with self.kept() as ntm:
            self.assertIn("belong to nobody, so every program", ntm.stderr())
        with self.kept(user=()) as ntm:
            uid = int(ntm.scrape().labels_of("ntm_sandbox_info")["uid"])
            self.assertNotEqual(uid, self.nobody.pw_uid)
            self.assertNotIn("kept in memory only", ntm.stderr())
            self.assertEqual((self.state / "history.db").stat().st_uid, uid)
