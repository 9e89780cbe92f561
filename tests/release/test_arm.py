"""The images for ARM: all their files are for that architecture.

They run through binfmt_misc. `make test-cross` tests that ntm prints the same as on
this machine; test_arm_kernel.py tests a capture on an ARM kernel.
"""

import tempfile
import unittest

import roots
import containers

import emulated


class ArmTest(unittest.TestCase):
    maxDiff = 4000

    def image_runs(self, architecture, platform):
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
            path = emulated.captures(folder)[0]
            for words in (["--version"], ["-r", "/capture"]):
                said = containers.podman(
                    "run", "--rm", "--network", "none", "--read-only", "-v",
                    f"{path}:/capture:ro", image, *words)
                self.assertTrue(said.stdout)
            self.assertEqual(
                emulated.without_build(said.stdout),
                emulated.shown(roots.BUILD / "ntm", path, [])[1])

    def test_image_for_arm64_reads_a_capture(self):
        self.image_runs("arm64", "linux/arm64")

    def test_image_for_armhf_reads_a_capture(self):
        self.image_runs("armhf", "linux/arm/v7")
