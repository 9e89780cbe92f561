"""A stream over port 443 counts in the class of its server's name, once an answer
with that name was on the wire."""

import json
import socket

import pytest

import acceptor
import dns
import exposition
import frames
import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

HERE, THERE = netns.HERE_IP, netns.THERE_IP
SECOND, RESOLVER = "10.9.0.9", "10.9.0.53"
WEB, TELEPHONE = 443, 5060
SIZE = 20000


class LiveClassesTest(LiveCase):
    def setUp(self):
        super().setUp()
        self.here.ip("addr", "add", f"{SECOND}/24", "dev", "va")
        self.there.ip("neigh", "replace", SECOND, "lladdr", netns.HERE_MAC,
                      "dev", "vb")
        for port in (WEB, TELEPHONE):
            server = acceptor.Acceptor(self.there, (THERE, port), self.serve)
            self.addCleanup(server.close)

    @staticmethod
    def serve(peer):
        """Sends SIZE bytes for one that it gets."""
        peer.recv(1)
        peer.sendall(b"x" * SIZE)

    def stream(self, client, port=WEB):
        with self.here.socket(socket.AF_INET, socket.SOCK_STREAM) as end:
            end.settimeout(30)
            end.bind((client, 0))
            end.connect((THERE, port))
            end.sendall(b"x")
            got = 0
            while piece := end.recv(65536):
                got += len(piece)
        self.assertEqual(got, SIZE)

    def tell(self, client, name):
        """The client asks a resolver over there, and gets THERE."""
        asked = dns.query(name, ident=7)
        self.here.send_frames("va", [frames.udp_frame(
            client, RESOLVER, 50000, 53, asked, src_mac=netns.HERE_MAC,
            dst_mac=netns.THERE_MAC)])
        self.there.send_frames("vb", [frames.udp_frame(
            RESOLVER, client, 53, 50000,
            dns.response(asked, [dns.address_record(name, THERE)]),
            src_mac=netns.THERE_MAC, dst_mac=netns.HERE_MAC)])

    def bytes_of(self, scrape, name, **labels):
        return scrape.sum("ntm_class_bytes_total", **labels, **{"class": name})

    def grown(self, ntm, name, client, port=WEB):
        """A scrape after a stream of this client grew the class by SIZE."""
        before = self.bytes_of(ntm.scrape(), name)

        def streamed():
            self.stream(client, port)
            scrape = ntm.scrape()
            exposition.assert_sums_hold(scrape)
            self.assertEqual(scrape.sum("ntm_class_bytes_total"),
                             scrape.sum("ntm_capture_bytes_total"))
            return self.bytes_of(scrape, name) >= before + SIZE and scrape
        return ntm_process.poll(streamed, what=f"{name} of {client}")

    def test_a_stream_is_in_the_class_of_its_servers_domain(self):
        with self.ntm("--resolve", "--resolve-rate", "0", "--hosts-file",
                      "/dev/null", "--local-net", f"{HERE},{SECOND}",
                      "--class", "video=*.video.example") as ntm:
            scrape = self.grown(ntm, "file", HERE)
            self.assertEqual(self.bytes_of(scrape, "video"), 0)
            self.assertEqual(scrape.value("ntm_class_servers"), 0)

            self.tell(HERE, "r1.Video.Example")
            scrape = self.grown(ntm, "video", HERE)
            self.assertEqual(scrape.value("ntm_class_servers"), 1)
            # From now on all of it, in both directions, whatever the port.
            web = self.bytes_of(scrape, "file")
            scrape = self.grown(ntm, "video", HERE, TELEPHONE)
            self.assertEqual(self.bytes_of(scrape, "voice"), 0)
            self.assertEqual(self.bytes_of(scrape, "file"), web)
            self.assertGreater(
                self.bytes_of(scrape, "video", direction="in"), 2 * SIZE)
            self.assertGreater(
                self.bytes_of(scrape, "video", direction="out"), 0)

            # Another name of the address: who asked for it stays out.
            self.tell(SECOND, "www.example.org")
            self.grown(ntm, "file", SECOND)
            scrape = self.grown(ntm, "video", HERE, TELEPHONE)
            self.assertEqual(self.bytes_of(scrape, "voice"), 0)

            self.check_page(ntm)

            # The newest name of a client decides.
            self.tell(HERE, "www.example.org")
            scrape = self.grown(ntm, "voice", HERE, TELEPHONE)
            self.assertEqual(scrape.value("ntm_class_servers"), 0)

    def check_page(self, ntm):
        def same():
            self.stream(HERE)
            scrape = ntm.scrape()
            live = json.loads(ntm.fetch("/api/live").text)
            flows = live["traffic-update"]["active_flows"]
            return (live["traffic-by-type"]["video"]["bytes_total"] ==
                    self.bytes_of(scrape, "video")
                    and any(flow["class"] == "video" and flow["src"] == THERE
                            and flow["dst"] == HERE for flow in flows))
        ntm_process.poll(same, what="the class on the page", interval=1.5)
