"""Forecasts and allocations on the web page."""

import contextlib
import json
import math
import pathlib
import re
import sqlite3
import time

import ntm_process
from page import PageCase

BIN_SECONDS = 10
BINS = 120
MBIT = 125_000  # bytes

# Records what is drawn on the charts in a translucent colour.
SPY = """
window.bands = [];
const own = CanvasRenderingContext2D.prototype.fillRect;
CanvasRenderingContext2D.prototype.fillRect = function (x, y, w, h) {
  own.call(this, x, y, w, h);
  if (this.globalAlpha > 0.1 && this.globalAlpha < 0.2) {
    window.bands.push({ canvas: this.canvas, colour: this.fillStyle, x, y, w,
      h });
    window.bands.splice(0, window.bands.length - 2);
  }
};
"""

# The bands of the last drawing: their positions and visible colours.
BANDS = """() => window.bands.length === 2 && window.bands.map(
  ({ canvas, colour, x, y, w, h }) => {
    const scale = canvas.width / canvas.clientWidth;
    const seen = canvas.getContext('2d').getImageData(
      Math.round((x + w / 2) * scale), Math.round((y + h / 4) * scale), 1, 1);
    return { colour, w, h, inside: y >= 0 && y + h <= canvas.clientHeight &&
      x + w <= canvas.clientWidth, live: document.querySelector('#live-chart')
      .contains(canvas), alpha: seen.data[3] }; })"""


