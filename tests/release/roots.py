"""Systems in a folder: a plain Debian 12, of which tests use copies.

Needs root, debootstrap, systemd-nspawn. Environment: NTM_BUILD (the build whose
package is tested). The bootstrapped systems stay in build/release-check.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
BUILD = pathlib.Path(os.environ.get("NTM_BUILD", ROOT / "build/release"))
CACHE = pathlib.Path(os.environ.get("NTM_RELEASE_CHECK",
                                    ROOT / "build/release-check"))
SOURCES = pathlib.Path("/etc/apt/sources.list.d/debian.sources")
NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit"]


def run(*command, check=True, timeout=1800, **how):
    result = subprocess.run(
        [str(word) for word in command], check=False, timeout=timeout,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    if check and result.returncode != 0:
        raise AssertionError(f"{command}: exit {result.returncode}:\n"
                             f"{(result.stdout + result.stderr)[-8000:]}")
    return result


def need(program, package):
    if not shutil.which(program):
        raise unittest.SkipTest(f"there is no {program} (package {package})")


def mirror():
    """The package source of this machine."""
    said = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)",
               "Created-By: Packages").stdout
    for line in said.splitlines():
        if line.split()[-1] == "bookworm":
            return line.split()[0]
    raise unittest.SkipTest("this machine has no packages of Debian 12")


def need_emulation(architecture):
    """Skips if programs of another architecture cannot be started."""
    name = {"arm64": "qemu-aarch64", "armhf": "qemu-arm"}[architecture]
    if not pathlib.Path("/proc/sys/fs/binfmt_misc", name).exists():
        raise unittest.SkipTest(
            f"the kernel does not start programs for {architecture}: mount "
            "binfmt_misc, and register what is in /usr/lib/binfmt.d (package "
            "qemu-user-static)")


def base(architecture="amd64"):
    """A minimal Debian 12, bootstrapped once; must not be changed."""
    need("debootstrap", "debootstrap")
    root = CACHE / f"base-{architecture}"
    if root.is_dir():
        return root
    making = CACHE / f"making-{architecture}"
    if architecture != "amd64":
        need_emulation(architecture)
    shutil.rmtree(making, ignore_errors=True)
    making.parent.mkdir(parents=True, exist_ok=True)
    foreign = ["--foreign"] if architecture != "amd64" else []
    run("debootstrap", f"--arch={architecture}", "--variant=minbase", *foreign,
        "bookworm", making, mirror())
    if foreign:
        run("chroot", making, "/debootstrap/debootstrap", "--second-stage")
    if SOURCES.exists():
        shutil.copy(SOURCES, making / "etc/apt/sources.list.d")
        (making / "etc/apt/sources.list").unlink(missing_ok=True)
    for archive in (making / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()
    making.rename(root)
    return root


@contextlib.contextmanager
def copy(of):
    """A writable copy, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ntm-root-") as folder:
        root, upper, work = (pathlib.Path(folder, name)
                             for name in ("root", "upper", "work"))
        for each in (root, upper, work):
            each.mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={of},upperdir={upper},workdir={work}", root)
        try:
            yield root
        finally:
            run("umount", "-l", root)


def inside(root, *command, check=True, bind=()):
    """Runs a command in the system, with this machine's network."""
    need("systemd-nspawn", "systemd-container")
    binds = [f"--bind-ro={place}" for place in bind]
    return run(*NSPAWN, "--pipe", "--resolv-conf=copy-host", *binds, "-D",
               root, "--setenv=DEBIAN_FRONTEND=noninteractive", *command,
               check=check, stdin=subprocess.DEVNULL)


def install(root, *packages):
    inside(root, "apt-get", "update", "-qq")
    inside(root, "apt-get", "install", "-y", "-qq", "--no-install-recommends",
           *packages)


def with_packages(name, *packages):
    """The base with these packages installed, made once."""
    root = CACHE / name
    if not root.is_dir():
        making = CACHE / f"making-{name}"
        shutil.rmtree(making, ignore_errors=True)
        run("cp", "-a", base(), making)
        install(making, *packages)
        making.rename(root)
    return root


def package():
    """The package that the build made."""
    found = list((BUILD / "package").glob("ntm_*_amd64.deb"))
    if len(found) != 1:
        raise AssertionError(f"no package in {BUILD}/package: `make package`")
    return found[0]


def package_depends():
    said = run("dpkg-deb", "-f", package(), "Depends").stdout
    return [each.split("(")[0].strip() for each in said.split(",")]
