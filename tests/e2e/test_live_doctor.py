"""ntm doctor with a capture: finds out why there is no data, or that there is."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import doctor
import frames as f
import netns
import ntm_process
from live import LiveCase

UDP = f.udp_frame("198.51.100.1", "198.51.100.2", 40000, 53, b"x" * 100)
ASKS = f.tcp_frame("198.51.100.1", "198.51.100.2", 40000, 443)
ANSWERS = f.tcp_frame("198.51.100.2", "198.51.100.1", 443, 40000)
SECONDS = "1"


class LiveDoctorTest(LiveCase):
    def examine(self, *arguments, frames=(), interface="va"):
        """The diagnosis, while the frames are sent repeatedly."""
        process = self.start("-i", interface, "--seconds", SECONDS,
                             *arguments)
        with self.there.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind(("vb", 0))
            end = time.monotonic() + ntm_process.BOUND
            while process.poll() is None and time.monotonic() < end:
                for frame in frames:
                    raw.send(frame)
                time.sleep(0.01)  # a rate, no order
        return self.diagnosis(process)

    def start(self, *arguments):
        process = subprocess.Popen(
            [*self.here.prefix(), ntm_process.BINARY, "doctor", "--json",
             *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env=ntm_process.clean_environment())
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def diagnosis(self, process):
        text, _ = process.communicate(timeout=ntm_process.BOUND)
        return doctor.Diagnosis(text.decode(), process.returncode)

    def assert_only(self, found, name, status):
        """The only check of that name; nothing else fails."""
        self.assertEqual(found.statuses(name), [status], found.text)
        self.assertLessEqual(found.failed(), {name}, found.text)
        return found.of(name)[0]

    def test_doctor_finds_nothing_wrong_where_all_is_well(self):
        found = self.examine("udp port 53", frames=[UDP, ASKS, ANSWERS])
        self.assertEqual(found.exit_code, 0, found.text)
        for name in ("rights", "interface", "promiscuous", "filter",
                     "traffic", "direction", "drops", "overlap", "offloads",
                     "port"):
            self.assertEqual(found.statuses(name), ["ok"], found.text)

    def test_doctor_sees_a_filter_that_matches_nothing(self):
        found = self.examine("tcp port 22", frames=[UDP])
        check = self.assert_only(found, "filter", "fail")
        self.assertRegex(check["detail"],
                         r"matches none of \d+ frames in 1 s")

    def test_doctor_sees_tags_that_a_raw_filter_misses(self):
        for shape in ("qinq", "pppoe"):
            with self.subTest(shape):
                frames = [f.SHAPES[shape](UDP)]
                found = self.examine("--raw-filter", "udp port 53",
                                     frames=frames)
                check = self.assert_only(found, "tags", "fail")
                self.assertIn("leave out --raw-filter", check["remedy"])
                found = self.examine("udp port 53", frames=frames)
                self.assert_only(found, "filter", "ok")

    def test_doctor_sees_that_nothing_passes_and_where_it_does(self):
        self.assert_only(self.examine(), "traffic", "warn")
        self.here.ip("link", "add", "quiet0", "type", "veth", "peer", "name",
                     "quiet1")
        for name in ("quiet0", "quiet1"):
            self.here.ip("link", "set", name, "up")
        found = self.examine(interface="quiet0", frames=[UDP])
        check = self.assert_only(found, "traffic", "warn")
        self.assertIn("-i va", check["remedy"])

    def test_doctor_sees_an_asymmetric_mirror(self):
        found = self.examine(frames=[ASKS])
        check = self.assert_only(found, "direction", "warn")
        self.assertIn("one direction only", check["detail"])
        found = self.examine(frames=[ASKS, ANSWERS])
        self.assert_only(found, "direction", "ok")

    def test_doctor_sees_an_interface_that_is_down(self):
        self.here.ip("link", "set", "va", "down")
        found = self.examine()
        check = self.assert_only(found, "interface", "fail")
        self.assertIn("ip link set dev va up", check["remedy"])

    def test_doctor_sees_a_missing_carrier(self):
        self.there.ip("link", "set", "vb", "down")
        found = self.run_to_end("-i", "va")
        check = self.assert_only(found, "interface", "fail")
        self.assertIn("no carrier", check["detail"])

    def test_doctor_sees_a_busy_port(self):
        with self.here.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
            other.bind(("0.0.0.0", 8000))
            other.listen()
            found = self.examine(frames=[UDP])
        self.assert_only(found, "port", "fail")

    def test_doctor_recognises_a_running_ntm(self):
        with self.ntm():
            found = self.examine(frames=[UDP])
        self.assertIn("already", self.assert_only(found, "port",
                                                  "ok")["detail"])

    def test_doctor_sees_interfaces_that_overlap(self):
        found = self.run_to_end("-i", "any,va")
        self.assertEqual(found.statuses("overlap"), ["warn", "warn"])

    def run_to_end(self, *arguments):
        return doctor.examine("--seconds", SECONDS, *arguments,
                              before=self.here.prefix())

    def test_doctor_sees_a_containers_own_network(self):
        found = self.run_to_end("-i", "va")
        check = self.assert_only(found, "namespace", "warn")
        self.assertIn("network_mode: host", check["remedy"])

    def test_doctor_knows_promiscuous_mode_and_offloads(self):
        found = self.run_to_end("-i", "va", "--no-promiscuous")
        self.assertIn("off", found.of("promiscuous")[0]["detail"])
        self.assertIn("GSO", found.of("offloads")[0]["detail"])
        self.here.run("ethtool", "-K", "va", "gro", "off", "gso", "off",
                      "tso", "off")
        found = self.run_to_end("-i", "va")
        self.assertIn("also receives", found.of("promiscuous")[0]["detail"])
        self.assertIn("merges no frames", found.of("offloads")[0]["detail"])

    def test_doctor_sees_drops_and_advises_a_larger_ring(self):
        process = self.start("-i", "va", "--seconds", SECONDS,
                             "--buffer-size", "64k")
        end = time.monotonic() + ntm_process.BOUND
        while process.poll() is None and time.monotonic() < end:
            # While it is stopped, nobody empties the ring.
            process.send_signal(signal.SIGSTOP)
            self.there.send_frames("vb", [UDP] * 3000)
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)  # for it to get on; no order
        check = self.assert_only(self.diagnosis(process), "drops", "warn")
        self.assertIn("--buffer-size 16MiB", check["remedy"])

    def test_doctor_without_rights_says_all_it_can(self):
        if not shutil.which("setpriv"):
            raise unittest.SkipTest("there is no setpriv (package util-linux)")
        folder = tempfile.TemporaryDirectory(prefix="ntm-e2e-")
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        binary = pathlib.Path(folder.name, "ntm")  # not reachable by others
        shutil.copy(ntm_process.BINARY, binary)
        binary.chmod(0o755)
        found = doctor.examine(
            "-i", "va", "prt 1", binary=binary, before=[
                *self.here.prefix(), "setpriv", "--reuid=65534",
                "--regid=65534", "--clear-groups", "--inh-caps=-all",
                "--ambient-caps=-all"])
        self.assertEqual(found.failed(), {"rights", "filter"})
        self.assertIn(f"sudo setcap cap_net_raw+ep {binary}",
                      found.of("rights")[0]["remedy"])
        for name in ("interface", "services", "port", "overlap", "offloads"):
            self.assertEqual(found.statuses(name), ["ok"], name)
