"""The sandbox: the rights that every thread gives up, and what the process cannot do
afterwards, tried by a test build of the program."""

import os
import pathlib
import pwd
import shutil
import tempfile
import unittest

import netns
import ntm_process
from live import LiveCase

PROBE = os.environ.get("NTM_PROBE", str(
    pathlib.Path(ntm_process.BINARY).parent / "ntm_probe"))
NET_RAW = 1 << 13
# System calls that a sanitizer needs are allowed.
SANITIZED = bool(os.environ.get("NTM_SLOW"))


def threads(ntm):
    """{thread's name: fields of its status}."""
    found = {}
    for number, fields in ntm_process.threads(ntm.process.pid).items():
        # The sanitizer's thread has no own name and blocks signals.
        if (SANITIZED and not fields["Name"].startswith("ntm-")
                and number != str(ntm.process.pid)):
            continue
        found[f"{fields['Name']} {number}"] = fields
    return found


class LiveSandboxTest(LiveCase):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            raise unittest.SkipTest("rights can be given up by root only")
        folder = tempfile.TemporaryDirectory(prefix="ntm-sandbox-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o1777)
        self.folder = pathlib.Path(folder.name)
        self.nobody = pwd.getpwnam("nobody")

    def sandboxed(self, *arguments, **how):
        return self.ntm("--user", "nobody", "--sandbox", "strict", *arguments,
                        **how)

    def check_threads(self, ntm, uid, least=4):
        found = threads(ntm)
        self.assertGreaterEqual(len(found), least, found.keys())
        for name, fields in found.items():
            with self.subTest(name):
                self.assertEqual(fields["Uid"].split(), [str(uid)] * 4)
                for kind in ("CapPrm", "CapEff"):
                    self.assertEqual(int(fields[kind], 16) & ~NET_RAW, 0, kind)
                self.assertEqual(int(fields["CapInh"], 16), 0)
                self.assertEqual(int(fields["CapAmb"], 16), 0)
                self.assertEqual(fields["NoNewPrivs"], "1")
                self.assertEqual(fields["Seccomp"], "2")

    def test_every_thread_gives_up_its_rights(self):
        with self.sandboxed("--resolve", "--dns-server", "192.0.2.53",
                            "--capture-threads", "2") as ntm:
            self.check_threads(ntm, self.nobody.pw_uid, least=7)
            for name, fields in threads(ntm).items():
                self.assertEqual(fields["Groups"].split(), [], name)
                self.assertEqual(fields["Gid"].split(),
                                 [str(self.nobody.pw_gid)] * 4, name)
            info = ntm.scrape().labels_of("ntm_sandbox_info")
            self.assertEqual(info["uid"], str(self.nobody.pw_uid))
            self.assertEqual(info["capabilities"], "cap_net_raw")
            self.assertEqual(info["seccomp"], "1")
            self.assertGreater(int(info["landlock"]), 0)

    def test_the_sandbox_refuses_everything_that_a_run_does_not_need(self):
        outside = self.folder / "outside"
        outside.mkdir(mode=0o777)
        os.chmod(outside, 0o777)
        secret = outside / "secret"
        secret.write_text("x")
        secret.chmod(0o644)
        with self.sandboxed(binary=PROBE) as ntm:
            def attempt(what, path=""):
                return ntm.fetch(f"/probe/{what}?path={path}").text
            refused = {"raw-ip": "EPERM", "raw-ipv6": "EPERM",
                       "exec": "EPERM", "root": "EPERM", "mount": "EPERM",
                       "chmod-root": "EPERM"}
            if not SANITIZED:
                refused |= {"trace": "EPERM", "kill": "EPERM",
                            "fork": "ENOSYS"}
            for what, error in refused.items():
                self.assertEqual(attempt(what), error, what)
            self.assertEqual(attempt("write", outside / "new"), "EACCES")
            self.assertEqual(attempt("write", secret), "EACCES")
            self.assertEqual(attempt("read", secret), "EACCES")
            self.assertEqual(attempt("read", "/root/.profile"), "EACCES")
            self.assertFalse((outside / "new").exists())
            # What it needs works.
            inside = pathlib.Path(ntm.state.name, "new")
            self.assertEqual(attempt("write", inside), "done")
            self.assertEqual(attempt("read", "/etc/services"), "done")
            self.assertEqual(attempt("packet"), "done")

    def test_a_sandboxed_run_captures_again_when_the_interface_is_back(self):
        with self.sandboxed() as ntm:
            self.here.ping(netns.THERE_IP, count=2)
            ntm.wait_for(lambda scrape: scrape.sum("ntm_packets_total") == 4,
                         "the pings")
            self.here.ip("link", "del", "va")
            ntm.wait_for(lambda scrape: scrape.value("ntm_capture_up") == 0,
                         "down")
            self.pair.join()
            ntm.wait_ready()
            self.here.ping(netns.THERE_IP, count=2)
            ntm.wait_for(lambda scrape: scrape.sum("ntm_packets_total") == 8,
                         "the pings after it came back")
            shown = self.here.ip("-d", "link", "show", "va").stdout
            # The capture for names of hosts follows some seconds later.
            self.assertRegex(shown, "promiscuity [12]")

    def test_a_sandboxed_run_keeps_its_history(self):
        with self.sandboxed("--write-interval", "1") as ntm:
            database = pathlib.Path(ntm.state.name, "history.db")
            self.assertEqual(database.stat().st_uid, self.nobody.pw_uid)
            ntm.wait_for(lambda scrape: scrape.sum(
                "ntm_history_written_rows_total") > 0, "rows", 30)
            self.assertEqual(
                ntm.fetch("/api/traffic/history?hours=1").status, 200)
            self.assertNotIn("Permission denied", ntm.stderr())
            self.assertEqual(ntm.scrape().sum("ntm_module_errors_total"), 0)

    def test_a_database_in_a_folder_of_root_works_with_one_warning(self):
        foreign = self.folder / "foreign"
        foreign.mkdir(mode=0o755)
        os.chmod(foreign, 0o755)
        with self.sandboxed("--database", foreign / "x.db", "--write-interval",
                            "1") as ntm:
            ntm.wait_for(lambda scrape: scrape.sum(
                "ntm_history_written_rows_total") > 0, "rows", 30)
            self.assertEqual(
                ntm.fetch("/api/traffic/history?hours=1").status, 200)
            self.assertEqual(ntm.stderr().count("its directory is not writable for uid"), 1)

    def test_a_log_that_cannot_be_rotated_continues_after_one_line(self):
        foreign = self.folder / "foreign"
        foreign.mkdir(mode=0o755)
        os.chmod(foreign, 0o755)
        log = foreign / "ntm.log"
        with self.sandboxed("--log-file", log, "--log-max-bytes", "300",
                            "--log-level", "debug"):
            ntm_process.poll(
                lambda: "cannot be rotated" in log.read_text(), what="a line")
        text = log.read_text()
        self.assertEqual(text.count("cannot be rotated"), 1, text)
        self.assertFalse((foreign / "ntm.log.1").exists())

    def test_sandbox_off_keeps_all_rights_and_says_so(self):
        with self.ntm("--sandbox", "off") as ntm:
            for fields in threads(ntm).values():
                self.assertEqual(fields["Uid"].split()[0], "0")
                self.assertEqual(fields["Seccomp"], "0")
            info = ntm.scrape().labels_of("ntm_sandbox_info")
            self.assertEqual((info["uid"], info["seccomp"], info["landlock"]),
                             ("0", "0", "0"))

    def without_setuid(self):
        if not shutil.which("setpriv"):
            raise unittest.SkipTest("there is no setpriv (package util-linux)")
        return ["setpriv", "--bounding-set=-all,+net_raw",
                "--inh-caps=-all,+net_raw"]

    def test_root_without_cap_setuid_gives_up_all_other_rights(self):
        with self.ntm(before=self.without_setuid()) as ntm:
            self.check_threads(ntm, 0)
            self.assertIn("it stays uid 0", ntm.stderr())
            self.assertEqual(ntm.stderr().count("it stays uid 0"), 1)

    def test_sandbox_strict_refuses_to_keep_a_right(self):
        result = ntm_process.run(
            "-i", "va", "--sandbox", "strict",
            before=[*self.here.prefix(), *self.without_setuid()])
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("--sandbox strict: it stays uid 0", result.stderr)

    def test_an_unknown_user_is_a_usage_error(self):
        result = ntm_process.run("-i", "va", "--user", "nosuchuser",
                                 before=self.here.prefix())
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("there is no user 'nosuchuser'", result.stderr)

    def test_unreadable_secrets_for_a_reload_give_a_warning(self):
        tokens = self.folder / "tokens"
        tokens.write_text("a-token\n")
        tokens.chmod(0o600)
        with self.sandboxed("--token-file", tokens) as ntm:
            self.assertIn(f"{tokens} cannot be read again", ntm.stderr())
            answer = ntm.fetch("/stats",
                               headers={"Authorization": "Bearer a-token"})
            self.assertEqual(answer.status, 200)


class SandboxOptionsTest(unittest.TestCase):
    def test_wrong_sandbox_modes_are_usage_errors(self):
        result = ntm_process.run("--check-config", "--sandbox", "maybe")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("is not on, strict or off", result.stderr)
