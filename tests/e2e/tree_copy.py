"""A copy of the sources and of their build, to change and build again.

The copy takes the place of the original in a mount namespace of its own while it is
built, so that every path in the build's files is right, and only what the change
touches is compiled.

Environment: NTM_BUILD, the build that is copied.
"""

import os
import pathlib
import shlex
import shutil
import subprocess
import unittest

import commands
import ntm_process

BUILD = pathlib.Path(os.environ.get("NTM_BUILD", commands.ROOT / "build/release"))
# Made anew by every build, or no part of one.
_LEFT_OUT = {".git", "node_modules", "results", "Testing", "__pycache__"}


def _namespace():
    """What runs a command with mounts of its own."""
    return ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]


def _left_out(folder, names):
    folder = pathlib.Path(folder)
    out = _LEFT_OUT & set(names)
    if folder == commands.ROOT / "build":
        out |= {name for name in names if folder / name != BUILD}
    if folder == BUILD:  # its programs are linked again
        out |= {name for name in names if name.startswith("ntm")}
    return out


class TreeCopy:
    def __init__(self, folder):
        if subprocess.run([*_namespace(), "true"], capture_output=True,
                          check=False).returncode != 0:
            raise unittest.SkipTest("a mount namespace cannot be had")
        self.root = pathlib.Path(folder, "tree")
        self.build_folder = self.root / BUILD.relative_to(commands.ROOT)
        shutil.copytree(commands.ROOT, self.root, symlinks=True,
                        ignore=_left_out)

    def run(self, command):
        """Runs a line of shell in the place of the original; returns its exit
        code and what it said."""
        script = 'mount --bind "$1" "$2" && cd "$2" && exec sh -ec "$3"'
        result = subprocess.run(
            [*_namespace(), "sh", "-c", script, "sh", self.root, commands.ROOT,
             command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=ntm_process.clean_environment(), check=False)
        return result.returncode, result.stdout

    def build(self):
        """Everything, or the program alone where no more was built before."""
        target = "all" if (BUILD / "ntm_core_tests").exists() else "ntm"
        return self.run(f"cmake --build {shlex.quote(str(BUILD))} "
                        f"-j {os.cpu_count()} --target {target}")

    def program(self, name="ntm"):
        return self.build_folder / name
