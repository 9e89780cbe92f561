"""Checks documents against published TypeScript types.

A literal that `satisfies` a type may not have an unknown key, at any depth: this
finds misspelled keys that a JSON schema with open objects accepts. The packages
are in tests/types/package.json.
"""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

FOLDER = pathlib.Path(__file__).parents[1] / "types"
# The published enumerations are enums; a document has their strings.
PLAIN = """\
type Plain<T> = T extends string ? `${T}` : T extends object
  ? { [K in keyof T]: Plain<T[K]> } : T;
"""


def require():
    """Skips the test if the packages are not installed."""
    modules = FOLDER / "node_modules"
    if not shutil.which("node") or not (modules / "typescript").is_dir():
        raise unittest.SkipTest(
            "the published types are not installed (packages nodejs and npm, "
            "then `npm ci --ignore-scripts` in tests/types; make test does)")
    return modules


def complaints(source):
    """The compiler's errors about a module; "" if it accepts it."""
    modules = require()
    with tempfile.TemporaryDirectory(prefix="ntm-types-") as folder:
        pathlib.Path(folder, "node_modules").symlink_to(modules.resolve())
        file = pathlib.Path(folder, "document.ts")
        file.write_text(PLAIN + source, encoding="utf-8")
        result = subprocess.run(
            ["node", str(modules / "typescript" / "bin" / "tsc"), "--noEmit",
             "--strict", "--skipLibCheck", "--target", "es2022",
             "--module", "esnext", "--moduleResolution", "bundler",
             "--preserveSymlinks", str(file)],
            cwd=folder, capture_output=True, text=True, timeout=50,
            check=False)
    if result.returncode == 0:
        return ""
    return result.stdout.replace(str(folder), "") + result.stderr


def run(script, document):
    """stdout and stderr of a node script that reads the document."""
    modules = require()
    result = subprocess.run(
        ["node", "--input-type=commonjs", "-e", script], input=document,
        cwd=modules.parent, capture_output=True, text=True, timeout=50,
        check=False)
    return (result.stdout + result.stderr).strip()
