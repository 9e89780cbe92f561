#!/bin/sh
# Runs the tests of a build, part by part:
#
#   suite.sh BUILD PART …
#
# A part is a label of ctest, or `e2e` or `alone` for pytest. BUILD/results has the
# results for check_results.py, BUILD/took the time of each part. Exit code 1 if a part
# failed or did not finish.
build=$(realpath "$1")
shift
workers=${WORKERS:-$((3 * $(nproc)))}
rm -rf "$build/results" "$build/took"
mkdir -p "$build/results"
# The build times: of the program, written by the Makefile; of the tests.
if [ -f "$build/built" ]; then
  sed 's/^/building /' "$build/built" > "$build/took"
  rm "$build/built"
fi
if [ -n "$BUILT" ]; then echo "building $BUILT" >> "$build/took"; fi
code=0
for part in "$@"; do
  began=$(date +%s)
  echo "tests: $part of $build"
  case $part in
    e2e)
      NTM_BUT=alone "$build/pytest" -n "$workers" --junit-xml="$build/results/e2e.xml"
      ;;
    alone)
      NTM_TESTS=alone "$build/pytest" --junit-xml="$build/results/alone.xml"
      ;;
    *)
      ctest --test-dir "$build" --output-on-failure --no-tests=error -j \
        "$(nproc)" -L "^$part\$" --output-junit "$build/results/ctest-$part.xml"
      ;;
  esac || code=1
  echo "tests: $part $(($(date +%s) - began))" >> "$build/took"
done
exit $code
