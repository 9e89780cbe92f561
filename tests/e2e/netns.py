"""Network namespaces for tests, connected by veth pairs.

    with netns.Pair() as (here, there):     # 10.9.0.1 on va, 10.9.0.2 on vb
        there.send_frames("vb", [frame])

Names contain the process id, so tests can run in parallel. The next test removes
what a killed test left. If namespaces are not permitted, the test is skipped with
a message.
"""

import contextlib
import ctypes
import itertools
import json
import os
import pathlib
import socket
import subprocess
import time
import unittest

_FOLDER = pathlib.Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = itertools.count()

HERE_IP, THERE_IP = "10.9.0.1", "10.9.0.2"
HERE_IP6, THERE_IP6 = "fd09::1", "fd09::2"
HERE_MAC, THERE_MAC = "02:00:00:09:00:01", "02:00:00:09:00:02"


def _ip(*arguments, check=True):
    return subprocess.run(["ip", *arguments], check=check, timeout=10,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)


def _sweep():
    if not _FOLDER.is_dir():
        return
    for entry in _FOLDER.glob("ntm-*-*"):
        owner = entry.name.split("-")[1]
        if owner.isdigit() and not pathlib.Path("/proc", owner).exists():
            _ip("netns", "del", entry.name, check=False)


def require():
    """Skips the test if namespaces cannot be created."""
    name = f"ntm-{os.getpid()}-probe{next(_numbers)}"
    try:
        made = _ip("netns", "add", name, check=False)
        if made.returncode == 0:
            made = _ip("netns", "exec", name, "true", check=False)
        why = made.stderr.strip() if made.returncode else ""
    except FileNotFoundError:
        why = "there is no `ip` (package iproute2)"
    _ip("netns", "del", name, check=False) if not why else None
    if why:
        raise unittest.SkipTest(f"no network namespace can be made: {why}")


class Namespace:
    """One namespace with loopback up and IPv6 off (so it sends nothing by itself)."""

    def __init__(self, ipv6=False):
        self.name = f"ntm-{os.getpid()}-{next(_numbers)}"
        self.ipv6 = ipv6

    def __enter__(self):
        _ip("netns", "add", self.name)
        if not self.ipv6:
            self.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
                     "net.ipv6.conf.default.disable_ipv6=1")
        self.ip("link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        _ip("netns", "del", self.name, check=False)

    def prefix(self):
        """The prefix of a command that runs in this namespace."""
        return ["ip", "netns", "exec", self.name]

    def run(self, *command, check=True, timeout=20):
        return subprocess.run([*self.prefix(), *command], check=check,
                              timeout=timeout, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)

    def ip(self, *arguments):
        return _ip("-n", self.name, *arguments)

    @contextlib.contextmanager
    def entered(self):
        """This thread is in the namespace in this block."""
        with open("/proc/self/ns/net", encoding="ascii") as home, open(
                _FOLDER / self.name, encoding="ascii") as target:
            _enter(target)
            try:
                yield
            finally:
                _enter(home)

    def socket(self, *arguments):
        """A socket of this namespace, usable from anywhere."""
        with self.entered():
            return socket.socket(*arguments)

    def send_frames(self, interface, frames):
        """Sends raw frames out of `interface`, in order."""
        with self.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind((interface, 0))
            for frame in frames:
                sender.send(frame)

    def is_up(self, interface):
        """Waits until the kernel has set it up: before that, frames are lost."""
        answer = json.loads(
            self.ip("-j", "link", "show", "dev", interface).stdout)
        return answer[0]["operstate"] == "UP"

    def counters(self, interface):
        """The kernel's counters {rx_bytes, rx_packets, tx_bytes, tx_packets}."""
        answer = json.loads(
            self.ip("-s", "-j", "link", "show", "dev", interface).stdout)
        stats = answer[0]["stats64"]
        return {f"{way}_{what}": stats[way][what]
                for way in ("rx", "tx") for what in ("bytes", "packets")}

    def ping(self, address, count=3, size=56):
        """Sends `count` echo requests; each must be answered."""
        self.run("ping", "-n", "-q", "-c", str(count), "-i", "0.01", "-s",
                 str(size), "-W", "5", address)


def _enter(file):
    if _libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


class Pair:
    """Two namespaces, va in the first and vb in the second one.

    Neighbours are configured, so there is no ARP that a test did not send.
    """

    def __init__(self, ipv6=False):
        require()
        _sweep()
        self.here, self.there = Namespace(ipv6), Namespace(ipv6)
        self.ipv6 = ipv6

    def __enter__(self):
        self.here.__enter__()
        try:
            self.there.__enter__()
            self.join()
        except BaseException:
            self.__exit__()
            raise
        return self.here, self.there

    def __exit__(self, *_):
        self.there.__exit__()
        self.here.__exit__()

    def join(self, name="va"):
        """Creates the veth pair, also after it was deleted."""
        self.here.ip("link", "add", name, "address", HERE_MAC, "type", "veth",
                     "peer", "name", "vb", "address", THERE_MAC, "netns",
                     self.there.name)
        self.there.ip("link", "set", "vb", "up")
        self.there.ip("addr", "add", f"{THERE_IP}/24", "dev", "vb")
        self.there.ip("neigh", "replace", HERE_IP, "lladdr", HERE_MAC, "dev",
                      "vb")
        self.raise_here(name)
        if self.ipv6:
            self._join_ipv6(name)
        end = time.monotonic() + 10
        while not (self.here.is_up(name) and self.there.is_up("vb")):
            assert time.monotonic() < end, "the pair does not come up"
            time.sleep(0.01)

    def raise_here(self, name="va"):
        """Sets our end up with its address (neighbours are lost when it goes down)."""
        self.here.ip("link", "set", name, "up")
        self.here.ip("addr", "replace", f"{HERE_IP}/24", "dev", name)
        self.here.ip("neigh", "replace", THERE_IP, "lladdr", THERE_MAC, "dev",
                     name)

    def _join_ipv6(self, name):
        for space, device, own, other, other_mac in (
                (self.here, name, HERE_IP6, THERE_IP6, THERE_MAC),
                (self.there, "vb", THERE_IP6, HERE_IP6, HERE_MAC)):
            space.ip("addr", "add", f"{own}/64", "dev", device, "nodad")
            space.ip("neigh", "replace", other, "lladdr", other_mac, "dev",
                     device)
