"""Receivers of alerts: a webhook of the test, and a real Alertmanager
(Debian's) that tells a webhook."""

import contextlib
import http.server
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

import ntm_process

_CONFIG = """\
route:
  receiver: hook
  group_by: ["..."]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
receivers:
  - name: hook
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


class Hook:
    """Answers POST with 200 (or `status`) and records the requests."""

    def __init__(self, namespace=None):
        self.requests = []  # (path, headers, body as text)
        self.status = 200
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(size).decode()
                hook.requests.append((self.path, dict(self.headers), body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, *_):
                pass
        make = namespace.socket if namespace else socket.socket
        listener = make(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server.socket.close()
        self.server.socket = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def bodies(self):
        return [json.loads(body) for _, _, body in self.requests]

    def alerts(self):
        """The notifications of Alertmanager: (alert name, status)."""
        return [(alert["labels"]["alertname"], alert["status"])
                for body in self.bodies() for alert in body["alerts"]]


@contextlib.contextmanager
def alertmanager(hook, namespace=None, port=None):
    """The URL of a ready Alertmanager that notifies the hook."""
    program = shutil.which("prometheus-alertmanager")
    if not program:
        raise unittest.SkipTest("there is no prometheus-alertmanager (Debian "
                                "package of that name)")
    port = port or (9093 if namespace else ntm_process.free_port())
    connect = ntm_process.connector(namespace)
    with tempfile.TemporaryDirectory(prefix="ntm-e2e-") as folder:
        config = pathlib.Path(folder, "alertmanager.yml")
        config.write_text(_CONFIG.format(url=hook.url), encoding="ascii")
        with open(pathlib.Path(folder, "log"), "w+b") as log:
            process = subprocess.Popen(
                [*(namespace.prefix() if namespace else ()), program,
                 f"--config.file={config}", f"--storage.path={folder}/data",
                 f"--web.listen-address=127.0.0.1:{port}",
                 "--cluster.listen-address=", "--log.level=warn"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                def is_ready():
                    try:
                        return ntm_process.fetch("127.0.0.1", port, "/-/ready",
                                                 connect=connect).status == 200
                    except OSError:
                        return False
                ntm_process.poll(is_ready, what="Alertmanager")
                yield f"http://127.0.0.1:{port}"
            finally:
                process.kill()
                process.wait()
