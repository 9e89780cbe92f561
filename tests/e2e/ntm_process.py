"""The program under test: runs it to its end, or starts, scrapes and stops it.

Environment: NTM_BINARY (the program), NTM_SHARED (folder of the shared
captures, may be absent), NTM_SLOW (set if sanitizers slow it down).
The child does not inherit NTM_* variables, gets those that a test sets, and keeps
its state in a folder that is removed after the test.
"""

import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import exposition

BINARY = os.environ.get("NTM_BINARY", "build/release/ntm")
SHARED = pathlib.Path(os.environ.get("NTM_SHARED", "../shared"))
PATIENCE = 4 if os.environ.get("NTM_SLOW") else 1
BOUND = 10 * PATIENCE


def open_folder(prefix="ntm-e2e-"):
    """A TemporaryDirectory that ntm can use with any user; as in /tmp, nobody can
    replace files of others."""
    folder = tempfile.TemporaryDirectory(prefix=prefix)
    os.chmod(folder.name, 0o1777)
    return folder


def _state_folder():
    return open_folder("ntm-state-")


_state = _state_folder()


def forget_state():
    """From now on programs started by `run` have a new state directory."""
    global _state  # pylint: disable=global-statement
    _state.cleanup()
    _state = _state_folder()


def clean_environment(extra=None):
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith("NTM_")}
    kept["LC_ALL"] = "C"
    kept["STATE_DIRECTORY"] = _state.name
    kept.update(extra or {})
    return kept


def run(*arguments, env=None, stdin=b"", before=(), binary=None, cwd=None,
        timeout=30 * PATIENCE):
    """Runs ntm to its end; stdout, stderr as text, returncode."""
    result = subprocess.run(
        [*before, str(binary or BINARY), *map(str, arguments)], input=stdin,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
        env=clean_environment(env), cwd=cwd, check=False)
    result.stdout = result.stdout.decode()
    result.stderr = result.stderr.decode()
    return result


def read_file(path, *arguments, env=None):
    """The exposition of `ntm -r path arguments`, which must succeed."""
    result = run("-r", path, *arguments, env=env)
    assert result.returncode == 0, (
        f"ntm -r {path} {arguments}: exit {result.returncode}: "
        f"{result.stderr}")
    return exposition.parse(result.stdout)


def poll(question, bound=BOUND, what="it", interval=0.02):
    """The first true result of question(); AssertionError after `bound` s."""
    end = time.monotonic() + bound
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"waited {bound} s in vain for {what}")
        time.sleep(interval)


_held_ports = []


def free_port(address="127.0.0.1"):
    """A port that no other program gets until this process ends; with SO_REUSEADDR, as
    servers set it, one can listen there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    probe = socket.socket(family)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((address, 0))
    _held_ports.append(probe)
    return probe.getsockname()[1]


def _content(file):
    # The child uses the same open file description, so its offset must not
    # change.
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0)


def threads(pid):
    """{thread ID: fields of its status}, without threads that end meanwhile."""
    found = {}
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found[status.parent.name] = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines()
                if ":\t" in line)
    return found


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode()


def fetch(host, port, path="/metrics", method="GET", headers=None, body=None,
          connect=socket.create_connection):
    connection = http.client.HTTPConnection(host, port, timeout=BOUND)
    connection.sock = connect((host, port), timeout=BOUND)
    with contextlib.closing(connection):
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Response(answer.status, answer.headers, answer.read())


def connector(namespace=None):
    """connect(address, timeout) → a TCP connection, made in the namespace."""
    if not namespace:
        return socket.create_connection

    def connect(address, timeout=BOUND):
        connection = namespace.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    return connect


class Ntm:
    """A running ntm; a context manager that stops it, if it still runs, and checks
    that it exits with 0."""

    def __init__(self, *arguments, namespace=None, env=None, host="127.0.0.1",
                 port=None, stdin=subprocess.DEVNULL, own_address=False,
                 before=(), binary=None, pass_fds=()):
        self.namespace, self.host = namespace, host
        # In its own namespace every port is free.
        self.port = port or (8000 if namespace else free_port(host))
        listen = [] if own_address else [
            "--web.listen-address", f"{host}:{self.port}"]
        command = [*(namespace.prefix() if namespace else ()), *before,
                   str(binary or BINARY), *listen, *map(str, arguments)]
        self.state = _state_folder()
        self.stopped = False
        self.log = tempfile.TemporaryFile()
        self.out = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=self.out, stderr=self.log,
            env=clean_environment({"STATE_DIRECTORY": self.state.name,
                                   **(env or {})}), pass_fds=pass_fds)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.process.kill()
            self.process.wait()
            sys.stderr.write(f"--- log of ntm\n{self.stderr()}---\n")
            return
        if not self.stopped:
            self.stop()

    def connect(self, address, timeout=BOUND):
        return connector(self.namespace)(address, timeout)

    def fetch(self, path="/metrics", **rest):
        return fetch(self.host, self.port, path, connect=self.connect, **rest)

    def scrape(self):
        answer = self.fetch()
        assert answer.status == 200, f"/metrics: {answer.status}"
        return exposition.parse(answer.text)

    def status(self, path):
        """The status of GET path; None without an answer."""
        try:
            return self.fetch(path).status
        except (OSError, http.client.HTTPException):
            return None

    def wait_serving(self):
        def serves():
            assert self.process.poll() is None, (
                f"ntm ended with {self.process.returncode}: {self.stderr()}")
            return self.status("/-/healthy") == 200
        poll(serves, what="/-/healthy")
        return self

    def wait_ready(self, bound=BOUND):
        self.wait_serving()
        poll(lambda: self.status("/-/ready") == 200, bound, "/-/ready 200")
        return self

    def wait_for(self, question, what, bound=BOUND):
        """Scrapes until question(exposition) is true; returns that exposition."""
        last = None

        def asked():
            nonlocal last
            last = self.scrape()
            return question(last)
        try:
            poll(asked, bound, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; last scrape:\n{last.text}"
                                 ) from None
        return last

    def stderr(self):
        return _content(self.log).decode()

    def stdout(self):
        return _content(self.out)

    def stop(self, how=signal.SIGTERM, exit_code=0):
        """Stops it; returns the seconds that it took. It must exit with `exit_code`."""
        started = time.monotonic()
        self.stopped = True
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(BOUND)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end on {how!r}: {self.stderr()}"
                                 ) from None
        took = time.monotonic() - started
        assert self.process.returncode == exit_code, (
            f"exit {self.process.returncode}: {self.stderr()}")
        return took
