"""ntm for arm64 reads files like ntm for this machine."""

from emulated import EmulatedCase


class Arm64Test(EmulatedCase):
    architecture = "arm64"

    def test_tests_of_files_pass(self):
        self.passes_tests_of_files()

    def test_output_is_the_same_as_on_this_machine(self):
        self.prints_the_same()
