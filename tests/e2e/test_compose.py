"""packaging/compose.yaml: Compose accepts it, and its parts fit together."""

import json
import shutil
import subprocess
import unittest

import pytest

import yaml

import compose
import grafana
import ntm_process

pytestmark = pytest.mark.text


class ComposeTest(unittest.TestCase):
    def setUp(self):
        self.stack = compose.read()["services"]

    def test_compose_accepts_the_file(self):
        if shutil.which("docker-compose") is None:
            self.skipTest("docker-compose is not installed")
        result = subprocess.run(
            ["docker-compose", "-f", str(compose.FILE), "config"],
            capture_output=True, text=True, timeout=50, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(set(yaml.safe_load(result.stdout)["services"]),
                         {"ntm", "prometheus", "alertmanager", "grafana"})

    def test_compose_needs_no_edit(self):
        for name, service in self.stack.items():
            with self.subTest(name):
                self.assertTrue(service["image"])
                self.assertNotIn("latest", service["image"])
                for here in compose.mounts(service).values():
                    self.assertTrue(here.exists(), here)

    def test_every_service_of_compose_has_a_health_check_and_a_log(self):
        for name, service in self.stack.items():
            with self.subTest(name):
                self.assertEqual(service["healthcheck"]["test"][0], "CMD")
                self.assertEqual(service["restart"], "unless-stopped")
                self.assertIn("max-size", service["logging"]["options"])

    def test_ntm_of_compose_is_on_the_host_network_with_one_capability(self):
        ntm = self.stack["ntm"]
        self.assertEqual(ntm["network_mode"], "host")
        self.assertEqual((ntm["cap_drop"], ntm["cap_add"], ntm["read_only"]),
                         (["ALL"], ["NET_RAW"], True))
        self.assertNotIn("privileged", ntm)
        self.assertNotIn("user", ntm)
        # It needs the file's capability, which no_new_privs would disable.
        self.assertNotIn("security_opt", ntm)

    def test_ntm_accepts_the_environment_of_compose(self):
        for given in ({}, {"NTM_INTERFACE": "lo", "NTM_FILTERS": "port 443"}):
            variables = compose.read(**given)["services"]["ntm"][
                "environment"]
            result = ntm_process.run(
                "--check-config",
                env={key: value or "" for key, value in variables.items()})
            self.assertEqual(result.returncode, 0, result.stderr)
            for key, value in given.items():
                self.assertIn(f'{key[4:].lower()}: ', result.stdout)
                self.assertIn(value, result.stdout)

    def test_health_check_of_compose_is_an_option_of_ntm(self):
        program, option = self.stack["ntm"]["healthcheck"]["test"][1:]
        self.assertEqual(program, "/usr/bin/ntm")
        self.assertIn(f"  {option}\n", ntm_process.run("--help", "all").stdout)

    def test_alertmanager_of_compose_is_configured(self):
        if shutil.which("amtool") is None:
            self.skipTest("amtool is not installed (package "
                          "prometheus-alertmanager)")
        file = compose.mounts(self.stack["alertmanager"])[
            "/etc/alertmanager/alertmanager.yml"]
        result = subprocess.run(["amtool", "check-config", str(file)],
                                capture_output=True, text=True, timeout=20,
                                check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_grafana_of_compose_gets_the_dashboard_and_its_data_source(self):
        service = self.stack["grafana"]
        mounts = compose.mounts(service)
        self.assertEqual(mounts["/etc/ntm/dashboard.json"], grafana.FILE)
        self.assertEqual(json.loads(grafana.FILE.read_text())["uid"],
                         "ntm-traffic")
        folder = mounts["/etc/grafana/provisioning"]
        (provider,) = yaml.safe_load(
            (folder / "dashboards/ntm.yaml").read_text())["providers"]
        self.assertEqual((provider["type"], provider["options"]["path"]),
                         ("file", "/etc/ntm"))
        (source,) = yaml.safe_load(
            (folder / "datasources/ntm.yaml").read_text())["datasources"]
        self.assertEqual(source["type"], "prometheus")
        self.assertIn("--web.listen-address="
                      + source["url"].removeprefix("http://"),
                      self.stack["prometheus"]["command"])
        self.assertEqual(service["environment"]["GF_SERVER_HTTP_ADDR"],
                         "127.0.0.1")
