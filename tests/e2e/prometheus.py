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
  scrape_interval: 200ms
  scrape_timeout: 200ms
scrape_configs:
  - job_name: network-traffic-metrics
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


@contextlib.contextmanager
def scraping(port, namespace=None):
    """query(expression) → {labels: value}, of a Prometheus that scrapes
    127.0.0.1:port, in the namespace if there is one."""
    program = shutil.which("prometheus")
    if not program:
        raise unittest.SkipTest("there is no prometheus (Debian package "
                                "prometheus)")
    own = 9090 if namespace else ntm_process.free_port()
    connect = ntm_process.connector(namespace)
    with tempfile.TemporaryDirectory(prefix="ntm-e2e-") as folder:
        config = pathlib.Path(folder, "prometheus.yml")
        config.write_text(_CONFIG.format(port=port), encoding="ascii")
        with open(pathlib.Path(folder, "log"), "w+b") as log:
            process = subprocess.Popen(
                [*(namespace.prefix() if namespace else ()), program,
                 f"--config.file={config}", f"--storage.tsdb.path={folder}/db",
                 f"--web.listen-address=127.0.0.1:{own}", "--log.level=warn"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                yield lambda expression: _query(own, connect, expression)
            finally:
                process.kill()
                process.wait()


@contextlib.contextmanager
def serving(command, folder):
    """query(expression, seconds since the epoch) of a Prometheus that a shell's
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


def _query(port, connect, expression, time=None):
    asked = {"query": expression} if time is None else {
        "query": expression, "time": time}
    try:
        answer = ntm_process.fetch(
            "127.0.0.1", port,
            "/api/v1/query?" + urllib.parse.urlencode(asked), connect=connect)
    except OSError:
        return {}  # not up yet
    if answer.status != 200:
        return {}
    data = json.loads(answer.body)
    return {frozenset(row["metric"].items()): float(row["value"][1])
            for row in data["data"]["result"]}


def total(query, expression, *time):
    """The value of an expression that has no labels; None before it has one."""
    return query(expression, *time).get(frozenset())
