"""Names of hosts: ntm_host_info from a DNS server of our own, good or evil,
from files, and from DNS answers in the capture itself."""

import contextlib
import os
import pathlib
import re
import time

import dns
import frames
import handshakes
import ntm_process
from files import FileCase

LOCAL = "192.168.0.10"
CDN, BRITISH, NAMELESS = "198.51.100.7", "198.51.100.8", "198.51.100.9"
REMOTE6 = "2001:db8::7"
NAMES = {
    LOCAL: "laptop.lan.example.org",
    CDN: "edge-7.xx.fbcdn.net",
    BRITISH: "mail.example.co.uk",
    REMOTE6: "www.six.example.com",
}


def traffic(remotes=(CDN, BRITISH, NAMELESS)):
    made = [frames.tcp_frame(LOCAL, remote, 40000, 443) for remote in remotes]
    return [*made, frames.tcp_frame("2001:db8::1", REMOTE6, 40000, 443)]


def infos(scrape):
    """{ip: (name, source)}; every sample is 1 and every ip has one."""
    found = {}
    for labels, value in scrape.samples.get("ntm_host_info", {}).items():
        labels = dict(labels)
        assert value == 1 and labels["ip"] not in found, labels
        found[labels["ip"]] = (labels["name"], labels["source"])
    return found


class NamesCase(FileCase):
    @contextlib.contextmanager
    def ntm(self, behave, *arguments, captured=None):
        """ntm serving a capture, asking a server that behaves like this."""
        path = self.capture(captured or traffic())
        hosts = self.write("hosts", "127.0.0.1 localhost\n")
        with dns.Server(behave) as server, ntm_process.Ntm(
                "-r", path, "--serve", "--dns-server", server.address,
                "--hosts-file", hosts, "--resolve-rate", "1000",
                *arguments) as ntm:
            ntm.server = server
            yield ntm.wait_ready()

    def settled(self, ntm, asked):
        """A scrape that started after this many queries had completed."""
        ntm.wait_for(
            lambda scrape: scrape.sum("ntm_names_asked_total") >= asked,
            f"{asked} answers")
        # The previous scrape may have read the names earlier.
        return ntm.scrape()


