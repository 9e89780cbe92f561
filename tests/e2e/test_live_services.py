"""Services without a name, with real packets: their ports' numbers."""

import socket

import exposition
import frames
import netns
from live import LiveCase

HERE, THERE = netns.HERE_IP, netns.THERE_IP
SERVER = "198.51.100.7"
NAMED = 512  # numbers at a time
SCANNED = range(1, 32768, 5)


def is_number(service):
    return service.isdecimal()


class LiveServicesTest(LiveCase):
    def exchange(self, port, kind=socket.SOCK_STREAM):
        """A question to the port and an answer from it."""
        with self.there.socket(socket.AF_INET, kind) as server, \
                self.here.socket(socket.AF_INET, kind) as client:
            for endpoint in (server, client):
                endpoint.settimeout(10)
            server.bind((THERE, port))
            if kind == socket.SOCK_DGRAM:
                client.sendto(b"question", (THERE, port))
                server.sendto(b"answer", server.recvfrom(100)[1])
                self.assertEqual(client.recv(100), b"answer")
                return
            server.listen()
            client.connect((THERE, port))
            with server.accept()[0] as peer:
                client.sendall(b"question")
                self.assertEqual(peer.recv(100), b"question")

    def wait_for_services(self, ntm, expected):
        def is_there(scrape):
            exposition.assert_sums_hold(scrape)
            self.last = {key[:2] + key[3:] for key in scrape.flows()
                         if key[2] in ("tcp", "udp")}
            return self.last == expected
        try:
            ntm.wait_for(is_there, f"{expected}")
        except AssertionError as error:
            raise AssertionError(f"{self.last}: {error}") from None

    def both_ways(self, service):
        return {(HERE, THERE, service), (THERE, HERE, service)}

    def test_a_service_without_a_name_is_its_port(self):
        with self.ntm() as ntm:
            self.exchange(7077)
            self.wait_for_services(ntm, self.both_ways("7077"))
            self.exchange(7078, socket.SOCK_DGRAM)
            self.exchange(53, socket.SOCK_DGRAM)
            self.wait_for_services(
                ntm, self.both_ways("7077") | self.both_ways("7078") |
                self.both_ways("domain"))

    def test_a_service_of_two_ephemeral_ports_is_empty(self):
        with self.ntm() as ntm:
            self.exchange(40077, socket.SOCK_DGRAM)
            self.wait_for_services(ntm, self.both_ways(""))

    def test_unknown_service_empty_names_no_number(self):
        with self.ntm("--unknown-service", "empty") as ntm:
            self.exchange(7077)
            self.wait_for_services(ntm, self.both_ways(""))
            self.exchange(53, socket.SOCK_DGRAM)
            self.wait_for_services(
                ntm, self.both_ways("") | self.both_ways("domain"))

    def scan(self):
        self.there.send_frames("vb", [
            frames.tcp_frame(SERVER, HERE, 50000, port, flags=0x02,
                             dst_mac=netns.HERE_MAC) for port in SCANNED])

    def visit(self, port, count):
        self.there.send_frames("vb", [
            frames.udp_frame(SERVER, HERE, 50000, port, b"x" * 100,
                             dst_mac=netns.HERE_MAC) for _ in range(count)])

    def check_scan(self, *arguments):
        with self.ntm("--buffer-size", "64MiB", *arguments) as ntm:
            self.visit(7077, 1)
            # Else a second thread may give all names to the scan before.
            ntm.wait_for(lambda s: s.sum("ntm_packets_total", service="7077")
                         == 1, "the first visit")
            self.scan()
            self.visit(7077, 1)
            self.visit(7078, 30)
            scrape = ntm.wait_for(
                lambda s: s.sum("ntm_packets_total") >= len(SCANNED) + 32,
                "the scan")
            exposition.assert_sums_hold(scrape)
            numbers = {name for name in
                       scrape.label_values("ntm_bytes_total", "service")
                       if is_number(name)}
            self.assertLessEqual(len(numbers), NAMED)
            self.assertGreaterEqual(len(numbers), NAMED // 2)
            # What was named before goes on; what is busy gets its name.
            self.assertEqual(scrape.sum("ntm_packets_total", service="7077"), 2)
            self.assertGreater(
                scrape.sum("ntm_packets_total", service="7078"), 0)
            # One flow has the rest, two with two threads that count it.
            self.assertGreater(scrape.sum(
                "ntm_packets_total", src=SERVER, dst=HERE, proto="tcp",
                service="other"), len(SCANNED) / 2)
            self.assertLess(len(scrape.flows()), NAMED + 50)

    def test_a_port_scan_takes_a_bounded_number_of_names(self):
        self.check_scan()

    def test_threads_share_the_names_of_ports(self):
        self.check_scan("--capture-threads", "2")

    def test_names_of_ports_are_free_again_after_a_scan(self):
        with self.ntm("--buffer-size", "64MiB", "--idle-timeout", "3s") as ntm:
            self.scan()
            ntm.wait_for(lambda s: s.sum("ntm_evicted_packets_total") >=
                         len(SCANNED), "the end of the scan's flows")

            def is_named(scrape):
                self.visit(7079, 1)
                return scrape.sum("ntm_packets_total", service="7079") > 0
            scrape = ntm.wait_for(is_named, "a new name")
            # From the first packet on.
            self.assertEqual(
                scrape.label_values("ntm_bytes_total", "service"), {"7079"})
            exposition.assert_sums_hold(scrape)
