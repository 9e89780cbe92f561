"""Holds what tests/features.yaml promises against what ctest has run.

    check_results.py --features FILE --skips FILE [--ci] [--newer-than FILE]
                     JUNIT.xml …

Fails where a test that a feature names does not exist, was skipped, was not
run or failed; with --ci (or CI=true) also where an end-to-end or live test was
skipped without an entry in the skips (without --features that is all). Of
several files, a test has run if it has in one of them, and has failed if it
has in any. Results of `make test-cross` (cross-*.xml) beside the first file are
read as well.
"""

import argparse
import os
import pathlib
import sys
import xml.etree.ElementTree

import yaml

PASSED, SKIPPED, FAILED, ABSENT = "passed", "skipped", "failed", "not there"
# What in CI must not be skipped; unit tests know their own reasons.
GUARDED = "e2e/"
# What is not in every run, and has a file of its own: the test's folder, and
# what makes it.
OWN_RUNS = {"release": "release-check", "cross-arm64": "test-cross",
            "cross-armhf": "test-cross ARCH=armhf"}


def read_results(paths):
    """{test: passed, skipped or failed} of ctest's JUnit files."""
    results, skipped_somewhere = {}, set()
    for path in paths:
        for case in xml.etree.ElementTree.parse(path).iter("testcase"):
            name, status = case.get("name"), case.get("status")
            outcome = {"run": PASSED, "notrun": SKIPPED,
                       "disabled": SKIPPED}.get(status, FAILED)
            skip = case.find("skipped")
            if skip is not None and "executable" in skip.get("message", ""):
                outcome = FAILED  # it could not be started
            if outcome == SKIPPED:
                skipped_somewhere.add(name)
            before = results.get(name, SKIPPED)
            results[name] = (FAILED if FAILED in (outcome, before) else
                             PASSED if PASSED in (outcome, before) else
                             SKIPPED)
    return results, skipped_somewhere


def check_features(features, results):
    """[(row, [(test, outcome) that is not passed])], in the file's order."""
    table = []
    for row, tests in features.items():
        if not isinstance(tests, list) or not tests:
            table.append((row, [("(no test named)", ABSENT)]))
            continue
        outcomes = [(test, results.get(test, ABSENT)) for test in tests
                    if not is_of_another_run(test, results)]
        table.append((row, [each for each in outcomes if each[1] != PASSED]))
    return table


def is_of_another_run(test, results):
    folder = test.partition("/")[0]
    return folder in OWN_RUNS and not any(
        name.startswith(f"{folder}/") for name in results)


def its_run(tests):
    """What makes the run of tests that are all of another one."""
    return " and ".join(sorted(
        {f"make {OWN_RUNS[test.partition('/')[0]]}" for test in tests}))


def waits_for_another_run(tests, results):
    """Whether nothing of it is shown in every run."""
    return bool(tests) and all(is_of_another_run(test, results)
                               for test in tests)


def check_skips(skipped, skips):
    """A complaint for each skip without a reason."""
    return [f"{test}: skipped, and tests/skips.yaml gives no reason"
            for test in sorted(skipped)
            if test.startswith(GUARDED) and not skips.get(test)]


def read_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) or {}


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--features", type=pathlib.Path)
    parser.add_argument("--skips", required=True, type=pathlib.Path)
    parser.add_argument("--ci", action="store_true",
                        default=os.environ.get("CI", "") not in ("", "false"))
    parser.add_argument("--newer-than", type=pathlib.Path)
    parser.add_argument("junit", nargs="+", type=pathlib.Path)
    return parser.parse_args()


def stale(path, newer_than):
    return newer_than and path.stat().st_mtime < newer_than.stat().st_mtime


def main():
    given = options()
    for path in given.junit:
        if not path.exists():
            return f"no results at {path}: run `make test`, or " \
                   f"`ctest -LE features --output-junit {path.name}` first"
        if stale(path, given.newer_than):
            return f"{path} is older than {given.newer_than}: run the tests " \
                   "again"
    crossed = [path for path in given.junit[0].parent.glob("cross-*.xml")
               if not stale(path, given.newer_than)]
    results, skipped = read_results([*given.junit, *crossed])
    complaints = []
    features = read_yaml(given.features) if given.features else {}
    rows = check_features(features, results)
    later = {row for row, tests in features.items()
             if waits_for_another_run(tests, results)}
    for row, missing in rows:
        print(f"{row:<5} " + ("NOT SHOWN" if missing else
                              f"by {its_run(features[row])}" if row in later
                              else "ok"))
        complaints += [f"{row}: {test}: {outcome}"
                       for test, outcome in missing]
    if given.ci:
        complaints += check_skips(skipped, read_yaml(given.skips))
    for complaint in complaints:
        print(complaint)
    done = sum(not missing and row not in later for row, missing in rows)
    print(f"{done} of {len(rows)} features shown, {len(later)} by "
          f"another run alone; {len(results)} tests, "
          f"{len(skipped)} skipped: "
          f"{'FAILED' if complaints else 'all well'}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
