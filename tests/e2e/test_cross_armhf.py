"""ntm for armhf reads files like ntm for this machine."""

import pytest

from emulated import EmulatedCase

# Each start takes a third of a second, and there are a thousand.
pytestmark = pytest.mark.timeout(900)


class ArmhfTest(EmulatedCase):
    architecture = "armhf"

    def test_tests_of_files_pass(self):
        self.passes_tests_of_files()

    def test_output_is_the_same_as_on_this_machine(self):
        self.prints_the_same()
