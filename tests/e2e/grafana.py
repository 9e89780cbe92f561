"""grafana/dashboard.json as Grafana reads it: its panels, its variables, and
queries with the variables replaced."""

import json
import pathlib
import re

FILE = pathlib.Path(__file__).parents[2] / "grafana" / "dashboard.json"
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_SPECIAL = re.compile(r"[$^*{}\[\]+?.()|]")
_LABEL_VALUES = re.compile(r"label_values\((.*), (\w+)\)$")
_QUERY_RESULT = re.compile(r"query_result\((.*)\)$")
ALL = "$__all"


def read():
    return json.loads(FILE.read_text(encoding="utf-8"))


def panels(dashboard):
    """Every panel except rows, including panels of collapsed rows."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def queries(dashboard):
    """(panel, target) of every query."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield panel, target


def variables(dashboard):
    return {each["name"]: each for each in dashboard["templating"]["list"]}


def label_values(variable):
    """(selector, label) of a variable's query; (expression, None) if it uses a
    regular expression on the result of an expression."""
    query = variable["query"]["query"]
    if result := _QUERY_RESULT.match(query):
        return result.group(1), None
    return _LABEL_VALUES.match(query).groups()


def found_by_regex(variable, answer):
    """The values that the variable's regex finds in a result's series."""
    pattern = re.compile(variable["regex"].strip("/"))
    lines = ("{" + ",".join(f'{key}="{value}"' for key, value in labels) + "}"
             for labels in answer)
    return {match.group(1) for line in lines if (match := pattern.search(line))}


class Values:
    """The variables' chosen values: text, a list of them, or ALL."""

    def __init__(self, dashboard, scrape_seconds, range_seconds, **chosen):
        self.declared = variables(dashboard)
        self.builtin = {
            "__rate_interval": f"{4 * scrape_seconds}s",
            "__range": f"{range_seconds}s"}
        self.chosen = chosen

    def choose(self, **chosen):
        other = Values.__new__(Values)
        other.declared, other.builtin = self.declared, self.builtin
        other.chosen = {**self.chosen, **chosen}
        return other

    def put_in(self, text):
        return _VARIABLE.sub(
            lambda match: self._value(match.group(1) or match.group(2)), text)

    def _value(self, name):
        if name in self.builtin:
            return self.builtin[name]
        if name.isdigit():
            return f"${name}"  # a group of label_replace()
        variable, value = self.declared[name], self.chosen[name]
        if not variable.get("multi"):
            return value.replace("\\", "\\\\")
        if value == ALL:
            return variable["allValue"]  # unchanged, never escaped
        # Every value is literal, inside a PromQL string.
        escaped = [_SPECIAL.sub(lambda match: "\\\\" + match.group(),
                                each.replace("\\", "\\" * 4))
                   for each in ([value] if isinstance(value, str) else value)]
        return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def legend_labels(legend):
    """The labels in the text of a legend."""
    return re.findall(r"{{ ?(\w+) ?}}", legend)


def custom_values(variable):
    """{text: value} of a variable of type custom."""
    return dict(each.split(" : ") for each in variable["query"].split(", "))
