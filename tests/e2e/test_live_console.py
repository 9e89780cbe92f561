"""--once and --report: the console reports of known traffic, to the byte."""

import datetime
import json
import pathlib
import platform
import re
import shutil
import signal
import sys

import frames
import netns
import ntm_process
from live import LiveCase

HEAD = re.compile(r"\n\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] "
                  r"Network Statistics:\n-{80}\n")
STOPPED = "Monitoring stopped.\n"
UTC = {"TZ": "UTC"}
NOBODY_ANSWERS = 0x88B5  # an Ethertype for experiments (IEEE 802)


def reports(text):
    """[(time, text below the line)] of all reports."""
    words = HEAD.split(text)
    assert words[0] == "", f"not a report: {words[0]!r}"
    return [(datetime.datetime.strptime(time, "%Y-%m-%d %H:%M:%S"), body)
            for time, body in zip(words[1::2], words[2::2])]


def block(name, sent, received, total):
    return (f"{name}:\n  Sent:     {sent}\n  Received: {received}\n"
            f"  Total:    {total}\n")


def names(body):
    return re.findall(r"^(\S.*):$", body, re.MULTILINE)


class LiveConsoleTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder(prefix="ntm-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        ntm_process.poll(
            lambda: self.here.is_up("va") and self.there.is_up("vb"),
            what="the pair to be up")
        # 2,048 bytes in, 5,000 out.
        self.send(self.there, "vb", 1024, 2, netns.THERE_MAC, netns.HERE_MAC)
        self.send(self.here, "va", 1000, 5, netns.HERE_MAC, netns.THERE_MAC)

    def send(self, space, interface, size, count, src, dst):
        frame = frames.eth(bytes(size - 14), src, dst, NOBODY_ANSWERS)
        space.send_frames(interface, [frame] * count)

    def once(self, *arguments, env=None, before=(), **how):
        return ntm_process.run("--once", *arguments, env={**UTC, **(env or {})},
                               before=[*self.here.prefix(), *before], **how)

    def body(self, *arguments, **how):
        """The text that --once prints below the line."""
        result = self.once(*arguments, **how)
        self.assertEqual(result.returncode, 0, result.stderr)
        [(_, body)] = reports(result.stdout)
        return body

    def config(self, text):
        path = self.folder / "config.yaml"
        path.write_text(text)
        return path

    GOLDEN = (block("TOTAL (all interfaces)", "4.88 KB", "2.00 KB", "6.88 KB")
              + block("va", "4.88 KB", "2.00 KB", "6.88 KB"))

    def test_once_prints_one_report_to_the_byte(self):
        before = datetime.datetime.utcnow().replace(microsecond=0)
        result = self.once()
        after = datetime.datetime.utcnow()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        [(time, body)] = reports(result.stdout)
        self.assertEqual(body, self.GOLDEN)
        self.assertTrue(before <= time <= after, (before, time, after))

    def test_once_shows_the_local_time(self):
        here = reports(self.once().stdout)[0][0]
        there = reports(self.once(env={"TZ": "XXX-5"}).stdout)[0][0]
        self.assertEqual(round((there - here).total_seconds() / 3600), 5)

    def test_once_captures_nothing_and_listens_nowhere(self):
        # An interface that does not exist, an address that cannot be bound.
        self.assertEqual(
            self.body("-i", "nosuch0", "--web.listen-address",
                      "192.0.2.1:8000"), self.GOLDEN)

    def test_once_needs_no_rights(self):
        if not shutil.which("setpriv"):
            self.skipTest("there is no setpriv (package util-linux)")
        self.folder.chmod(0o755)
        binary = self.folder / "ntm"  # not reachable by others
        shutil.copy(ntm_process.BINARY, binary)
        binary.chmod(0o755)
        self.assertEqual(
            self.body(binary=binary, before=[
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all"]),
            self.GOLDEN)

    def test_once_without_netlink_reads_proc_net_dev(self):
        if platform.machine() not in ("x86_64", "aarch64"):
            self.skipTest("system call numbers are known of x86-64 and arm64")
        script = pathlib.Path(__file__).parent / "without_netlink.py"
        result = self.once(before=[sys.executable, str(script)])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(reports(result.stdout)[0][1], self.GOLDEN)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn("/proc/net/dev", result.stderr)

    def test_once_of_selected_interfaces(self):
        self.here.ip("link", "add", "docker0", "type", "bridge")
        empty = ("0.00 B",) * 3
        for arguments, expected in (
                (("--interfaces", "lo"),
                 block("TOTAL (all interfaces)", *empty) + block("lo", *empty)),
                (("--interfaces", "lo", "va"),
                 block("TOTAL (all interfaces)", "4.88 KB", "2.00 KB",
                       "6.88 KB") + block("lo", *empty)
                 + block("va", "4.88 KB", "2.00 KB", "6.88 KB")),
                (("--interfaces", "nosuch0"),
                 block("TOTAL (all interfaces)", *empty)),
                (("--exclude-interfaces", "^(lo|va)$"),
                 block("TOTAL (all interfaces)", *empty)
                 + block("docker0", *empty))):
            with self.subTest(arguments):
                self.assertEqual(self.body(*arguments), expected)
        missing = self.once("--interfaces", "nosuch0", "va")
        self.assertEqual(len(missing.stderr.splitlines()), 1, missing.stderr)
        self.assertIn("nosuch0", missing.stderr)

    def test_configuration_of_the_network_monitor_works(self):
        everything = ["TOTAL (all interfaces)", "lo", "va"]
        for text, expected in (
                ("interfaces: []\nexclude_interfaces:\n  - '^lo$'\n"
                 "  - '^docker'\n", ["TOTAL (all interfaces)", "va"]),
                ("exclude_interfaces: []\n", everything),
                ("exclude_interfaces: ['']\n", everything),
                ("interfaces: [lo, va]\n", everything),
                ("exclude_interfaces: []\noptions:\n  track_total: false\n",
                 ["lo", "va"]),
                ("options:\n  track_per_interface: false\n"
                 "  calculate_rates: true\n  store_raw_counts: false\n",
                 ["TOTAL (all interfaces)"]),
                ("options:\n  track_per_interface: false\n"
                 "  track_total: false\n", [])):
            with self.subTest(text):
                body = self.body("-c", self.config(text))
                self.assertEqual(names(body), expected)

    def run_reports(self, *arguments, count):
        """The reports of a run that is stopped after `count` of them."""
        with self.ntm("--report", *arguments, env=UTC) as ntm:
            ntm_process.poll(
                lambda: len(HEAD.findall(ntm.stdout().decode())) >= count,
                4 * ntm_process.BOUND, f"{count} reports")
            ntm.stop(signal.SIGINT)
            text = ntm.stdout().decode()
        self.assertTrue(text.endswith(STOPPED), text)
        return reports(text.removesuffix(STOPPED))

    def test_report_is_printed_every_interval(self):
        found = self.run_reports("--interval", "1", count=5)
        for _, body in found:
            self.assertEqual(body, self.GOLDEN)
        took = (found[4][0] - found[0][0]).total_seconds()
        self.assertTrue(3 <= took <= 7 * ntm_process.PATIENCE, took)

    def test_interval_flag_overrides_the_configuration(self):
        config = self.config("monitoring_interval: 1000\nreport: true\n")
        found = self.run_reports("-c", config, "--interval", "2", count=3)
        took = (found[2][0] - found[0][0]).total_seconds()
        self.assertTrue(3 <= took <= 7 * ntm_process.PATIENCE, took)

    def test_report_follows_interfaces_that_come_and_go(self):
        with self.ntm("--report", "--interval", "1", env=UTC) as ntm:
            def last():
                found = reports(ntm.stdout().decode())
                return names(found[-1][1]) if found else []
            for change, expected in ((None, ["va"]),
                                     ("add", ["v1", "v2", "va"]),
                                     ("del", ["va"])):
                if change == "add":
                    self.here.ip("link", "add", "v1", "type", "veth", "peer",
                                 "name", "v2")
                elif change == "del":
                    self.here.ip("link", "del", "v1")
                ntm_process.poll(lambda: last()[1:] == expected,
                                 what=f"a report of {expected}")

    def test_daemon_prints_no_report_by_default(self):
        with self.ntm("--interval", "1") as ntm:
            ntm.wait_for(
                lambda scrape: "ntm_interface_utilization_ratio"
                in scrape.samples, "two ticks")
            ntm.stop()
            self.assertEqual(ntm.stdout(), b"")

    def test_health_and_stats_are_json(self):
        with self.ntm() as ntm:
            ntm_process.poll(lambda: ntm.status("/health") == 200,
                             what="/health 200")
            health = json.loads(ntm.fetch("/health").text)
            self.assertEqual((health["status"], health["service"]),
                             ("healthy", "ntm"))
            self.assertEqual(set(health), {"status", "service", "version",
                                           "timestamp"})
            self.here.ping(netns.THERE_IP, count=3)

            def counted():
                stats = json.loads(ntm.fetch("/stats").text)
                [capture] = stats["captures"]
                return capture["packets_total"] >= 6 and stats
            stats = ntm_process.poll(counted, what="six packets in /stats")
            self.assertEqual(stats["status"], "healthy")
            self.assertEqual(stats["series"], 2)
            self.here.ip("link", "set", "va", "down")
            ntm_process.poll(lambda: ntm.status("/health") == 503,
                             what="/health 503")
            health = json.loads(ntm.fetch("/health").text)
            self.assertEqual(health["status"], "unhealthy")
            self.assertTrue(health["reason"])
