"""--qos-enforce gives packets the DSCP of their class's rule, by nftables."""

import contextlib
import json
import pathlib
import shlex
import shutil
import signal
import socket
import struct
import sys

import netns
import ntm_process
from live import LiveCase

RULES = ("video=1/50/3/34", "voice=1/50/3/46", "file=1/50/1/10",
         "background=0/50/0/0")
FLAGS = ("--no-database", "--max-bandwidth", "100M",
         *(word for rule in RULES for word in ("--qos-rule", rule)))
TABLE = "ntm_qos_va"
TOKEN = "0123456789abcdef0123456789abcdef"
ETH_P_ALL = 3


class Tap:
    """What arrives at the other end: {(version, protocol, source port,
    destination port): the last TOS or traffic class}."""

    def __init__(self, space, interface):
        self.socket = space.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                   socket.htons(ETH_P_ALL))
        self.socket.bind((interface, 0))
        self.socket.setblocking(False)
        self.seen = {}

    def read(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                self._take(self.socket.recv(65535))
        return self.seen

    def _take(self, frame):
        packet = frame[14:]
        ethertype = int.from_bytes(frame[12:14], "big")
        if ethertype == 0x0800:
            size, protocol, tos = (packet[0] & 15) * 4, packet[9], packet[1]
            self.last_checksum = packet[:size]
        elif ethertype == 0x86DD:
            size, protocol = 40, packet[6]
            tos = (packet[0] & 15) << 4 | packet[1] >> 4
        else:
            return
        if protocol in (socket.IPPROTO_TCP, socket.IPPROTO_UDP):
            ports = struct.unpack("!HH", packet[size:size + 4])
            self.seen[(packet[0] >> 4, protocol, *ports)] = tos


def is_sound(header):
    words = struct.unpack(f"!{len(header) // 2}H", header)
    total = sum(words)
    return (total & 0xffff) + (total >> 16) == 0xffff


class LiveQosMarksTest(LiveCase):
    ipv6 = True

    def setUp(self):
        super().setUp()
        if shutil.which("nft") is None:
            self.skipTest("there is no nft (package nftables)")
        for command in ("tc qdisc add dev va root htb",
                        "tc qdisc del dev va root",
                        "nft add table netdev probe",
                        "nft add chain netdev probe out { type filter hook "
                        "egress device va priority 0 ; }",
                        "nft delete table netdev probe"):
            made = self.here.run(*command.split(), check=False)
            if made.returncode:
                self.skipTest(f"this kernel cannot {command}: {made.stderr}")
        self.here.run("nft", "add", "table", "netdev", "another")
        self.tap = Tap(self.there, "vb")
        self.addCleanup(self.tap.socket.close)

    @contextlib.contextmanager
    def marking(self, *flags):
        with self.ntm(*FLAGS, "--qos-enforce", *flags) as ntm:
            self.wait_marked(ntm)
            yield ntm

    def wait_marked(self, ntm, value=1):
        def says_so(scrape):
            return (scrape.samples.get("ntm_qos_marked")
                    and scrape.sum("ntm_qos_enforced") == 1
                    and scrape.sum("ntm_qos_marked") == value)
        return ntm.wait_for(says_so, f"ntm_qos_marked {value}")

    def tables(self):
        lines = self.here.run("nft", "list", "tables").stdout.split("\n")
        return sorted(line.split()[-1] for line in lines if line)

    def listed(self):
        """The table of ntm as printed by nft, without its owner."""
        lines = self.here.run("nft", "-nn", "list", "table", "netdev",
                              TABLE).stdout.splitlines()
        return [line for line in lines[1:]
                if line and "flags owner" not in line]

    def send_udp(self, version, port, tos=0, source=0, options=b""):
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        there = netns.THERE_IP if version == 4 else netns.THERE_IP6
        with self.here.socket(family, socket.SOCK_DGRAM) as sender:
            if version == 4:
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
                if options:
                    sender.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
                                      options)
            else:
                sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, tos)
            if source:
                sender.bind(("", source))
            sender.sendto(b"x" * 100, (there, port))

    def arrived(self, version, protocol, source=None, destination=None):
        """The TOS of a received packet like this."""
        def found():
            return [tos for key, tos in self.tap.read().items()
                    if key[:2] == (version, protocol)
                    and source in (None, key[2])
                    and destination in (None, key[3])]
        return ntm_process.poll(found, what=f"a packet to {destination}")[-1]

    def test_packets_get_the_dscp_of_their_class(self):
        with self.marking():
            for version in (4, 6):
                for port, dscp in ((5004, 34), (16384, 46), (443, 10)):
                    self.send_udp(version, port)
                    self.assertEqual(self.arrived(
                        version, socket.IPPROTO_UDP, destination=port),
                        dscp << 2, (version, port))
                    self.assertEqual(self.tcp(version, port),
                                     (dscp << 2, 0), (version, port))
            self.assertTrue(is_sound(self.tap.last_checksum))

    def tcp(self, version, port):
        """The TOS in both directions of a connection made from here."""
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        there = netns.THERE_IP if version == 4 else netns.THERE_IP6
        back = Tap(self.here, "va")
        with contextlib.closing(back.socket), self.there.socket(
                family, socket.SOCK_STREAM) as server, self.here.socket(
                    family, socket.SOCK_STREAM) as client:
            server.bind((there, port))
            server.listen()
            client.settimeout(ntm_process.BOUND)
            client.connect((there, port))
            client.sendall(b"x" * 3000)
            own = client.getsockname()[1]
            key = (version, socket.IPPROTO_TCP, port, own)
            return (self.arrived(version, socket.IPPROTO_TCP, own, port),
                    ntm_process.poll(lambda: key in back.read() and [
                        back.seen[key]], what="an answer")[0])

    def test_server_here_is_marked_by_its_own_port(self):
        with self.marking():
            self.send_udp(4, 40000, source=5004)
            self.assertEqual(self.arrived(4, socket.IPPROTO_UDP, 5004, 40000),
                             34 << 2)
            # If both ports have a class, the lower one decides.
            self.send_udp(4, 5004, source=443)
            self.assertEqual(self.arrived(4, socket.IPPROTO_UDP, 443, 5004),
                             10 << 2)

    def test_other_packets_and_congestion_bits_stay_as_they_are(self):
        with self.marking():
            for version in (4, 6):
                self.send_udp(version, 40001, tos=26 << 2 | 1)
                self.assertEqual(self.arrived(version, socket.IPPROTO_UDP,
                                              destination=40001), 26 << 2 | 1)
                self.send_udp(version, 5004, tos=26 << 2 | 1)
                self.assertEqual(self.arrived(version, socket.IPPROTO_UDP,
                                              destination=5004), 34 << 2 | 1)
                # DSCP 0 in a rule is set too.
                self.send_udp(version, 53, tos=26 << 2)
                self.assertEqual(self.arrived(version, socket.IPPROTO_UDP,
                                              destination=53), 0)

    def test_ports_behind_options_are_found(self):
        with self.marking() as ntm:
            for _ in range(10):
                self.send_udp(4, 5004, options=b"\x01" * 4)
            self.assertEqual(self.arrived(4, socket.IPPROTO_UDP,
                                          destination=5004), 34 << 2)
            ntm.wait_for(lambda scrape: scrape.sum(
                "ntm_qdisc_class_packets_total", **{"class": "video"}) >= 10,
                "packets of the class's queue")

    def test_new_rule_marks_at_once(self):
        with ntm_process.open_folder() as folder:
            tokens = pathlib.Path(folder, "tokens")
            tokens.write_text(TOKEN + "\n", encoding="ascii")
            with self.marking("--token-file", tokens) as ntm:
                answer = ntm.fetch(
                    "/qos/rule", method="POST",
                    body=json.dumps({"traffic_type": "voice", "dscp": 40}),
                    headers={"Authorization": f"Bearer {TOKEN}"})
                self.assertEqual(answer.status, 200)

                def is_marked():
                    self.send_udp(4, 16384)
                    return self.arrived(4, socket.IPPROTO_UDP,
                                        destination=16384) == 40 << 2
                ntm_process.poll(is_marked, 20, "the new DSCP", interval=0.2)

    def test_only_queues_of_ntm_are_removed_at_the_end(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            with self.marking() as ntm:
                self.assertEqual(self.tables(), ["another", TABLE])
                self.assertIn(TABLE, self.here.run(
                    str(ntm_process.BINARY), "qos", "status").stdout)
                if how == signal.SIGKILL:
                    ntm.stop(how, -how)
            self.assertEqual(self.tables(), ["another"])
            self.send_udp(4, 5004)
            self.assertEqual(self.arrived(4, socket.IPPROTO_UDP,
                                          destination=5004), 0)

    def test_marks_come_back_with_their_interface(self):
        with self.marking() as ntm:
            self.here.ip("link", "del", "va")
            ntm.wait_for(lambda scrape: scrape.sum("ntm_qos_marked") == 0,
                         "no marks")
            self.assertEqual(self.tables(), ["another"])
            self.pair.join()
            self.wait_marked(ntm)
            self.assertEqual(self.tables(), ["another", TABLE])

    def dry_run(self, *flags):
        with self.ntm(*FLAGS, "--qos-dry-run", *flags) as ntm:
            ntm_process.poll(lambda: b"goto class_other" in ntm.stdout())
        # Complete once ntm has ended.
        lines = ntm.stdout().decode().splitlines()
        return [shlex.split(line) for line in lines if line[:4] == "nft "]

    def test_table_is_the_one_that_a_dry_run_prints(self):
        for flags in ((), ("--classify", "dscp,port", "--class",
                           "game=dscp26+27015-27030")):
            commands = self.dry_run(*flags)
            self.assertEqual(self.tables(), ["another"])
            for command in commands:
                self.here.run(*command)
            wanted = self.listed()
            self.assertGreater(len(wanted), 50)
            # Replaces a table of the same name.
            with self.marking(*flags):
                self.assertEqual(self.listed(), wanted)
            self.assertEqual(self.tables(), ["another"])

    def test_clear_removes_a_table_and_leaves_others(self):
        for command in self.dry_run():
            self.here.run(*command)
        self.assertEqual(self.tables(), ["another", TABLE])
        said = self.here.run(str(ntm_process.BINARY), "qos", "clear").stdout
        self.assertIn(f"netdev {TABLE}: table removed", said)
        self.assertEqual(self.tables(), ["another"])

    def test_queues_work_where_packets_cannot_be_marked(self):
        script = pathlib.Path(__file__).parent / "without_netlink.py"
        with self.ntm(*FLAGS, "--qos-enforce",
                      before=[sys.executable, str(script), "--netfilter"]
                      ) as ntm:
            self.wait_marked(ntm, 0)
            ntm_process.poll(lambda: "packets are not marked" in ntm.stderr(),
                             what="the log line")
            self.send_udp(4, 5004)
            ntm.wait_for(lambda scrape: scrape.sum(
                "ntm_qdisc_class_packets_total", **{"class": "video"}) >= 1,
                "packets of the class's queue")
            self.assertEqual(ntm.stderr().count("packets are not marked"), 1)
