"""A local network: a bridge with ntm's machine on it, and devices that talk to it.

    with lan.Lan() as network:
        tablet = network.join("10.9.0.5", APPLE, "fd09::5")
        tablet.ping(lan.HERE)

The hardware addresses are learned by ARP and neighbour discovery, as in any network.
"""

import contextlib
import itertools
import time

import netns

HERE, HERE_IP6 = "10.9.0.1", "fd09::1"
HERE_MAC = "02:00:00:09:00:01"
APPLE, PI = "a4:83:e7:00:00:05", "b8:27:eb:00:00:06"


class Lan:
    def __init__(self):
        netns.require()
        self.here = netns.Namespace(ipv6=True)
        self._ports = itertools.count()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.here)
            self.here.ip("link", "add", "br0", "address", HERE_MAC, "type",
                         "bridge")
            self.here.ip("link", "set", "br0", "up")
            self.here.ip("addr", "add", f"{HERE}/24", "dev", "br0")
            self.here.ip("addr", "add", f"{HERE_IP6}/64", "dev", "br0", "nodad")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def join(self, address, mac, *more):
        """A device with these addresses, in a namespace of its own."""
        device = self._stack.enter_context(netns.Namespace(ipv6=True))
        port = f"port{next(self._ports)}"
        self.here.ip("link", "add", port, "type", "veth", "peer", "name",
                     "eth0", "address", mac, "netns", device.name)
        self.here.ip("link", "set", port, "master", "br0", "up")
        device.ip("link", "set", "eth0", "up")
        for each in (address, *more):
            if ":" in each:
                device.ip("addr", "add", f"{each}/64", "dev", "eth0", "nodad")
            else:
                device.ip("addr", "add", f"{each}/24", "dev", "eth0")
        end = time.monotonic() + 10
        while not device.is_up("eth0"):
            assert time.monotonic() < end, "the device does not come up"
            time.sleep(0.01)
        return device