class NamesTest(NamesCase):
    def test_names_are_registrable_domains(self):
        with self.ntm(dns.names(NAMES), "--resolve") as ntm:
            self.assertEqual(infos(self.settled(ntm, 6)), {
                LOCAL: ("laptop.lan.example.org", "ptr"),  # local: whole
                CDN: ("fbcdn.net", "ptr"),
                BRITISH: ("example.co.uk", "ptr"),
                REMOTE6: ("example.com", "ptr"),
            })

    def test_fqdn_keeps_names_whole(self):
        for flag in ("-f", "--fqdn"):
            with self.subTest(flag), self.ntm(dns.names(NAMES), flag) as ntm:
                self.assertEqual(
                    infos(self.settled(ntm, 6)),
                    {ip: (name, "ptr") for ip, name in NAMES.items()})

    def test_names_do_not_change_series(self):
        path = self.capture(traffic())
        plain = ntm_process.read_file(path).flows()
        with self.ntm(dns.names(NAMES), "--resolve") as ntm:
            scrape = self.settled(ntm, 6)
            self.assertEqual(scrape.flows(), plain)
            self.assertIn((LOCAL, NAMELESS, "tcp", "https"), scrape.flows())

    def test_answers_are_kept(self):
        with self.ntm(dns.names(NAMES), "--resolve") as ntm:
            self.settled(ntm, 6)
            for _ in range(20):
                ntm.scrape()
            self.assertEqual(len(ntm.server.asked), 6)
            self.assertEqual(len(set(ntm.server.asked)), 6)

    def test_without_resolve_no_query_is_sent(self):
        with self.ntm(dns.names(NAMES)) as ntm:
            for _ in range(5):
                text = ntm.scrape().text
            self.assertEqual(ntm.server.asked, [])
            self.assertNotIn("ntm_host_info", text)
            self.assertNotIn("ntm_names", text)

    def test_aliases_have_no_names_and_are_not_looked_up(self):
        leases = self.write("leases", f"0 02:00:00:00:00:0a {LOCAL} phone *\n")
        key = self.write("key", bytes(32))
        key.chmod(0o600)
        with self.ntm(dns.names(NAMES), "-f", "--lease-file", leases,
                      "--anonymize", "--anonymize-key", key) as ntm:
            for _ in range(5):
                text = ntm.scrape().text
            self.assertEqual(ntm.server.asked, [])
            self.assertNotIn("ntm_host_info", text)
            self.assertNotIn("phone", text)

    def test_resolve_rate_zero_sends_no_query(self):
        with self.ntm(dns.names(NAMES), "--resolve",
                      "--resolve-rate", "0") as ntm:
            for _ in range(5):
                ntm.scrape()
            self.assertEqual(ntm.server.asked, [])

    def test_sources_have_ranks(self):
        leases = self.write("leases", (
            f"0 02:00:00:00:00:0a {LOCAL} phone *\n"
            f"0 02:00:00:00:00:0b {BRITISH} printer *\n"))
        hosts = self.write("own-hosts", f"{LOCAL} Desk # mine\n")
        with self.ntm(dns.names(NAMES), "--resolve", "--lease-file", leases,
                      "--hosts-file", hosts) as ntm:
            self.assertEqual(infos(self.settled(ntm, 4)), {
                LOCAL: ("desk", "static"),
                BRITISH: ("printer", "dhcp"),
                CDN: ("fbcdn.net", "ptr"),
                REMOTE6: ("example.com", "ptr"),
            })

    def test_printed_names_come_from_files_alone(self):
        leases = self.write("leases", (
            "lease 192.168.0.10 {\n  ends never;\n  binding state active;\n"
            "  client-hostname \"tablet\";\n}\n"))
        path = self.capture(traffic())
        hosts = self.write("hosts", "")
        scrape = ntm_process.read_file(path, "--lease-file", leases,
                                       "--hosts-file", hosts)
        self.assertEqual(infos(scrape), {LOCAL: ("tablet", "dhcp")})

    def test_wrong_name_options_are_refused(self):
        path = self.capture(traffic())
        line = self.refuses("-r", path, "--resolve", "--lease-file", "/none")
        self.assertIn("/none", line)
        line = self.refuses("-r", path, "--resolve", "--dns-server", "a b",
                            exit_code=2)
        self.assertIn("--dns-server", line)

    def test_captured_answers_name_the_queried_hosts(self):
        resolver = "192.168.0.1"

        def ask(name, ident):
            return frames.udp_frame(LOCAL, resolver, 50000, 53,
                                    dns.query(name, ident=ident))

        def answer(name, ident, *records, port=50000):
            return frames.udp_frame(
                resolver, LOCAL, 53, port,
                dns.response(dns.query(name, ident=ident), records))

        captured = [
            *traffic(),
            ask("Video.Cdn.Example.com", 7),
            answer("video.cdn.example.com", 7,
                   dns.record("video.cdn.example.com", dns.CNAME,
                              dns.encoded("edge.example.net")),
                   dns.address_record("edge.example.net", CDN)),
            # No query; a query with another id; from another port.
            answer("evil.example", 8, dns.address_record("evil.example",
                                                         BRITISH)),
            ask("late.example", 9),
            answer("late.example", 10, dns.address_record("late.example",
                                                          BRITISH)),
            answer("late.example", 9, dns.address_record("late.example",
                                                         BRITISH), port=50001),
            # An answer that contains another name too.
            ask("mine.example.net", 11),
            answer("mine.example.net", 11,
                   dns.address_record("bank.example", NAMELESS)),
        ]
        path = self.capture(captured)
        hosts = self.write("hosts", "")
        scrape = ntm_process.read_file(path, "--resolve", "--resolve-rate",
                                       "0", "--hosts-file", hosts)
        self.assertEqual(infos(scrape), {CDN: ("example.com", "dns")})
        # The filter applies to counting, not to the capture of DNS.
        scrape = ntm_process.read_file(path, "-f", "--resolve-rate", "0",
                                       "--hosts-file", hosts, "tcp")
        self.assertEqual(infos(scrape), {CDN: ("video.cdn.example.com",
                                               "dns")})


    def test_each_client_has_the_name_that_it_asked_for(self):
        resolver, other = "192.168.0.1", "192.168.0.11"

        def asked(client, name, ident):
            query = dns.query(name, ident=ident)
            return (frames.udp_frame(client, resolver, 50000, 53, query),
                    frames.udp_frame(resolver, client, 53, 50000, dns.response(
                        query, [dns.address_record(name, CDN)])))

        path = self.capture([
            *asked(LOCAL, "www.shop.example.com", 1),
            *asked(other, "www.news.example.net", 2),
            *(frames.tcp_frame(client, CDN, 40000, 443)
              for client in (LOCAL, other, "192.168.0.12"))])
        scrape = ntm_process.read_file(
            path, "--names-in-labels", "--resolve-rate", "0", "--hosts-file",
            self.write("hosts", ""))
        flows = {dict(labels)["src"]: dict(labels)["dst"]
                 for labels in scrape.samples["ntm_bytes_total"]
                 if dict(labels)["service"] == "https"}
        self.assertEqual(flows, {LOCAL: "example.com", other: "example.net",
                                 "192.168.0.12": "example.net"})
        self.assertEqual(infos(scrape), {CDN: ("example.net", "dns")})


    def test_captured_handshakes_name_the_servers(self):
        other = "192.168.0.11"

        def handshake(client, port, name, answer=handshakes.server_hello(),
                      cut=None, server=CDN):
            hello = handshakes.client_hello(name, 1500)
            cut = cut or len(hello)
            pieces = [(0, hello[:cut]), (cut, hello[cut:])]
            segments = [frames.eth(frames.ipv4(client, server, frames.TCP,
                        frames.tcp(port, 443, piece, 0x18, (client, server),
                                   1000 + at)))
                        for at, piece in pieces if piece]
            return [*segments, frames.tcp_frame(server, client, 443, port,
                                                answer)]

        path = self.capture([
            *handshake(LOCAL, 40000, "WWW.Shop.Example.com"),
            *handshake(other, 40000, "www.news.example.net", cut=1200),
            # An alert; a hello without a name; cut, and the rest is missing.
            *handshake(LOCAL, 40001, "evil.example", b"\x15\3\3\0\2\2\x70",
                       server=BRITISH),
            *handshake(LOCAL, 40002, "", server=BRITISH),
            *handshake(LOCAL, 40003, "late.example", cut=1200,
                       server=BRITISH)[::2],
        ])
        hosts = self.write("hosts", "")
        scrape = ntm_process.read_file(path, "--names-from-tls",
                                       "--hosts-file", hosts)
        self.assertEqual(infos(scrape), {CDN: ("example.net", "tls")})
        self.assertEqual(scrape.flows(), ntm_process.read_file(path).flows())

        def ended(result):
            return scrape.value("ntm_names_handshakes_total", protocol="tls",
                                result=result)
        self.assertEqual([ended(result) for result in
                          ("named", "no_name")], [2, 1])
        # In labels, each client's own, in full.
        scrape = ntm_process.read_file(
            path, "--names-in-labels", "-f", "--resolve-rate", "0",
            "--hosts-file", hosts)
        names = {(dict(labels)["src"], dict(labels)["dst"])
                 for labels in scrape.samples["ntm_bytes_total"]}
        self.assertLessEqual({(LOCAL, "www.shop.example.com"),
                              (other, "www.news.example.net")}, names)


