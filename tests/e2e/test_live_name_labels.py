"""Names that stand in src and dst: what a server, a lease or the wire says
replaces the address from then on, and not a byte is lost."""

import socket

import dns
import exposition
import frames
import netns
import ntm_process
from live import LiveCase

HERE, THERE = netns.HERE_IP, netns.THERE_IP
CDN, CDN2 = "198.51.100.7", "198.51.100.8"


class LiveNameLabelsTest(LiveCase):
    def named(self, server, *arguments):
        return self.ntm("--dns-server", server.address, "--hosts-file",
                        "/dev/null", "--resolve-rate", "1000",
                        "--names-in-labels", *arguments, "udp port 443")

    def server(self, behave):
        return dns.Server(behave, self.here.socket(socket.AF_INET,
                                                   socket.SOCK_DGRAM))

    def send(self, *sources):
        self.there.send_frames("vb", [
            frames.udp_frame(source, HERE, 443, 40000,
                             dst_mac=netns.HERE_MAC) for source in sources])

    def until_named(self, ntm, sources, names):
        """Sends until every source has its name; returns the scrape."""
        sent, last = 0, None

        def all_named():
            nonlocal sent, last
            self.send(*sources)
            sent += len(sources)
            last = ntm.wait_for(
                lambda s: s.sum("ntm_capture_packets_total") >= sent, "all")
            exposition.assert_sums_hold(last)
            return last.label_values("ntm_bytes_total", "src") == names

        ntm_process.poll(all_named, what=f"the names {names}")
        return last

    def test_names_stand_in_labels_once_they_are_known(self):
        names = dns.names({CDN: "a.b.example.com", THERE: "peer.lan"})
        with self.server(names) as server, self.named(server) as ntm:
            scrape = self.until_named(ntm, (CDN, THERE, CDN2),
                                      {"example.com", "peer.lan", CDN2})
            # Traffic from before the names were known is not included.
            self.assertEqual(scrape.sum("ntm_evicted_series_total"), 2)
            infos = {dict(labels)["ip"]: dict(labels)["name"]
                     for labels in scrape.samples["ntm_host_info"]
                     if dict(labels)["name"]}
            self.assertEqual(infos,
                             {CDN: "example.com", THERE: "peer.lan"})

    def test_fqdn_puts_whole_names_into_labels(self):
        names = dns.names({CDN: "a.b.example.com"})
        with self.server(names) as server, self.named(server, "-f") as ntm:
            self.until_named(ntm, (CDN,), {"a.b.example.com"})

    def test_addresses_of_one_name_are_one_series(self):
        names = dns.names({CDN: "a.example.com", CDN2: "b.example.com"})
        with self.server(names) as server, self.named(server) as ntm:
            scrape = self.until_named(ntm, (CDN, CDN2), {"example.com"})
            before = scrape.sum("ntm_packets_total")
            self.send(CDN, CDN2)
            ntm.wait_for(lambda s: s.sum("ntm_packets_total") == before + 2,
                         "both in one series")

    def test_a_dead_server_leaves_addresses_in_labels(self):
        with self.server(dns.silent) as server, self.named(server) as ntm:
            for round_number in range(1, 4):
                self.send(*[CDN, CDN2] * 100)
                scrape = ntm.wait_for(
                    lambda s: s.sum("ntm_packets_total") == 200 * round_number,
                    "all packets")
            self.assertEqual(scrape.label_values("ntm_bytes_total", "src"),
                             {CDN, CDN2})
            self.assertEqual(scrape.sum("ntm_capture_dropped_packets_total"), 0)
