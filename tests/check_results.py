"""Summarises a run of tests, and checks tests/features.yaml against it.

    check_results.py [--features FILE] [--skips FILE] [--ci] [--took FILE]
                     [--pace FILE] RESULTS …

RESULTS are folders with the results, *.xml of ctest, GoogleTest and pytest. A test
with several results has passed if it passed in one of them and failed in none.

Fails if a test failed, if a test of a feature does not exist, was skipped or did
not run, and if there are no results; with --ci (or CI=true) also if an end-to-end
test was skipped without an entry in the skips. --took: lines of `what seconds`,
for the table. --pace: a page that says "about N minutes" for its first two
commands (to build and run, and to test): with --ci fails if N is below a third or
above three times the measured time.
"""

import argparse
import collections
import os
import pathlib
import re
import sys
import xml.etree.ElementTree

import yaml

PASSED, SKIPPED, FAILED, ABSENT = "passed", "skipped", "failed", "not there"
SLOWEST = 15
# Tests that must not be skipped in CI; unit tests have their own reasons.
GUARDED = ("e2e/", "seam/")
# Tests that are not in every run: their folder, and the command that runs them.
OWN_RUNS = {"release": "make release-check", "cross-arm64": "make test-deep",
            "cross-armhf": "make test-cross ARCH=armhf",
            "seam": "make test-deep"}

Case = collections.namedtuple("Case", "name suite outcome seconds reason")


def read_case(case, suite):
    """One <testcase> of any of the three."""
    skip = case.find("skipped")
    failed = case.find("failure") is not None or case.find("error") is not None
    reason = ""
    if skip is not None:
        reason = skip.get("message", "") or (skip.text or "").strip()
    if case.get("status") in ("notrun", "disabled", "fail"):  # of ctest
        told = re.search(r"SKIPPED: (.+)", case.findtext("system-out") or "")
        reason = told.group(1) if told else reason
        # A test that could not be started does not count as skipped.
        failed = failed or case.get("status") == "fail" or \
            "executable" in reason
    outcome = FAILED if failed else PASSED if skip is None else SKIPPED
    if case.get("status") == "disabled":
        outcome = SKIPPED
    return Case(name_of(case), suite, outcome, float(case.get("time") or 0),
                " ".join(reason.split()))


def name_of(case):
    """Its name in tests/features.yaml."""
    name, group = case.get("name"), case.get("classname") or ""
    file = re.search(r"\btest_(\w+)", group)
    if name.startswith("test_") and file:  # pytest
        own = file.group(1).replace("_", "-")
        folder = own if own in OWN_RUNS else "e2e"
        return f"{folder}/{name.removeprefix('test_')}"
    if group and group != name:  # GoogleTest
        return f"{group}.{name}"
    return name


def read_folder(folder):
    """Every case of a folder, except passed cases of a whole binary whose own cases
    are there."""
    cases = []
    for path in sorted(folder.glob("*.xml")):
        root = xml.etree.ElementTree.parse(path)
        for case in root.iter("testcase"):
            suite = f"{folder.parent.name}: {path.stem}"
            cases.append(read_case(case, suite))
    return [case for case in cases
            if not (case.outcome == PASSED and "/" in case.name
                    and (folder / f"{case.name.partition('/')[2]}.xml"
                         ).exists())]


def outcomes_of(cases):
    """{test: passed, skipped or failed}."""
    results = {}
    for case in cases:
        both = {case.outcome, results.get(case.name, SKIPPED)}
        results[case.name] = (FAILED if FAILED in both else
                              PASSED if PASSED in both else SKIPPED)
    return results


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
    """The command that runs these tests, if all are of another run."""
    return " and ".join(sorted(
        {OWN_RUNS[test.partition("/")[0]] for test in tests}))


def waits_for_another_run(tests, results):
    """Whether none of its tests is in every run."""
    return bool(tests) and all(is_of_another_run(test, results)
                               for test in tests)


