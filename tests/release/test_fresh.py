"""The two commands of README in a plain Debian 12.

make run must get to the point where ntm serves. make test must build, and finish if
NTM_FRESH_TEST is set (a quarter of an hour on two cores).
"""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import unittest

import roots

import netns
import ntm_process


class FreshTest(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.root = stack.enter_context(roots.copy(roots.base()))
        # Only the packages that a clone needs.
        roots.install(self.root, "ca-certificates", "git", "make")
        archive = stack.enter_context(open(self.root / "ntm.tar", "wb"))
        subprocess.run(["git", "-C", roots.ROOT, "archive", "HEAD"],
                       stdout=archive, check=True)
        archive.close()
        source = self.root / "root/ntm"
        source.mkdir()
        roots.run("tar", "-C", source, "-xf", self.root / "ntm.tar")

    def commands_of_readme(self):
        text = (roots.ROOT / "README.md").read_text(encoding="utf-8")
        return re.findall(r"^(make \w+)\b", text, re.MULTILINE)[:2]

    def command(self, words):
        return [*roots.NSPAWN, "--pipe", "--resolv-conf=copy-host",
                "--capability=CAP_NET_RAW,CAP_NET_ADMIN", "-D", self.root,
                "--chdir=/root/ntm", "sh", "-c", words]

    def test_the_command_of_readme_runs_on_a_bare_system(self):
        self.assertEqual(self.commands_of_readme(), ["make run", "make test"])
        port = ntm_process.free_port()
        with open(self.root / "log", "wb") as log:
            process = subprocess.Popen(
                self.command(f"make run ARGS='-i lo -b 127.0.0.1 -p {port}'"),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                self.wait_ready(process, port)
            finally:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()

    def wait_ready(self, process, port):
        def is_ready():
            if process.poll() is not None:
                raise AssertionError(
                    pathlib.Path(self.root, "log").read_text()[-4000:])
            try:
                return ntm_process.fetch("127.0.0.1", port,
                                         "/-/ready").status == 200
            except OSError:
                return False
        ntm_process.poll(is_ready, 3600, "ntm of a bare system", interval=1)

    def test_the_tests_of_readme_can_be_built_on_a_bare_system(self):
        said = roots.run(*self.command(
            "make test-deps && cmake --preset release && "
            "cmake --preset asan && cmake --preset tsan && "
            "ctest --test-dir build/release -N && "
            "build/release/pytest --collect-only"), timeout=3600)
        self.assertRegex(said.stdout, r"Total Tests: \d{2}")
        self.assertRegex(said.stdout, r"test_live_traffic\.py::")

    def test_the_tests_of_readme_pass_on_a_bare_system(self):
        if not os.environ.get("NTM_FRESH_TEST"):
            raise unittest.SkipTest("NTM_FRESH_TEST=1 runs the whole suite")
        netns.require()
        said = roots.run(*self.command("make test"), timeout=7200)
        self.assertRegex(said.stdout, r"\d{4} passed, 0 failed")
