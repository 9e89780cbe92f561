"""Classes of traffic: ntm_class_* and ntm_dscp_bytes_total of a file, by port, DSCP
and domain."""

import dns
import exposition
import frames as f
import ntm_process
from files import FileCase

LAN, WEB = "192.168.0.10", "93.184.216.34"
HEAD = 20 + 8  # IPv4 and UDP
SENT = {"video": (5004, 1000, 7), "voice": (5060, 160, 11),
        "file": (443, 1200, 5), "background": (53, 60, 3),
        "other": (50000, 500, 2)}


def with_dscp(frame, dscp):
    """The frame with another DSCP in its IPv4 header, and the right checksum."""
    head = bytearray(frame[14:34])
    head[1] = dscp << 2
    head[10:12] = b"\0\0"
    head[10:12] = f.checksum(bytes(head)).to_bytes(2, "big")
    return frame[:14] + bytes(head) + frame[34:]


class ClassesTest(FileCase):
    def read(self, frames, *arguments):
        return ntm_process.read_file(self.capture(frames), *arguments)

    def test_class_bytes_equal_the_bytes_sent(self):
        scrape = self.read([
            f.udp_frame(LAN, WEB, 40000, port, b"x" * size)
            for port, size, count in SENT.values() for _ in range(count)])
        for name, (_, size, count) in SENT.items():
            self.assertEqual(scrape.sum("ntm_class_bytes_total",
                                        **{"class": name}),
                             count * (HEAD + size))
            self.assertEqual(scrape.sum("ntm_class_packets_total",
                                        **{"class": name}), count)
        self.assertEqual(scrape.sum("ntm_class_bytes_total"),
                         scrape.sum("ntm_capture_bytes_total"))

    def test_both_directions_have_the_same_class(self):
        scrape = self.read([f.udp_frame(LAN, WEB, 40000, 5060),
                            f.udp_frame(WEB, LAN, 5060, 40000)])
        for direction in ("out", "in"):
            self.assertEqual(scrape.value(
                "ntm_class_packets_total", interface="file",
                direction=direction, **{"class": "voice"}), 1)

    def test_class_sums_stay_exact_when_series_end(self):
        frames = [f.udp_frame(f"10.1.{n // 200}.{n % 200 + 1}", WEB, 40000,
                              5000 + n % 100) for n in range(1000)]
        scrape = self.read(frames, "--max-series", "16")
        self.assertEqual(scrape.sum("ntm_class_packets_total"), 1000)
        self.assertEqual(scrape.sum("ntm_class_bytes_total"),
                         scrape.sum("ntm_capture_bytes_total"))

    def test_classes_are_configurable(self):
        sent = [f.udp_frame(LAN, WEB, 40000, 27015),
                f.udp_frame(LAN, WEB, 40000, 443),
                f.udp_frame(LAN, WEB, 40000, 5060)]
        file = self.write("ntm.yaml", b"class: [game=27000-27030, other=443]\n")
        scrape = self.read(sent, "-c", file)
        counted = {name: scrape.sum("ntm_class_packets_total",
                                    **{"class": name})
                   for name in ("game", "other", "voice", "file")}
        self.assertEqual(counted, {"game": 1, "other": 1, "voice": 1,
                                   "file": 0})

    def test_dscp_is_counted_and_can_set_the_class(self):
        sent = [with_dscp(f.udp_frame(LAN, WEB, 40000, 443, b"x" * 72), 46),
                f.udp_frame(LAN, WEB, 40000, 443)]
        scrape = self.read(sent)
        self.assertEqual(scrape.value("ntm_dscp_bytes_total", dscp="46"),
                         HEAD + 72)
        self.assertEqual(scrape.value("ntm_dscp_bytes_total", dscp="0"), HEAD)
        self.assertEqual(scrape.sum("ntm_class_packets_total",
                                    **{"class": "file"}), 2)
        scrape = self.read(sent, "--classify", "dscp,port")
        for name in ("voice", "file"):
            self.assertEqual(scrape.sum("ntm_class_packets_total",
                                        **{"class": name}), 1)

    def test_wrong_classes_are_refused(self):
        path = self.capture([])
        for words in (["--class", "Game=1"], ["--class", "game=99999"],
                      ["--class", "game"], ["--class", "game=a.*.b"],
                      ["--class", "game=192.0.2.1"], ["--classify", "tos"]):
            result = ntm_process.run("-r", path, *words)
            self.assertEqual(result.returncode, 2, words)
            self.assertIn(words[0], result.stderr)


STREAM, STREAM6, SHARED = "198.51.100.7", "2001:db8::7", "198.51.100.8"
LAN6, SECOND, RESOLVER = "2001:db8:1::10", "192.168.0.11", "192.168.0.1"
LEARNING = ("--resolve", "--resolve-rate", "0", "--hosts-file", "/dev/null")


def told(client, name, *addresses, ident=7):
    """A question, and the answer with these addresses."""
    for kind in (dns.A, dns.AAAA):
        records = [dns.address_record(name, address) for address in addresses
                   if f.is_ipv6(address) == (kind == dns.AAAA)]
        if not records:
            continue
        asked = dns.query(name, kind, ident)
        yield f.udp_frame(client, RESOLVER, 50000, 53, asked)
        yield f.udp_frame(RESOLVER, client, 53, 50000,
                          dns.response(asked, records))


