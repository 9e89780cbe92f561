"""The health of the network in the database: kept over a restart, answered by hour, day,
week and month, and alerts about it."""

import contextlib
import json
import pathlib
import signal
import sqlite3
import threading

import pytest

import frames
import netns
import ntm_process
from live import LiveCase
from wire_talk import (AGAIN, NAME_SERVER, SEGMENTS, connection, play, question,
                       refused)

pytestmark = pytest.mark.races

CONNECTIONS, REFUSED, QUESTIONS, FAILED = 6, 3, 5, 2
SERVFAIL = 2
PERIODS = (1, 24, 168, 720)
OFTEN = ("--write-interval", "1")


class LiveHealthHistoryTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "history.db"

    def past(self, ntm, hours, status=200):
        answer = ntm.fetch(f"/api/health/history?hours={hours}")
        self.assertEqual(answer.status, status, answer.text)
        return json.loads(answer.text)

    def total(self, ntm, hours=1):
        return self.past(ntm, hours)["total"]

    def talk(self, first):
        for port in range(first, first + CONNECTIONS):
            play(self, connection(port))
        for port in range(first + 1000, first + 1000 + REFUSED):
            play(self, refused(port))
        for ident in range(QUESTIONS):
            play(self, question(first + ident,
                                SERVFAIL if ident < FAILED else 0))

    def expect(self, total, times):
        """What talk() has made, so many times."""
        sent = CONNECTIONS * (SEGMENTS + AGAIN) * times
        self.assertEqual(total["connections"], {
            "count": (CONNECTIONS + REFUSED) * times,
            "refused": REFUSED * times, "unanswered": 0})
        self.assertEqual(total["internet"]["count"], CONNECTIONS * times)
        self.assertGreater(total["internet"]["median_seconds"], 0)
        self.assertGreaterEqual(total["internet"]["p95_seconds"],
                                total["internet"]["median_seconds"])
        self.assertEqual(total["down"]["segments"], sent)
        self.assertEqual(total["down"]["retransmitted_segments"],
                         CONNECTIONS * AGAIN * times)
        self.assertEqual(total["dns"]["questions"], QUESTIONS * times)
        self.assertEqual(total["dns"]["failures"], FAILED * times)

    def wait_for_all(self, ntm, times):
        def seen():
            total = self.total(ntm)
            return (total["connections"]["count"] ==
                    (CONNECTIONS + REFUSED) * times and
                    total["dns"]["questions"] == QUESTIONS * times)
        ntm_process.poll(seen, what="all that was sent")

    def ask(self, sql, path=None):
        with contextlib.closing(sqlite3.connect(
                f"file:{path or self.path}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def stored(self, path=None):
        return self.ask("SELECT sum(connections), sum(refused_connections), "
                        "sum(dns_questions), sum(down_segments) FROM "
                        "health_history WHERE step_seconds = 60", path)

    def sums(self, times):
        return [((CONNECTIONS + REFUSED) * times, REFUSED * times,
                 QUESTIONS * times, CONNECTIONS * (SEGMENTS + AGAIN) * times)]

    def test_nothing_is_lost_in_a_restart_nor_in_a_backup(self):
        with self.ntm("--database", self.path) as ntm:
            self.talk(20000)
            self.wait_for_all(ntm, 1)
            for hours in PERIODS:
                self.expect(self.total(ntm, hours), 1)
            # It comes from memory: the first write is a minute away.
            self.assertIn(self.stored(), ([(None,) * 4], self.sums(0)))
        self.assertEqual(self.stored(), self.sums(1))
        with self.ntm("--database", self.path, *OFTEN) as ntm:
            ntm_process.poll(lambda: ntm.status(
                "/api/health/history") == 200, what="a tick")
            for hours in PERIODS:
                self.expect(self.total(ntm, hours), 1)
            self.talk(30000)
            self.wait_for_all(ntm, 2)
            for hours in PERIODS:
                self.expect(self.total(ntm, hours), 2)
            ntm_process.poll(lambda: self.stored() == self.sums(2),
                             what="the rows")
            copy = self.path.with_name("copy.db")
            made = ntm_process.run("backup", copy, "--database", self.path)
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertEqual(self.stored(copy), self.sums(2))
            # A crash loses only what is not written.
            ntm.process.kill()
            ntm.process.wait()
            ntm.stop(exit_code=-signal.SIGKILL)
            ntm.process.returncode = 0  # as it should, here
        with self.ntm("--database", self.path) as ntm:
            ntm_process.poll(lambda: ntm.status(
                "/api/health/history") == 200, what="a tick")
            for hours in PERIODS:
                self.expect(self.total(ntm, hours), 2)
        self.assertEqual(self.ask("PRAGMA integrity_check"), [("ok",)])

    def test_points_are_steps_of_the_period(self):
        with self.ntm("--database", self.path) as ntm:
            self.talk(20000)
            self.wait_for_all(ntm, 1)
            for hours, step in zip(PERIODS, (60, 240, 1800, 7200)):
                past = self.past(ntm, hours)
                self.assertEqual(past["step_seconds"], step)
                self.assertLessEqual(len(past["points"]), 361)
                self.assertEqual(
                    sum(p["connections"]["count"] for p in past["points"]),
                    past["total"]["connections"]["count"])
            for hours in ("0", "9601", "x", ""):
                self.assertIn("hours", self.past(ntm, hours, 400)["error"])

    def test_without_a_database_the_hour_is_in_memory(self):
        with self.ntm("--no-database") as ntm:
            self.talk(20000)
            self.wait_for_all(ntm, 1)
            self.expect(self.total(ntm, 720), 1)
        with self.ntm("--conversations", "0") as ntm:
            ntm_process.poll(lambda: ntm.status(
                "/api/health/history") != 503, what="a tick")
            self.assertIn("--conversations is 0",
                          self.past(ntm, 1, 404)["error"])

    def alerts(self, ntm):
        listed = json.loads(ntm.fetch("/api/alerts").text)["alerts"]
        return {(alert["alert"], alert["subject"]): alert["message"]
                for alert in listed}

    def conflict(self):
        """Two devices that claim one address."""
        for mac in ("02:00:00:00:00:71", "02:00:00:00:00:72"):
            self.there.send_frames("vb", [frames.arp(
                "10.9.0.7", netns.HERE_IP, sender_mac=mac, operation=2)])

    def test_alerts_of_health_begin_and_say_why(self):
        rules = [word for rule in (
            "retransmissions 3% for 0s", "dns-slow 1ms for 0s",
            "dns-failing 10% for 0s", "address-conflict for 0s")
            for word in ("--alerts." + rule.split(" ", 1)[0],
                         rule.split(" ", 1)[1])]
        wanted = {("RetransmissionsHigh", "downloads"),
                  ("DnsSlow", NAME_SERVER), ("DnsFailing", NAME_SERVER),
                  ("AddressConflict", "")}
        end = threading.Event()

        def slow(ident):
            asked, answered = question(ident, SERVFAIL)
            play(self, [asked])
            end.wait(0.01)  # in which the name server thinks
            play(self, [answered])

        def run():
            number = 0
            while not end.is_set():
                play(self, connection(20000 + number))
                slow(number)
                self.conflict()
                number += 1
        with self.ntm(*rules) as ntm:
            thread = threading.Thread(target=run)
            thread.start()
            try:
                ntm_process.poll(lambda: wanted <= set(self.alerts(ntm)),
                                 what="the alerts")
                told = self.alerts(ntm)
            finally:
                end.set()
                thread.join()
        self.assertIn("of the TCP segments of downloads are sent again",
                      told["RetransmissionsHigh", "downloads"])
        self.assertIn("of the questions to the name server",
                      told["DnsFailing", NAME_SERVER])
        self.assertRegex(told["DnsSlow", NAME_SERVER], r"more than \d+ ms")
        # Whichever of them spoke last is the second one.
        self.assertRegex(told["AddressConflict", ""],
                         "10[.]9[.]0[.]7: 02:00:00:00:00:7([12]) and "
                         "02:00:00:00:00:7(?!\\1)[12]")
