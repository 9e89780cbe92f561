"""Handshakes and retransmissions of real TCP connections over a wire that delays and
loses packets, against the kernels of both ends and against the packets themselves."""

import concurrent.futures
import contextlib
import socket
import struct
import subprocess

import acceptor
import netns
import ntm_process
import pcap_files
import relay
from files import FileCase

CLIENT, NEAR, FAR, SERVER = ("10.20.0.1", "10.20.0.254", "10.30.0.254",
                             "10.30.0.1")
PORT, CONNECTIONS, BYTES = 8080, 24, 150_000
ONE_WAY_S, LOSS = 0.02, 0.02
BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
          0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SYN, ACK = 2, 16


def retransmitted(space):
    """TcpRetransSegs of a namespace."""
    lines = [line.split() for line in
             space.run("cat", "/proc/net/snmp").stdout.splitlines()
             if line.startswith("Tcp:")]
    return int(dict(zip(*lines))["RetransSegs"])


def answer(peer):
    peer.recv(10)
    peer.sendall(b"x" * BYTES)


def handshakes(path):
    """Seconds from SYN to SYN/ACK of each handshake whose SYN was sent once until
    then."""
    begun, took, repeated = {}, {}, set()
    for time_ns, packet in pcap_files.read_times(path):
        words = (packet[0] & 15) * 4
        ports = struct.unpack("!HH", packet[words:words + 4])
        flags = packet[words + 13] & (SYN | ACK)
        client = max(ports)
        if flags == SYN:
            if client in begun and client not in took:
                repeated.add(client)
            begun.setdefault(client, time_ns)
        elif flags == SYN | ACK:
            took.setdefault(client, (time_ns - begun[client]) / 1e9)
    return [took[client] for client in took if client not in repeated]


class LiveTcpHealthTest(FileCase):
    def setUp(self):
        super().setUp()
        netns.require()
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.client, self.here, self.server = (
            stack.enter_context(netns.Namespace()) for _ in range(3))
        # What is lost between client and ntm has passed ntm, or comes again.
        stack.enter_context(relay.Relay(self.client, "c0", self.here, "h0",
                                        loss=LOSS))
        stack.enter_context(relay.Relay(self.here, "h1", self.server, "s0",
                                        delay_s=ONE_WAY_S, seed=2))
        for space, name, own, peer in (
                (self.client, "c0", CLIENT, NEAR),
                (self.here, "h0", NEAR, CLIENT),
                (self.here, "h1", FAR, SERVER),
                (self.server, "s0", SERVER, FAR)):
            space.ip("addr", "add", own, "peer", peer, "dev", name)
        self.client.ip("route", "add", "default", "dev", "c0")
        self.server.ip("route", "add", "default", "dev", "s0")
        self.here.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        stack.enter_context(
            acceptor.Acceptor(self.server, (SERVER, PORT), answer))

    def download(self, _):
        with self.client.socket(socket.AF_INET, socket.SOCK_STREAM) as peer:
            peer.settimeout(60 * ntm_process.PATIENCE)
            peer.connect((SERVER, PORT))
            peer.sendall(b"get")
            got = 0
            while data := peer.recv(65536):
                got += len(data)
        return got

    def test_handshakes_and_retransmissions_of_a_real_network(self):
        captured = self.folder / "h0.pcap"
        with contextlib.ExitStack() as stack:
            dump = stack.enter_context(subprocess.Popen(
                [*self.here.prefix(), "tcpdump", "-i", "h0", "-s", "100",
                 "--immediate-mode", "--time-stamp-precision", "nano", "-U",
                 "-w", str(captured), "tcp"],
                stderr=subprocess.PIPE, text=True))
            stack.callback(dump.terminate)
            self.assertTrue(any("listening on" in line
                                for line in dump.stderr))
            ntm = stack.enter_context(ntm_process.Ntm(
                "-i", "h0", "--local-net", "10.20.0.0/24",
                namespace=self.here)).wait_ready()
            with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
                got = list(pool.map(self.download, range(CONNECTIONS)))
            self.assertEqual(got, [BYTES] * CONNECTIONS)
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_tcp_connections_total",
                                          outcome="established")
                == CONNECTIONS, "all connections")
            self.check_retransmissions(ntm)
        self.check_handshakes(scrape, handshakes(captured))

    def check_retransmissions(self, ntm):
        """What the ends sent again has passed ntm, but for the client's part that
        was lost before."""
        sent = {"local": retransmitted(self.client),
                "remote": retransmitted(self.server)}
        self.assertGreater(sent["remote"], 20)

        def agrees(scrape):
            found = {by: scrape.sum("ntm_tcp_retransmitted_segments_total",
                                    by=by) for by in sent}
            return (abs(found["remote"] - sent["remote"])
                    <= 0.1 * sent["remote"]
                    and found["local"] <= sent["local"])
        ntm.wait_for(agrees, f"the retransmissions {sent}")

    def check_handshakes(self, scrape, took):
        self.assertGreater(len(took), CONNECTIONS / 2)
        labels = {"service": "http-alt", "toward": "remote"}
        self.assertEqual(scrape.sum("ntm_tcp_handshake_seconds_count",
                                    **labels), len(took))
        self.assertAlmostEqual(
            scrape.sum("ntm_tcp_handshake_seconds_sum", **labels), sum(took),
            delta=1e-5 * len(took))
        self.assertGreaterEqual(min(took), 2 * ONE_WAY_S)
        for bound in BOUNDS:
            counted = scrape.sum("ntm_tcp_handshake_seconds_bucket",
                                 le=f"{bound:g}", **labels)
            self.assertLessEqual(
                sum(time <= bound - 1e-5 for time in took), counted)
            self.assertGreaterEqual(
                sum(time <= bound + 1e-5 for time in took), counted)
