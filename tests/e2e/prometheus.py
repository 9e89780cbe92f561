"""A real Prometheus (Debian's) that scrapes one target; asked by PromQL."""

import contextlib
import json
import pathlib
import shlex
import shutil
import socket
import subprocess
import tempfile
import unittest
import urllib.parse

import ntm_process

_CONFIG = """\
global:
  scrape_interval: {interval}
  scrape_timeout: {interval}
scrape_configs:
  - job_name: network-traffic-metrics
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


class Prometheus:
    """Queries to a running Prometheus; results are empty before it is up."""

    def __init__(self, port, connect):
        self.port, self.connect = port, connect

    def __call__(self, expression, *time):
        """{labels: value} of an instant query."""
        return _query(self.port, self.connect, expression, *time)

    def label_values(self, selector, label):
        """The values of a label in the series of a selector."""
        return set(_ask(self.port, self.connect, f"label/{label}/values",
                        {"match[]": selector}) or ())


@contextlib.contextmanager
def scraping(port, namespace=None, interval="200ms", past=None, flags=()):
    """A Prometheus that scrapes 127.0.0.1:port, in the namespace if one is given.
    `past`: OpenMetrics text with times that it has from the start."""
    program = shutil.which("prometheus")
    if not program:
        raise unittest.SkipTest("there is no prometheus (Debian package "
                                "prometheus)")
    own = 9090 if namespace else ntm_process.free_port()
    connect = ntm_process.connector(namespace)
    with tempfile.TemporaryDirectory(prefix="ntm-e2e-") as folder:
        config = pathlib.Path(folder, "prometheus.yml")
        config.write_text(_CONFIG.format(port=port, interval=interval),
                          encoding="ascii")
        if past:
            _take_up(past, folder)
        with open(pathlib.Path(folder, "log"), "w+b") as log:
            process = subprocess.Popen(
                [*(namespace.prefix() if namespace else ()), program,
                 f"--config.file={config}", f"--storage.tsdb.path={folder}/db",
                 f"--web.listen-address=127.0.0.1:{own}", "--log.level=warn",
                 *flags],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                yield Prometheus(own, connect)
            finally:
                process.kill()
                process.wait()


@contextlib.contextmanager
def serving(command, folder):
    """query(expression, seconds since the epoch) of a Prometheus, which a shell
    command in the folder starts."""
    port = ntm_process.free_port()
    with open(pathlib.Path(folder, "log"), "w+b") as log:
        process = subprocess.Popen(
            [*shlex.split(command), f"--web.listen-address=127.0.0.1:{port}",
             "--log.level=warn"],
            cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            yield lambda expression, time: _query(
                port, socket.create_connection, expression, time)
        finally:
            process.kill()
            process.wait()


def _take_up(past, folder):
    file = pathlib.Path(folder, "past.om")
    file.write_text(past, encoding="utf-8")
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics",
                    str(file), f"{folder}/db"], check=True,
                   stdout=subprocess.DEVNULL, timeout=20)


def _ask(port, connect, path, asked):
    try:
        answer = ntm_process.fetch(
            "127.0.0.1", port,
            f"/api/v1/{path}?" + urllib.parse.urlencode(asked),
            connect=connect)
    except OSError:
        return None  # not up yet
    if answer.status == 400:
        raise AssertionError(f"{asked}: {answer.text}")
    return json.loads(answer.body)["data"] if answer.status == 200 else None


def _query(port, connect, expression, time=None):
    asked = {"query": expression} if time is None else {
        "query": expression, "time": time}
    data = _ask(port, connect, "query", asked)
    if data is None:
        return {}
    rows = data["result"]
    if data["resultType"] == "scalar":
        return {frozenset(): float(rows[1])}
    return {frozenset(row["metric"].items()): float(row["value"][1])
            for row in rows}


def total(query, expression, *time):
    """The value of an expression without labels; None before there is one."""
    return query(expression, *time).get(frozenset())
