"""Runs the release checks and writes their results in ctest's format.

    run.py RESULTS.xml test_image [test_service …]

A test `test_x` is release/x there. Exit code 1 if one fails.
"""

import pathlib
import sys
import unittest
import xml.etree.ElementTree as xml


class Results(unittest.TextTestResult):
    """Also stores the tests that ran."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.suite = xml.Element("testsuite")

    def note(self, test, status):
        name = getattr(test, "_testMethodName", str(test))
        case = xml.SubElement(self.suite, "testcase", status=status,
                              name="release/" + name.removeprefix("test_"))
        if status == "notrun":
            xml.SubElement(case, "skipped", message="")

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "run")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.note(test, "fail")

    def addError(self, test, error):
        super().addError(test, error)
        self.note(test, "fail")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "notrun")


def main(path, *names):
    tests = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner(verbosity=2,
                                     resultclass=Results).run(tests)
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(result.suite).write(path)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
