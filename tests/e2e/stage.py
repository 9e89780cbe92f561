"""An environment in which the commands of a page really run.

A network namespace with eth0 (192.168.0.10, the default route) and wlan0, whose
other ends are in a second one; a folder with capture files and a series; `ntm`
is the program under test. Commands run one after another and must succeed.
Servers (ntm, prometheus) are waited for, run until the next server or the end of
the block, and must then exit without error.
"""

import contextlib
import math
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

import mixed
import netns
import ntm_process
import pcap_files

_ENDS = {"-D", "-h", "--check-config", "--health-check", "--help", "--once",
         "--summary", "--version"}
_SUBCOMMANDS = {"alert", "backup", "doctor", "forecast", "help", "history",
                "qos", "restore", "top"}
_READY = {"ntm": (8000, "/-/ready"), "prometheus": (9090, "/-/ready")}


def serves(words):
    if words[0] != "ntm":
        return words[0] == "prometheus"
    reads = bool({"-r", "--read"} & set(words)) and "--serve" not in words
    return not (reads or _ENDS & set(words)
                or len(words) > 1 and words[1] in _SUBCOMMANDS)


class Stage:
    def __init__(self):
        netns.require()
        self.here, self.there = netns.Namespace(), netns.Namespace()
        self.server = None

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for space in (self.here, self.there):
                stack.enter_context(space)
            self.folder = pathlib.Path(
                stack.enter_context(ntm_process.open_folder()))
            stack.callback(self.stop)
            self._join("eth0", "192.168.0.10")
            self._join("wlan0", "192.168.1.10")
            self.here.ip("route", "add", "default", "via", "192.168.0.1")
            self._write_files()
            self._write_programs()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def _join(self, name, address):
        self.here.ip("link", "add", name, "type", "veth", "peer", "name", name,
                     "netns", self.there.name)
        for space in (self.there, self.here):
            space.ip("link", "set", name, "up")
        self.here.ip("addr", "add", f"{address}/24", "dev", name)

    def _write_files(self):
        for name in ("file.pcap", "capture.pcap"):
            (self.folder / name).write_bytes(pcap_files.pcap(mixed.frames()))
        lines = [f"{1767225600 + 300 * i},{1e8 * (2 + math.sin(i / 46)):.0f}"
                 for i in range(2016)]
        (self.folder / "mine.csv").write_text(
            "\n".join(["time,bytes", *lines]) + "\n")

    def _write_programs(self):
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "ntm").symlink_to(os.path.abspath(ntm_process.BINARY))
        # An error is a failure, but 503 (too early) is requested again.
        (programs / "curl").write_text(
            f'#!/bin/sh\nexec {shutil.which("curl")} -sS --fail-with-body '
            '--max-time 10 --retry 20 --retry-delay 1 "$@"\n')
        (programs / "curl").chmod(0o755)
        self.state = self.folder / "state"
        self.state.mkdir(mode=0o777)
        self.state.chmod(0o777)
        self.environment = ntm_process.clean_environment({
            "PATH": f"{programs}:{os.environ['PATH']}",
            "STATE_DIRECTORY": str(self.state), "HOME": str(self.folder)})

    def _start(self, text, **how):
        # The history is in the state directory of a service.
        text = text.replace("/var/lib/ntm", str(self.state))
        return subprocess.Popen(
            [*self.here.prefix(), "bash", "-euo", "pipefail", "-c", text],
            cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            **how)

    def run(self, text):
        """Runs one command; its standard output."""
        words = shlex.split(text, comments=True)
        program = words[0].lstrip("(")
        if program.isidentifier() and program not in ("umask",):
            self._need(program)
        if serves(words):
            self._serve(text, words[0])
            return ""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
            code = self._start(text, stdout=out, stderr=said).wait(50)
            out.seek(0)
            said.seek(0)
            answer = out.read().decode()
            assert code == 0, (f"{text}: exit {code}:\n"
                               f"{answer}{said.read().decode()}")
        return answer

    def _need(self, program):
        if not shutil.which(program, path=self.environment["PATH"]):
            raise unittest.SkipTest(f"there is no {program}")

    def _serve(self, text, program):
        self.stop()
        log = tempfile.TemporaryFile()
        process = self._start(f"exec {text}", stdout=log, stderr=log)
        self.server = (process, text, log)
        port, path = _READY[program]

        def is_ready():
            assert process.poll() is None, self._failed("ended")
            try:
                return ntm_process.fetch(
                    "127.0.0.1", port, path,
                    connect=ntm_process.connector(self.here)).status == 200
            except OSError:
                return False
        ntm_process.poll(is_ready, 30, f"{text} to be ready")

    def _failed(self, how):
        process, text, log = self.server
        log.seek(0)
        return f"{text}: {how} ({process.returncode}): {log.read().decode()}"

    def stop(self):
        """Stops the server, which must exit without error."""
        if not self.server:
            return
        process, _, log = self.server
        try:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            assert process.returncode == 0, self._failed("did not end well")
        finally:
            process.kill()
            process.wait()
            self.server = None
            log.close()
