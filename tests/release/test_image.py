"""The container image: small, one capability, and it captures."""

import contextlib
import json
import os
import pathlib
import re
import signal
import tempfile
import time

import roots
import containers
from containers import ContainerCase, podman

import netns
import ntm_process

IMAGE = "localhost/ntm-check"
MOST_BYTES_OVER_BASE = 60_000_000


def confined():
    """The docker options of README, except for the network, which is the test's."""
    text = (roots.ROOT / "README.md").read_text(encoding="utf-8")
    # podman builds the same.
    assert "\ndocker build -t ntm .\n" in text
    line = re.search(r"^docker run -d --network host (.*) ntm -i eth0$",
                     text, re.MULTILINE)[1]
    return line.split(" -v ")[0].split()


class ImageTest(ContainerCase):
    @classmethod
    def setUpClass(cls):
        containers.import_base()
        containers.build(IMAGE, "-f", roots.ROOT / "Dockerfile")

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.here, self.there = stack.enter_context(netns.Pair())
        self.stack = stack

    def start(self, *options):
        return self.stack.enter_context(containers.Container(
            IMAGE, self.here, "-i", "va", options=options)).wait_ready()

    def inspect(self, name):
        return json.loads(podman("inspect", name).stdout)[0]

    def test_image_is_small_and_has_its_metadata(self):
        image = self.inspect(IMAGE)
        over = image["Size"] - self.inspect(containers.BASE)["Size"]
        print(f"image: {image['Size'] / 1e6:.1f} MB, "
              f"{over / 1e6:.1f} MB over its base")
        self.assertLessEqual(over, MOST_BYTES_OVER_BASE)
        config = image["Config"]
        self.assertNotIn(config["User"].split(":")[0], ("", "0", "root"))
        self.assertEqual(config["Entrypoint"], ["/usr/bin/ntm"])
        self.assertEqual(list(config["Volumes"]), ["/var/lib/ntm"])
        self.assertEqual(config["Labels"]["org.opencontainers.image.licenses"],
                         "MIT")
        said = podman("run", "--rm", "--network", "none", IMAGE,
                      "--version").stdout
        self.assertEqual(
            said.split()[1],
            config["Labels"]["org.opencontainers.image.version"])
        self.assertEqual(
            said.split("(")[1].split(",")[0],
            config["Labels"]["org.opencontainers.image.revision"])

    def test_image_has_the_capability_and_the_service_names(self):
        roots.need("getcap", "libcap2-bin")
        with containers.mounted(IMAGE) as root:
            self.assertIn("cap_net_raw=p",
                          roots.run("getcap", root / "usr/bin/ntm").stdout)
            self.assertTrue((root / "etc/services").is_file())
            self.assertTrue(
                (root / "usr/share/publicsuffix/public_suffix_list.dat")
                .is_file())

    def test_container_counts_with_net_raw_alone(self):
        container = self.start(*confined(), "--security-opt",
                               "no-new-privileges")
        self.counts_pings(container, self.here, netns.THERE_IP)
        healthy = podman("healthcheck", "run", container.name, check=False)
        self.assertEqual(healthy.returncode, 0,
                         healthy.stdout + healthy.stderr)
        pid = self.inspect(container.name)["State"]["Pid"]
        started = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        ntm_process.poll(lambda: not os.path.exists(f"/proc/{pid}"),
                         what="its end")
        took = time.monotonic() - started
        print(f"ended {took:.2f} s after SIGTERM")
        self.assertEqual(podman("wait", container.name).stdout.strip(), "0")
        self.assertLess(took, 1)

    def test_container_that_cannot_capture_is_unhealthy(self):
        container = self.start(*confined())
        self.here.ip("link", "set", "va", "down")

        def is_unhealthy():
            return podman("healthcheck", "run", container.name,
                          check=False).returncode != 0
        ntm_process.poll(is_unhealthy, 20, "an ill container")

    def test_container_without_ambient_capabilities_uses_its_own(self):
        # As with docker: podman gives a user the capability as ambient.
        container = self.start(
            *confined(), "--entrypoint", json.dumps([
                "setpriv", "--ambient-caps=-all", "--inh-caps=-all",
                "/usr/bin/ntm"]))
        self.counts_pings(container, self.here, netns.THERE_IP)

    def test_container_is_an_agent_by_its_environment(self):
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        token = pathlib.Path(folder, "token")
        token.write_text("0123456789abcdef0123456789abcdef\n")
        # The container's user, and root on this side, may read it.
        os.chown(token, 65532, 65532)
        token.chmod(0o400)
        hub = self.stack.enter_context(ntm_process.Ntm(
            "-i", "vb", "--accept-agents", "web1", "--agents-token-file",
            token, namespace=self.there, host=netns.THERE_IP,
            binary=roots.BUILD / "ntm"))
        hub.wait_ready()
        variables = {"INTERFACE": "va", "INTERFACES": "va",
                     "PUSH_URL": f"http://{netns.THERE_IP}:{hub.port}",
                     "PUSH_TOKEN_FILE": "/token", "PUSH_INSECURE": "true",
                     "PUSH_INTERVAL": "1s", "AGENT_ID": "web1"}
        options = [word for name, value in variables.items()
                   for word in ("-e", f"NTM_{name}={value}")]
        container = self.stack.enter_context(containers.Container(
            IMAGE, self.here, options=[*confined(), *options, "-v",
                                       f"{token}:/token:ro"])).wait_ready()
        self.counts_pings(container, self.here, netns.THERE_IP)
        hub.wait_for(
            lambda scrape: scrape.value("ntm_agent_up", agent="web1") == 1,
            "the agent on its hub")

    def test_container_without_the_capability_reports_it(self):
        said = podman("run", "--rm", "--network", "none", "--cap-drop", "all",
                      IMAGE, "-i", "lo", check=False)
        self.assertEqual(said.returncode, 1, said.stderr)
        self.assertIn("--cap-add NET_RAW", said.stderr)
