#!/usr/bin/env python3
"""What the forecast reaches, against its bars: a table for docs/forecast.md.

The series are data beside the repository; without them one is made up.
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


def make_up(folder):
    numbers, path = random.Random(1), pathlib.Path(folder, "made_up.csv")
    begin, lingering, lines = datetime.datetime(2026, 1, 1), 0.0, ["time,bytes"]
    for i in range(4000):
        lingering = 0.97 * lingering + 0.03 * numbers.gauss(0, 1)
        time = begin + datetime.timedelta(minutes=15 * i)
        value = 1e8 * math.exp(math.sin(2 * math.pi * i / 96) + lingering)
        lines.append(f"{time.isoformat()}Z,{value:.0f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def backtest(ntm, path, bin_length, horizons):
    answer = subprocess.run(
        [ntm, "forecast", "backtest", "--csv", path, "--bin", bin_length,
         "--horizons", ",".join(horizons), "--unit", "bits", "--json"],
        stdout=subprocess.PIPE, check=True)
    answer = json.loads(answer.stdout)
    rows = {(row["horizon"], row["model"]): row for row in answer["rows"]}
    return rows, answer["longest_update_cpu_seconds"]


def verdicts(name, rows, bars):
    """Prints a row per horizon; returns how many bars are missed."""
    missed = 0
    for horizon, (rmae, mape, (least, most)) in bars.items():
        pool = rows[horizon, "pool"]
        plain = rows[horizon, "pool_without_lstm"]
        met = (pool["rmae"] <= rmae and least <= pool["coverage"] <= most
               and (mape is None or pool["mape"] <= mape))
        missed += not met
        percent = "" if pool["mape"] is None else f"{pool['mape']:.2f}"
        print(f"| {name} {horizon} | {pool['n']} | {pool['rmae']:.3f} | "
              f"{rmae} | {percent} | {mape or ''} | {pool['mase']:.3f} | "
              f"{pool['coverage']:.3f} | {pool['mae'] / plain['mae']:.3f} | "
              f"{'met' if met else '**missed**'} |", flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ntm", required=True)
    parser.add_argument("--series", required=True, type=pathlib.Path)
    options = parser.parse_args()
    print("| series, horizon | n | rMAE | bar | MAPE % | bar | MASE | coverage "
          "| with / without LSTMs | verdict |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    missed, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        jobs = {name: (options.series / file, length, bars)
                for name, (file, length, bars) in SERIES.items()
                if (options.series / file).exists()}
        if not jobs:
            print(f"no series in {options.series}: a made-up one is measured",
                  file=sys.stderr)
            jobs = {"made up": (make_up(folder), *MADE_UP)}
        for name, (path, length, bars) in jobs.items():
            rows, update = backtest(options.ntm, path, length, bars)
            missed += verdicts(name, rows, bars)
            slowest = max(slowest, update)
    print(f"longest daily update: {slowest:.3f} s of CPU time")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
