"""--qos-enforce on a veth of 100 Mbit/s: what the queues do and leave."""

import contextlib
import json
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

import iperf
import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.alone

RULES = ("video=20/50/3/46", "voice=5/10/3/46", "file=0.5/100/1/10",
         "background=0/100/0/0")
FLAGS = ("--no-database", "--max-bandwidth", "100M",
         *(word for rule in RULES for word in ("--qos-rule", rule)))
OURS = "4e54:"


TOKEN = "0123456789abcdef0123456789abcdef"

# Simulates a kernel that refuses to remove a root queue.
KEEPS_QUEUES = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

struct Request {
  struct nlmsghdr header;
  struct tcmsg body;
};

ssize_t sendmsg(int file, const struct msghdr* message, int flags) {
  static ssize_t (*real)(int, const struct msghdr*, int);
  if (message->msg_iovlen > 0 &&
      message->msg_iov[0].iov_len >= sizeof(struct Request)) {
    const struct Request* request = message->msg_iov[0].iov_base;
    if (request->header.nlmsg_type == RTM_DELQDISC &&
        request->body.tcm_parent == TC_H_ROOT) {
      errno = EPERM;
      return -1;
    }
  }
  if (!real) real = dlsym(RTLD_NEXT, "sendmsg");
  return real(file, message, flags);
}
"""


class LiveQosEnforcedTest(LiveCase):
    def setUp(self):
        super().setUp()
        probe = self.here.run("tc", "qdisc", "add", "dev", "va", "root",
                              "htb", check=False)
        if probe.returncode:
            self.skipTest(f"this kernel has no HTB: {probe.stderr.strip()}")
        self.here.run("tc", "qdisc", "del", "dev", "va", "root")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tokens = pathlib.Path(folder.name, "tokens")
        self.tokens.write_text(TOKEN + "\n")
        self.tokens.chmod(0o600)

    def set_rule(self, ntm, token=TOKEN, **rule):
        return ntm.fetch("/qos/rule", method="POST", body=json.dumps(rule),
                         headers={"Authorization": f"Bearer {token}"}).status

    def roots(self):
        queues = json.loads(self.here.run("tc", "-j", "qdisc", "show", "dev",
                                          "va").stdout)
        return [queue["handle"] for queue in queues if queue.get("root")]

    def classes(self):
        # The JSON output of tc for classes is invalid in Debian 12.
        return self.here.run("tc", "class", "show", "dev",
                             "va").stdout.splitlines()

    def enforced(self, *flags, **how):
        return self.ntm(*FLAGS, "--qos-enforce", *flags, **how)

    def wait_enforced(self, ntm, value=1):
        def says_so(scrape):
            return (scrape.samples.get("ntm_qos_enforced")
                    and scrape.sum("ntm_qos_enforced") == value)
        return ntm.wait_for(says_so, f"ntm_qos_enforced {value}")

    def test_minimums_are_held_only_when_enforced(self):
        iperf.require()
        # A short queue, since local senders would wait at a long one.
        self.here.run("tc", "qdisc", "add", "dev", "va", "root", "tbf", "rate",
                      "100mbit", "burst", "32k", "latency", "5ms")
        without = self.rates(5)
        self.assertLess(min(without["video"] / 20, without["voice"] / 5), 0.95,
                        without)
        self.here.run("tc", "qdisc", "del", "dev", "va", "root")
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            rates = self.rates(20)
            self.assertGreaterEqual(rates["video"], 0.95 * 20, rates)
            self.assertGreaterEqual(rates["voice"], 0.95 * 5, rates)
            self.assertGreater(self.link_mbit, 80, rates)
            self.assertLess(self.link_mbit, 101, rates)
            scrape = ntm.scrape()
            # Background has the lowest priority and gets almost nothing.
            for name, least in (("video", 1e7), ("voice", 1e6), ("file", 1e7),
                                ("background", 1e3)):
                self.assertGreater(scrape.sum("ntm_qdisc_class_bytes_total",
                                              **{"class": name}), least, name)

    def rates(self, seconds):
        with contextlib.ExitStack() as stack:
            streams = {
                # The flood has low CPU priority; otherwise the others would
                # starve on a loaded machine.
                name: iperf.Stream(self.here, self.there, port, seconds, mbit,
                                   punctual=name != "background")
                for name, port, mbit in (
                    ("video", 5004, 20), ("voice", 16384, 5),
                    # A continuous flood: paced bursts would leave gaps, and
                    # the queue would be fair by itself.
                    ("file", 8080, None), ("background", 3306, 0))}
            for name, stream in streams.items():
                stack.callback(stream.close)
                stream.start()
                if name != "background":
                    stream.wait_under_way()
            # Measured while all of them run: they end one after the other, and
            # the last ones have the link to themselves.
            began, before = time.monotonic(), self.there.counters("vb")
            time.sleep(seconds / 2)
            moved = self.there.counters("vb")["rx_bytes"] - before["rx_bytes"]
            self.link_mbit = moved * 8e-6 / (time.monotonic() - began)
            return {name: stream.received_mbit()
                    for name, stream in streams.items()}

    def test_background_gets_all_unused_bandwidth(self):
        iperf.require()
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            stream = iperf.Stream(self.here, self.there, 3306, 4,
                                  punctual=True).start()
            self.addCleanup(stream.close)
            self.assertGreater(stream.received_mbit(), 80)

    def test_ingress_is_shaped_when_asked(self):
        iperf.require()
        self.require_ifb()
        with self.enforced("--qos-ingress", "--qos-rule",
                           "background=0/10/0/0") as ntm:
            self.wait_enforced(ntm)
            stream = iperf.Stream(self.there, self.here, 3306, 4,
                                  address=netns.HERE_IP,
                                  punctual=True).start()
            self.addCleanup(stream.close)
            self.assertLess(stream.received_mbit(), 12)
            scrape = ntm.scrape()
            self.assertGreater(scrape.sum(
                "ntm_qdisc_class_bytes_total", interface="nti-va",
                **{"class": "background"}), 1e6)
        self.assertNotIn("nti-va", self.here.ip("link").stdout)
        self.assertNotIn("ingress", self.here.run(
            "tc", "qdisc", "show", "dev", "va").stdout)

    def test_queues_are_removed_when_ntm_ends(self):
        before = self.roots()
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            self.assertEqual(self.roots(), [OURS])
            status = self.qos("status")
            self.assertIn("video", status)
        self.assertEqual(self.roots(), before)

    def qos(self, word):
        return self.here.run(str(ntm_process.BINARY), "qos", word).stdout

    def test_queues_of_a_killed_run_are_removed_by_the_next(self):
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            ntm.stop(signal.SIGKILL, -signal.SIGKILL)
        self.assertEqual(self.roots(), [OURS])
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            self.assertIn("left by an earlier run", ntm.stderr())
            self.assertEqual(len(self.classes()), 6)
        self.assertNotIn(OURS, self.roots())

    def test_clear_removes_what_a_killed_run_left(self):
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            ntm.stop(signal.SIGKILL, -signal.SIGKILL)
        self.assertIn("va: queues removed", self.qos("clear"))
        self.assertNotIn(OURS, self.roots())
        self.assertIn("ntm has no queues on this machine", self.qos("status"))

    def require_ifb(self):
        probe = self.here.run("ip", "link", "add", "probe", "type", "ifb",
                              check=False)
        if probe.returncode:
            self.skipTest(f"this kernel has no IFB: {probe.stderr.strip()}")
        self.here.ip("link", "del", "probe")

    def add_link(self, name):
        peer = "peer" + name[-3:]
        self.here.ip("link", "add", name, "type", "veth", "peer", "name", peer)
        for each in (name, peer):
            self.here.ip("link", "set", each, "up")

    def ingress(self, interface):
        return "ingress" in self.here.run("tc", "qdisc", "show", "dev",
                                          interface).stdout

    def test_clear_leaves_the_ingress_of_others(self):
        self.require_ifb()
        # If names were only cut, both would have the same IFB name.
        ours, theirs = "enp0s31f6.100", "enp0s31f6.101"
        for name in (ours, theirs):
            self.add_link(name)
        self.here.run("tc", "qdisc", "add", "dev", theirs, "ingress")
        self.here.ip("link", "add", "nti-other", "type", "veth", "peer",
                     "name", "nti-peer")
        with self.enforced("--qos-ingress", interface=ours) as ntm:
            self.wait_enforced(ntm)
            self.assertTrue(self.ingress(ours))
            ntm.stop(signal.SIGKILL, -signal.SIGKILL)
        said = self.qos("clear")
        self.assertIn(f"{ours}: inbound traffic is no longer shaped", said)
        self.assertNotIn(theirs, said)
        self.assertFalse(self.ingress(ours))
        self.assertTrue(self.ingress(theirs))
        links = self.here.ip("link").stdout
        self.assertNotIn("nti-enp", links)
        self.assertIn("nti-other", links)

    def test_two_links_of_long_names_are_shaped_by_two_devices(self):
        self.require_ifb()
        names = ("enp0s31f6.100", "enp0s31f6.101")
        for name in names:
            self.add_link(name)
        with self.enforced("--qos-ingress", interface=names[0]) as first:
            self.wait_enforced(first)
            with self.enforced("--qos-ingress", interface=names[1],
                               port=8001) as second:
                self.wait_enforced(second)
                self.assertEqual(
                    self.here.ip("link").stdout.count(": nti-"), 2)
            self.assertTrue(self.ingress(names[0]))
            self.assertFalse(self.ingress(names[1]))

    def test_a_failed_removal_is_reported_and_the_rest_is_removed(self):
        self.require_ifb()
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            self.skipTest("there is no C compiler (package gcc)")
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        library = pathlib.Path(folder.name, "keeps_queues.so")
        subprocess.run([compiler, "-shared", "-fPIC", "-x", "c", "-o", library,
                        "-"], input=KEEPS_QUEUES.encode(), check=True,
                       timeout=60)
        library.chmod(0o755)
        with self.enforced("--qos-ingress",
                           env={"LD_PRELOAD": str(library)}) as ntm:
            self.wait_enforced(ntm)
            self.assertIn("nti-va", self.here.ip("link").stdout)
            ntm.stop()
            said = ntm.stderr()
        self.assertIn("retry with `ntm qos clear`", said)
        self.assertNotIn("queues removed", said)
        self.assertEqual(self.roots(), [OURS])
        self.assertNotIn("nti-va", self.here.ip("link").stdout)
        self.assertFalse(self.ingress("va"))
        self.qos("clear")
        self.assertNotIn(OURS, self.roots())

    def test_queues_of_another_tool_stay(self):
        self.here.run("tc", "qdisc", "add", "dev", "va", "root", "handle",
                      "7:", "htb")
        with self.enforced() as ntm:
            ntm_process.poll(lambda: "--qos-replace" in ntm.stderr(),
                             what="the remedy")
            self.assertEqual(self.wait_enforced(ntm, 0).sum(
                "ntm_module_up", module="qos"), 1)
        self.assertEqual(self.roots(), ["7:"])
        with self.enforced("--qos-replace") as ntm:
            self.wait_enforced(ntm)
            self.assertEqual(self.roots(), [OURS])

    def test_queues_come_back_with_their_interface(self):
        with self.enforced() as ntm:
            self.wait_enforced(ntm)
            self.here.ip("link", "del", "va")
            self.wait_enforced(ntm, 0)
            self.pair.join()
            self.wait_enforced(ntm)
            self.assertEqual(self.roots(), [OURS])

    def test_thousand_rules_leave_no_more_classes(self):
        with self.enforced("--token-file", self.tokens) as ntm:
            self.wait_enforced(ntm)
            before = len(self.classes())
            # Setting rules changes the kernel, so it needs a token.
            self.assertIn(self.set_rule(ntm, "wrong", traffic_type="video",
                                        priority=1), (401, 403))
            for turn in range(1000):
                self.assertEqual(200, self.set_rule(
                    ntm, traffic_type="video", max_bandwidth=21 + turn % 50,
                    priority=turn % 4))
            self.assertEqual(len(self.classes()), before)

    def test_rules_reach_the_queues(self):
        with self.enforced("--token-file", self.tokens) as ntm:
            self.wait_enforced(ntm)
            self.set_rule(ntm, traffic_type="voice", max_bandwidth=33)

            def is_there():
                return any("ceil 33Mbit" in line for line in self.classes())
            ntm_process.poll(is_there, 20, "the new ceiling")

    def test_dry_run_prints_commands_that_tc_accepts(self):
        with self.ntm(*FLAGS, "--qos-enforce", "--qos-dry-run") as ntm:
            ntm_process.poll(lambda: b"flowid" in ntm.stdout())
            self.assertNotIn(OURS, self.roots())
        # Complete once ntm has ended.
        commands = ntm.stdout().decode().splitlines()
        for command in commands:
            words = shlex.split(command.replace("fq_codel", "pfifo"))
            if shutil.which(words[0]):
                self.here.run(*words)
        self.assertEqual(self.roots(), [OURS])
        self.assertEqual(len(self.classes()), 6)

    def test_without_the_right_the_rest_works(self):
        before = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-all"]
        probe = subprocess.run([*before, "true"], check=False)
        if probe.returncode:
            self.skipTest("setpriv cannot drop rights here (package util-linux)")
        with self.enforced(before=before) as ntm:
            ntm_process.poll(lambda: "CAP_NET_ADMIN" in ntm.stderr(),
                             what="the remedy")
            self.assertEqual(ntm.scrape().sum("ntm_module_up", module="qos"), 1)
        self.assertNotIn(OURS, self.roots())
