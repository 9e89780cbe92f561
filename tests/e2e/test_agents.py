"""The options of agents and hubs, and invalid values."""

import pathlib
import tempfile
import unittest

import ntm_process

URL = "https://hub.example:8443"


class AgentOptionsTest(unittest.TestCase):
    def check(self, *arguments, env=None):
        return ntm_process.run("--check-config", *arguments, env=env)

    def refusal(self, *arguments):
        result = self.check(*arguments)
        self.assertEqual(result.returncode, 2, f"{arguments}: {result.stdout}")
        return result.stderr

    def test_agents_options_are_flags_variables_and_keys(self):
        flags = ("--push-url", URL, "--agent-id", "web1", "--push-interval",
                 "90s", "--accept-agents", "web*,db1", "--accept-agents", "x")
        variables = {"NTM_PUSH_URL": URL, "NTM_AGENT_ID": "web1",
                     "NTM_PUSH_INTERVAL": "90s",
                     "NTM_ACCEPT_AGENTS": "web*,db1,x"}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "ntm.yaml")
            path.write_text(f"push-url: {URL}\nagent-id: web1\n"
                            "push-interval: 90s\n"
                            "accept-agents: ['web*', db1, x]\n")
            for result in (self.check(*flags), self.check(env=variables),
                           self.check("-c", str(path))):
                self.assertEqual(result.returncode, 0, result.stderr)
                for part in (URL, "web1", "90s", '"web*"', "db1, x"):
                    self.assertIn(part, result.stdout)

    def test_wrong_values_of_agents_options_are_usage_errors(self):
        for flag, value, why in (
                ("--push-url", "hub.example:8443", "is not a URL"),
                ("--push-url", "ftp://hub.example", "neither https://"),
                ("--agent-id", "web 1", "is not 1 to 64 of"),
                ("--agent-id", "a" * 65, "is not 1 to 64 of"),
                ("--push-interval", "5", "is not a duration"),
                ("--push-interval", "999ms", "from 1s to 1h"),
                ("--push-interval", "61m", "from 1s to 1h"),
                ("--accept-agents", "a/b", "is not the name of an agent"),
                ("--agent-expiry", "59m", "from 1h to 3650d")):
            with self.subTest((flag, value)):
                error = self.refusal(flag, value)
                self.assertIn(flag, error)
                self.assertIn(why, error)

    def test_password_in_the_push_url_is_refused_and_not_shown(self):
        error = self.refusal("--push-url", "https://me:geheim@hub.example")
        self.assertIn("--push-token-file", error)
        self.assertNotIn("geheim", error)
