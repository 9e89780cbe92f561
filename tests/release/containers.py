"""podman with a separate store, so that it changes no other images."""

import contextlib
import os
import pathlib
import time
import unittest

import roots

import exposition
import ntm_process

BASE = "docker.io/library/debian:bookworm-slim"
FOLDER = roots.CACHE / "containers"


def environment():
    """podman's variables; writes its files if they do not exist."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # runc, and limits that work in a container, too.
    (FOLDER / "containers.conf").write_text(
        '[containers]\n'
        'default_ulimits = ["nofile=1024:20000", "nproc=4096:4096"]\n'
        '[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n'
        'events_logger = "file"\n')
    (FOLDER / "storage.conf").write_text(
        f'[storage]\ndriver = "overlay"\ngraphroot = "{FOLDER}/graph"\n'
        f'runroot = "{FOLDER}/run"\n')
    return {**os.environ, "CONTAINERS_CONF": str(FOLDER / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(FOLDER / "storage.conf")}


def podman(*words, check=True, timeout=7200):
    roots.need("podman", "podman")
    roots.need("runc", "runc")
    return roots.run("podman", *words, check=check, timeout=timeout,
                     env=environment())


def import_base(architecture="amd64", name=BASE):
    """The bootstrapped Debian, in place of the published image."""
    if podman("image", "exists", name, check=False).returncode == 0:
        return
    archive = FOLDER / f"{architecture}.tar"
    roots.run("tar", "-C", roots.base(architecture), "-cf", archive, ".")
    podman("import", "--arch", architecture, "--change", 'CMD ["bash"]',
           archive, name)
    archive.unlink()


def build(name, *words):
    revision = roots.run("git", "-C", roots.ROOT, "rev-parse",
                         "--short=12", "HEAD", check=False).stdout.strip()
    podman("build", "--format", "docker", "--network", "host", "--build-arg",
           f"REVISION={revision}", "-t", name, *words, roots.ROOT)
    return name


@contextlib.contextmanager
def mounted(image):
    folder = podman("image", "mount", image).stdout.strip()
    try:
        yield pathlib.Path(folder)
    finally:
        podman("image", "unmount", image)


class Container:
    """A running ntm in a network namespace."""

    def __init__(self, image, namespace, *words, options=()):
        self.namespace = namespace
        self.name = f"ntm-{os.getpid()}-{time.monotonic_ns()}"
        podman("run", "--detach", "--name", self.name, "--network",
               f"ns:/run/netns/{namespace.name}", *options, image, *words)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        podman("rm", "--force", "--volumes", "--time", "1", self.name)

    def fetch(self, path="/metrics"):
        return ntm_process.fetch(
            "127.0.0.1", 8000, path,
            connect=ntm_process.connector(self.namespace))

    def wait_ready(self):
        def is_ready():
            try:
                return self.fetch("/-/ready").status == 200
            except OSError:
                state = podman("inspect", "-f", "{{.State.Status}}",
                               self.name).stdout.strip()
                if state == "exited":
                    raise AssertionError(self.log()) from None
                return False
        ntm_process.poll(is_ready, 30, "/-/ready 200")
        return self

    def scrape(self):
        return exposition.parse(self.fetch().text)

    def log(self):
        said = podman("logs", self.name)
        return said.stdout + said.stderr


class ContainerCase(unittest.TestCase):
    """Counts pings in a container."""

    def counts_pings(self, container, here, address):
        here.ping(address, count=3)
        ntm_process.poll(
            lambda: container.scrape().sum("ntm_packets_total",
                                           proto="icmp") == 6,
            what="the pings")
