"""A test case for the packaging files of the build.

Environment: NTM_BUILD (the build folder; without it such tests are skipped).
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]


class PackagedCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if os.environ.get("NTM_SLOW"):
            raise unittest.SkipTest("what is shipped has no sanitizers")
        self.build = pathlib.Path(os.environ.get("NTM_BUILD", "build/release"))
        if not (self.build / "packaging").is_dir():
            raise unittest.SkipTest(f"{self.build} is not a build of ntm")
        folder = tempfile.TemporaryDirectory(prefix="ntm-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def need(self, program, package):
        if not shutil.which(program):
            raise unittest.SkipTest(
                f"there is no {program} (package {package})")

    def run_well(self, *command, **how):
        """Runs a command, which must succeed; its standard output."""
        result = subprocess.run(
            [str(word) for word in command], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, check=False, **how)
        self.assertEqual(result.returncode, 0,
                         f"{command}:\n{result.stdout}{result.stderr}")
        return result.stdout

    def alone(self):
        """From now on no other test changes the build folder."""
        lock = open(self.build / "packaging.lock", "w", encoding="ascii")
        self.addCleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)

    def place_files(self, prefix="/usr"):
        """Installs everything except the program into a root; returns the root."""
        self.run_well(
            "cmake", f"-DCMAKE_INSTALL_PREFIX={prefix}", "-P",
            self.build / "packaging/install_files.cmake",
            env={**os.environ, "DESTDIR": str(self.folder)})
        return self.folder
