"""A test case with two namespaces and ntm on va in the first of them."""

import contextlib
import signal
import time
import unittest

import netns
import ntm_process


class LiveCase(unittest.TestCase):
    maxDiff = None
    ipv6 = False

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.pair = netns.Pair(self.ipv6)
        self.here, self.there = stack.enter_context(self.pair)

    @contextlib.contextmanager
    def ntm(self, *arguments, interface="va", ready=True, **how):
        flags = ("-i", interface) if interface else ()
        with ntm_process.Ntm(*flags, *arguments, namespace=self.here,
                             **how) as ntm:
            yield ntm.wait_ready() if ready else ntm.wait_serving()

    def timed_scrape(self, ntm, within=1.0 * ntm_process.PATIENCE):
        """A scrape that took at most this many seconds. On a busy machine one of
        three scrapes may be slow, but not all; if ntm cannot answer, all are."""
        took = []
        for _ in range(3):
            began = time.monotonic()
            scrape = ntm.scrape()
            took.append(time.monotonic() - began)
            if took[-1] < within:
                return scrape
        raise AssertionError(f"scrapes took {took} s, {within} are allowed")

    @contextlib.contextmanager
    def stopped(self, ntm):
        """ntm is stopped in this block; the kernel continues."""
        ntm.process.send_signal(signal.SIGSTOP)
        state = f"/proc/{ntm.process.pid}/stat"

        def is_stopped():
            with open(state, encoding="ascii") as file:
                return file.read().rsplit(")", 1)[1].split()[0] == "T"
        ntm_process.poll(is_stopped, what="SIGSTOP")
        try:
            yield
        finally:
            ntm.process.send_signal(signal.SIGCONT)

    def ledger(self, ntm, interface="va"):
        return Ledger(ntm, self.here, interface)


class Ledger:
    """The kernel's counters of an interface against ntm's, from now on."""

    def __init__(self, ntm, space, interface):
        self.ntm, self.space, self.interface = ntm, space, interface
        while True:  # until no frame came between the two
            self.kernel = space.counters(interface)
            # ntm gets a frame up to 0.1 s after the kernel counted it.
            time.sleep(0.3)
            self.counted = self._counted(ntm.scrape())
            if space.counters(interface) == self.kernel:
                break

    def _counted(self, scrape):
        return tuple(scrape.sum(f"ntm_capture_{what}_total",
                                interface=self.interface)
                     for what in ("packets", "wire_bytes"))

    def moved(self):
        """The increase of the kernel's counters since then: {rx_bytes: …}."""
        now = self.space.counters(self.interface)
        return {key: now[key] - self.kernel[key] for key in now}

    def settle(self, least_packets):
        """A scrape in which both agree, to the packet and the byte."""
        def agrees(scrape):
            moved = self.moved()
            packets = moved["rx_packets"] + moved["tx_packets"]
            size = moved["rx_bytes"] + moved["tx_bytes"]
            counted = tuple(now - then for now, then in
                            zip(self._counted(scrape), self.counted))
            self.last = f"kernel {packets, size}, ntm {counted}"
            return packets >= least_packets and counted == (packets, size)
        try:
            return self.ntm.wait_for(agrees, "the kernel's counts")
        except AssertionError as error:
            raise AssertionError(f"{self.last}: {error}") from None