def check_skips(results, skips):
    """A complaint for each skip without a reason."""
    return [f"{test}: skipped, and tests/skips.yaml gives no reason"
            for test, outcome in sorted(results.items())
            if outcome == SKIPPED and test.startswith(GUARDED)
            and not skips.get(test)]


def print_table(cases, took):
    """The counts, the skipped tests with reasons, and the slowest tests."""
    suites = {}
    for case in cases:
        row = suites.setdefault(case.suite, collections.Counter())
        row[case.outcome] += 1
        row["seconds"] += case.seconds
    print(f"\n{'tests of':<34}{'passed':>8}{'failed':>8}{'skipped':>9}"
          f"{'seconds':>9}")
    for suite, row in suites.items():
        print(f"{suite:<34}{row[PASSED]:>8}{row[FAILED]:>8}{row[SKIPPED]:>9}"
              f"{row['seconds']:>9.1f}")
    reasons = collections.Counter(
        case.reason or "no reason given" for case in cases
        if case.outcome == SKIPPED)
    if reasons:
        print("\nskipped")
    for reason, count in reasons.most_common():
        print(f"{count:>5}  {reason}")
    print(f"\nslowest {'':<52}seconds")
    slowest = sorted(cases, key=lambda case: -case.seconds)[:SLOWEST]
    for case in slowest:
        print(f"  {case.name:<58}{case.seconds:>7.1f}")
    if took:
        print(f"\ntook {'':<55}seconds")
    for what, seconds in took:
        print(f"  {what:<58}{seconds:>7}")


def read_took(path):
    if not path or not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [tuple(line.rsplit(" ", 1)) for line in lines if " " in line]


def check_pace(page, took):
    """A complaint for each time on the page that is far from the measured one."""
    said = [int(minutes) for minutes in
            re.findall(r"^About (\d+) minutes", page, re.MULTILINE)]
    seconds = {what: int(number) for what, number in took}
    came = [seconds.get("building ntm"), sum(seconds.values())]
    return [f"{minutes} minutes are promised, {second} s were taken"
            for minutes, second in zip(said, came)
            if second and not 20 * minutes <= second <= 180 * minutes]


def read_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) or {}


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--features", type=pathlib.Path)
    parser.add_argument("--skips", type=pathlib.Path)
    parser.add_argument("--ci", action="store_true",
                        default=os.environ.get("CI", "") not in ("", "false"))
    parser.add_argument("--took", type=pathlib.Path)
    parser.add_argument("--pace", type=pathlib.Path)
    parser.add_argument("results", nargs="+", type=pathlib.Path)
    return parser.parse_args()


def main():
    given = options()
    cases = []
    for folder in given.results:
        found = read_folder(folder) if folder.is_dir() else []
        if not found:
            return f"no results in {folder}: run `make test` first"
        cases += found
    results = outcomes_of(cases)
    complaints = [f"{test}: failed" for test, outcome in results.items()
                  if outcome == FAILED]
    features = read_yaml(given.features) if given.features else {}
    rows = check_features(features, results)
    later = {row for row, tests in features.items()
             if waits_for_another_run(tests, results)}
    complaints += [f"{row}: {test}: {outcome}"
                   for row, missing in rows for test, outcome in missing]
    if given.ci and given.skips:
        complaints += check_skips(results, read_yaml(given.skips))
    took = read_took(given.took)
    if given.ci and given.pace:
        complaints += check_pace(given.pace.read_text(encoding="utf-8"), took)
    print_table(cases, took)
    if features:
        done = sum(not missing and row not in later for row, missing in rows)
        print(f"\n{done} of {len(rows)} features shown")
    for row in sorted(later):
        print(f"  {row}: shown by {its_run(features[row])}")
    for complaint in complaints:
        print(complaint)
    count = collections.Counter(case.outcome for case in cases)
    print(f"\n{count[PASSED]} passed, {count[FAILED]} failed, "
          f"{count[SKIPPED]} skipped")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
