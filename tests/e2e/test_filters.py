"""Filters ignore tags: a frame matches if and only if it would match without its
tags and its PPPoE header."""

import os
import shutil
import signal
import subprocess
import unittest

import pytest

import frames as f
import ntm_process
from files import FileCase

FILTERS = (
    "tcp", "not tcp", "port 22", "not port 22", "udp port 53", "ip", "ip6",
    "not ip", "arp", "net 10.0.0.0/8", "src host 10.0.0.1 and tcp",
    "greater 100", "less 99", "ether src 02:00:00:00:00:0a",
    "tcp[tcpflags] & tcp-syn != 0", "ip[2:2] > 80 or ip6", "ether[12:2] = 0x0800",
    "port 22 or port 53", "not (port 22 or arp)",
)

FRAMES = [
    f.tcp_frame("10.0.0.1", "10.0.0.2", 40000, 22, flags=2),
    f.tcp_frame("10.0.0.2", "10.0.0.1", 22, 40000, b"x" * 200),
    f.tcp_frame("192.0.2.1", "10.0.0.1", 40001, 443, b"x" * 10),
    f.tcp_frame("2001:db8::1", "2001:db8::2", 40000, 22, b"x" * 30),
    f.udp_frame("10.0.0.1", "192.0.2.53", 40000, 53, b"q" * 30),
    f.udp_frame("2001:db8::1", "2001:db8::53", 40000, 53, b"q" * 60),
    f.eth(f.ipv4("192.0.2.1", "192.0.2.2", f.ICMP, f.icmp_echo())),
    # Lengths just below and at the limits of `greater` and `less`: the tags must
    # not count.
    f.udp_frame("192.0.2.1", "192.0.2.2", 1000, 2000, b"x" * (99 - 42)),
    f.udp_frame("192.0.2.1", "192.0.2.2", 1000, 2000, b"x" * (100 - 42)),
    f.arp("10.0.0.1", "10.0.0.2"),
]


def hosts(count):
    """A filter with `count` terms: above 1,000 it takes libpcap more than a minute,
        with 6,000 gigabytes."""
    return " or ".join(f"host 10.{i // 250}.{i % 250}.1" for i in range(count))


def tcpdump_count(path, expression):
    """The number of frames that libpcap's filter lets through; None without tcpdump."""
    tcpdump = shutil.which("tcpdump", path="/usr/bin:/usr/sbin:/bin")
    if not tcpdump:
        return None
    result = subprocess.run([tcpdump, "-r", path, "--count", expression],
                            capture_output=True, text=True, timeout=20,
                            check=True)
    return int(result.stdout.split()[0])


