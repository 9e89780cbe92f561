"""grafana/dashboard.json without a Prometheus: what can be read off it."""

import json
import re
import unittest

import pytest

import documented
import grafana
import published_types

pytestmark = pytest.mark.text

# Of Grafana's own, without a plugin to install. The name of its types.
CORE = {"timeseries": "TimeSeries", "piechart": "PieChart",
        "bargauge": "BarGauge", "stat": "Stat", "gauge": "Gauge",
        "table": "Table", "heatmap": "Heatmap"}
PATHS = {"timeseries", "table", "piechart"}  # have options for each field
BY = re.compile(r"\bby ?\(([^)]*)\)")
FLOWS = re.compile(r"\bntm_(?:bytes|packets)_total\{([^}]*)\}")

class GrafanaTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dashboard = grafana.read()
        self.text = grafana.FILE.read_text(encoding="utf-8")

    def each_query(self):
        for panel, target in grafana.queries(self.dashboard):
            with self.subTest(f"{panel['title']} {target['refId']}"):
                yield panel, target

    def test_dashboard_has_core_panels_alone(self):
        self.assertEqual(
            {panel["type"] for panel in grafana.panels(self.dashboard)},
            set(CORE))

    def test_dashboard_imports_and_provisions_as_one_file(self):
        self.assertNotIn("__inputs", self.text)
        self.assertNotIn("__requires", self.text)
        self.assertIsNone(self.dashboard.get("id"))
        source = grafana.variables(self.dashboard)["datasource"]
        self.assertEqual((source["type"], source["query"]),
                         ("datasource", "prometheus"))
        chosen = {"type": "prometheus", "uid": "${datasource}"}
        for panel, target in self.each_query():
            self.assertEqual((panel["datasource"], target["datasource"]),
                             (chosen, chosen))
        for variable in grafana.variables(self.dashboard).values():
            self.assertIn(variable.get("datasource"), (None, chosen))

    def test_panels_of_the_dashboard_lie_side_by_side(self):
        taken, ids = set(), []
        for panel in self.dashboard["panels"]:
            for each in [panel, *panel.get("panels", ())]:
                ids.append(each["id"])
                at = each["gridPos"]
                self.assertLessEqual(at["x"] + at["w"], 24)
                cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                         for y in range(at["y"], at["y"] + at["h"])}
                self.assertFalse(cells & taken, each["title"])
                taken |= cells
        self.assertEqual(len(ids), len(set(ids)))

    def test_capture_health_comes_first(self):
        first, second = [panel for panel in self.dashboard["panels"]
                         if panel["type"] == "row"][:2]
        between = {panel["title"] for panel in self.dashboard["panels"]
                   if first["gridPos"]["y"] < panel["gridPos"]["y"]
                   < second["gridPos"]["y"]}
        self.assertLessEqual(
            {"ntm up", "Captures up", "Coverage", "Dropped in this period",
             "Series in use"}, between)

    def test_every_panel_says_what_it_shows(self):
        for panel in grafana.panels(self.dashboard):
            with self.subTest(panel["title"]):
                self.assertTrue(panel["description"])
                self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])

    def test_flows_are_chosen_by_every_variable_in_every_panel(self):
        asked = 0
        for _, target in self.each_query():
            for selector in FLOWS.findall(target["expr"]):
                if 'src="other"' in selector:
                    continue
                asked += 1
                for each in ('job=~"$job"', 'instance=~"$instance"',
                             'interface=~"$interface|"', 'proto=~"$proto"',
                             'service=~"$service"', '=~"$local"',
                             '!~"$excluded|$peers"'):
                    self.assertIn(each, selector)
        self.assertGreater(asked, 15)

    def test_rates_follow_the_scrape_interval(self):
        for _, target in self.each_query():
            for window in re.findall(r"\[([^\]]*)\]", target["expr"]):
                if "=" in window or "." in window or "-" in window:
                    continue  # characters of a pattern
                self.assertIn(window, {"$__rate_interval", "$__range",
                                       "$horizon"})
            self.assertEqual(target["instant"], not target["range"])

    def test_dashboard_asks_for_documented_metrics_and_labels(self):
        families = documented.families()
        self.assertEqual(families["ntm_bytes_total"],
                         {"src", "dst", "proto", "service"})
        expressions = [target["expr"] for _, target in
                       grafana.queries(self.dashboard)]
        expressions += [grafana.label_values(variable)[0] for variable in
                        grafana.variables(self.dashboard).values()
                        if variable["type"] == "query"]
        for expression in expressions:
            with self.subTest(expression):
                self.knows(families, expression)

    def knows(self, families, expression):
        known = documented.TARGETS | {"host"}  # made by label_replace
        for name, matched in documented.asked_for(expression):
            labels = set()
            if name != "up":
                self.assertIn(name, families)
                labels = families[name]
            if name in ("ntm_bytes_total", "ntm_packets_total"):
                labels = labels | {"interface"}  # with --labels
            known |= labels
            self.assertLessEqual(matched, labels | documented.TARGETS, name)
        for labels in BY.findall(expression):
            self.assertLessEqual({each.strip() for each in labels.split(",")},
                                 known)

    def test_flows_that_several_machines_see_count_once(self):
        # The largest of the machines' sums of a flow, never their sum.
        asked = 0
        for _, target in self.each_query():
            if not re.search(r"ntm_(bytes|packets)_total\{[^}]*\$local",
                             target["expr"]):
                continue
            asked += 1
            self.assertIn("max by(job, src, dst, proto, service)(sum by(job, "
                          "instance, src, dst, proto, service)(",
                          target["expr"])
        self.assertGreater(asked, 15)

    def test_no_two_sums_are_added(self):
        # `+` drops what stands on one side alone.
        for _, target in self.each_query():
            self.assertNotRegex(target["expr"], r"\) \+ (sum|rate|increase)")

    def test_legends_of_forecasts_tell_the_machines_apart(self):
        for panel, target in self.each_query():
            if "ntm_forecast_" in target["expr"] and \
                    panel.get("repeat") != "instance":
                self.assertIn("{{instance}} {{interface}}",
                              target["legendFormat"])

    def test_units_are_bytes(self):
        for panel, target in self.each_query():
            unit = panel["fieldConfig"]["defaults"]["unit"]
            expr = target["expr"]
            if re.search(r"\brate\(ntm_(interface_\w+_|class_)?bytes_total",
                         expr) and unit != "percentunit":
                self.assertEqual(unit, "Bps")
            if re.search(r"\bincrease\(ntm_(class_|dscp_)?bytes_total", expr):
                self.assertEqual(unit, "decbytes")

    def test_downloads_are_drawn_below_zero(self):
        negative = {panel["title"] for panel in grafana.panels(self.dashboard)
                    for each in panel["fieldConfig"]["overrides"]
                    if {"id": "custom.transform", "value": "negative-Y"}
                    in each["properties"]
                    and re.search(each["matcher"]["options"].strip("/"),
                                  panel["targets"][0]["legendFormat"])
                    and not re.search(each["matcher"]["options"].strip("/"),
                                      panel["targets"][1]["legendFormat"])}
        self.assertLessEqual(
            {"Throughput by local host, downloads below zero",
             "Throughput of $local by remote host, downloads below zero"},
            negative)

    def test_a_row_repeats_for_every_local_host(self):
        last = self.dashboard["panels"][-1]
        self.assertEqual((last["type"], last["repeat"], last["collapsed"]),
                         ("row", "local", True))
        self.assertTrue(any(panel["type"] == "timeseries"
                            for panel in last["panels"]))

    def test_queries_of_a_table_have_the_same_labels(self):
        # Else their rows would not be merged into one.
        for panel in grafana.panels(self.dashboard):
            if panel["type"] != "table" or len(panel["targets"]) == 1:
                continue
            with self.subTest(panel["title"]):
                self.assertEqual(len({
                    re.match(r"(?:sum|max) by\(([^)]*)\)",
                             target["expr"]).group(1)
                    for target in panel["targets"]}), 1)

    def test_all_local_hosts_are_a_pattern(self):
        everything = grafana.variables(self.dashboard)["local"]["allValue"]
        for address in ("10.0.0.1", "10.255.1.2", "172.16.0.1",
                        "172.31.255.9", "192.168.0.7", "192.168.255.1",
                        "169.254.3.4", "fd09::1", "fc00::2",
                        "fdff:1:2::3", "fe80::1", "febf::9",
                        "192.168.0.0/24"):
            self.assertRegex(address, f"^(?:{everything})$")
        for address in ("11.0.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1",
                        "169.255.0.1", "100.64.0.1", "8.8.8.8", "110.0.0.1",
                        "2001:db8::1", "fec0::1", "fe00::1", "ff02::1",
                        "other", "internet", "example.org", "fdic.gov"):
            self.assertNotRegex(address, f"^(?:{everything})$")

    def test_dashboard_is_of_the_published_types(self):
        document = json.dumps(self.dashboard)
        source = ["import type {Dashboard} from '@grafana/schema';",
                  "import type {Dataquery} from "
                  "'@grafana/grafana-foundation-sdk/prometheus';",
                  "type Query = Plain<Omit<Dataquery, "
                  "'_implementsDataqueryVariant'>>;"]
        for kind, name in CORE.items():
            source.append(
                f"import type * as {kind} from '@grafana/schema/dist/esm/raw/"
                f"composable/{kind}/panelcfg/x/{name}PanelCfg_types.gen';")
        source.append(f"void ({document} satisfies Plain<Dashboard>);")
        for panel in grafana.panels(self.dashboard):
            kind = panel["type"]
            source.append(f"void ({json.dumps(panel['options'])} satisfies "
                          f"Partial<Plain<{kind}.Options>>);")
            for custom in customs(panel):
                self.assertIn(kind, PATHS)
                source.append(f"void ({json.dumps(custom)} satisfies "
                              f"Partial<Plain<{kind}.FieldConfig>>);")
            for target in panel["targets"]:
                source.append(f"void ({json.dumps(target)} satisfies Query);")
        self.assertEqual(published_types.complaints("\n".join(source)), "")

    def test_published_types_know_no_other_key(self):
        self.assertIn("'\"lable\"' does not exist", published_types.complaints(
            "import type {Dashboard} from '@grafana/schema';\n"
            "void ({schemaVersion: 42, templating: {list: [{name: 'a', "
            "type: 'query', \"lable\": 'A'}]}} satisfies Plain<Dashboard>);"))


def customs(panel):
    """The options of its fields, those of overrides included."""
    config = panel["fieldConfig"]
    if "custom" in config["defaults"]:
        yield config["defaults"]["custom"]
    for override in config["overrides"]:
        found = {each["id"].removeprefix("custom."): each["value"]
                 for each in override["properties"]
                 if each["id"].startswith("custom.")}
        if found:
            yield found