class LivePageForecastTest(PageCase):
    @contextlib.contextmanager
    def forecasting(self, *arguments):
        """ntm with twenty minutes of traffic behind it, in bins of 10 s, and
        three forecasts of five minutes made meanwhile."""
        with ntm_process.open_folder() as folder:
            database = pathlib.Path(folder) / "history.db"
            options = ("--database", database, "--write-interval", "1",
                       "--forecast-bin", f"{BIN_SECONDS}s")
            # The database tables as ntm creates them.
            with self.ntm(*options) as ntm:
                ntm_process.poll(lambda: self.has_tables(database),
                                 what="the tables")
            self.fill(database)
            with self.ntm(*options, *arguments) as ntm:
                yield ntm

    def has_tables(self, database):
        if not database.exists():
            return False
        with contextlib.closing(sqlite3.connect(
                f"file:{database}?mode=ro", uri=True)) as reader:
            return bool(reader.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'forecast_bins'"
            ).fetchall())

    def fill(self, database):
        now = int(time.time()) // BIN_SECONDS
        with contextlib.closing(sqlite3.connect(database)) as writer:
            for table in ("forecast_series", "forecast_models",
                          "forecast_bins", "predictions"):
                writer.execute(f"DELETE FROM {table}")
            for number, (way, mean) in enumerate(
                    (("receive", 4e6), ("transmit", 1e6)), 1):
                writer.execute("INSERT INTO forecast_series VALUES (?, "
                               "'_total', ?, '', ?)", (number, way,
                                                       BIN_SECONDS))
                writer.executemany(
                    "INSERT INTO forecast_bins VALUES (?, ?, ?)",
                    [(number, now - BINS + i,
                      mean * (1 + 0.3 * math.sin(i * 1.7)))
                     for i in range(BINS)])
            for number, came in enumerate((30, 34, 50), 1):
                made = now - 100 + number
                writer.execute(
                    "INSERT INTO predictions VALUES (?, ?, ?, '_total', "
                    "'receive', 'all', 300, ?, 'naive', 32, 25, 40, 44, 80, ?, "
                    "?)", (number, time.strftime(
                        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(made * BIN_SECONDS)),
                        made * BIN_SECONDS * 10**9, made, came, 32 - came))
            writer.commit()

    def expected(self, ntm):
        """The 5-minute forecasts of the whole site, by direction."""
        update = self.json(ntm, "/api/live")["traffic-update"]
        return {f["direction"]: f for f in update["forecasts"] or []
                if (f["interface"], f["class"], f["horizon_seconds"])
                == ("_total", "", 300)}

    def test_the_band_of_the_forecast_is_drawn_on_the_live_chart(self):
        with self.forecasting() as ntm, self.page(ntm, [SPY]) as page:
            self.wait_live(page)

            ntm_process.poll(lambda: len(self.expected(ntm)) == 2,
                             what="forecasts")

            def drawn():
                wide = sorted(f["upper_bytes_per_second"] -
                              f["lower_bytes_per_second"]
                              for f in self.expected(ntm).values())
                self.assertGreater(wide[0], 0)
                bands = page.wait(BANDS)
                self.assertEqual(len({b["colour"] for b in bands}), 2, bands)
                for band in bands:
                    self.assertTrue(band["live"] and band["inside"], band)
                    self.assertGreater(band["alpha"], 20, band)
                    self.assertGreater(band["w"], 50, band)
                high = sorted(band["h"] for band in bands)
                # A new bin may have been added in between.
                return abs(high[0] / high[1] - wide[0] / wide[1]) < 0.02
            ntm_process.poll(drawn, what="the bands as the API has them",
                             interval=0.3, bound=20 * ntm_process.PATIENCE)
            self.assertFalse(page.evaluate(
                "() => document.querySelector('.dot.band').parentNode.hidden"))
            self.assertEqual(page.faults(), [])

    def test_the_table_of_forecasts_equals_the_api(self):
        with self.forecasting() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            ntm_process.poll(lambda: len(self.expected(ntm)) == 2,
                             what="forecasts")

            def agrees():
                told = self.expected(ntm)
                wanted = []
                for f in told.values():
                    mean, lower, upper = self.units(
                        page, "rate", *(f[f"{part}bytes_per_second"] for part
                                        in ("", "lower_", "upper_")))
                    wanted.append([mean, f"{lower} – {upper}"])
                shown = page.evaluate(
                    "() => [...document.querySelectorAll('#expected tbody tr')]"
                    ".map((r) => [...r.cells].map((c) => c.textContent))"
                    ".filter((r) => r[0] === 'all' && r[2] === '5 min')"
                    ".map((r) => [r[3], r[4]])")
                return shown == wanted and len(shown) == 2
            ntm_process.poll(agrees, what="the table", interval=0.3,
                             bound=20 * ntm_process.PATIENCE)

    def test_the_record_of_the_forecasts_equals_the_api(self):
        with self.forecasting() as ntm, self.page(ntm) as page:
            page.evaluate("() => document.querySelector('#forecast')"
                          ".scrollIntoView({behavior: 'instant'})")
            page.wait("() => document.querySelector('#record tbody tr')")
            judged = [p for p in self.json(
                ntm, "/api/predictions?limit=100")["predictions"]
                if p["actualBandwidth"] is not None]
            self.assertEqual([p["actualBandwidth"] for p in judged[-3:]],
                             [50, 34, 30])

            def wanted():
                rows = []
                for p in judged:
                    predicted, actual = self.units(
                        page, "rate", p["predictedBandwidth"] * MBIT,
                        p["actualBandwidth"] * MBIT)
                    off, = self.units(page, "percent",
                                      p["error"] / p["actualBandwidth"])
                    rows.append([predicted, actual,
                                 re.sub(r"\.\d", "", off)])
                return rows
            rows = page.evaluate(
                "() => [...document.querySelectorAll('#record tbody tr')]"
                ".map((r) => [...r.cells].slice(3).map((c) => c.textContent))")
            held = sum(p["lowerBandwidth"] <= p["actualBandwidth"]
                       <= p["upperBandwidth"] for p in judged)
            self.assertEqual([r[:2] for r in rows],
                             [r[:2] for r in wanted()])
            self.assertEqual([r[2] for r in rows], ["-36 %", "-6 %", "7 %"])
            self.assertEqual(
                page.text("#record .hint"),
                f"{held} of the last {len(judged)} were within their 90 % "
                "interval.")
            self.assertEqual(held, 2)

    def test_allocated_and_used_equal_the_api(self):
        with self.ntm("--max-bandwidth", "100M", "--qos-rule",
                      "video=20/50/3/34") as ntm, self.traffic(), \
                self.page(ntm) as page:
            self.wait_live(page)

            def agrees():
                told = self.json(ntm, "/api/live")["traffic-update"]["qos"]
                if not told:
                    return False
                used = {c["class"]: c["used_bytes_per_second"]
                        for c in told["classes"]}
                allocated = [c["allocated_bytes_per_second"]
                             for c in told["classes"]]
                wanted = dict(zip(used, map(" of ".join, zip(
                    self.units(page, "rate", *used.values()),
                    self.units(page, "rate", *allocated)))))
                shown = dict(page.evaluate(
                    "() => [...document.querySelectorAll('#shares .level')]"
                    ".map((n) => [n.dataset.class, n.querySelector('.num')"
                    ".textContent])"))
                # Sends mail, since shares are of transmitted traffic.
                return shown == wanted and used["file"] > 0 and max(
                    allocated) > 0
            ntm_process.poll(agrees, what="the shares", interval=0.2,
                             bound=30 * ntm_process.PATIENCE)
            page.evaluate("() => document.querySelector('#talkers')"
                          ".scrollIntoView({behavior: 'instant'})")

            def flows_agree():
                told = [(f["dst"], f["allocated_bytes_per_second"]) for f in
                        self.json(ntm, "/api/flows")["flows"]]
                if not any(allocated for _, allocated in told):
                    return False
                wanted = sorted(
                    [dst, "–" if allocated is None else
                     self.units(page, "rate", allocated)[0]]
                    for dst, allocated in told)
                shown = sorted(page.evaluate(
                    "() => [...document.querySelectorAll('#flows tbody tr')]"
                    ".map((r) => [r.cells[1].textContent, r.cells[6]"
                    ".textContent])"))
                return shown == wanted
            ntm_process.poll(flows_agree, what="what flows are allocated",
                             interval=0.2, bound=30 * ntm_process.PATIENCE)
            self.assertEqual(page.faults(), [])
