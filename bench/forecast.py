#!/usr/bin/env python3
"""Accuracy and cost of the forecasts, with limits: the tables of docs/forecast.md.

The series are data beside the repository; without them one is generated.
"""

import argparse
import datetime
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile
import time

# file, bin, horizons, {horizon: (rMAE, MAPE or none, coverage)}
LINK, HOST = ((0.88, 0.92), (0.85, 0.95)), ((0.88, 0.92), (0.80, 0.98))
SERIES = {
    "A5M": ("a5m_isp_transatlantic_5min.csv", "5m",
            {"5m": (0.91, 2.8, LINK[0]), "1h": (0.79, 7.2, LINK[0]),
             "24h": (0.73, 15.3, LINK[1])}),
    "A1H": ("a1h_isp_transatlantic_hourly.csv", "1h",
            {"1h": (0.73, None, LINK[0]), "24h": (0.66, None, LINK[1])}),
    "EC2": ("ec2_host_in_257a54_5min.csv", "5m",
            {"5m": (1.02, None, HOST[0]), "1h": (1.02, None, HOST[0]),
             "24h": (1.15, None, HOST[1])}),
    "VBR": ("video_vbr_frames_1000.csv", "40ms",
            {"40ms": (1.02, None, HOST[0]), "1s": (1.02, None, HOST[1])}),
}
MADE_UP = ("15m", {"15m": (1.02, None, HOST[0]), "60m": (1.02, None, HOST[0]),
                   "24h": (1.15, None, HOST[1])})


# Error of the ensemble ÷ error of the ensemble that there would be without networks.
MOST_WITH_LSTM, SOME_WITH_LSTM = 1.01, {("A5M", "1h"): 0.95}
# Generated links whose level falls by half for two weeks and comes back.
HOLIDAYS, HOLIDAY = range(1, 9), ("15m", {"24h": (1.02, None, HOST[1])})
LONG_ROWS = 20_000
MEGABYTE = 1e6
# what, unit, limit
COSTS = {"update": ("longest daily update, CPU time", "s", 0.3),
         "bytes": ("40 series, resident memory", "MB", 50),
         "forecast": ("a bin taken, three forecasts made", "ms", 0.1),
         "slice": ("longest slice of a training", "ms", 50),
         "long": (f"backtest of {LONG_ROWS:,} rows at three horizons", "s", 300)}


def write_series(path, minutes, values):
    begin = datetime.datetime(2026, 1, 1)
    lines = ["time,bytes"]
    for i, value in enumerate(values):
        time_of_bin = begin + datetime.timedelta(minutes=minutes * i)
        lines.append(f"{time_of_bin.isoformat()}Z,{value:.0f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def make_up(folder, bins=4000, minutes=15):
    numbers = random.Random(1)
    lingering, values = 0.0, []
    for i in range(bins):
        lingering = 0.97 * lingering + 0.03 * numbers.gauss(0, 1)
        day = 2 * math.pi * minutes * i / 1440
        values.append(1e8 * math.exp(math.sin(day) + lingering))
    return write_series(pathlib.Path(folder, f"made_up_{bins}.csv"), minutes, values)


def make_holiday(folder, seed, days=84, fall_day=58, minutes=15):
    """Days, weeks and noise; the fall and the return are in the scored third."""
    numbers = random.Random(seed)
    lingering, values = 0.0, []
    for i in range(days * 1440 // minutes):
        lingering = 0.97 * lingering + 0.05 * numbers.gauss(0, 1)
        day = minutes * i / 1440
        turn = 2 * math.pi * day
        swing = 0.5 if day % 7 >= 5 else 0.9
        level = 0.5 if fall_day <= day < fall_day + 14 else 1
        values.append(1e8 * level * math.exp(
            swing * math.sin(turn - 2) + 0.3 * math.sin(2 * turn) + lingering))
    return write_series(pathlib.Path(folder, f"holiday_{seed}.csv"), minutes, values)


def backtest(ntm, path, bin_length, horizons):
    answer = subprocess.run(
        [ntm, "forecast", "backtest", "--csv", path, "--bin", bin_length,
         "--horizons", ",".join(horizons), "--unit", "bits", "--json"],
        stdout=subprocess.PIPE, check=True)
    answer = json.loads(answer.stdout)
    rows = {(row["horizon"], row["model"]): row for row in answer["rows"]}
    return rows, answer


def verdict(met):
    return "met" if met else "**missed**"


def verdicts(name, rows, bars):
    """Prints a row per horizon; returns how many of these exceed a limit."""
    missed = 0
    for horizon, (rmae, mape, (least, most)) in bars.items():
        pool = rows[horizon, "pool"]
        gain = pool["mae"] / rows[horizon, "pool_without_lstm"]["mae"]
        gain_bar = SOME_WITH_LSTM.get((name, horizon), MOST_WITH_LSTM)
        met = (pool["rmae"] <= rmae and least <= pool["coverage"] <= most
               and (mape is None or pool["mape"] <= mape)
               and gain <= gain_bar)
        missed += not met
        percent = "" if pool["mape"] is None else f"{pool['mape']:.2f}"
        print(f"| {name} {horizon} | {pool['n']:,} | {pool['rmae']:.3f} | "
              f"{rmae} | {percent} | {mape or ''} | {pool['mase']:.3f} | "
              f"{pool['coverage']:.3f} | {least}–{most} | {gain:.3f} | "
              f"{gain_bar} | {verdict(met)} |", flush=True)
    return missed


def costs(ntm, cost, folder, update):
    """{what: value} of COSTS; `update` is measured already."""
    answer = subprocess.run([cost], stdout=subprocess.PIPE, check=True)
    answer = json.loads(answer.stdout)
    path = make_up(folder, LONG_ROWS, 5)
    begin = time.monotonic()
    _, long = backtest(ntm, path, "5m", ("5m", "1h", "24h"))
    return {"update": max(update, long["longest_update_cpu_seconds"]),
            "bytes": answer["bytes"] / MEGABYTE,
            "forecast": 1000 * long["mean_forecast_cpu_seconds"],
            "slice": 1000 * answer["longest_slice_seconds"],
            "long": time.monotonic() - begin}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ntm", required=True)
    parser.add_argument("--cost", help="ntm_forecast_cost; without it no costs")
    parser.add_argument("--series", required=True, type=pathlib.Path)
    options = parser.parse_args()
    print("| series, horizon | n | rMAE | limit | MAPE % | limit | MASE | coverage "
          "| limits | with / without LSTMs | limit | verdict |")
    print("|---" * 12 + "|")
    missed, update = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        jobs = {name: (options.series / file, length, bars)
                for name, (file, length, bars) in SERIES.items()
                if (options.series / file).exists()}
        if not jobs:
            print(f"no series in {options.series}: a generated one is measured",
                  file=sys.stderr)
            jobs = {"made up": (make_up(folder), *MADE_UP)}
        for seed in HOLIDAYS:
            jobs[f"holiday {seed}"] = (make_holiday(folder, seed), *HOLIDAY)
        for name, (path, length, bars) in jobs.items():
            rows, answer = backtest(options.ntm, path, length, bars)
            missed += verdicts(name, rows, bars)
            update = max(update, answer["longest_update_cpu_seconds"])
        if options.cost:
            print("\n| cost | measured | limit | verdict |\n|---|---|---|---|")
            measured = costs(options.ntm, options.cost, folder, update)
            for key, (what, unit, bar) in COSTS.items():
                met = measured[key] <= bar
                missed += not met
                print(f"| {what} | {measured[key]:.3g} {unit} | {bar} {unit} | "
                      f"{verdict(met)} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
