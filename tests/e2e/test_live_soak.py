"""A short version of `make soak`: everything works together, and nothing is lost or
left behind. Only the long version measures memory and time."""

import unittest

import pytest

import ntm_process
import soak

pytestmark = [pytest.mark.alone, pytest.mark.races]

SECONDS = 15
RATE = 20_000


class LiveSoakTest(unittest.TestCase):
    def test_everything_at_once_loses_nothing_and_memory_does_not_grow(self):
        with ntm_process.open_folder() as folder:
            outcome = soak.soak(folder, SECONDS, RATE, keys=60_000)
        self.assertGreater(outcome.sent, 10_000)
        self.assertEqual(outcome.counted + outcome.dropped, outcome.sent)
        self.assertEqual(outcome.errors, 0)
        self.assertGreaterEqual(len(outcome.scrapes), 2)
        self.assertGreater(outcome.messages, 0)
        self.assertGreater(outcome.looked_up, 0)
        self.assertGreater(outcome.pushed, 0)
        self.assertGreater(outcome.history_rows, 0)
        judged = outcome.judged()
        self.assertLessEqual(
            max(one.descriptors for one in judged)
            - min(one.descriptors for one in judged), 3)
        self.assertEqual(len({one.threads for one in judged}), 1)
