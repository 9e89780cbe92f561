"""iperf3 streams between two namespaces, and what arrived of them."""

import json
import shutil
import subprocess
import unittest

import netns
import ntm_process


def require():
    if shutil.which("iperf3") is None:
        raise unittest.SkipTest("iperf3 is not installed (package iperf3)")


def _before_others():
    """The prefix of a command that must not wait for the CPU."""
    command = ["chrt", "--fifo", "1"]
    if shutil.which("chrt") and subprocess.run(
            [*command, "true"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return command
    return []


class Stream:
    """A stream, or parallel ones, from `here` to `there` on its own port; UDP if a
    rate is given (0: unlimited). Both ends of a `punctual` stream have a higher
    priority than other processes, so that only the link can slow it down."""

    def __init__(self, here, there, port, seconds, mbit=None, parallel=1,
                 address=netns.THERE_IP, punctual=False):
        self.seconds = seconds
        first = _before_others() if punctual else []
        self.server = subprocess.Popen(
            [*there.prefix(), *first, "iperf3", "-s", "-1", "-J", "-p", str(port)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

        def listens():
            sockets = there.run("ss", "-Hltn", f"sport = :{port}").stdout
            return bool(sockets.strip())
        ntm_process.poll(listens, what=f"iperf3 on port {port}")
        self.there, self.port, self.is_udp = there, port, mbit is not None
        self.command = [*here.prefix(), *first, "iperf3", "-c", address, "-p",
                        str(port), "-t", str(seconds), "-P", str(parallel),
                        "-J"]
        if mbit is not None:
            self.command += ["-u", "-b", f"{mbit}M", "-l", "1400"]
        self.client = None

    def start(self):
        self.client = subprocess.Popen(self.command, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL)
        return self

    def wait_under_way(self):
        """Waits until data flow: packets that a flood drops before that are not
        sent again."""
        def is_connected():
            sockets = self.there.run(
                "ss", "-Hun" if self.is_udp else "-Htn",
                f"sport = :{self.port}").stdout.splitlines()
            # TCP: one of them is iperf3's control connection.
            return len(sockets) >= (1 if self.is_udp else 2)
        ntm_process.poll(is_connected, what=f"data to port {self.port}")

    def received_mbit(self):
        """Waits for its end; the mean rate that the other side received."""
        said = self.client.communicate(timeout=self.seconds + 30)[0]
        answer = json.loads(self.server.communicate(timeout=30)[0])
        end = answer.get("end", {})
        if "sum_received" in end:
            return end["sum_received"]["bits_per_second"] / 1e6
        raise AssertionError(f"iperf3: {said.decode()[-500:]}")

    def close(self):
        for process in (self.client, self.server):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
            if process is not None:
                process.stdout.close()
