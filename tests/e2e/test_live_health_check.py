"""`ntm --health-check`: exit code 0 if and only if the running ntm is ready."""

import ntm_process
from live import LiveCase


class LiveHealthCheckTest(LiveCase):
    def check(self, *arguments, env=None):
        return ntm_process.run("--health-check", *arguments, env=env,
                               before=self.here.prefix())

    def test_health_check_follows_readiness(self):
        with self.ntm("-p", "9107", own_address=True, port=9107) as ntm:
            ntm.wait_ready()
            well = self.check("-p", "9107")
            self.assertEqual((well.returncode, well.stderr), (0, ""))
            self.assertEqual(self.check(env={"NTM_PORT": "9107"}).returncode,
                             0)
            self.here.ip("link", "set", "va", "down")
            ntm.wait_for(
                lambda scrape: scrape.value("ntm_capture_up") == 0, "down")
            ill = self.check("-p", "9107")
            self.assertEqual((ill.returncode, ill.stdout), (1, ""))
            self.assertIn("down", ill.stderr)

    def test_health_check_without_a_running_ntm_fails(self):
        result = self.check("-p", "9108")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no ntm answers on :9108", result.stderr)

    def test_health_check_of_an_unknown_port_is_refused(self):
        result = self.check("-p", "0")
        self.assertEqual(result.returncode, 2)
        self.assertIn("-p", result.stderr)
