"""Names on live interfaces: whoever answers, and however badly, the packets
are counted as ever."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import tempfile

import pytest

import dns
import exposition
import frames
import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

HERE, THERE = netns.HERE_IP, netns.THERE_IP
CDN = "198.51.100.7"


def infos(scrape):
    return {dict(labels)["ip"]: (dict(labels)["name"], dict(labels)["source"])
            for labels in scrape.samples.get("ntm_host_info", {})
            if dict(labels)["name"]}


class LiveNamesTest(LiveCase):
    def named(self, server, *arguments):
        return self.ntm("--dns-server", server.address, "--hosts-file",
                        "/dev/null", "--resolve-rate", "1000", *arguments)

    def server(self, behave):
        return dns.Server(behave, self.here.socket(socket.AF_INET,
                                                   socket.SOCK_DGRAM))

    def burst(self, count):
        """Packets of `count` hosts to one of ours, each once."""
        self.there.send_frames("vb", [frames.udp_frame(
            f"198.51.{100 + i // 250}.{1 + i % 250}", HERE, 40000, 9,
            dst_mac=netns.HERE_MAC) for i in range(count)])

    def check_all_counted(self, behave):
        with self.server(behave) as server, self.named(
                server, "--resolve", "udp dst port 9") as ntm:
            for round_number in range(1, 6):
                self.burst(500)
                scrape = ntm.wait_for(
                    lambda s: s.sum("ntm_packets_total", service="discard")
                    >= 500 * round_number, "all packets")
                self.assertEqual(
                    scrape.sum("ntm_capture_dropped_packets_total"), 0)
                self.assertEqual(scrape.sum("ntm_packets_total"),
                                 500 * round_number)
                exposition.assert_sums_hold(scrape)
            # Every line is an address: there is no name.
            self.assertEqual(len(scrape.flows()), 500)
            ntm.wait_for(lambda s: s.sum("ntm_names_asked_total") > 0,
                         "a question that is over")
            return infos(ntm.scrape())

    def test_live_hosts_get_their_names(self):
        with self.server(dns.names({THERE: "peer.lan", CDN: "x.fbcdn.net"})
                         ) as server, self.named(server, "--resolve") as ntm:
            self.there.send_frames("vb", [
                frames.udp_frame(CDN, HERE, 443, 40000,
                                 dst_mac=netns.HERE_MAC),
                frames.udp_frame(THERE, HERE, 443, 40000,
                                 dst_mac=netns.HERE_MAC)])
            scrape = ntm.wait_for(lambda s: len(infos(s)) == 2, "two names")
            self.assertEqual(infos(scrape), {CDN: ("fbcdn.net", "ptr"),
                                             THERE: ("peer.lan", "ptr")})
            self.assertIn((CDN, HERE, "udp", "https"), scrape.flows())

    def test_dead_server_costs_no_packet(self):
        self.assertEqual(self.check_all_counted(dns.silent), {})

    def test_hostile_server_costs_no_packet(self):
        def hostile(asked):
            name = dns.asked_name(asked)
            evil = dns.record(name, dns.PTR,
                              dns.encoded([b'x"} 1\nntm_evil{a="']))
            return [b"", b"\xff" * 60000, dns.response(asked, ident=0),
                    dns.response(asked, [evil] * 1000)]
        self.assertEqual(self.check_all_counted(hostile), {})

    def test_answers_on_a_live_interface_are_captured(self):
        def there(message, **ports):
            return frames.udp_frame(THERE, HERE, ports["src"], ports["dst"],
                                    message, dst_mac=netns.HERE_MAC)

        with self.server(dns.silent) as server, self.named(
                server, "--resolve", "--resolve-rate", "0") as ntm:
            ask = there(dns.query("video.example.com", ident=7),
                        src=50000, dst=53)
            answer = frames.udp_frame(
                HERE, THERE, 53, 50000,
                dns.response(dns.query("video.example.com", ident=7),
                             [dns.address_record("video.example.com", CDN)]),
                src_mac=netns.HERE_MAC, dst_mac=netns.THERE_MAC)
            unasked = there(dns.response(
                dns.query("evil.example", ident=9),
                [dns.address_record("evil.example", "198.51.100.8")]),
                src=53, dst=50000)
            self.there.send_frames("vb", [ask, unasked])
            self.here.send_frames("va", [answer])
            self.there.send_frames("vb", [
                frames.udp_frame(source, HERE, 443, 40000,
                                 dst_mac=netns.HERE_MAC)
                for source in (CDN, "198.51.100.8")])
            scrape = ntm.wait_for(lambda s: CDN in infos(s), "the name")
            self.assertEqual(infos(scrape), {CDN: ("example.com", "dns")})

    def test_the_dns_tap_survives_its_interface(self):
        with self.server(dns.silent) as server, self.named(
                server, "--resolve", "--resolve-rate", "0") as ntm:
            self.here.ip("link", "del", "va")
            ntm.wait_for(lambda s: s.value("ntm_capture_up",
                                           interface="va") == 0, "down")
            self.pair.join()
            ntm.wait_ready()
            query = dns.query("video.example.com", ident=7)
            answer = dns.response(query, [dns.address_record(
                "video.example.com", CDN)])

            def heard():
                self.there.send_frames("vb", [
                    frames.udp_frame(THERE, HERE, 50000, 53, query,
                                     dst_mac=netns.HERE_MAC),
                    frames.udp_frame(CDN, HERE, 443, 40000,
                                     dst_mac=netns.HERE_MAC)])
                self.here.send_frames("va", [frames.udp_frame(
                    HERE, THERE, 53, 50000, answer, src_mac=netns.HERE_MAC,
                    dst_mac=netns.THERE_MAC)])
                return CDN in infos(ntm.scrape())
            ntm_process.poll(heard, 2 * ntm_process.BOUND, "the name", 0.2)

    def test_system_servers_are_followed(self):
        # The file that `ip netns exec` mounts over /etc/resolv.conf.
        folder = pathlib.Path("/etc/netns", self.here.name)
        folder.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, folder)
        servers = folder / "resolv.conf"
        servers.write_text("nameserver 127.0.0.9\n", encoding="ascii")
        hosts = [f"198.51.100.{number}" for number in range(1, 250)]
        with dns.Server(
                dns.names({host: "a.example.com" for host in hosts}),
                self.here.socket(socket.AF_INET, socket.SOCK_DGRAM),
                port=53) as server, self.ntm(
                    "--hosts-file", "/dev/null", "--resolve", "--resolve-rate",
                    "1000") as ntm:
            fresh = iter(hosts)

            def seen(question):
                def asked():
                    self.there.send_frames("vb", [frames.udp_frame(
                        next(fresh), HERE, 443, 40000,
                        dst_mac=netns.HERE_MAC)])
                    return question(ntm.scrape())
                ntm_process.poll(asked, 2 * ntm_process.BOUND, "it", 0.25)
            seen(lambda s: s.value("ntm_names_asked_total", result="failed"))
            self.assertEqual(server.asked, [])
            servers.write_text("nameserver 127.0.0.1\n", encoding="ascii")
            seen(infos)

    def test_it_stops_at_once_while_queries_are_pending(self):
        # No database, so that the time of disk writes has no effect.
        with self.server(dns.silent) as server, self.named(
                server, "--resolve", "--no-database") as ntm:
            self.burst(200)
            ntm_process.poll(lambda: server.asked, what="a question")
            self.assertLess(ntm.stop(), 1 * ntm_process.PATIENCE)

class LinkLocalServerTest(LiveCase):
    """The resolv.conf of hosts behind an IPv6-only router."""
    ipv6 = True
    router = "fe80::53"

    @contextlib.contextmanager
    def server(self):
        self.there.ip("addr", "add", f"{self.router}/64", "dev", "vb", "nodad")
        index = json.loads(self.there.ip(
            "-j", "link", "show", "dev", "vb").stdout)[0]["ifindex"]
        self.here.ip("neigh", "replace", self.router, "lladdr",
                     netns.THERE_MAC, "dev", "va")
        self.there.ip("neigh", "replace", self.own(), "lladdr",
                      netns.HERE_MAC, "dev", "vb")
        with dns.Server(
                dns.names({HERE: "mine.example.com"}),
                self.there.socket(socket.AF_INET6, socket.SOCK_DGRAM),
                bound=(self.router, 53, 0, index)) as server:
            yield server

    def own(self):
        def address():
            for each in json.loads(self.here.ip(
                    "-j", "-6", "addr", "show", "dev", "va").stdout)[0].get(
                        "addr_info", []):
                if each["scope"] == "link" and not each.get("tentative"):
                    return each["local"]
            return None
        return ntm_process.poll(address, 30, "a link-local address")

    def named(self, ntm):
        self.there.send_frames("vb", [frames.udp_frame(
            THERE, HERE, 40000, 9, dst_mac=netns.HERE_MAC)])
        ntm.wait_for(lambda s: infos(s).get(HERE, ("",))[0] ==
                     "mine.example.com", "the name", 30)

    @contextlib.contextmanager
    def resolv_conf(self, server):
        """Starts a program whose system has only this name server."""
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(f"nameserver {server}\n")
            file.flush()
            os.chmod(file.name, 0o644)
            script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
            yield ["unshare", "-m", "sh", "-c", script, file.name]

    def test_a_link_local_server_is_asked(self):
        with self.server(), self.ntm(
                "--resolve", "--hosts-file", "/dev/null", "--dns-server",
                f"{self.router}%va") as ntm:
            self.named(ntm)

    def test_a_link_local_server_of_the_system_is_asked(self):
        with self.resolv_conf(f"{self.router}%va") as before, \
                self.server(), self.ntm(
                    "--resolve", "--hosts-file", "/dev/null",
                    before=before) as ntm:
            self.named(ntm)

    def test_a_system_without_a_usable_dns_server_is_reported(self):
        with self.resolv_conf(self.router) as before, \
                self.ntm("--resolve", before=before) as ntm:
            self.assertIn("has no usable DNS server, only "
                          "fe80::53", ntm.stderr())