class BadServerTest(NamesCase):
    """A bad server costs only its names."""

    def check_unharmed(self, ntm, scrape):
        self.assertEqual(scrape.flows(), ntm_process.read_file(
            self.folder / "capture.pcap").flows())

    def test_dead_server_leaves_addresses(self):
        with self.ntm(dns.silent, "--resolve") as ntm:
            began = time.monotonic()
            scrape = ntm.scrape()
            self.assertLess(time.monotonic() - began,
                            1 * ntm_process.PATIENCE)
            self.assertEqual(infos(scrape), {})
            self.check_unharmed(ntm, scrape)
            scrape = self.settled(ntm, 6)
            self.assertEqual(scrape.value("ntm_names_asked_total",
                                          result="failed"), 6)
            self.assertEqual(infos(scrape), {})
            self.check_unharmed(ntm, scrape)

    def test_closed_port_leaves_addresses(self):
        path = self.capture(traffic())
        hosts = self.write("hosts", "")
        server = f"127.0.0.1:{ntm_process.free_port()}"
        with ntm_process.Ntm("-r", path, "--serve", "--resolve",
                             "--hosts-file", hosts,
                             "--dns-server", server) as ntm:
            ntm.wait_ready()
            scrape = self.settled(ntm, 6)
            self.assertEqual(infos(scrape), {})
            self.check_unharmed(ntm, scrape)

    def test_slow_server_is_waited_for_in_the_background(self):
        good = dns.names(NAMES)

        def slow(asked):
            time.sleep(0.3)  # 1.8 s for all six
            return good(asked)

        with self.ntm(slow, "--resolve") as ntm:
            began = time.monotonic()
            self.assertEqual(infos(ntm.scrape()), {})
            ntm.scrape()
            self.assertLess(time.monotonic() - began,
                            1.5 * ntm_process.PATIENCE)
            self.assertEqual(len(infos(self.settled(ntm, 6))), 4)

    def hostile(self, behave, result):
        """No name results; all six queries end with `result`."""
        with self.ntm(behave, "-f") as ntm:
            ntm.scrape()
            scrape = self.settled(ntm, 6)
            self.assertEqual(infos(scrape), {}, scrape.text)
            self.assertEqual(scrape.value("ntm_names_asked_total",
                                          result=result), 6, scrape.text)
            self.check_unharmed(ntm, scrape)
            return scrape

    def pointing_at(self, labels):
        return lambda asked: [dns.response(asked, [dns.record(
            dns.asked_name(asked), dns.PTR, dns.encoded(labels))])]

    def test_names_that_no_host_can_have_are_refused(self):
        for reason, labels in (
                ("bad_character", [b'x"} 1\nntm_evil{a="', b"com"]),
                ("bad_character", [b"a\0b", b"com"]),
                ("bad_character", [b"a.b", b"com"]),
                ("bad_character", [b"<script>", b"com"]),
                ("bad_character", ["b\u00fccher".encode(), b"de"]),
                ("bad_character", [b"\xff\xfe", b"com"]),
                ("bad_character", [b"a\x1b[2Jb", b"com"]),
                ("bad_label", [b"-a", b"com"]),
                ("like_address", [b"8", b"8", b"8", b"8"]),
                ("reserved", [b"other"]),
                ("empty", [])):
            with self.subTest(labels):
                scrape = self.hostile(self.pointing_at(labels), "refused")
                self.assertEqual(scrape.value("ntm_names_refused_total",
                                              reason=reason), 6)
                self.assertNotIn("ntm_evil{", scrape.text)

    def test_names_longer_than_dns_allows_are_refused(self):
        for labels in ([b"a" * 60] * 5, [b"a" * 63] * 1000):
            with self.subTest(len(labels)):
                with self.ntm(self.pointing_at(labels), "-f") as ntm:
                    ntm.scrape()
                    scrape = self.settled(ntm, 6)
                    self.assertEqual(infos(scrape), {})
                    self.check_unharmed(ntm, scrape)

    def test_answers_with_a_wrong_id_are_ignored(self):
        def forged(asked):
            own = int.from_bytes(asked[:2], "big")
            name = dns.asked_name(asked)
            return [dns.response(
                asked, [dns.record(name, dns.PTR, dns.encoded("evil.example"))],
                ident=(own + step) % 65536) for step in range(1, 50)]
        self.hostile(forged, "failed")

    def test_answers_to_another_query_are_ignored(self):
        def other(asked):
            own = int.from_bytes(asked[:2], "big")
            name = dns.reverse("203.0.113.1")
            return [dns.response(
                dns.query(name, dns.PTR, own),
                [dns.record(name, dns.PTR, dns.encoded("evil.example"))])]
        self.hostile(other, "failed")

    def test_records_of_another_name_are_ignored(self):
        def other(asked):
            return [dns.response(asked, [dns.record(
                dns.reverse("203.0.113.1"), dns.PTR,
                dns.encoded("evil.example"))])]
        self.hostile(other, "no_name")

    def test_damaged_answers_do_no_harm(self):
        loop = b"\xc0\x0c"  # a name that points at the name in the question

        def damaged(asked):
            name = dns.asked_name(asked)
            whole = dns.response(asked, [dns.record(
                name, dns.PTR, dns.encoded("evil.example"))])
            at = len(whole) - len(dns.encoded("evil.example"))
            to_itself = bytes([0xC0 | at >> 8, at & 0xFF])
            head = whole[:at - 2]
            return [head + b"\0\2" + to_itself, whole[:-3], whole[:at + 1],
                    head + b"\xff\xff" + loop, b"", whole[:12],
                    whole[:3] + b"\x80" + whole[4:8] + b"\xff\xff" +
                    whole[10:at - 12]]
        with self.ntm(damaged, "-f") as ntm:
            ntm.scrape()
            scrape = self.settled(ntm, 6)
            self.assertNotIn("evil", scrape.text)
            self.check_unharmed(ntm, scrape)

    def test_answers_of_64_kib_do_no_harm(self):
        def huge(asked):
            name = dns.asked_name(asked)
            one = dns.record(name, dns.PTR, dns.encoded("a" * 60 + ".example"))
            return [dns.response(asked, [one] * (64000 // len(one)))]
        with self.ntm(huge, "-f") as ntm:
            before = self.resident_kib(ntm)
            scrape = self.settled(ntm, 6)
            self.check_unharmed(ntm, scrape)
            # Sanitizers delay the reuse of freed memory.
            if not os.environ.get("NTM_SLOW"):
                self.assertLess(self.resident_kib(ntm) - before, 8192)
            self.assertLessEqual(
                {name for name, _ in infos(scrape).values()},
                {"a" * 60 + ".example"})

    def resident_kib(self, ntm):
        status = pathlib.Path(f"/proc/{ntm.process.pid}/status").read_text(
            encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1))