def web(client, server):
    """A packet in each direction, over port 443."""
    return [f.tcp_frame(client, server, 40000, 443, payload=b"x" * 100),
            f.tcp_frame(server, client, 443, 40000, payload=b"x" * 900)]


class DomainsTest(FileCase):
    # The packets before the answer are of the class as well: a file's answers are
    # read first.
    sent = [*web(LAN, STREAM),
            *told(LAN, "R1.Video.Example", STREAM, STREAM6),
            *web(LAN, STREAM), *web(LAN6, STREAM6), *web(LAN, WEB)]

    def classes(self, frames, *arguments):
        """Packets by class, without those of DNS."""
        result = ntm_process.run("-r", self.capture(frames), *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.stderr = result.stderr
        scrape = exposition.parse(result.stdout)
        exposition.assert_sums_hold(scrape)
        self.assertEqual(scrape.sum("ntm_class_bytes_total"),
                         scrape.sum("ntm_bytes_total"))
        self.scrape = scrape
        counted = {
            name: scrape.sum("ntm_class_packets_total", **{"class": name})
            for name in scrape.label_values("ntm_class_packets_total", "class")}
        del counted["background"]
        return {name: packets for name, packets in counted.items() if packets}

    def test_a_servers_domain_decides_before_its_port(self):
        words = (*LEARNING, "--class", "video=*.video.example")
        self.assertEqual(self.classes(self.sent, *words),
                         {"video": 6, "file": 2})
        self.assertEqual(self.stderr, "")
        for direction in ("out", "in"):
            self.assertEqual(self.scrape.value(
                "ntm_class_packets_total", interface="file",
                direction=direction, **{"class": "video"}), 2)
        self.assertEqual(self.scrape.value("ntm_class_servers"), 2)
        first = self.scrape.text
        self.classes(self.sent, *words)
        self.assertEqual(self.scrape.text, first)

    def test_domains_may_be_in_the_configuration_file(self):
        file = self.write("ntm.yaml", (
            "resolve: true\nresolve-rate: 0\nhosts-file: /dev/null\n"
            "class: [\"film=*.video.example+video.example\", other=80]\n"))
        self.assertEqual(self.classes(self.sent, "-c", file),
                         {"film": 6, "file": 2})

    def test_domains_without_names_are_told_and_change_nothing(self):
        self.assertEqual(
            self.classes(self.sent, "--class", "video=*.video.example"),
            {"file": 8})
        self.assertIn("--class lists domains", self.one_line(self.stderr))
        self.assertIn("--resolve", self.stderr)
        self.assertEqual(self.classes(self.sent), {"file": 8})
        self.assertEqual(self.stderr, "")
        self.assertNotIn("ntm_class_servers", self.scrape.text)

    def test_video_and_voice_have_domains_from_the_start(self):
        sent = [*told(LAN, "rr3.sn-4g5e.googlevideo.com", STREAM),
                *told(LAN, "us05.zoom.us", SHARED),
                *web(LAN, STREAM), *web(LAN, SHARED)]
        self.assertEqual(self.classes(sent, *LEARNING),
                         {"video": 2, "voice": 2})
        self.assertEqual(self.classes(sent), {"file": 4})
        self.assertEqual(
            self.classes(sent, *LEARNING, "--no-default-domains"), {"file": 4})
        self.assertNotIn("ntm_class_servers", self.scrape.text)
        self.assertEqual(
            self.classes(sent, *LEARNING, "--class", "other=*.googlevideo.com"),
            {"file": 2, "voice": 2})

    def test_at_a_shared_address_only_who_asked_is_in_the_class(self):
        words = (*LEARNING, "--class", "video=*.video.example")
        asked = [*told(LAN, "r1.video.example", SHARED)]
        seen = [*web(LAN, SHARED), *web(SECOND, SHARED)]
        self.assertEqual(self.classes([*asked, *seen], *words), {"video": 4})
        for other in (told(SECOND, "www.example.org", SHARED),
                      told("192.168.0.99", "www.example.org", SHARED)):
            self.assertEqual(self.classes([*asked, *other, *seen], *words),
                             {"video": 2, "file": 2})
        self.assertEqual(
            self.classes([*asked, *told(LAN, "www.example.org", SHARED),
                          *seen], *words), {"file": 4})

    def test_aliases_keep_the_classes_of_domains(self):
        key = self.write("key", bytes(32))
        key.chmod(0o600)
        self.assertEqual(
            self.classes(self.sent, *LEARNING, "--class",
                         "video=*.video.example", "--anonymize",
                         "--anonymize-key", key), {"video": 6, "file": 2})
        self.assertNotIn("example", self.scrape.text)

    def test_a_dscp_can_decide_before_the_domain(self):
        sent = [*told(LAN, "r1.video.example", STREAM),
                with_dscp(web(LAN, STREAM)[0], 46), web(LAN, STREAM)[1]]
        words = (*LEARNING, "--class", "video=*.video.example", "--classify")
        self.assertEqual(self.classes(sent, *words, "dscp,port"),
                         {"voice": 1, "video": 1})
        self.assertEqual(self.classes(sent, *words, "port,dscp"), {"video": 2})
