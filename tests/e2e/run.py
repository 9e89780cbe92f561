"""Runs one test method of one file; exit 0, 1, or 77 where it was skipped.

    run.py test_cli.py test_help_lists_every_option
"""

import importlib.util
import pathlib
import sys
import unittest

SKIPPED = 77


def find(module, method):
    for name, item in vars(module).items():
        if (isinstance(item, type) and issubclass(item, unittest.TestCase)
                and hasattr(item, method)):
            return unittest.TestSuite([item(method)])
    sys.exit(f"{module.__file__}: no test {method}")


def main(file, method):
    path = pathlib.Path(__file__).parent / file
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    result = unittest.TextTestRunner(verbosity=2).run(find(module, method))
    if not result.wasSuccessful():
        return 1
    if result.skipped:
        for _, reason in result.skipped:
            print(f"SKIPPED: {reason}")
        return SKIPPED
    return 0 if result.testsRun == 1 else 1


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main(*sys.argv[1:]))
