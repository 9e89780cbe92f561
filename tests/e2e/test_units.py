"""The systemd units: validity, sandboxing, settings."""

import os
import re
import subprocess

import pytest

import ntm_process
from packaged import PackagedCase

pytestmark = pytest.mark.text

MOST_EXPOSED = 2.0


class UnitsTest(PackagedCase):
    def setUp(self):
        super().setUp()
        self.need("systemd-analyze", "systemd")
        units = self.place_files() / "usr/lib/systemd/system"
        self.unit, self.instance = units / "ntm.service", units / "ntm@.service"

    def settings(self, unit):
        """{name: [values]}"""
        found = {}
        for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(),
                                      re.MULTILINE):
            found.setdefault(name, []).append(value)
        return found

    def test_units_are_valid(self):
        for unit in (self.unit, self.instance):
            # With the path of an installed program.
            text = unit.read_text().replace(
                "/usr/bin/ntm", os.path.abspath(ntm_process.BINARY))
            checked = self.folder / unit.name.replace("@", "@eth0")
            checked.write_text(text)
            result = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", checked],
                capture_output=True, text=True, check=False)
            # It also exits with 0 for a key that does not exist.
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_units_are_confined(self):
        for unit in (self.unit, self.instance):
            said = self.run_well("systemd-analyze", "security",
                                 "--offline=true", "--no-pager", unit)
            exposure = float(re.search(r"exposure level for \S+: ([\d.]+)",
                                       said)[1])
            self.assertLessEqual(exposure, MOST_EXPOSED, said)

    def test_units_have_their_own_user_and_one_capability(self):
        for unit in (self.unit, self.instance):
            settings = self.settings(unit)
            for name, value in (
                    ("DynamicUser", "yes"), ("Restart", "always"),
                    ("Type", "notify"), ("NoNewPrivileges", "yes"),
                    ("AmbientCapabilities", "CAP_NET_RAW"),
                    ("CapabilityBoundingSet", "CAP_NET_RAW")):
                self.assertEqual(settings[name], [value], name)
            self.assertGreater(float(settings["WatchdogSec"][0]), 3)

    def test_an_instance_has_its_own_interface_files_and_state(self):
        settings = self.settings(self.instance)
        self.assertEqual(settings["ExecStart"],
                         ["/usr/bin/ntm -i %i $ARGS"])
        self.assertEqual(settings["EnvironmentFile"], ["-/etc/default/ntm@%i"])
        self.assertIn("%i", settings["StateDirectory"][0])
        self.assertNotEqual(settings["StateDirectory"],
                            self.settings(self.unit)["StateDirectory"])

    def test_installed_configuration_changes_nothing(self):
        root = self.folder
        as_it_is = ntm_process.run("--check-config")
        installed = ntm_process.run(
            "--check-config", "-c", root / "etc/ntm/ntm.yaml",
            "--env-file", root / "etc/default/ntm")
        self.assertEqual(installed.returncode, 0, installed.stderr)
        self.assertEqual(installed.stdout, as_it_is.stdout)

    def test_examples_in_the_configuration_are_the_defaults(self):
        path = self.folder / "etc/ntm/ntm.yaml"
        examples = self.folder / "examples.yaml"
        examples.write_text(re.sub(r"^#(?=\w)", "", path.read_text(),
                                   flags=re.MULTILINE))
        said = ntm_process.run("--check-config", "-c", examples)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("port: 8000", said.stdout)
        self.assertIn("max-series: 10000", said.stdout)
