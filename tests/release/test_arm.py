"""ntm for ARM in an emulator: the tests of files pass, and what it prints is what
the program of this machine prints, to the byte.

NTM_ARM (default "arm64 armhf") chooses. Each needs an image with its libraries,
the build stage of Dockerfile.arm. Capturing needs a kernel of that kind.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import roots
import containers

import mixed
import ntm_process
import pcap_files

E2E = roots.ROOT / "tests/e2e"
# What works on files alone.
FILES = ["test_file_counts.py", "test_file_formats.py", "test_filters.py",
         "test_labels.py", "test_anonymize.py", "test_backfill.py",
         "test_classes.py"]
EMULATORS = {"arm64": "qemu-aarch64-static", "armhf": "qemu-arm-static"}
VARIANTS = [
    [], ["--openmetrics", "-"], ["--max-series", "16"],
    ["--labels", "src,dst,proto,service,vlan,dscp,src_mac,dst_mac,direction"],
    ["not", "port", "22"],
]


class ArmTest(unittest.TestCase):
    maxDiff = 4000

    def on(self, architecture):
        """Path of a program that is ntm for it, in its emulator."""
        if architecture not in os.environ.get("NTM_ARM",
                                              "arm64 armhf").split():
            raise unittest.SkipTest(f"NTM_ARM leaves out {architecture}")
        emulator = EMULATORS[architecture]
        roots.need(emulator, "qemu-user-static")
        image = os.environ.get(f"NTM_ARM_IMAGE_{architecture}".upper())
        if not image:
            containers.import_base()
            image = containers.build(
                f"localhost/ntm-build-{architecture}", "--target", "build",
                "--build-arg", f"ARCH={architecture}",
                "-f", roots.ROOT / "Dockerfile.arm")
        mount = containers.mounted(image)
        root = mount.__enter__()
        self.addCleanup(mount.__exit__, None, None, None)
        folder = tempfile.TemporaryDirectory(prefix="ntm-arm-")
        self.addCleanup(folder.cleanup)
        program = pathlib.Path(folder.name, "ntm")
        program.write_text(
            f'#!/bin/sh\nexec {emulator} -L {root} '
            f'{root}/src/build/{architecture}/ntm "$@"\n')
        program.chmod(0o755)
        return program

    def tests_of_files_pass(self, program):
        environment = {**os.environ, "NTM_BINARY": str(program),
                       "NTM_SLOW": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        ran, failures = 0, []
        for file in FILES:
            for method in re.findall(r"^ +def (test_\w+)\(",
                                     (E2E / file).read_text(), re.MULTILINE):
                result = subprocess.run(
                    [sys.executable, E2E / "run.py", file, method],
                    env=environment, check=False, capture_output=True,
                    text=True)
                ran += result.returncode == 0
                if result.returncode not in (0, 77):
                    failures.append(f"{file} {method}:\n{result.stderr}")
        print(f"{ran} tests passed in the emulator")
        self.assertEqual(failures, [], "\n".join(failures)[-6000:])
        self.assertGreater(ran, 40)

    def captures(self, folder):
        own = pathlib.Path(folder, "mixed.pcap")
        own.write_bytes(pcap_files.pcap(mixed.frames()))
        shared = ntm_process.SHARED / "pcaps"
        if not shared.is_dir():
            print(f"SKIPPED: there are no shared captures in {shared}")
        return [own, *sorted(path for path in shared.rglob("*")
                             if path.suffix in (".pcap", ".pcapng", ".cap"))]

    def prints_the_same(self, program):
        here = roots.BUILD / "ntm"
        compared = 0
        with tempfile.TemporaryDirectory() as folder:
            for number, path in enumerate(self.captures(folder)):
                # Every file in one way, some in every way.
                turn = number % len(VARIANTS)
                for words in VARIANTS if number < 5 else [VARIANTS[turn]]:
                    said = [self.shown(binary, path, words)
                            for binary in (here, program)]
                    self.assertEqual(*said, f"{path} {words}")
                    compared += 1
        print(f"{compared} outputs are the same to the byte")

    def shown(self, binary, path, words):
        result = ntm_process.run("-r", path, *words, binary=binary,
                                 timeout=120)
        # What it was built with may differ, and does in the revision.
        text = re.sub(r"^ntm_build_info.*\n", "", result.stdout,
                      flags=re.MULTILINE)
        return result.returncode, text

    def image_runs(self, architecture, platform):
        """The whole image, in which everything is of that machine."""
        roots.need_emulation(architecture)
        base = f"localhost/debian-{architecture}"
        containers.import_base()
        containers.import_base(architecture, base)
        image = containers.build(
            f"localhost/ntm-check-{architecture}",
            "--build-arg", f"ARCH={architecture}",
            "--build-arg", f"PLATFORM={platform}",
            "--build-arg", f"BASE={base}",
            "-f", roots.ROOT / "Dockerfile.arm")
        with tempfile.TemporaryDirectory() as folder:
            path = self.captures(folder)[0]
            for words in (["--version"], ["-r", "/capture"]):
                said = containers.podman(
                    "run", "--rm", "--network", "none", "--read-only", "-v",
                    f"{path}:/capture:ro", image, *words)
                self.assertTrue(said.stdout)
            self.assertEqual(
                re.sub(r"^ntm_build_info.*\n", "", said.stdout,
                       flags=re.MULTILINE),
                self.shown(roots.BUILD / "ntm", path, [])[1])

    def test_image_for_arm64_reads_a_capture(self):
        self.image_runs("arm64", "linux/arm64")

    def test_image_for_armhf_reads_a_capture(self):
        self.image_runs("armhf", "linux/arm/v7")

    def test_tests_of_files_pass_on_arm64(self):
        self.tests_of_files_pass(self.on("arm64"))

    def test_arm64_prints_what_amd64_prints(self):
        self.prints_the_same(self.on("arm64"))

    def test_tests_of_files_pass_on_armhf(self):
        self.tests_of_files_pass(self.on("armhf"))

    def test_armhf_prints_what_amd64_prints(self):
        self.prints_the_same(self.on("armhf"))


if __name__ == "__main__":
    unittest.main()