class FiltersTest(FileCase):
    def check(self, shape):
        plain = [frame for frame in FRAMES
                 if not (f.is_arp(frame) and f.carries_ip_only(shape))]
        stripped = self.capture(plain, "stripped.pcap")
        wrapped = self.capture([f.SHAPES[shape](frame) for frame in plain],
                               "wrapped.pcap")
        for expression in FILTERS:
            with self.subTest(expression):
                want = ntm_process.read_file(stripped, expression)
                count = tcpdump_count(stripped, expression)
                if count is not None:
                    self.assertEqual(want.sum("ntm_packets_total"), count)
                got = ntm_process.read_file(wrapped, expression)
                self.assertEqual(got.flows(), want.flows())

    def test_filter_plain_frames(self):
        self.check("plain")

    def test_filter_looks_through_8021q(self):
        self.check("dot1q")

    def test_filter_looks_through_priority_tags(self):
        self.check("priority_tag")

    def test_filter_looks_through_8021ad(self):
        self.check("dot1ad")

    def test_filter_looks_through_qinq(self):
        self.check("qinq")

    def test_filter_looks_through_two_8021q_tags(self):
        self.check("two_dot1q")

    def test_filter_looks_through_old_qinq(self):
        self.check("old_qinq")

    def test_filter_looks_through_pppoe(self):
        self.check("pppoe")

    def test_filter_looks_through_pppoe_in_vlan(self):
        self.check("dot1q_pppoe")

    def test_filter_looks_through_pppoe_in_qinq(self):
        self.check("qinq_pppoe")

    def test_filter_looks_through_vn_tags(self):
        self.check("vntag")
        self.check("vntag_dot1q")

    def test_filter_looks_through_fabricpath(self):
        self.check("fabricpath")
        self.check("fabricpath_dot1q")

    def test_filter_looks_through_the_other_tags(self):
        for shape in ("trill", "batman", "dot1ah", "dot1br", "dot1cb", "hsr",
                      "cisco_metadata", "arista"):
            with self.subTest(shape):
                self.check(shape)

    def test_raw_filter_passes_the_expression_unchanged(self):
        path = self.capture([make(frame) for make in f.SHAPES.values()
                             for frame in FRAMES if not f.is_arp(frame)])
        for expression in ("vlan 7", "vlan", "tcp", "not port 22",
                           "vlan and tcp", "pppoes", "pppoes and tcp",
                           "greater 100"):
            with self.subTest(expression):
                want = tcpdump_count(path, expression)
                if want is None:
                    raise unittest.SkipTest("there is no tcpdump")
                got = ntm_process.read_file(path, "--raw-filter", expression)
                self.assertEqual(got.sum("ntm_capture_packets_total"), want)

    def test_unquoted_filter_is_the_quoted_one(self):
        path = self.capture(FRAMES)
        expression = "src net 192.0.2.0/24 or dst net 192.0.2.0/24"
        quoted = ntm_process.run("-r", path, expression)
        unquoted = ntm_process.run("-r", path, *expression.split())
        self.assertEqual(quoted.returncode, 0, quoted.stderr)
        self.assertEqual(quoted.stdout, unquoted.stdout)
        scrape = ntm_process.exposition.parse(quoted.stdout)
        self.assertEqual(scrape.sum("ntm_packets_total"), 5)

    def test_filter_may_come_before_the_options(self):
        path = self.capture(FRAMES)
        before = ntm_process.run("udp", "port", "53", "-r", path)
        after = ntm_process.run("-r", path, "udp", "port", "53")
        self.assertEqual(before.returncode, 0, before.stderr)
        self.assertEqual(before.stdout, after.stdout)

    def test_udp_port_53_leaves_only_domain(self):
        scrape = ntm_process.read_file(self.capture(FRAMES), "udp port 53")
        self.assertEqual(scrape.label_values("ntm_bytes_total", "service"),
                         {"domain"})
        self.assertEqual(scrape.sum("ntm_packets_total"), 2)

    def test_filter_is_in_the_log(self):
        result = ntm_process.run("-r", self.capture(FRAMES), "udp port 53")
        self.assertIn("udp port 53", result.stderr)

    def test_bad_filter_gives_the_message_and_the_column(self):
        path = self.capture(FRAMES)
        line = self.refuses("-r", path, "tcp port 80 and and udp")
        self.assertIn("syntax error", line)
        self.assertRegex(line, r"column 17\b")
        line = self.refuses("-r", path, "udp", "port", "nosuchport")
        self.assertIn("nosuchport", line)
        self.assertRegex(line, r"column 10\b")

    def start(self, *arguments):
        process = subprocess.Popen(
            [ntm_process.BINARY, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=ntm_process.clean_environment())
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    @staticmethod
    def has_thread(process, name):
        return any(fields.get("Name") == name for fields in
                   ntm_process.threads(process.pid).values())

    def ends_while_compiling(self, *arguments):
        process = self.start(*arguments, hosts(1200))
        ntm_process.poll(lambda: self.has_thread(process, "ntm-filter"),
                         30, "the compilation")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(15 * ntm_process.PATIENCE), 0)

    def test_sigterm_ends_the_compilation_of_a_files_filter(self):
        self.ends_while_compiling("-r", self.capture(FRAMES))

    def test_sigterm_ends_the_compilation_of_an_interfaces_filter(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("to capture needs rights")
        if os.environ.get("NTM_EMULATED"):
            raise unittest.SkipTest("to capture needs a kernel of that kind")
        self.ends_while_compiling("-i", "lo", "-p", ntm_process.free_port())

    def test_sigterm_ends_a_start_that_waits_for_a_pipe(self):
        pipe = self.folder / "services"
        os.mkfifo(pipe)
        process = self.start("-r", self.capture(FRAMES), "--services-file",
                             pipe)
        ntm_process.poll(lambda: self.has_thread(process, "ntm-start"),
                         30, "the start")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(15 * ntm_process.PATIENCE), 0)

    def refused(self, count):
        line = self.refuses("-r", self.capture(FRAMES), hosts(count),
                            timeout=120 * ntm_process.PATIENCE)
        self.assertLess(len(line), 1000)
        return line

    @pytest.mark.long
    def test_a_filter_that_needs_too_much_memory_is_refused_with_one_line(self):
        self.assertIn("libpcap needs more than 512 MiB of memory",
                      self.refused(6000))

    @pytest.mark.long
    def test_a_filter_that_takes_too_long_is_refused_with_one_line(self):
        self.assertIn("libpcap needs more than 30 s", self.refused(1200))
