"""Names of servers from handshakes on live interfaces: two clients call one
address by two names."""

import contextlib
import json
import pathlib
import re
import shutil
import ssl
import subprocess
import unittest

import pytest

import browser
import exposition
import frames
import handshakes
import netns
import ntm_process
import tls
from live import LiveCase
from ntm_process import poll

pytestmark = pytest.mark.races

HERE, THERE = netns.HERE_IP, netns.THERE_IP
PHONE, TABLET = THERE, "10.9.0.3"
CDN, CDN6 = "198.51.100.7", "2001:db8::7"
SHOP, NEWS = "www.shop.example.com", "www.news.example.net"


def infos(scrape):
    return {dict(labels)["ip"]: (dict(labels)["name"], dict(labels)["source"])
            for labels in scrape.samples.get("ntm_host_info", {})
            if dict(labels)["name"]}


class LiveHandshakesCase(LiveCase):
    ipv6 = True

    def setUp(self):
        super().setUp()
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.folder = stack.enter_context(ntm_process.open_folder())
        self.certificate = tls.Certificate(self.folder, "server.example")
        # The servers are behind our machine, the clients beyond the wire.
        self.here.ip("addr", "add", f"{CDN}/32", "dev", "lo")
        self.here.ip("addr", "add", f"{CDN6}/128", "dev", "lo", "nodad")
        self.there.ip("addr", "add", f"{TABLET}/24", "dev", "vb")
        self.here.ip("neigh", "replace", TABLET, "lladdr", netns.THERE_MAC,
                     "dev", "va")
        self.there.ip("route", "add", "198.51.100.0/24", "via", HERE)
        self.there.ip("-6", "route", "add", "2001:db8::/64", "via",
                      netns.HERE_IP6)

    def hearing(self, *arguments, **how):
        return self.ntm("--hosts-file", "/dev/null",
                        *(arguments or ("--names-from-tls",)), **how)

    def serving(self, address=CDN):
        return handshakes.Server(self.here, address,
                                 handshakes.tls(self.certificate))

    def flows(self, ntm, path="/api/flows"):
        answer = ntm.fetch(path)
        if answer.status != 200:
            return []
        json_answer = json.loads(answer.text)
        return (json_answer["flows"] if "flows" in json_answer else
                json_answer["traffic-update"]["active_flows"])

    def names_of(self, ntm, client, server=CDN, path="/api/flows"):
        """The names of the server in this client's flows, both ways."""
        flows = self.flows(ntm, path)
        return {name for flow in flows for name in (
            flow.get("dst_name") if (flow["src"], flow["dst"]) ==
            (client, server) else None,
            flow.get("src_name") if (flow["dst"], flow["src"]) ==
            (client, server) else None) if name}

    def wait_for_name(self, ntm, client, name, server=CDN, talk=None):
        def is_there():
            if talk:
                talk()
            self.last = self.names_of(ntm, client, server)
            return self.last == {name}
        try:
            poll(is_there, 2 * ntm_process.BOUND, name, 0.2)
        except AssertionError as error:
            raise AssertionError(f"{self.last}: {error}") from None

    def ended(self, ntm, protocol, result):
        return ntm.scrape().value("ntm_names_handshakes_total",
                                  protocol=protocol, result=result)


