"""The families in docs/metrics.md: {family: labels}."""

import pathlib
import re

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "metrics.md"
# Prometheus adds these to every series.
TARGETS = {"job", "instance"}
_SELECTOR = re.compile(
    r"(?<![:\w])((?:ntm|process)_[a-z_]+|up)\b(?![:\w])(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)(?:=~|!~|!=|=)"')
# The labels of a forecast series, which the page calls "series".
_SERIES = {"interface", "direction", "class"}


def families():
    rows = re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|([^|]*)\|",
                      DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    found = {name: _labels(text) for name, _, text in rows}
    for name, kind, text in rows:
        if kind.strip().startswith("histogram"):
            found |= {f"{name}_bucket": _labels(text) | {"le"},
                      f"{name}_count": _labels(text),
                      f"{name}_sum": _labels(text)}
    return found


def _labels(text):
    labels = {label.strip() for label in text.split(",")} - {""}
    return labels - {"series"} | _SERIES if "series" in labels else labels


def asked_for(expression):
    """[(family, labels of its matchers)] of PromQL."""
    # In a pattern of names: ntm_(a|b)_c is ntm_a_c and ntm_b_c.
    expression = re.sub(r"(\w+)\((\w+)\|(\w+)\)(\w+)", r"\1\2\4 \1\3\4",
                        expression)
    return [(name, set(_MATCHER.findall(selector)))
            for name, selector in _SELECTOR.findall(expression)]
