"""The table of vendors: made at build time from IEEE's list, or empty."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import pytest

pytestmark = pytest.mark.text

FOLDER = pathlib.Path(__file__).parents[2] / "src" / "modules" / "devices"

LIST = """\
OUI/MA-L                                                    Organization
company_id                                                  Organization

F4-BD-9E   (hex)\t\tCisco Systems, Inc
F4BD9E     (base 16)\t\tCisco Systems, Inc
\t\t\t\t80 West Tasman Drive

00-E0-FC   (hex)\t\tHUAWEI TECHNOLOGIES CO.,LTD
00E0FC     (base 16)\t\tHUAWEI TECHNOLOGIES CO.,LTD

8C1F64     (base 16)\t\tIEEE Registration Authority
000CE6     (base 16)\t\tPrivate
00E0FD     (base 16)\t\tCisco Systems, Inc
AABBCC     (base 16)\t\tEvil "\\\\ Name;rm\x07 GmbH
"""


class VendorTableTest(unittest.TestCase):
    def table(self, text):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "oui.txt")
            if text is not None:
                source.write_text(text, encoding="utf-8")
            output = pathlib.Path(folder, "vendor_data.cc")
            subprocess.run(
                ["cmake", f"-DSOURCE={source}",
                 f"-DAWK_SCRIPT={FOLDER}/vendor_data.awk",
                 f"-DOUTPUT={output}", "-P", FOLDER / "vendor_data.cmake"],
                check=True, timeout=50)
            # It must be C++, whatever is in the list.
            subprocess.run(["c++", "-std=c++20", "-Wall", "-Werror",
                            "-fsyntax-only", "-I", FOLDER, output],
                           check=True, timeout=50)
            return output.read_text(encoding="ascii")

    def test_vendors_are_sorted_and_have_short_names(self):
        made = self.table(LIST)
        ouis = re.findall(r"^0x([0-9A-F]{6}),$", made, re.MULTILINE)
        self.assertEqual(ouis, ["00E0FC", "00E0FD", "AABBCC", "F4BD9E"])
        texts = "".join(re.findall(r'^"(.*)"$', made, re.MULTILINE))
        self.assertEqual(texts.split("\\0")[:-1],
                         ["Huawei", "Cisco Systems", "Evil Name"])
        self.assertIn("kVendorCount = 4;", made)

    def test_without_the_list_the_table_is_empty(self):
        self.assertIn("kVendorCount = 0;", self.table(None))
