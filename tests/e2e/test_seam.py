"""The seam: a module's folder can be deleted, and one can be added as
docs/new-module.md says.

Environment: NTM_FOLDERS, the modules to delete one by one, with blanks, or "all";
by default three, others each day.
"""

import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import pytest

import commands
import frames
import ntm_process
import pcap_files
from tree_copy import TreeCopy

pytestmark = pytest.mark.seam

A_RUN = 3
_FILE = re.compile(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```$",
                   re.MULTILINE | re.DOTALL)
CAPTURE = pcap_files.pcap([
    frames.udp_frame(f"10.0.0.{host}", "198.51.100.1", 40000, 53, b"x")
    for host in range(1, 50)])


def modules():
    return sorted(path.parent.name for path in
                  (commands.ROOT / "src/modules").glob("*/CMakeLists.txt"))


def of_today():
    """Those that are deleted in this run."""
    names, chosen = modules(), os.environ.get("NTM_FOLDERS", "")
    if chosen == "all":
        return names
    if chosen:
        return chosen.split()
    first = A_RUN * datetime.date.today().toordinal()
    return [names[(first + i) % len(names)] for i in range(A_RUN)]


class SeamTest(unittest.TestCase):
    def setUp(self):
        folder = ntm_process.open_folder("ntm-seam-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.capture = self.folder / "capture.pcap"
        self.capture.write_bytes(CAPTURE)
        self.copy = TreeCopy(self.folder)

    def read(self, *arguments):
        result = ntm_process.run(*arguments, binary=self.copy.program())
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def keeps_to_its_layer(self):
        result = subprocess.run(
            [sys.executable, self.copy.root / "tests/check_layers.py",
             self.copy.root], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_all_else_is_built_without_the_folder_of_a_module(self):
        code, said = self.copy.build()
        self.assertEqual(code, 0, f"with every module the build fails:\n{said}")
        faults = {name: self.fault_without(name) for name in of_today()}
        print("deleted:", ", ".join(faults))
        self.assertEqual([name for name, fault in faults.items() if fault], [],
                         "the build fails without the folders of these modules:\n"
                         + "".join(faults.values()))

    def fault_without(self, name):
        """What the build says without the module; nothing where it succeeds."""
        folder = self.copy.root / "src/modules" / name
        aside = self.folder / name
        shutil.move(folder, aside)
        try:
            code, said = self.copy.build()
            if code != 0:
                return f"--- src/modules/{name} is deleted:\n{said[-4000:]}"
            made = (self.copy.build_folder / "src/modules.cc").read_text()
            self.assertNotIn(f"{name}::MakeModule", made)
            self.read("-r", self.capture)
        finally:
            shutil.move(aside, folder)
        return ""

    def test_the_example_of_the_page_is_built_and_counts(self):
        files = dict(_FILE.findall(commands.read("docs/new-module.md")))
        self.assertEqual(len(files), 5, files.keys())
        for name, text in files.items():
            path = self.copy.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.keeps_to_its_layer()
        said = ""
        for block in commands.blocks("docs/new-module.md"):
            for command in block.commands():
                code, said = self.copy.run(
                    command.replace("FILE", str(self.capture)))
                self.assertEqual(code, 0, f"{command}:\n{said[-6000:]}")
        self.assertIn('ntm_hosts{scope="local"} 49\n', said)
        self.assertIn("--hosts-window", self.read("help", "hosts"))
        with ntm_process.Ntm("-r", self.capture, "--serve", "--hosts-window",
                             "10m", binary=self.copy.program()) as ntm:
            ntm.wait_ready()
            for scope, count in (("local", 49), ("remote", 1)):
                self.assertEqual(
                    ntm.scrape().value("ntm_hosts", scope=scope), count)