class LiveHandshakesTest(LiveHandshakesCase):
    def test_each_client_has_its_own_name_of_a_shared_address(self):
        with self.serving(), self.hearing() as ntm:
            handshakes.connect(self.there, PHONE, CDN, SHOP)
            self.wait_for_name(ntm, PHONE, "example.com")
            handshakes.connect(self.there, TABLET, CDN, NEWS)
            self.wait_for_name(ntm, TABLET, "example.net")
            self.wait_for_name(ntm, PHONE, "example.com")
            scrape = ntm.scrape()
            # One name per address, and labels are addresses.
            self.assertEqual(infos(scrape), {CDN: ("example.net", "tls")})
            self.assertIn((PHONE, CDN, "tcp", "https"), scrape.flows())
            exposition.assert_sums_hold(scrape)
            self.assertEqual(self.ended(ntm, "tls", "named"), 2)
            # It asked nobody.
            self.assertNotIn("ntm_names_asked_total", scrape.text)
            self.assertFalse([flow for flow in scrape.flows()
                              if "domain" in flow])

    def test_resolve_hears_handshakes_and_keeps_whole_names_if_asked(self):
        for versions in ((ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
                         (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)):
            with self.subTest(versions), self.serving(CDN6), self.hearing(
                    "--fqdn", "--resolve-rate", "0") as ntm:
                handshakes.connect(self.there, netns.THERE_IP6, CDN6, SHOP,
                                   versions)
                self.wait_for_name(ntm, netns.THERE_IP6, SHOP, CDN6)

    def test_openssl_is_heard(self):
        if shutil.which("openssl") is None:
            raise unittest.SkipTest("there is no `openssl` (package openssl)")
        with self.serving(), self.hearing() as ntm:
            self.there.run("sh", "-c", (
                f"echo hello | openssl s_client -connect {CDN}:443 -bind "
                f"{TABLET} -servername {NEWS} -quiet -verify_quiet "
                "-no_ign_eof"))
            self.wait_for_name(ntm, TABLET, "example.net")

    def test_the_live_answers_have_the_clients_names(self):
        with self.serving(), self.hearing() as ntm:
            def talk():
                handshakes.connect(self.there, PHONE, CDN, SHOP)
                handshakes.connect(self.there, TABLET, CDN, NEWS)
            self.wait_for_name(ntm, PHONE, "example.com", talk=talk)

            def of_live(client):
                return self.names_of(ntm, client, path="/api/live")

            def both():
                talk()
                return (of_live(PHONE), of_live(TABLET)) == (
                    {"example.com"}, {"example.net"})
            poll(both, 2 * ntm_process.BOUND, "both names", 0.2)

            # Chosen by its client, the remote host has that client's name.
            def chosen():
                talk()
                live = json.loads(ntm.fetch(
                    f"/api/live?host={PHONE}").text)["traffic-update"]
                return {host["name"]: host.get("host_name")
                        for host in live["remote_hosts"]} == {
                            CDN: "example.com"}
            poll(chosen, 2 * ntm_process.BOUND, "the chosen name", 0.2)

    def test_top_shows_the_clients_names(self):
        with self.serving(), self.hearing() as ntm:
            def both():
                handshakes.connect(self.there, PHONE, CDN, SHOP)
                handshakes.connect(self.there, TABLET, CDN, NEWS)
                told = self.here.run(
                    ntm_process.BINARY, "top", "--once", "--url",
                    f"http://127.0.0.1:{ntm.port}").stdout
                ends = {tuple(re.split(r"\s{2,}", line)[:2])
                        for line in told.splitlines()}
                return {(PHONE, "example.com"), (TABLET, "example.net"),
                        ("example.com", PHONE), ("example.net", TABLET)} <= ends
            poll(both, 2 * ntm_process.BOUND, "the names", 0.2)

    def test_the_page_shows_the_clients_names(self):
        browser.require()
        with self.serving(), self.hearing() as ntm, browser.Browser(
                self.here) as page:
            page.open(f"http://127.0.0.1:{ntm.port}/")
            page.evaluate("() => document.querySelector('#flows')"
                          ".scrollIntoView({behavior: 'instant'})")

            def both():
                handshakes.connect(self.there, PHONE, CDN, SHOP)
                handshakes.connect(self.there, TABLET, CDN, NEWS)
                ends = page.evaluate(
                    "() => [...document.querySelectorAll('#flows tbody tr')]"
                    ".map((row) => [...row.querySelectorAll('button')]"
                    ".slice(0, 2).map((b) => [b.textContent, b.title]))")
                return ([[PHONE, ""], ["example.com", CDN]] in ends and
                        [["example.net", CDN], [TABLET, ""]] in ends)
            poll(both, 2 * ntm_process.BOUND, "the names", 0.5)
            self.assertEqual(page.faults(), [])

    def test_a_hello_in_two_segments_has_its_name(self):
        whole = handshakes.client_hello(SHOP, 1700)
        with handshakes.Server(self.here, CDN, handshakes.made()), \
                self.hearing() as ntm:
            handshakes.send(self.there, PHONE, CDN, [whole[:1200],
                                                     whole[1200:]])
            self.wait_for_name(ntm, PHONE, "example.com")

    def test_a_name_without_an_answer_is_not_believed(self):
        alert = b"\x15\3\3\0\2\2\x70"
        with handshakes.Server(self.here, CDN, handshakes.made(alert)), \
                self.serving(CDN6), self.hearing() as ntm:
            handshakes.send(self.there, PHONE, CDN,
                            [handshakes.client_hello("evil.example")])
            handshakes.connect(self.there, netns.THERE_IP6, CDN6, SHOP)
            self.wait_for_name(ntm, netns.THERE_IP6, "example.com", CDN6)
            self.assertEqual(self.names_of(ntm, PHONE), set())
            self.assertEqual(set(infos(ntm.scrape())), {CDN6})

    def test_names_that_no_host_can_have_are_refused(self):
        with handshakes.Server(self.here, CDN, handshakes.made()), \
                self.hearing() as ntm:
            for name in ('x"} 1\nntm_evil{a="', "<script>", "10.0.0.1", "a..b"):
                handshakes.send(self.there, PHONE, CDN,
                                [handshakes.client_hello(name)])
            scrape = ntm.wait_for(lambda s: s.sum("ntm_names_refused_total")
                                  == 4, "four refusals")
            self.assertEqual(infos(scrape), {})
            self.assertNotIn("ntm_evil{", scrape.text)

    def test_aliases_have_no_names_of_handshakes(self):
        key = pathlib.Path(self.folder, "key")
        key.write_bytes(bytes(32))
        key.chmod(0o600)
        with self.serving(), self.hearing(
                "--names-from-tls", "--anonymize", "--anonymize-key",
                key) as ntm:
            handshakes.connect(self.there, PHONE, CDN, SHOP)
            scrape = ntm.wait_for(
                lambda s: s.sum("ntm_packets_total", service="https") >= 8,
                "the flows")
            self.assertNotIn("ntm_names", scrape.text)
            self.assertNotIn("example", scrape.text)
            self.assertNotIn("example", json.dumps(self.flows(ntm)))

    def test_the_name_of_a_handshake_chooses_the_class(self):
        key = pathlib.Path(self.folder, "key")
        key.write_bytes(bytes(32))
        key.chmod(0o600)
        aliases = ("--anonymize", "--anonymize-key", key)
        for more in ((), aliases):
            with self.subTest(more), self.serving(), self.hearing(
                    "--names-from-tls", "--class",
                    "video=*.shop.example.com", *more) as ntm:
                def is_video():
                    handshakes.connect(self.there, PHONE, CDN, SHOP)
                    return ntm.scrape().sum("ntm_class_bytes_total",
                                            **{"class": "video"}) > 0
                poll(is_video, 2 * ntm_process.BOUND, "video", 0.2)
                scrape = ntm.scrape()
                exposition.assert_sums_hold(scrape)
                self.assertEqual(scrape.value("ntm_class_servers"), 1)
                self.assertNotIn("shop", scrape.text if more else "")

    def test_a_flood_of_hellos_costs_no_packet(self):
        hello = handshakes.client_hello("flood.example")
        flood = [frames.tcp_frame(PHONE, CDN, 1024 + i, 443, hello,
                                  dst_mac=netns.HERE_MAC)
                 for i in range(5000)]
        with self.hearing("--names-from-tls", "dst port 443") as ntm:
            self.there.send_frames("vb", flood)
            scrape = ntm.wait_for(
                lambda s: s.sum("ntm_packets_total", dst=CDN) >= 5000, "all")
            self.assertEqual(scrape.sum("ntm_capture_dropped_packets_total"),
                             0)

            def all_told():
                s = ntm.scrape()
                self.last = (
                    s.sum("ntm_names_handshakes_total", protocol="tls"),
                    s.value("ntm_names_lost_frames_total", tap="handshakes"))
                # Those that wait now have not ended.
                return 5000 - 512 <= sum(self.last) <= 5000
            try:
                poll(all_told, 2 * ntm_process.BOUND, "their ends", 0.5)
            except AssertionError as error:
                raise AssertionError(f"{self.last}: {error}") from None
            self.assertEqual(infos(ntm.scrape()), {})


class OracleTest(LiveHandshakesCase):
    """What Wireshark finds in a capture of real handshakes, ntm finds as well."""

    def recorded(self, talk):
        """The file with what passes during talk()."""
        path = pathlib.Path(self.folder, "handshakes.pcap")
        command = [*self.here.prefix(), "tcpdump", "-U", "-i", "va", "-w",
                   str(path), "-Z", "root", "--immediate-mode"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as tcpdump:
            try:
                line = tcpdump.stderr.readline()
                while line and "listening" not in line:
                    line = tcpdump.stderr.readline()
                talk()
                # A last packet that is in the file only after all others.
                self.there.ping(HERE, 1)
                poll(lambda: b"\x10\x11\x12\x13\x14" in path.read_bytes(),
                     what="the ping in the file")
            finally:
                tcpdump.terminate()
        path.chmod(0o644)
        return path

    def test_the_names_are_those_that_wireshark_finds(self):
        for program in ("tcpdump", "tshark"):
            if shutil.which(program) is None:
                raise unittest.SkipTest(f"there is no `{program}`")

        def talk():
            for number in range(20):
                client = (PHONE, TABLET)[number % 2]
                handshakes.connect(self.there, client, CDN,
                                   f"site{number}.example.com")
            handshakes.connect(self.there, PHONE, CDN, None)
            handshakes.connect(self.there, netns.THERE_IP6, CDN6, SHOP)
        with self.serving(), self.serving(CDN6):
            path = self.recorded(talk)
        field = "tls.handshake.extensions_server_name"
        told = subprocess.run(
            ["tshark", "-r", path, "-Y", "tls.handshake.type == 1", "-T",
             "fields", "-e", field], check=True, capture_output=True, text=True,
            timeout=60).stdout
        names = [line for line in told.split("\n")[:-1]]
        self.assertEqual(len(names), 22, told)
        scrape = ntm_process.read_file(path, "--names-from-tls", "--fqdn",
                                       "--resolve-rate", "0", "--hosts-file",
                                       "/dev/null")
        self.assertEqual(
            [scrape.value("ntm_names_handshakes_total", protocol="tls",
                          result=result) for result in ("named", "no_name")],
            [sum(map(bool, names)), names.count("")])
        # More than eight names of one address: their common domain.
        self.assertEqual(infos(scrape), {CDN: ("example.com", "tls"),
                                         CDN6: (names[-1], "tls")})


class LiveQuicTest(LiveHandshakesCase):
    def setUp(self):
        super().setUp()
        # The file that `ip netns exec` mounts over /etc/hosts.
        folder = pathlib.Path("/etc/netns", self.there.name)
        folder.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, folder)
        (folder / "hosts").write_text(f"{CDN} {SHOP}\n", encoding="ascii")

    def check(self, *server_options):
        with handshakes.quic_server(self.here, CDN, self.certificate,
                                    *server_options), self.hearing() as ntm:
            handshakes.connect_quic(self.there, SHOP)
            self.wait_for_name(ntm, PHONE, "example.com")
            self.assertEqual(infos(ntm.scrape()), {CDN: ("example.com",
                                                         "tls")})
            return self.ended(ntm, "quic", "named")

    def test_a_quic_handshake_names_its_server(self):
        self.assertEqual(self.check(), 1)

    def test_a_quic_handshake_with_a_retry_names_its_server(self):
        self.assertEqual(self.check("--validate-addr"), 1)
