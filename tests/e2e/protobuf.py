"""Reads an exposition in protobuf, with the classes that protoc makes for Python.

    scrape = read(body)     # scrape.samples as in exposition.py, values are floats
    scrape.natives          # {(family, labels): Histogram}
"""

import importlib
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ACCEPT = ("application/vnd.google.protobuf;"
          "proto=io.prometheus.client.MetricFamily;encoding=delimited")
_SCHEMA = pathlib.Path(__file__).parents[2] / (
    "src/exposition/prometheus_client.proto")


def _messages():
    if not shutil.which("protoc"):
        raise unittest.SkipTest("there is no protoc (Debian package "
                                "protobuf-compiler)")
    try:
        importlib.import_module("google.protobuf")
    except ImportError:
        raise unittest.SkipTest("there is no google.protobuf (Debian package "
                                "python3-protobuf)") from None
    with tempfile.TemporaryDirectory(prefix="ntm-e2e-") as folder:
        subprocess.run(["protoc", f"--proto_path={_SCHEMA.parent}",
                        f"--python_out={folder}", _SCHEMA.name],
                       check=True, timeout=60)
        sys.path.insert(0, folder)
        try:
            return importlib.import_module("prometheus_client_pb2")
        finally:
            sys.path.remove(folder)


class Exposition:
    def __init__(self, body):
        self._pb = _messages()
        self.samples, self.types, self.helps = {}, {}, {}
        self.natives, self.created = {}, {}
        for family in self._families(body):
            self._add(family)

    def _families(self, body):
        at = 0
        while at < len(body):
            size, shift = 0, 0
            while True:
                byte = body[at]
                at += 1
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            assert at + size <= len(body), "a message is cut"
            family = self._pb.MetricFamily()
            family.ParseFromString(body[at:at + size])
            at += size
            yield family

    def _add(self, family):
        name, kind = family.name, self._pb.MetricType.Name(family.type).lower()
        assert name not in self.types, f"family twice: {name}"
        self.types[name], self.helps[name] = kind, family.help
        assert family.metric, f"family without samples: {name}"
        for metric in family.metric:
            labels = {pair.name: pair.value for pair in metric.label}
            assert len(labels) == len(metric.label), f"label twice: {name}"
            if kind == "histogram":
                self._add_histogram(name, labels, metric.histogram)
            else:
                assert metric.HasField(kind), f"{name} has no {kind}"
                self._sample(name, labels, getattr(metric, kind).value)

    def _sample(self, name, labels, value):
        series = self.samples.setdefault(name, {})
        key = frozenset(labels.items())
        assert key not in series, f"series twice: {name}{labels}"
        series[key] = value

    def _add_histogram(self, name, labels, histogram):
        for bucket in histogram.bucket:
            bound = f"{bucket.upper_bound:.6f}".rstrip("0").rstrip(".")
            self._sample(f"{name}_bucket", {**labels, "le": bound},
                         bucket.cumulative_count)
        self._sample(f"{name}_bucket", {**labels, "le": "+Inf"},
                     histogram.sample_count)
        self._sample(f"{name}_sum", labels, histogram.sample_sum)
        self._sample(f"{name}_count", labels, histogram.sample_count)
        key = (name, frozenset(labels.items()))
        self.natives[key] = Native(histogram)
        self.created[key] = histogram.created_timestamp.seconds


class Native:
    """The native buckets of a histogram: {upper bound: count}."""

    def __init__(self, histogram):
        self.schema = histogram.schema
        self.zero_threshold = histogram.zero_threshold
        self.zero_count = histogram.zero_count
        self.buckets = {}
        deltas = iter(histogram.positive_delta)
        index, count = 0, 0
        for span in histogram.positive_span:
            index += span.offset
            for _ in range(span.length):
                count += next(deltas)
                self.buckets[self._bound(index)] = count
                index += 1
        assert next(deltas, None) is None, "more differences than buckets"

    def _bound(self, index):
        try:
            return 2 ** (index / 2 ** self.schema)
        except OverflowError:
            return math.inf

    def count(self):
        return self.zero_count + sum(self.buckets.values())


def read(body):
    return Exposition(body)
