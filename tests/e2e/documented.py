"""What docs/metrics.md promises: {family: labels}."""

import pathlib
import re

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "metrics.md"
# Prometheus gives these to every series.
TARGETS = {"job", "instance"}
_SELECTOR = re.compile(
    r"(?<![:\w])((?:ntm|process)_[a-z_]+|up)\b(?![:\w])(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)(?:=~|!~|!=|=)"')


def families():
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]* \| ([^|]*) \|",
                      DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: {label.strip() for label in labels.split(",")} - {""}
            for name, labels in rows}


def asked_for(expression):
    """[(family, labels of its matchers)] of PromQL."""
    return [(name, set(_MATCHER.findall(selector)))
            for name, selector in _SELECTOR.findall(expression)]
