"""The page's section Network health: what the API says, in sentences, and over time."""

import contextlib
import pathlib
import sqlite3

import ntm_process
from page import PageCase
from wire_talk import AGAIN, SEGMENTS, connection, play, refused

CONNECTIONS, REFUSED = 12, 4
PERIODS = ("Hour", "Day", "Week", "Month")


class LivePageHealthTest(PageCase):
    def health(self, ntm):
        return self.json(ntm, "/api/live")["traffic-update"]["health"]

    def test_the_page_tells_the_health_of_the_network(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.wait("() => document.querySelector('#health-findings')"
                      ".textContent.startsWith('There was no TCP')")
            for port in range(40000, 40000 + CONNECTIONS):
                play(self, connection(port))
            for port in range(50000, 50000 + REFUSED):
                play(self, refused(port))
            page.wait("() => document.querySelector('#health-connections "
                      f"strong').textContent === '{REFUSED}'")
            sent = CONNECTIONS * (SEGMENTS + AGAIN)
            page.wait("() => document.querySelector('#health-down small')"
                      f".textContent === 'of {sent} segments'")
            health = self.health(ntm)
            self.assertEqual(health["connections"], {
                "count": CONNECTIONS + REFUSED, "refused": REFUSED,
                "unanswered": 0})
            self.assertEqual(health["down"]["retransmitted_segments"],
                             CONNECTIONS * AGAIN)
            self.assertEqual(health["internet"]["count"], CONNECTIONS)
            share = CONNECTIONS * AGAIN / sent
            self.assertEqual(page.text("#health-down strong"),
                             f"{100 * share:.1f} %")
            findings = page.text("#health-findings")
            self.assertIn(f"{REFUSED} of {CONNECTIONS + REFUSED} attempts to "
                          "connect failed", findings)
            self.assertIn("Downloads are retransmitted", findings)
            self.assertIn("https", page.text("#health-services"))
            self.assertEqual(page.faults(), [])

    def test_without_conversations_the_section_is_hidden(self):
        with self.ntm("--conversations", "0") as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.wait("() => document.querySelector('#health').hidden")
            self.assertIsNone(self.health(ntm))

    def seed(self, path, days_ago, failed):
        """A database in which one of ten connections failed so long ago, and the
        internet took 20 ms."""
        with self.ntm("--database", path):
            pass
        # Bucket 134 of the histogram, ten times: its distance from 0, its count.
        times = bytes([0x86, 0x01, 10])
        with contextlib.closing(sqlite3.connect(path)) as database:
            for step in (60, 900, 3600):
                database.execute(
                    "INSERT OR REPLACE INTO health_history VALUES (?, "
                    "strftime('%Y-%m-%dT%H:%M:%S', strftime('%s', 'now', ?) / "
                    "? * ?, 'unixepoch'), 60, NULL, NULL, NULL, NULL, NULL, "
                    "NULL, 1000, 20, 2000, 200, 10, ?, 0, 0, 0, 0, ?, x'', "
                    "x'')", (step, f"-{days_ago} days", step, step, failed,
                             times))
            database.commit()

    def legends(self, page):
        """Per chart its name and its lines with their figures."""
        return page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll("
            "'#health-charts > div')].map((chart) => [chart.querySelector('h3')"
            ".textContent, [...chart.querySelectorAll('.legend > span')].map("
            "(line) => line.textContent)]))")

    def show_charts(self, page):
        page.evaluate("() => document.querySelector('#health-past')"
                      ".scrollIntoView({behavior: 'instant'})")
        page.wait("() => document.querySelectorAll('#health-charts canvas')"
                  ".length >= 5")

    def test_the_health_of_hour_day_week_and_month_is_drawn(self):
        with ntm_process.open_folder() as folder:
            path = pathlib.Path(folder) / "history.db"
            self.seed(path, 20, 3)
            self.seed(path, 3, 1)
            with self.ntm("--database", path) as ntm, self.page(ntm) as page:
                self.wait_live(page)
                self.show_charts(page)
                self.assertEqual(page.texts("#health-periods button"),
                                 list(PERIODS))
                # What failed, of all connections that are in the period.
                for period, failed in (("Month", "20.0 %"), ("Week", "10.0 %"),
                                       ("Day", "–"), ("Hour", "–")):
                    page.click("#health-periods button:nth-child("
                               f"{PERIODS.index(period) + 1})")
                    page.wait(
                        "(failed) => document.querySelectorAll('#health-charts "
                        ".legend')[4].querySelector('.num').textContent === "
                        "failed", failed)
                page.click("#health-periods button:nth-child(4)")
                page.wait("() => document.querySelectorAll('#health-charts "
                          ".num')[0].textContent !== '–'")
                legends = self.legends(page)
                self.assertEqual(legends["Sent again"],
                                 ["downloads 10.0 %", "uploads 2.0 %"])
                self.assertEqual(legends["To the internet and back"],
                                 ["median 20 ms", "95 % 20 ms"])
                self.assertEqual(legends["To local hosts and back"],
                                 ["median –", "95 % –"])
                self.assertIn("one point covers 2 h",
                              page.text("#health-note"))
                self.assertEqual(page.faults(), [])

    def test_without_a_database_the_hour_is_drawn_from_memory(self):
        with self.ntm("--no-database") as ntm, self.page(ntm) as page:
            self.wait_live(page)
            self.assertFalse(self.health(ntm)["history"])
            for port in range(40000, 40000 + CONNECTIONS):
                play(self, connection(port))
            self.show_charts(page)
            self.assertTrue(page.evaluate(
                "() => document.querySelector('#health-periods').hidden"))

            def drawn():
                page.evaluate("() => dispatchEvent(new Event('ntm-units'))")
                share = 100 * AGAIN / (SEGMENTS + AGAIN)
                return self.legends(page)["Sent again"][0] == (
                    f"downloads {share:.1f} %")
            ntm_process.poll(drawn, what="what was sent again")
            self.assertEqual(page.faults(), [])
