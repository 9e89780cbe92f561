"""Reloads: completely or not at all, and no counter falls."""

import pathlib
import os
import signal
import tempfile

import pytest

import netns
import ntm_process
from live import LiveCase
from test_access import HASH, basic, bearer

pytestmark = pytest.mark.races


class LiveReloadTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="ntm-reload-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o644)
        return path

    def reload(self, ntm, told):
        count = ntm.stderr().count(told)
        ntm.process.send_signal(signal.SIGHUP)
        ntm_process.poll(lambda: ntm.stderr().count(told) > count, what=told)

    def test_reloads_apply_changed_options_and_keep_the_counters(self):
        config = self.file("ntm.yaml", "local-net: [198.51.100.0/24]\n")
        with self.ntm("-c", config, "--labels", "src,dst,direction") as ntm:
            self.here.ping(netns.THERE_IP, count=3)
            ntm.wait_for(lambda scrape: scrape.sum("ntm_packets_total") == 6,
                         "the pings")
            config.write_text("local-net: [10.9.0.0/24]\nlog-level: debug\n"
                              "max-series: 500\n")
            self.reload(ntm, "the configuration was reloaded")
            self.assertIn("need a restart: max-series",
                          ntm.stderr())
            self.here.ping(netns.THERE_IP, count=3)
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") == 12,
                "the other pings")
            self.assertEqual(scrape.sum("ntm_packets_total",
                                        direction="local"), 6)
            self.assertEqual(scrape.sum("ntm_series_limit"), 10000)
            self.assertEqual(
                scrape.sum("ntm_config_last_reload_successful"), 1)
            self.assertGreater(scrape.sum(
                "ntm_config_last_reload_success_timestamp_seconds"), 0)

    def test_a_failed_reload_changes_nothing(self):
        config = self.file("ntm.yaml", "log-level: info\n")
        web = self.file("web.yml", "")
        with self.ntm("-c", config, "--web.config.file", web) as ntm:
            for text in ("log-level: debug\nmax-series: many\n", "[\n",
                         "log-level: debug\nno-such-key: 1\n"):
                config.write_text(text)
                self.reload(ntm, "reload failed")
                # The line comes first.
                scrape = ntm.wait_for(
                    lambda s: s.sum("ntm_config_last_reload_successful") == 0,
                    "the refusal")
                self.assertEqual(scrape.sum("ntm_capture_up"), 1)
            self.assertNotIn("[debug]", ntm.stderr())
            config.write_text("log-level: info\n")
            self.reload(ntm, "the configuration was reloaded")
            ntm.wait_for(
                lambda s: s.sum("ntm_config_last_reload_successful") == 1,
                "the success")

    def test_a_failed_reload_keeps_time_zone_and_environment(self):
        config = self.file("ntm.yaml", "timezone: UTC\n")
        variables = self.file("env", "NTM_IDLE_TIMEOUT=1h\n")
        with self.ntm("-c", config, "--env-file", variables) as ntm:
            def begin_of_day():
                return ntm.fetch("/api/traffic/history?from=2026-01-31"
                                 "&to=2026-02-01").text.split('"to"')[0]
            before = begin_of_day()
            self.assertIn("2026-01-31T00:00:00", before)
            config.write_text("timezone: Asia/Kolkata\nno-such-key: 1\n")
            variables.write_text("NTM_IDLE_TIMEOUT=never\n")
            self.reload(ntm, "reload failed")
            self.assertEqual(begin_of_day(), before)
            config.write_text("timezone: Asia/Kolkata\n")
            self.reload(ntm, "reload failed")
            variables.write_text("NTM_IDLE_TIMEOUT=2h\n")
            self.reload(ntm, "the configuration was reloaded")
            self.assertIn("need a restart: timezone", ntm.stderr())
            self.assertEqual(begin_of_day(), before)

    def test_no_reload_ends_the_process(self):
        config = self.file("ntm.yaml", "log-level: info\n")
        tokens = self.file("tokens", "right\n")
        with self.ntm("-c", config, "--token-file", tokens) as ntm:
            hidden = self.folder / "hidden"
            for path in (config, tokens):
                path.rename(hidden)
                for make in (lambda p: p.mkdir(),
                             lambda p: p.symlink_to(p),
                             lambda p: p.write_bytes(b"\0\xff: [")):
                    make(path)
                    self.reload(ntm, "reload failed")
                    self.assertIsNone(ntm.process.poll())
                    path.rmdir() if path.is_dir() else path.unlink()
                hidden.rename(path)
            self.reload(ntm, "the configuration was reloaded")

    def test_users_change_while_it_runs(self):
        web = self.file("web.yml", "")
        with self.ntm("--web.config.file", web) as ntm:
            self.assertEqual(ntm.fetch("/stats").status, 200)
            web.write_text(f"basic_auth_users: {{alice: {HASH}}}\n")
            ntm_process.poll(lambda: ntm.fetch("/stats").status == 401,
                             what="a question for the user")
            answer = ntm.fetch("/stats", headers=basic("alice", "secret word"))
            self.assertEqual(answer.status, 200)
            web.write_text("basic_auth_users: {alice: geheim}\n")
            ntm_process.poll(
                lambda: "old settings stay in effect" in ntm.stderr(),
                what="a refusal")
            self.assertEqual(ntm.fetch("/stats").status, 401)
            self.assertNotIn("geheim", ntm.stderr())

    def test_reloads_over_http_need_the_flag_and_the_token(self):
        config = self.file("ntm.yaml", "log-level: info\n")
        tokens = self.file("tokens", "right\n")
        with self.ntm("-c", config) as ntm:
            self.assertEqual(ntm.fetch("/-/reload", method="POST").status, 404)
        with self.ntm("-c", config, "--token-file", tokens,
                      "--web.enable-lifecycle") as ntm:
            def ask(token):
                return ntm.fetch("/-/reload", method="POST",
                                 headers=bearer(token))
            self.assertEqual(ntm.fetch("/-/reload", method="POST").status, 401)
            self.assertEqual(ask("wrong").status, 401)
            self.assertEqual(ntm.fetch("/-/reload").status, 405)
            self.assertEqual(ask("right").status, 200)
            config.write_text("no-such-key: 1\n")
            refused = ask("right")
            self.assertEqual(refused.status, 500)
            self.assertIn("no-such-key", refused.text)
