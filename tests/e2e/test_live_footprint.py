"""What ntm needs without traffic, with default options."""

import os
import time

import pytest

import ntm_process
from live import LiveCase

pytestmark = pytest.mark.alone

IDLE_SECONDS = 10


class LiveFootprintTest(LiveCase):
    def seconds_of_cpu(self, ntm):
        stat = f"/proc/{ntm.process.pid}/stat"
        with open(stat, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_idle_ntm_needs_a_hundredth_of_a_core_and_50_megabytes(self):
        if os.environ.get("NTM_SLOW"):
            self.skipTest("a sanitizer needs more of both")
        with self.ntm() as ntm:
            ntm.wait_for(lambda s: s.sum("ntm_history_persistent") == 1 and
                         "ntm_interface_up" in s.samples, "a tick")
            began, used = time.monotonic(), self.seconds_of_cpu(ntm)
            # A measurement over time.
            time.sleep(IDLE_SECONDS)
            used = self.seconds_of_cpu(ntm) - used
            passed = time.monotonic() - began
            resident = ntm.scrape().sum("process_resident_memory_bytes")
        self.assertGreater(resident, 1e6)
        self.assertLess(resident, 50e6)
        self.assertLess(used / passed, 0.01)
