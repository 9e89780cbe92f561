"""Real sockets over a veth pair, counted to the packet and the byte."""

import socket
import threading

import exposition
import netns
from live import LiveCase

HERE, THERE = netns.HERE_IP, netns.THERE_IP


def receive_all(connection):
    size = 0
    while piece := connection.recv(65536):
        size += len(piece)
    return size


def answer_all(peer, size):
    peer.sendall(b"a" * size)
    peer.shutdown(socket.SHUT_WR)


class LiveTrafficTest(LiveCase):
    def exchange(self, port, request, answer):
        """A TCP conversation: sends a request and gets an answer."""
        with self.there.socket() as server, self.here.socket() as client:
            for endpoint in (server, client):
                endpoint.settimeout(10)
            server.bind((THERE, port))
            server.listen()
            client.connect((THERE, port))
            peer = server.accept()[0]
            with peer:
                client.sendall(b"r" * request)
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(receive_all(peer), request)
                # More than the buffers hold, so the other side must read.
                answering = threading.Thread(
                    target=answer_all, args=(peer, answer))
                answering.start()
                self.assertEqual(receive_all(client), answer)
                answering.join()

    def ip_bytes(self, moved, way):
        return moved[f"{way}_bytes"] - 14 * moved[f"{way}_packets"]

    def check_exchange(self, scrape, ledger, service):
        moved, flows = ledger.moved(), scrape.flows()
        self.assertEqual(
            flows[HERE, THERE, "tcp", service],
            (moved["tx_packets"], self.ip_bytes(moved, "tx")))
        self.assertEqual(
            flows[THERE, HERE, "tcp", service],
            (moved["rx_packets"], self.ip_bytes(moved, "rx")))
        exposition.assert_sums_hold(scrape)

    def test_tcp_exchange_is_two_series(self):
        with self.ntm() as ntm:
            ledger = self.ledger(ntm)
            self.exchange(80, request=1000, answer=3000)
            scrape = ledger.settle(least_packets=8)
            self.check_exchange(scrape, ledger, "http")
            self.assertEqual(len(scrape.flows()), 2)

    def test_tcp_bulk_with_offloads_is_exact(self):
        with self.ntm() as ntm:
            ledger = self.ledger(ntm)
            self.exchange(443, request=10, answer=4_000_000)
            scrape = ledger.settle(least_packets=8)
            self.check_exchange(scrape, ledger, "https")
            ntm.wait_for(  # the tick that reads the MTU
                lambda scrape: scrape.sum("ntm_capture_superpackets_total",
                                          interface="va") > 0, "superpackets")

    def test_udp_datagrams_are_exact(self):
        sizes = [1, 100, 1472, 1473, 4000]  # the last two are fragmented
        with self.ntm() as ntm, self.there.socket(
                socket.AF_INET, socket.SOCK_DGRAM) as server, self.here.socket(
                socket.AF_INET, socket.SOCK_DGRAM) as client:
            server.bind((THERE, 53))
            ledger = self.ledger(ntm)
            for size in sizes:
                client.sendto(b"u" * size, (THERE, 53))
            scrape = ledger.settle(least_packets=3 + 2 + 3)
            self.assertEqual(
                scrape.flows(),
                {(HERE, THERE, "udp", "domain"):
                    (8, sum(size + 8 for size in sizes) + 20 * 8)})

    def test_ping_is_two_icmp_series(self):
        with self.ntm() as ntm:
            ledger = self.ledger(ntm)
            self.here.ping(THERE, count=3)
            scrape = ledger.settle(least_packets=6)
            self.assertEqual(scrape.flows(), {
                (HERE, THERE, "icmp", ""): (3, 3 * 84),
                (THERE, HERE, "icmp", ""): (3, 3 * 84)})

    def test_count_ends_a_live_run(self):
        with self.ntm("--count", "4") as ntm:
            self.here.ping(THERE, count=3)
            self.assertEqual(ntm.process.wait(10), 0, ntm.stderr())


class LiveIpv6Test(LiveCase):
    ipv6 = True

    def test_ipv6_is_exact(self):
        here, there = netns.HERE_IP6, netns.THERE_IP6
        with self.ntm() as ntm, self.there.socket(
                socket.AF_INET6, socket.SOCK_DGRAM) as server, self.here.socket(
                socket.AF_INET6, socket.SOCK_DGRAM) as client:
            server.bind((there, 53))
            ledger = self.ledger(ntm)
            self.here.ping(there, count=3)
            client.sendto(b"u" * 100, (there, 53))
            client.sendto(b"u" * 3000, (there, 53))
            scrape = ledger.settle(least_packets=6 + 1 + 3)
            flows = scrape.flows()
            self.assertEqual(flows[here, there, "icmp6", ""][0], 3)
            self.assertEqual(flows[there, here, "icmp6", ""],
                             (3, 3 * (40 + 8 + 56)))
            self.assertEqual(flows[here, there, "udp", "domain"],
                             (4, 40 + 108 + 3008 + 3 * (40 + 8)))
