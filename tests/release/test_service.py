"""The package in a booted system: its service starts, becomes ready, captures,
restarts, and keeps its state."""

import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import unittest

import roots

import exposition
import netns
import ntm_process


class Machine:
    """A booted system in a network namespace."""

    def __init__(self, root, namespace):
        self.root, self.namespace = root, namespace

    def __enter__(self):
        self.process = subprocess.Popen(
            [*roots.NSPAWN, "--boot", "-D", self.root, "--console=pipe",
             f"--network-namespace-path=/run/netns/{self.namespace.name}",
             f"--machine=ntm-{os.getpid()}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        ntm_process.poll(self._is_running, 60, "the system to boot")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()

    def _leader(self):
        children = pathlib.Path(
            f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return children.read_text().split()

    def _is_running(self):
        assert self.process.poll() is None, "systemd-nspawn ended"
        if not self._leader():
            return False
        said = self.run("systemctl", "is-system-running", check=False)
        return said.stdout.strip() in ("running", "degraded")

    def run(self, *command, check=True):
        return roots.run("nsenter", "-t", self._leader()[0], "--all", *command,
                         check=check, timeout=120)

    def show(self, name):
        return self.run("systemctl", "show", "-P", name, "ntm").stdout.strip()

    def fetch(self, path):
        return ntm_process.fetch(
            "127.0.0.1", 8000, path,
            connect=ntm_process.connector(self.namespace))

    def scrape(self):
        return exposition.parse(self.fetch("/metrics").text)


class ServiceTest(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        root = stack.enter_context(roots.copy(roots.with_packages(
            "systemd", "systemd-sysv", "netbase", "procps",
            *roots.package_depends())))
        roots.inside(root, "dpkg", "-i", "/ntm.deb",
                     bind=[f"{roots.package()}:/ntm.deb"])
        self.here, self.there = stack.enter_context(netns.Pair())
        (root / "etc/default/ntm").write_text(
            "NTM_INTERFACE=va\nNTM_INTERVAL=1\nNTM_WRITE_INTERVAL=1\n")
        override = root / "etc/systemd/system/ntm.service.d/quick.conf"
        override.parent.mkdir(parents=True)
        override.write_text("[Service]\nWatchdogSec=5\nRestartSec=100ms\n")
        self.root = root
        self.machine = stack.enter_context(Machine(root, self.here))

    def pid(self):
        return self.machine.show("MainPID")

    def wait_for_another(self, pid):
        def is_another():
            return (self.pid() not in ("0", pid)
                    and self.machine.show("ActiveState") == "active")
        ntm_process.poll(is_another, 30, "the restart")

    def counts_pings(self):
        before = self.machine.scrape().sum("ntm_packets_total", proto="icmp")
        self.here.ping(netns.THERE_IP, count=3)
        ntm_process.poll(
            lambda: self.machine.scrape().sum(
                "ntm_packets_total", proto="icmp") == before + 6,
            what="the pings")

    def test_service_starts_captures_restarts_and_keeps_its_state(self):
        machine = self.machine
        self.assertEqual(machine.show("UnitFileState"), "disabled")
        self.assertEqual(machine.show("ActiveState"), "inactive")
        machine.run("systemctl", "start", "ntm")
        # Type=notify: started means ready.
        self.assertEqual(machine.fetch("/-/ready").status, 200)
        self.counts_pings()
        self.assert_one_right(self.pid())

        running = self.pid()
        machine.run("systemctl", "reload", "ntm")
        ntm_process.poll(
            lambda: machine.scrape().value(
                "ntm_config_last_reload_success_timestamp_seconds") > 0,
            what="the reload")
        self.assertEqual(self.pid(), running)
        ntm_process.poll(
            lambda: machine.scrape().sum("ntm_history_written_rows_total"),
            what="a written row")
        written = self.rows()
        self.assertTrue(written)
        killed = self.pid()
        machine.run("kill", "-9", killed)
        self.wait_for_another(killed)
        self.counts_pings()

        # The watchdog ends a stopped process.
        stopped = self.pid()
        machine.run("kill", "-STOP", stopped)
        self.wait_for_another(stopped)
        self.counts_pings()

        machine.run("systemctl", "stop", "ntm")
        self.assertEqual(machine.show("Result"), "success")
        self.assertEqual(self.rows()[:len(written)], written)
        log = machine.run("journalctl", "-u", "ntm", "--no-pager").stdout
        self.assertNotIn("Operation not permitted", log)

    def rows(self):
        """The number of rows in the database."""
        path = self.root / "var/lib/private/ntm/history.db"
        with contextlib.closing(sqlite3.connect(path)) as database:
            return database.execute(
                "SELECT * FROM network_stats ORDER BY id").fetchall()

    def assert_one_right(self, pid):
        status = self.machine.run("cat", f"/proc/{pid}/status").stdout
        fields = dict(line.split(":", 1) for line in status.splitlines())
        self.assertNotEqual(fields["Uid"].split()[0], "0")
        self.assertIn(int(fields["CapPrm"], 16), (0, 1 << 13))
        self.assertEqual(fields["NoNewPrivs"].strip(), "1")

    def test_an_instance_serves_its_interface_on_its_own_port(self):
        machine = self.machine
        (self.root / "etc/default/ntm@va").write_text("NTM_PORT=9101\n")
        (self.root / "etc/default/ntm@lo").write_text("NTM_PORT=9102\n")
        machine.run("systemctl", "start", "ntm@va", "ntm@lo")
        for port, interface in ((9101, "va"), (9102, "lo")):
            answer = ntm_process.fetch(
                "127.0.0.1", port,
                connect=ntm_process.connector(self.here))
            self.assertIn(f'ntm_capture_up{{interface="{interface}"}} 1',
                          answer.text)
            self.assertTrue(
                (self.root / "var/lib/private/ntm-instances" / interface)
                .is_dir())
