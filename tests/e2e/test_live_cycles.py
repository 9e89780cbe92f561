"""A short version of the random starts, reloads and stops of `make soak`."""

import unittest

import pytest

import cycles
import ntm_process

pytestmark = pytest.mark.races

CYCLES = 20 // ntm_process.PATIENCE


class LiveCyclesTest(unittest.TestCase):
    def test_random_starts_reloads_and_stops_leave_nothing_behind(self):
        self.assertGreater(cycles.run(CYCLES), 0)
