"""What ntm needs without traffic, with default options."""

import os
import pathlib
import statistics
import time

import pytest

import ntm_process
from live import LiveCase

pytestmark = pytest.mark.alone

IDLE_SECONDS = 4
WINDOWS = 5


def cpu_ns(pid):
    """The time of all threads, without the granularity of a clock tick."""
    return sum(int((task / "schedstat").read_text("ascii").split()[0])
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir())


class LiveFootprintTest(LiveCase):
    def test_idle_ntm_needs_a_hundredth_of_a_core_and_50_megabytes(self):
        if os.environ.get("NTM_SLOW"):
            self.skipTest("a sanitizer needs more of both")
        shares = []
        with self.ntm() as ntm:
            ntm.wait_for(lambda s: s.sum("ntm_history_persistent") == 1 and
                         "ntm_interface_up" in s.samples, "a tick")
            # A measurement over time. When a virtual machine is held up, that
            # counts as time of whoever runs: the median leaves it out.
            for _ in range(WINDOWS):
                began, used = time.monotonic(), cpu_ns(ntm.process.pid)
                time.sleep(IDLE_SECONDS)
                used = cpu_ns(ntm.process.pid) - used
                shares.append(used / 1e9 / (time.monotonic() - began))
            resident = ntm.scrape().sum("process_resident_memory_bytes")
        self.assertGreater(resident, 1e6)
        self.assertLess(resident, 50e6)
        self.assertLess(statistics.median(shares), 0.01, shares)
