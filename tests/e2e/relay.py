"""A wire between two namespaces that delays and loses packets, as the kernel's netem
would: two TUN interfaces, and a thread that carries packets from one to the other.

    with relay.Relay(near, "h1", far, "s0", delay_s=0.02, loss=0.02, seed=1):
        ...
"""

import fcntl
import heapq
import itertools
import os
import pathlib
import random
import selectors
import struct
import threading
import time
import unittest

import netns

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_MOST_BYTES = 65536


def _open(space, name):
    """A TUN interface of the namespace; its file."""
    device = pathlib.Path("/dev/net/tun")
    if not device.exists():
        raise unittest.SkipTest("there is no /dev/net/tun")
    with space.entered():
        file = os.open(device, os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, _TUNSETIFF, struct.pack(
            "16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    space.ip("link", "set", name, "up")
    return file


class Relay:
    """Each direction delays by `delay_s`, and loses a share of the packets."""

    def __init__(self, near, near_name, far, far_name, delay_s=0.0, loss=0.0,
                 seed=1):
        self._ends = ((near, near_name), (far, far_name))
        self._delay_s, self._loss = delay_s, loss
        self._dice = random.Random(seed)
        self._order = itertools.count()
        self._due = []  # (time, order, file, packet)
        self.lost = 0

    def __enter__(self):
        self._files = [_open(*end) for end in self._ends]
        self._stop, self._stopper = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        os.close(self._stopper)
        self._thread.join()
        for file in (*self._files, self._stop):
            os.close(file)

    def _carry(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._stop, selectors.EVENT_READ)
            for file, other in zip(self._files, reversed(self._files)):
                selector.register(file, selectors.EVENT_READ, other)
            while True:
                wait = (max(0.0, self._due[0][0] - time.monotonic())
                        if self._due else None)
                for key, _ in selector.select(wait):
                    if key.fd == self._stop:
                        return
                    self._take(key.fd, key.data)
                self._pass_on()

    def _take(self, file, other):
        while True:
            try:
                packet = os.read(file, _MOST_BYTES)
            except BlockingIOError:
                return
            if self._dice.random() < self._loss:
                self.lost += 1
                continue
            heapq.heappush(self._due, (time.monotonic() + self._delay_s,
                                       next(self._order), other, packet))

    def _pass_on(self):
        while self._due and self._due[0][0] <= time.monotonic():
            _, _, file, packet = heapq.heappop(self._due)
            os.write(file, packet)
