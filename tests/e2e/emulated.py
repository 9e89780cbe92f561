"""ntm for another architecture, in an emulator: the tests of files pass, and its
output is that of the program of this machine, to the byte.

Typical errors of such ports: alignment, the sign of `char`, the size of `long`.
Environment: NTM_CROSS (the folder in which `make test-cross` builds, with
`ARCHITECTURE-test` and `sysroot-ARCHITECTURE` for each). A capture would need a
kernel of that architecture.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import mixed
import ntm_process
import pcap_files

E2E = pathlib.Path(__file__).parent
# Tests that need only files.
FILES = ["test_file_counts.py", "test_file_formats.py", "test_filters.py",
         "test_labels.py", "test_anonymize.py", "test_backfill.py",
         "test_classes.py"]
EMULATORS = {"arm64": "qemu-aarch64-static", "armhf": "qemu-arm-static"}
VARIANTS = [
    [], ["--openmetrics", "-"], ["--max-series", "16"],
    ["--labels", "src,dst,proto,service,vlan,dscp,src_mac,dst_mac,direction"],
    ["not", "port", "22"],
]


def without_build(text):
    """Without the compiler and the revision, which may differ."""
    return re.sub(r"^ntm_build_info.*\n", "", text, flags=re.MULTILINE)


def shown(binary, path, words):
    """Exit code and exposition of a capture file."""
    result = ntm_process.run("-r", path, *words, binary=binary, timeout=120)
    return result.returncode, without_build(result.stdout)


def captures(folder):
    """A generated file, and the shared ones."""
    own = pathlib.Path(folder, "mixed.pcap")
    own.write_bytes(pcap_files.pcap(mixed.frames()))
    shared = ntm_process.SHARED / "pcaps"
    if not shared.is_dir():
        print(f"SKIPPED: there are no shared captures in {shared}")
    return [own, *sorted(path for path in shared.rglob("*")
                         if path.suffix in (".pcap", ".pcapng", ".cap"))]


class EmulatedCase(unittest.TestCase):
    maxDiff = 4000
    architecture = ""

    def setUp(self):
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def emulated(self):
        """Path of a script that runs ntm for this architecture in its emulator."""
        builds = pathlib.Path(os.environ.get("NTM_CROSS", "build")).resolve()
        binary = builds / f"{self.architecture}-test" / "ntm"
        emulator = EMULATORS[self.architecture]
        if not binary.exists() or not shutil.which(emulator):
            raise unittest.SkipTest(
                f"there is no {binary}, or no {emulator}: `make test-cross "
                f"ARCH={self.architecture}` has both")
        program = self.folder / "ntm"
        # The emulator has a thread that cannot give up its rights: ntm would
        # wait for it at every start.
        program.write_text(
            f"#!/bin/sh\nNTM_SANDBOX=off exec {emulator} "
            f'-L {builds}/sysroot-{self.architecture} {binary} "$@"\n')
        program.chmod(0o755)
        return program

    def passes_tests_of_files(self):
        environment = {**os.environ, "NTM_BINARY": str(self.emulated()),
                       "NTM_SLOW": "1", "NTM_EMULATED": "1",
                       "PYTHONDONTWRITEBYTECODE": "1"}
        workers = str(os.cpu_count() or 1)
        result = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", workers, "-m", "not long",
             *FILES],
            cwd=E2E, env=environment, check=False, capture_output=True,
            text=True)
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, 0, said[-6000:])
        passed = int(re.search(r"(\d+) passed", said).group(1))
        print(f"{passed} tests passed in the emulator")
        self.assertGreater(passed, 40)

    def prints_the_same(self):
        program, compared = self.emulated(), 0
        for number, path in enumerate(captures(self.folder)):
            # Every file with one set of options, some files with all of them.
            turn = number % len(VARIANTS)
            for words in VARIANTS if number < 5 else [VARIANTS[turn]]:
                here, there = (shown(binary, path, words) for binary
                               in (ntm_process.BINARY, program))
                self.assertEqual(there, here, f"{path} {words}")
                compared += 1
        print(f"{compared} outputs are the same to the byte")
