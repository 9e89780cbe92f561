"""Reading a compressed file, and a pipe: wall time of ntm and tcpdump."""
from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from measure import (ENVIRONMENT, Samples, Skipped, Traffic, check_counts,
                     find_program, run_to_end, say)
from table import Row, seconds_text

PIPE_BAR = 1.1
GZIP_BAR = 1.1
PROGRAMS = (("bash", "bash"), ("gzip", "gzip"), ("tcpdump", "tcpdump"))
# Each takes seconds, most of them in zcat.
ROUNDS = 3


def in_shell(command: str) -> list[str]:
    return ["bash", "-o", "pipefail", "-c", command]


def packed(file: Path) -> Path:
    """The file in gzip's fastest compression, next to it; made once."""
    path = Path(f"{file}.gz")
    if not path.exists():
        with open(path, "wb") as out:
            subprocess.run(["gzip", "-1", "-c", file], stdout=out, check=True,
                           env=ENVIRONMENT)
    return path


def measure_packed(ntm: Path, part: str, traffic: Traffic,
                   scratch: Path) -> list[Row]:
    try:
        for program, package in PROGRAMS:
            find_program(program, package)
    except Skipped as reason:
        return [Row(part, "compressed files and pipes", skipped=str(reason))]
    say("offline: compressing the file")
    file = packed(traffic.path)
    words = [shlex.quote(str(word)) for word in (ntm, file)]
    ours = {r"`zcat FILE.gz \| ntm -r -`, wall time":
            in_shell("zcat {1} | {0} -r -".format(*words)),
            "`ntm -r FILE.gz`, wall time": [str(ntm), "-r", str(file)]}
    theirs = in_shell("zcat {1} | tcpdump -r - --count".format(*words))
    kept = scratch.with_name("packed-output.txt")
    for command in ours.values():
        check_counts(run_to_end(command, kept).output, traffic.packets,
                     traffic.ip_bytes)
    seconds: dict[str, list[float]] = {name: [] for name in ours}
    tcpdump = []
    for number in range(ROUNDS):
        say(f"offline, compressed: round {number + 1} of {ROUNDS}")
        tcpdump.append(run_to_end(theirs).wall_seconds)
        for name, command in ours.items():
            seconds[name].append(run_to_end(command).wall_seconds)
    base = Samples(tuple(tcpdump))
    rows = [Row(part, r"`zcat FILE.gz \| tcpdump -r - --count`, wall time", base,
                seconds_text)]
    for (name, taken), bar in zip(seconds.items(), (PIPE_BAR, GZIP_BAR)):
        samples = Samples(tuple(taken))
        rows.append(Row(part, name, samples, seconds_text,
                        ratio=samples.over(base), bar=bar))
    return rows
