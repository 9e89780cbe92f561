"""The history in its SQLite file, read by others while ntm runs."""

import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import stat
import tempfile
import time

import pytest

import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

COLUMNS = ["id", "timestamp", "interface", "bytes_sent", "bytes_recv",
           "packets_sent", "packets_recv", "errin", "errout", "dropin",
           "dropout", "bytes_sent_rate", "bytes_recv_rate"]
# The columns that scripts of dashboards use by name.
DASHBOARD_COLUMNS = {
    "traffic_logs": "timestamp sourceIp destinationIp protocol trafficType "
                    "packetSize throughput priority",
    "predictions": "timestamp trafficType predictedBandwidth confidence "
                   "actualBandwidth error",
    "qos_rules": "trafficType priority minBandwidth maxBandwidth dscp enabled",
    "network_interfaces": "name ipAddress macAddress totalBandwidth "
                          "currentUsage isActive",
    "active_flows": "sourceIp destinationIp protocol trafficType "
                    "currentBandwidth allocatedBandwidth",
    "system_alerts": "severity title message resolved createdAt",
}
OFTEN = ("--interval", "1", "--write-interval", "1")


class LiveHistoryTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "made" / "on the way" / "history.db"

    def history(self, *arguments, **how):
        return self.ntm("--database", self.path, *OFTEN, *arguments, **how)

    def ask(self, question, *values, path=None):
        with contextlib.closing(sqlite3.connect(
                f"file:{path or self.path}?mode=ro", uri=True)) as database:
            return database.execute(question, values).fetchall()

    def wait_for_rows(self, count, question="SELECT * FROM network_stats"):
        def enough():
            try:
                rows = self.ask(question)
            except sqlite3.OperationalError:
                return False
            return rows if len(rows) >= count else False
        return ntm_process.poll(enough, what=f"{count} rows")

    def test_the_six_tables_of_a_dashboard_have_their_columns(self):
        with self.history("--log-sample", "1") as ntm:
            self.wait_for_rows(1)
            for table, columns in DASHBOARD_COLUMNS.items():
                found = {row[1] for row in
                         self.ask(f"PRAGMA table_info({table})")}
                self.assertLessEqual(set(columns.split()), found, table)

            def used():
                self.here.ping(netns.THERE_IP)
                return self.ask("SELECT name FROM network_interfaces WHERE "
                                "isActive AND currentUsage > 0 AND "
                                "totalBandwidth > 0 AND ipAddress <> ''")
            ntm_process.poll(used, what="an interface that is used")

    def seed(self, *days_ago):
        """A database with a row of this age."""
        self.run_ntm_once()
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            for days in days_ago:
                database.execute(
                    "INSERT INTO network_stats VALUES (NULL, "
                    "strftime('%Y-%m-%dT%H:%M:%S', 'now', ?), 'old', "
                    "1, 2, 3, 4, 5, 6, 7, 8, NULL, NULL)", (f"{-days:+d} days",))
            database.commit()

    def run_ntm_once(self):
        with self.history():
            pass

    def old_rows(self):
        return len(self.ask(
            "SELECT * FROM network_stats WHERE interface = 'old'"))

    def api(self, ntm, query="", status=200):
        answer = ntm.fetch("/api/traffic/history" + query)
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        return json.loads(answer.text)

    def test_others_read_the_rows_while_it_runs(self):
        with self.history():
            self.here.ping(netns.THERE_IP)
            rows = self.wait_for_rows(
                3, "SELECT * FROM network_stats WHERE interface = 'va'")
            names = [row[1] for row in
                     self.ask("PRAGMA table_info(network_stats)")]
            self.assertEqual(names, COLUMNS)
            for row in rows:
                self.assertRegex(
                    row[1], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
            self.assertEqual(rows[0][11:], (None, None))
            self.assertTrue(all(row[12] >= 0 for row in rows[1:]))
            # One timestamp per cycle, the sum in each.
            for cycle in self.ask("SELECT group_concat(interface) FROM "
                                  "network_stats GROUP BY timestamp"):
                self.assertEqual(sorted(cycle[0].split(",")),
                                 ["_total", "va"])
            kernel = self.here.counters("va")
            newest = self.ask("SELECT * FROM network_stats WHERE interface = "
                              "'va' ORDER BY timestamp DESC LIMIT 10")[0]
            self.assertLessEqual(newest[4], kernel["rx_bytes"])
            self.assertGreater(newest[4], 0)
            self.ask("SELECT SUM(bytes_sent) FROM network_stats WHERE "
                     "date(timestamp) = date('now') AND interface = 'va'")
        self.assertEqual(self.ask("PRAGMA integrity_check"), [("ok",)])

    def test_interfaces_that_come_and_go_are_in_the_rows_while_they_are(self):
        with self.history():
            self.wait_for_rows(2)
            self.here.ip("link", "add", "extra", "type", "veth", "peer",
                         "name", "other")
            self.here.ip("link", "set", "extra", "up")
            self.wait_for_rows(
                2, "SELECT * FROM network_stats WHERE interface = 'extra'")
            self.here.ip("link", "del", "extra")
            deleted = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
            self.wait_for_rows(
                2, "SELECT DISTINCT timestamp FROM network_stats WHERE "
                   f"timestamp > '{deleted}'")
            (gone,), = self.ask("SELECT max(timestamp) FROM network_stats "
                                "WHERE interface = 'extra'")
            self.assertLessEqual(gone, deleted)

    def test_the_file_and_its_log_are_closed_to_others(self):
        with self.history():
            self.wait_for_rows(1)
            for name in ("", "-wal", "-shm"):
                mode = os.stat(f"{self.path}{name}").st_mode
                self.assertEqual(stat.S_IMODE(mode), 0o600, name)

    def test_a_clean_end_leaves_whole_cycles_and_no_log(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.history() as ntm:
                self.wait_for_rows(2)
                ntm.stop(how)
            self.assertFalse(os.path.exists(f"{self.path}-wal"))
            for count, in self.ask("SELECT count(*) FROM network_stats "
                                   "GROUP BY timestamp"):
                self.assertEqual(count, 2)

    def test_once_leaves_the_rows_of_one_cycle(self):
        result = ntm_process.run("--once", "--database", self.path,
                                 before=self.here.prefix())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(
            self.ask("SELECT interface, bytes_sent_rate FROM network_stats "
                     "ORDER BY interface"), [("_total", None), ("va", None)])

    @pytest.mark.long
    def test_it_continues_after_repeated_kills(self):
        for times in range(1, 7):
            with self.history() as ntm:
                self.wait_for_rows(
                    times, "SELECT DISTINCT timestamp FROM network_stats")
                ntm.process.kill()
                ntm.process.wait()
                ntm.stop(exit_code=-signal.SIGKILL)
                ntm.process.returncode = 0  # as it should, here
            self.assertEqual(self.ask("PRAGMA integrity_check"), [("ok",)])

    def test_the_api_answers_before_anything_is_written(self):
        with self.ntm("--database", self.path) as ntm:
            query = "?hours=1&interface=va"
            ntm_process.poll(lambda: ntm.status(
                "/api/traffic/history" + query) == 200, what="a first tick")
            self.here.ping(netns.THERE_IP)

            def seen():
                answer = self.api(ntm, query)
                return answer if answer["total"]["receive_bytes"] else False
            answer = ntm_process.poll(seen, what="the bytes of the ping")
            self.assertEqual(self.ask("SELECT * FROM network_stats"), [])
            self.assertGreater(
                answer["peak"]["receive"]["bytes_per_second"], 0)
            times = [point["timestamp"] for point in answer["points"]]
            self.assertEqual(times, sorted(times))
            self.assertGreaterEqual(times[0], answer["from"])

    def test_the_api_refuses_invalid_parameters(self):
        with self.ntm("--database", self.path) as ntm:
            for query in ("?hours=0", "?hours=abc", "?hours=-1", "?from=x",
                          "?to=2026-02-30", "?step=0",
                          "?from=2026-02-02&to=2026-02-01",
                          "?interface=a&agent=b"):
                with self.subTest(query):
                    self.assertIn("error", self.api(ntm, query, 400))
            self.assertIn("error", self.api(ntm, "?interface=none", 404))
            for hours in (1, 24, 168, 720):
                self.assertLessEqual(
                    len(self.api(ntm, f"?hours={hours}")["points"]), 1500)

    def test_memory_keeps_the_last_points_without_a_database(self):
        with self.ntm("--no-database") as ntm:
            ntm_process.poll(
                lambda: self.api(ntm, "?interface=va")["points"]
                if ntm.scrape().sum("ntm_interface_up", interface="va")
                and ntm.fetch("/api/traffic/history?interface=va").status
                == 200 else False, what="points")
            scrape = ntm.scrape()
            self.assertEqual(scrape.sum("ntm_history_persistent"), 0)
            self.assertFalse(list(pathlib.Path(ntm.state.name).iterdir()))

    def test_a_second_process_on_the_same_database_is_refused(self):
        with self.history() as first:
            with self.assertRaisesRegex(AssertionError,
                                        "is in use by another ntm"):
                with self.history(own_address=True, port=8001):
                    pass
            self.wait_for_rows(2)
            self.assertIsNone(first.process.poll())

    def test_a_second_process_on_the_default_database_keeps_its_history_in_memory(self):
        with self.ntm(*OFTEN) as first:
            self.path = pathlib.Path(first.state.name) / "history.db"
            self.wait_for_rows(2)
            with self.ntm(*OFTEN, port=8001,
                          env={"STATE_DIRECTORY": first.state.name}) as second:
                second.wait_for(
                    lambda scrape: "ntm_interface_up" in scrape.samples,
                    "a tick")
                scrape = second.scrape()
                self.assertEqual(scrape.sum("ntm_history_persistent"), 0)
                self.assertEqual(
                    scrape.sum("ntm_module_up", module="history"), 1)
                self.assertEqual(second.stderr().count("memory only"), 1)
            self.assertEqual(
                first.scrape().sum("ntm_history_persistent"), 1)
        self.assertEqual(self.ask("PRAGMA integrity_check"), [("ok",)])

    def once(self, *arguments, **how):
        return ntm_process.run("--once", "--interfaces", "va", *arguments,
                               before=self.here.prefix(), **how)

    def test_once_writes_its_rows_unless_another_holds_the_database(self):
        self.path.parent.mkdir(parents=True)
        free = self.once("--database", self.path)
        self.assertEqual((free.returncode, free.stderr), (0, ""))
        rows = self.ask("SELECT interface FROM network_stats")
        self.assertEqual(sorted(rows), [("_total",), ("va",)])
        with self.history():
            held = self.once("--database", self.path)
            self.assertEqual((held.returncode, held.stdout), (1, ""))
            self.assertEqual(held.stderr.count("\n"), 1, held.stderr)
            self.assertIn("is in use by another ntm", held.stderr)
            self.wait_for_rows(len(rows) + 2)
        self.assertEqual(self.ask("PRAGMA integrity_check"), [("ok",)])

    def test_once_beside_another_on_the_default_database_only_reports(self):
        with self.ntm(*OFTEN) as first:
            self.path = pathlib.Path(first.state.name) / "history.db"
            self.wait_for_rows(2)
            beside = self.once(env={"STATE_DIRECTORY": first.state.name})
            self.assertEqual((beside.returncode, beside.stderr), (0, ""))
            self.assertIn("Network Statistics:", beside.stdout)

    def test_once_leaves_nothing_in_the_state_directory(self):
        with tempfile.TemporaryDirectory() as state:
            asked = self.once(env={"STATE_DIRECTORY": state})
            self.assertEqual((asked.returncode, asked.stderr), (0, ""))
            self.assertIn("Network Statistics:", asked.stdout)
            self.assertEqual(os.listdir(state), [])

    def plan(self, question, *values):
        return " ".join(row[3] for row in
                        self.ask("EXPLAIN QUERY PLAN " + question, *values))

    def test_queries_by_time_kind_and_source_need_no_scan(self):
        self.run_ntm_once()
        for condition in ("timestamp >= ?", "interface = ?"):
            self.assertRegex(
                self.plan(f"SELECT * FROM network_stats WHERE {condition}",
                          "x"), "SEARCH network_stats USING INDEX")
        for table, conditions in (
                ("traffic_history", ("kind = ?", "kind = ? AND source = ?",
                                     "kind = ? AND source = ? AND "
                                     "step_seconds = ? AND timestamp >= ?")),
                ("usage_daily", ("day = ?", "day = ? AND host = ?"))):
            for condition in conditions:
                self.assertRegex(
                    self.plan(f"SELECT * FROM {table} WHERE {condition}",
                              *("x",) * condition.count("?")),
                    f"SEARCH {table} USING (PRIMARY KEY|INDEX)")

    def test_rows_are_written_in_batches_of_the_write_interval(self):
        with self.ntm("--database", self.path, "--interval", "1",
                      "--write-interval", "3600") as ntm:
            # Two rows and two points per cycle; two more points per minute,
            # and at the end of a quarter and of an hour.
            pending = ntm.wait_for(
                lambda s: s.sum("ntm_history_pending_rows") >= 14,
                "three cycles").sum("ntm_history_pending_rows")
            for table in ("network_stats", "traffic_history"):
                self.assertEqual(self.ask(f"SELECT * FROM {table}"), [])
        rows = self.ask("SELECT * FROM network_stats")
        points = self.ask("SELECT * FROM traffic_history")
        self.assertGreaterEqual(len(rows), 6)
        self.assertGreaterEqual(len(rows) + len(points), pending)

    def check_documented_settings(self, *flags, env):
        with self.ntm(*flags, env=env, own_address=True, port=8001) as ntm:
            self.assertEqual(ntm.status("/-/ready"), 200)
            self.wait_for_rows(2)
            self.assertIn("debug", ntm.stderr())
        self.path.unlink()

    def test_database_port_and_log_level_are_variables_and_keys(self):
        settings = {"database": str(self.path), "write-interval": "1",
                    "interval": "1", "log-level": "debug", "port": "8001"}
        self.check_documented_settings(
            env={"NTM_" + key.upper().replace("-", "_"): value
                 for key, value in settings.items()})
        config = self.folder / "ntm.yaml"
        config.write_text("".join(f"{key}: {value}\n"
                                  for key, value in settings.items()))
        self.check_documented_settings("-c", config, env={})

    def test_a_file_that_is_not_a_database_is_renamed_and_reported(self):
        self.path.parent.mkdir(parents=True)
        self.path.write_bytes(b"this was a database once" * 1000)
        with self.history() as ntm:
            self.wait_for_rows(2)
            aside = list(self.path.parent.glob("history.db.corrupt-*"))
            self.assertEqual(len(aside), 1)
            self.assertTrue(aside[0].read_bytes().startswith(b"this was a"))
            self.assertIn(str(aside[0]), ntm.stderr())

    def test_a_path_that_cannot_be_created_is_refused(self):
        (self.folder / "made").write_text("a file")
        with self.assertRaisesRegex(AssertionError, r"ended with 1: (?s:.)*Error: cannot"):
            with self.history():
                pass

    def test_keys_of_the_configuration_file(self):
        config = self.folder / "ntm.yaml"
        config.write_text(f"database_file: {self.path}\n"
                          "monitoring_interval: 1\n"
                          "database:\n  retention_days: 0\n"
                          "  cleanup_on_startup: true\n")
        self.seed(3500)
        with self.ntm("-c", config, "--write-interval", "1"):
            self.wait_for_rows(4)
        self.assertEqual(self.old_rows(), 1)

    def whole_configuration(self, **changed):
        """Every key of the network monitor's configuration file."""
        values = {"track_total": "false", "calculate_rates": "false",
                  "store_raw_counts": "true", **changed}
        log = self.folder / "logs" / "network_monitor.log"
        config = self.folder / "config.yaml"
        config.write_text(f"""
database_file: {self.path}
monitoring_interval: 1
interfaces: [va, lo]
exclude_interfaces: ['^lo$', '^docker']
options:
  track_per_interface: true
  track_total: {values["track_total"]}
  calculate_rates: {values["calculate_rates"]}
  store_raw_counts: {values["store_raw_counts"]}
database:
  retention_days: 30
  cleanup_on_startup: false
logging:
  level: DEBUG
  file: {log}
  max_bytes: 1048576
  backup_count: 2
  format: '%(asctime)s - %(levelname)s - %(message)s'
""")
        return config, log

    def test_every_key_of_the_network_monitors_file_is_honoured(self):
        self.seed(35)
        (newest,), = self.ask("SELECT max(id) FROM network_stats")
        config, log = self.whole_configuration()
        self.here.ping(netns.THERE_IP)
        before = self.here.counters("va")["rx_bytes"]
        with self.ntm("-c", config, "--write-interval", "1"):
            rows = self.wait_for_rows(
                8, "SELECT interface, bytes_recv, bytes_recv_rate, "
                f"bytes_sent_rate FROM network_stats WHERE id > {newest}")
            self.assertRegex(log.read_text(encoding="utf-8"),
                             r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - "
                             r"DEBUG - \w")
        self.assertEqual({row[0] for row in rows}, {"lo", "va"})
        for *_, receive_rate, transmit_rate in rows:
            self.assertEqual((receive_rate, transmit_rate), (None, None))
        self.assertGreaterEqual(
            max(row[1] for row in rows if row[0] == "va"), before)
        self.assertEqual(self.old_rows(), 1)

    def test_without_raw_counts_the_rows_have_rates_only(self):
        config, _ = self.whole_configuration(
            track_total="true", calculate_rates="true",
            store_raw_counts="false")
        with self.ntm("-c", config, "--write-interval", "1"):
            self.wait_for_rows(3)  # the first cycle, which has no rates
            self.here.ping(netns.THERE_IP, count=5, size=10000)
            self.wait_for_rows(1, "SELECT * FROM network_stats WHERE "
                               "interface = 'va' AND bytes_recv_rate > 1000 "
                               "AND bytes_sent_rate > 1000")
        rows = self.ask("SELECT interface, bytes_recv, bytes_sent, "
                        "packets_recv, packets_sent FROM network_stats")
        self.assertEqual({row[0] for row in rows}, {"_total", "lo", "va"})
        self.assertEqual({row[1:] for row in rows}, {(0, 0, 0, 0)})

    def test_rows_beyond_retention_are_deleted_at_the_start(self):
        self.seed(35, 29)
        with self.history("--retention-days", "30"):
            ntm_process.poll(lambda: self.old_rows() == 1, what="a deletion")

    def test_rows_in_the_future_are_reported_and_not_shown(self):
        self.seed(-40, 0)
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            (ahead,), = database.execute(
                "SELECT max(timestamp) FROM network_stats").fetchall()
            database.execute(
                "INSERT OR REPLACE INTO traffic_sources (kind, source, "
                "receive_bytes, transmit_bytes, last_seen) VALUES "
                "('interface', '_total', 0, 0, strftime("
                "'%Y-%m-%dT%H:%M:%S', 'now'))")
            database.execute(
                "INSERT INTO traffic_history VALUES ('interface', '_total', "
                "60, strftime('%Y-%m-%dT%H:%M:00', 'now', '+10 days'), 1, 5, "
                "5, 5, 5, 5, 5, 300, 300)")
            (first,), = database.execute(
                "SELECT max(timestamp) FROM traffic_history").fetchall()
            database.commit()
        with self.history() as ntm:
            warnings = [line for line in ntm.stderr().splitlines()
                        if "which is in the future" in line]
            self.assertEqual(len(warnings), 1, ntm.stderr())
            self.assertIn(first, warnings[0])
            self.assertIn(ahead, warnings[0])
            self.wait_for_rows(4)
            answer = self.api(ntm, f"?from={first}Z&hours=24&step=60")
            self.assertEqual(answer["points"], [])
        self.assertEqual(self.ask("SELECT count(*) FROM traffic_history WHERE "
                                  "timestamp = ?", first), [(1,)])
        newest = ntm_process.run("--summary", "--database", self.path).stdout
        self.assertNotIn(ahead, newest)

    def test_without_cleanup_on_startup_old_rows_stay(self):
        self.seed(35)
        with self.history("--no-cleanup-on-startup"):
            (before,), = self.ask("SELECT count(*) FROM network_stats")
            self.wait_for_rows(before + 4)
        self.assertEqual(self.old_rows(), 1)

    def test_summary_prints_the_newest_rows_and_changes_nothing(self):
        self.seed(35, *range(12))
        before = self.ask("SELECT * FROM network_stats")
        result = ntm_process.run("--summary", "--database", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        newest = self.ask(
            "SELECT timestamp, interface, bytes_sent, bytes_recv FROM "
            "network_stats ORDER BY timestamp DESC, id DESC LIMIT 10")
        self.assertEqual(
            result.stdout,
            f"Total records in database: {len(before)}\n\nRecent records:\n" +
            "".join(f"  {t} - {i}: sent={s}, recv={r}\n"
                    for t, i, s, r in newest))
        self.assertEqual(self.ask("SELECT * FROM network_stats"), before)

    def test_summary_of_no_database_is_zero_rows(self):
        result = ntm_process.run("--summary", "--database",
                                 self.folder / "none.db")
        self.assertEqual((result.returncode, result.stdout),
                         (0, "Total records in database: 0\n"))
        self.assertFalse((self.folder / "none.db").exists())

    def test_the_terminal_has_the_same_answer(self):
        left = 86400 - time.time() % 86400
        if left < 30:  # the last day and today are the same but at its end
            time.sleep(left + 1)
        with self.history():
            self.wait_for_rows(2)
            self.here.ping(netns.THERE_IP)
            self.wait_for_rows(1, "SELECT * FROM network_stats WHERE "
                               "interface = 'va' AND bytes_recv > 0")
        question = ("--database", self.path, "--interface", "va")
        result = ntm_process.run("history", "--json", *question)
        self.assertEqual(result.returncode, 0, result.stderr)
        answer = json.loads(result.stdout)
        self.assertGreater(answer["total"]["receive_bytes"], 0)
        csv = ntm_process.run("history", "--csv", *question).stdout
        self.assertEqual(csv.count("\n"), len(answer["points"]) + 1)
        today = time.strftime("%Y-%m-%d", time.gmtime())
        table = ntm_process.run("history", "--day", today, "--timezone", "UTC",
                                *question).stdout
        self.assertIn(
            f"received {answer['total']['receive_bytes']} bytes", table)
        whole = ntm_process.run("history", "--database", self.path).stdout
        self.assertTrue(whole.startswith("all interfaces, "), whole)
        for words, code in ((("--day", "x"), 2), (("--hours", "0"), 2),
                            (("--interface", "none"), 1), (("--from",), 2)):
            result = ntm_process.run("history", "--database", self.path,
                                     *words)
            self.assertEqual((result.returncode, result.stdout), (code, ""))

    @staticmethod
    def dump(path):
        with contextlib.closing(sqlite3.connect(
                f"file:{path}?mode=ro", uri=True)) as database:
            return list(database.iterdump())

    def test_backup_while_it_runs_and_restore_when_it_does_not(self):
        copy = self.folder / "copy.db"
        with self.history():
            self.wait_for_rows(4)
            result = ntm_process.run("backup", copy, "--database", self.path)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o600)
            result = ntm_process.run("restore", copy, "--database", self.path)
            self.assertEqual(result.returncode, 1)
            self.assertIn("in use by a running ntm", result.stderr)
        kept = self.ask("SELECT * FROM network_stats", path=copy)
        self.assertGreaterEqual(len(kept), 4)
        result = ntm_process.run("restore", copy, "--database", self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.ask("SELECT * FROM network_stats"), kept)
        self.assertEqual(self.dump(self.path), self.dump(copy))
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o600)
        with self.history():
            self.wait_for_rows(len(kept) + 2)

    def test_restore_refuses_a_damaged_backup(self):
        self.run_ntm_once()
        noise, empty = self.folder / "noise", self.folder / "empty.db"
        noise.write_bytes(b"noise" * 5000)
        with contextlib.closing(sqlite3.connect(empty)) as database:
            database.execute("CREATE TABLE other (a)")
            database.commit()
        damaged = self.folder / "damaged.db"
        ntm_process.run("backup", damaged, "--database", self.path)
        content = bytearray(damaged.read_bytes())
        content[4096:12288] = b"\xa5" * 8192
        damaged.write_bytes(content)
        before = self.path.read_bytes()
        for source in (noise, empty, damaged, self.folder / "none"):
            with self.subTest(source.name):
                result = ntm_process.run("restore", source, "--database",
                                         self.path)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertEqual(self.path.read_bytes(), before)

    def test_a_query_before_the_first_write_says_that_there_is_no_data(self):
        with self.ntm("--database", self.path, "--write-interval", 3600) as ntm:
            ntm.wait_for(lambda s: "ntm_interface_up" in s.samples, "a tick")
            asked = ntm_process.run("history", "--database", self.path)
        self.assertEqual((asked.returncode, asked.stdout), (1, ""))
        self.assertIn("has no data yet", asked.stderr)
        self.assertNotIn("_total", asked.stderr)

    def test_a_full_disk_is_reported_as_full(self):
        mount = self.folder / "tiny"
        mount.mkdir()
        for size in ("4k", "8k", "16k", "32k", "40k"):
            script = (f'mount -t tmpfs -o size={size},mode=755 none "$0" && '
                      'exec "$@"')
            result = ntm_process.run(
                "--once", "--database", mount / "history.db",
                before=[*self.here.prefix(), "unshare", "-m", "sh", "-c",
                        script, str(mount)])
            self.assertIn("full", result.stderr, size)
            self.assertNotIn("I/O error", result.stderr, size)

    def test_a_full_disk_stops_the_history_and_nothing_else(self):
        mount = self.folder / "small"
        mount.mkdir()
        self.path = mount / "history.db"
        script = ('mount -t tmpfs -o size=1m,mode=755 none "$0" && exec "$@"')
        with self.history(before=["unshare", "-m", "sh", "-c", script,
                                  str(mount)]) as ntm:
            # In the mount namespace of ntm.
            inside = pathlib.Path(f"/proc/{ntm.process.pid}/root{mount}")
            written = "ntm_history_written_rows_total"
            ntm.wait_for(lambda s: s.sum(written) > 0, "a write")
            filler = inside / "filler"
            with contextlib.suppress(OSError), open(
                    filler, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(1024))
            down = ntm.wait_for(
                lambda s: s.sum("ntm_module_up", module="history") == 0,
                "the module down", 30)
            failing = {"alert": "DatabaseFailing", "severity": "critical"}
            ntm.wait_for(
                lambda s: s.sum("ntm_alerts_active", **failing) == 1,
                "the alert")
            alert = json.loads(ntm.fetch("/api/alerts").text)["alerts"][0]
            self.assertEqual(alert["alert"], "DatabaseFailing")
            self.assertIn("full", alert["message"])
            self.here.ping(netns.THERE_IP)
            ntm.wait_for(
                lambda s: s.sum("ntm_packets_total") >
                down.sum("ntm_packets_total"), "packets counted")
            self.assertEqual(ntm.status("/-/ready"), 200)
            filler.unlink()
            up = ntm.wait_for(
                lambda s: s.sum("ntm_module_up", module="history") == 1 and
                s.sum(written) > down.sum(written), "writing again", 30)
            self.assertEqual(up.sum("ntm_history_dropped_rows_total"), 0)
            ntm.wait_for(
                lambda s: s.sum("ntm_alerts_active", **failing) == 0,
                "the end of the alert")
            copy = self.folder / "copy.db"
            for name in ("", "-wal"):
                part = pathlib.Path(f"{inside / 'history.db'}{name}")
                pathlib.Path(f"{copy}{name}").write_bytes(part.read_bytes())
        self.assertEqual(self.ask("PRAGMA integrity_check", path=copy),
                         [("ok",)])
        # No cycle is missing: those of the full disk were written afterwards.
        times = [row[0] for row in self.ask(
            "SELECT strftime('%s', timestamp) FROM network_stats WHERE "
            "interface = 'va' ORDER BY 1", path=copy)]
        gaps = [int(b) - int(a) for a, b in zip(times, times[1:])]
        self.assertLessEqual(max(gaps), 1 + ntm_process.PATIENCE)
