"""The package in a clean system: installed, upgraded, removed, purged."""

import pathlib
import shutil
import tempfile
import unittest

import roots


class PackageLifeTest(unittest.TestCase):
    def newer(self, folder):
        """The same package with the next version."""
        tree = pathlib.Path(folder, "tree")
        roots.run("dpkg-deb", "-R", roots.package(), tree)
        control = tree / "DEBIAN/control"
        version = roots.run("dpkg-deb", "-f", roots.package(),
                            "Version").stdout.strip()
        control.write_text(control.read_text().replace(
            f"Version: {version}", f"Version: {version}.1"))
        roots.run("dpkg-deb", "-b", tree, pathlib.Path(folder, "newer.deb"))
        shutil.copy(roots.package(), pathlib.Path(folder, "ntm.deb"))

    def test_package_is_installed_upgraded_and_purged(self):
        with roots.copy(roots.base()) as root, \
                tempfile.TemporaryDirectory() as folder:
            self.newer(folder)
            bind = [f"{folder}:/new"]

            def system(*command, check=True):
                return roots.inside(root, *command, check=check, bind=bind)
            system("apt-get", "update", "-qq")
            system("apt-get", "install", "-y", "-qq", "/new/ntm.deb")
            self.assertIn("ntm ", system("ntm", "--version").stdout)
            enabled = list((root / "etc/systemd/system").rglob("ntm*"))
            self.assertEqual(enabled, [])

            settings = root / "etc/ntm/ntm.yaml"
            settings.write_text("port: 9100\n")
            state = root / "var/lib/private/ntm"
            state.mkdir(parents=True)
            (state / "history.db").write_text("kept")
            system("apt-get", "install", "-y", "-qq", "/new/newer.deb")
            installed = system("dpkg-query", "-W", "-f", "${Version}",
                               "ntm").stdout
            self.assertTrue(installed.endswith(".1"), installed)
            self.assertEqual(settings.read_text(), "port: 9100\n")
            self.assertEqual((state / "history.db").read_text(), "kept")

            system("apt-get", "remove", "-y", "-qq", "ntm")
            self.assertFalse((root / "usr/bin/ntm").exists())
            self.assertTrue(settings.exists())
            self.assertTrue(state.exists())
            system("apt-get", "purge", "-y", "-qq", "ntm")
            left = [path for folder in ("etc", "var/lib", "usr")
                    for path in (root / folder).rglob("*ntm*")
                    if path.name.split("@")[0].split(".")[0] == "ntm"]
            self.assertEqual(left, [])
