"""A run that reads a file gives up its rights before the first byte, and writes the
same output as with them."""

import os
import pathlib
import pwd
import subprocess
import tempfile
import unittest

import dns
import frames
import ntm_process
import pcap_files

PROBE = os.environ.get("NTM_PROBE", str(
    pathlib.Path(ntm_process.BINARY).parent / "ntm_probe"))
CONFINED = ("--user", "nobody", "--sandbox", "strict")
CAPTURE = pcap_files.pcap([
    frames.udp_frame(f"10.0.0.{host}", "198.51.100.1", 40000, 53, b"x" * host)
    for host in range(1, 50)])


class FileRightsTest(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("rights can be given up by root only")
        folder = tempfile.TemporaryDirectory(prefix="ntm-file-rights-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)  # 0700: root's alone
        self.path = self.folder / "capture.pcap"
        self.path.write_bytes(CAPTURE)
        self.path.chmod(0o600)

    def check_given_up(self, pid):
        nobody = str(pwd.getpwnam("nobody").pw_uid)
        for fields in ntm_process.threads(pid).values():
            with self.subTest(fields["Name"]):
                self.assertEqual(fields["Uid"].split(), [nobody] * 4)
                for kind in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                    self.assertEqual(int(fields[kind], 16), 0, kind)
                self.assertEqual(fields["NoNewPrivs"], "1")
                self.assertEqual(fields["Seccomp"], "2")

    def test_rights_are_given_up_before_the_first_byte_of_a_pipe(self):
        process = subprocess.Popen(
            [ntm_process.BINARY, *CONFINED, "-r", "-"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=ntm_process.clean_environment())
        try:
            ntm_process.poll(
                lambda: any(fields.get("Seccomp") == "2"
                            for fields in
                            ntm_process.threads(process.pid).values()),
                what="a filter of system calls")
            self.check_given_up(process.pid)
            out, said = process.communicate(CAPTURE,
                                            30 * ntm_process.PATIENCE)
        finally:
            process.kill()
            process.wait()
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(out.decode(), self.read("--sandbox", "off"))

    def read(self, *arguments, path=None, **how):
        result = ntm_process.run("-r", path or self.path, *arguments, **how)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        return result.stdout

    def test_a_file_that_only_root_may_read_is_read(self):
        expected = self.read("--sandbox", "off")
        self.assertIn("ntm_packets_total", expected)
        self.assertEqual(self.read(*CONFINED), expected)
        self.assertEqual(self.read(*CONFINED, path="-", stdin=CAPTURE),
                         expected)

    def test_output_files_are_the_same_without_rights(self):
        written = {}
        for name, how in (("all", ("--sandbox", "off")), ("none", CONFINED)):
            samples = self.folder / f"{name}.om"
            packets = self.folder / f"{name}.csv"
            self.read(*how, "--openmetrics", samples, "--packet-log", packets)
            written[name] = (samples.read_text(), packets.read_text())
        self.assertEqual(written["none"], written["all"])
        self.assertTrue(written["none"][0].endswith("# EOF\n"))
        self.assertEqual(written["none"][1].count("\n"), 50)

    def test_names_from_dns_in_the_file_work_without_rights(self):
        name, host, resolver = "www.example.com", "10.0.0.9", "10.0.0.1"
        asked = dns.query(name)
        answered = dns.response(asked, [dns.address_record(name, "192.0.2.7")])
        self.path.write_bytes(pcap_files.pcap([
            frames.udp_frame(host, resolver, 40000, 53, asked),
            frames.udp_frame(resolver, host, 53, 40000, answered),
            frames.tcp_frame("192.0.2.7", host, 443, 50000)]))
        flags = ("-f", "--resolve-rate", "0")
        shown = self.read(*CONFINED, *flags)
        self.assertEqual(shown, self.read("--sandbox", "off", *flags))
        self.assertIn(name, shown)

    def test_a_run_that_serves_a_file_has_no_other_rights(self):
        secret = self.folder / "secret"
        secret.write_text("x")
        os.chmod(self.folder, 0o755)
        with ntm_process.Ntm("-r", self.path, "--serve", *CONFINED,
                             binary=PROBE) as ntm:
            ntm.wait_ready()
            self.check_given_up(ntm.process.pid)

            def attempt(what, path=""):
                return ntm.fetch(f"/probe/{what}?path={path}").text
            for what in ("raw-ip", "packet", "exec", "root", "mount"):
                self.assertEqual(attempt(what), "EPERM", what)
            self.assertEqual(attempt("write", secret), "EACCES")
            self.assertEqual(attempt("write", self.folder / "new"), "EACCES")
            self.assertEqual(attempt("read", "/root/.profile"), "EACCES")
            scrape = ntm.scrape()
            self.assertEqual(scrape.sum("ntm_packets_total"), 49)

    def test_errors_of_filter_and_file_are_the_same_without_rights(self):
        flags = ("--log-level", "warning", "host 10.0.0.7")
        self.assertEqual(self.read(*CONFINED, *flags),
                         self.read("--sandbox", "off", *flags))
        self.path.write_bytes(b"no capture at all, and long enough for one")
        result = ntm_process.run("-r", self.path, *CONFINED)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("give a pcap or pcapng file", result.stderr)
