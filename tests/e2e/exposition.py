"""Reads the Prometheus text format, 0.0.4 and OpenMetrics 1.0, strictly.

parse(text).samples is {name: {labels: value}}; labels are a frozenset of
(label, value) pairs, an integer stays an int so that 2^64-1 compares exactly.
"""

import re

_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')
_NUMBER = re.compile(r"-?\d+(\.\d+)?$|NaN$|[+-]Inf$")
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


class Exposition:
    def __init__(self, text):
        self.text = text
        self.samples = {}
        self.types = {}
        self.helps = {}
        self.order = []   # families, as they come
        self.lines = 0    # samples
        for line in text.splitlines():
            self._line(line)

    def _line(self, line):
        if line == "# EOF":
            return
        if line.startswith("# "):
            _, word, name, rest = line.split(" ", 3)
            table = {"HELP": self.helps, "TYPE": self.types}[word]
            assert name not in table, f"{word} twice: {name}"
            table[name] = rest
            if not self.order or self.order[-1] != name:
                assert name not in self.order, f"family torn apart: {name}"
                self.order.append(name)
            return
        match = _SAMPLE.match(line)
        assert match, f"not a sample: {line!r}"
        name, body, number = match.groups()
        assert _NUMBER.match(number), f"number as it must not be: {line!r}"
        value = float(number) if re.search(r"[.aI]", number) else int(number)
        labels = _labels(body or "")
        family = self.samples.setdefault(name, {})
        assert labels not in family, f"series twice: {line!r}"
        family[labels] = value
        self.lines += 1
        assert self.order and name.startswith(self.order[-1]), (
            f"sample outside its family: {line!r}")

    def sum(self, name, **labels):
        wanted = set(labels.items())
        return sum(value for key, value in self.samples.get(name, {}).items()
                   if wanted <= key)

    def value(self, name, **labels):
        """The only sample with these labels; None without one."""
        wanted = set(labels.items())
        found = [value for key, value in self.samples.get(name, {}).items()
                 if wanted <= key]
        assert len(found) <= 1, f"{name}{labels}: {len(found)} samples"
        return found[0] if found else None

    def labels_of(self, name):
        """The labels of the family's only sample."""
        (key,) = self.samples[name]
        return dict(key)

    def label_values(self, name, label):
        return {dict(key)[label] for key in self.samples.get(name, {})}

    def flows(self, prefix="ntm"):
        """{(src, dst, proto, service): (packets, bytes)}."""
        def keyed(name):
            return {tuple(dict(key)[label] for label in
                          ("src", "dst", "proto", "service")): value
                    for key, value in self.samples.get(name, {}).items()}
        counted, sizes = (keyed(f"{prefix}_packets_total"),
                          keyed(f"{prefix}_bytes_total"))
        assert counted.keys() == sizes.keys()
        return {key: (counted[key], sizes[key]) for key in counted}


def _labels(body):
    pairs, at = [], 0
    while at < len(body):
        match = _LABEL.match(body, at)
        assert match, f"not labels: {body!r}"
        value = re.sub(r"\\.", lambda m: _ESCAPES[m.group()], match.group(2))
        pairs.append((match.group(1), value))
        at = match.end()
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f"label twice: {body!r}"
    return frozenset(pairs)


def parse(text):
    return Exposition(text)


def assert_sums_hold(exposition, prefix="ntm"):
    """The two sums that must agree at any time."""
    def total(name):
        return exposition.sum(f"{prefix}_{name}_total")
    flows, gone, seen = (total("bytes"), total("evicted_bytes"),
                         total("capture_bytes"))
    assert flows + gone == seen, f"bytes: {flows} + {gone} != {seen}"
    flows, gone, bad, seen = (total("packets"), total("evicted_packets"),
                              total("decode_errors"), total("capture_packets"))
    assert flows + gone + bad == seen, (
        f"packets: {flows} + {gone} + {bad} != {seen}")
