"""Measurements as rows of one Markdown table and as JSON."""
from __future__ import annotations

import datetime
import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from measure import Samples

PACKAGES = ("tcpdump", "nfdump", "softflowd", "darkstat", "pmacct", "tcpreplay",
            "libpcap0.8", "prometheus-cpp-dev")


def seconds_text(value: float) -> str:
    return f"{value:.3g} s" if value < 10 else f"{value:.1f} s"


def milliseconds_text(value: float) -> str:
    return f"{value * 1e3:.1f} ms"


def nanoseconds_text(value: float) -> str:
    return f"{value:.0f} ns"


def bytes_text(value: float) -> str:
    return f"{value / 1e6:.1f} MB"


def count_text(value: float) -> str:
    return f"{value:,.0f}"


def rate_text(value: float) -> str:
    return f"{value:.1f}"


def percent_text(value: float) -> str:
    return f"{100 * value:.1f} %"


def ratio_text(value: float) -> str:
    return f"{value:.2f}"


def spread(samples: Samples, text: Callable[[float], str]) -> str:
    """The median, then the least and the greatest value if they differ."""
    low, middle, high = (text(x) for x in (min(samples.values), samples.median,
                                           max(samples.values)))
    return middle if low == high else f"{middle} ({low} – {high})"


@dataclass(frozen=True)
class Row:
    """One measurement. The limit `bar` applies to the ratio if there is one, else to
    the value; to the median, or to the worst round if `bar_on_worst`."""

    part: str
    what: str
    value: Samples | None = None
    text: Callable[[float], str] = count_text
    ratio: Samples | None = None  # ntm ÷ this
    bar: float | None = None
    bar_on_worst: bool = False
    skipped: str = ""

    def missed(self) -> bool:
        judged = self.ratio or self.value
        if self.bar is None or judged is None:
            return False
        measured = max(judged.values) if self.bar_on_worst else judged.median
        return measured > self.bar

    def cells(self, judge: bool) -> list[str]:
        if self.skipped or self.value is None:
            return [self.part, self.what, f"skipped: {self.skipped}", "", "",
                    ""]
        bar_text = ratio_text if self.ratio else self.text
        verdict = "**missed**" if self.missed() else "met"
        return [
            self.part, self.what, spread(self.value, self.text),
            spread(self.ratio, ratio_text) if self.ratio else "",
            f"≤ {bar_text(self.bar)}" if self.bar is not None else "",
            "" if self.bar is None else verdict if judge else "not judged",
        ]

    def facts(self) -> dict:
        return {
            "part": self.part,
            "what": self.what.replace("`", ""),
            "values": list(self.value.values) if self.value else None,
            "ratios": list(self.ratio.values) if self.ratio else None,
            "bar": self.bar,
            "missed": self.missed(),
            "skipped": self.skipped or None,
        }


def markdown_table(rows: list[Row], judge: bool) -> str:
    lines = [["part", "measured", "median (least – greatest)", "ntm ÷ this",
              "limit", "verdict"], ["---"] * 6]
    lines += [row.cells(judge) for row in rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def machine() -> dict[str, str]:
    """What the results depend on; nothing that identifies this machine."""
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": _value_of("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        # Without the suffix of the build.
        "kernel": platform.release().partition("-")[0],
        "system": _value_of("/etc/os-release", "PRETTY_NAME"),
        "packages": ", ".join(f"{name} {version}"
                              for name, version in _versions().items()),
    }


def caption(facts: dict[str, str]) -> str:
    return (f"{facts['date']}, {facts['cpu']}, {facts['cores']} cores, Linux "
            f"{facts['kernel']}, {facts['system']}; {facts['packages']}.")


def page(table: str, facts: dict[str, str], notes: str) -> str:
    return (f"# Benchmarks\n\nWhat `make bench` printed: {caption(facts)}\n\n"
            f"{table}\n\n{notes}")


def _value_of(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        name, separator, value = line.replace("=", ":", 1).partition(":")
        if separator and name.strip() == key:
            return value.strip().strip('"')
    return ""


def _versions() -> dict[str, str]:
    """By Debian package; only installed ones."""
    versions = {}
    for name in PACKAGES:
        try:
            asked = subprocess.run(
                ["dpkg-query", "-W", "-f=${Version}", name], check=False,
                capture_output=True, text=True)
        except OSError:
            return {}
        if asked.returncode == 0 and asked.stdout:
            versions[name] = asked.stdout
    return versions
