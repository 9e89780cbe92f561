"""The counts for the 27 frames of mixed.py, and for the shared file."""

import unittest

import exposition
import frames
import mixed
import ntm_process
import pcap_files
from files import FileCase


class FileCountsTest(FileCase):
    def setUp(self):
        super().setUp()
        self.path = self.capture(mixed.frames())

    def read(self, *arguments):
        return ntm_process.read_file(self.path, *arguments)

    def test_mixed_counts_27_packets(self):
        scrape = self.read()
        self.assertEqual(scrape.sum("ntm_packets_total"), 27)
        self.assertEqual(scrape.sum("ntm_capture_packets_total"), 27)
        self.assertEqual(scrape.sum("ntm_decode_errors_total"), 0)

    def test_mixed_bytes_are_ip_lengths(self):
        scrape = self.read()
        expected = sum(mixed.expect(frame, len(frame))[3]
                       for frame in mixed.frames())
        self.assertEqual(scrape.sum("ntm_bytes_total"), expected)
        self.assertEqual(scrape.sum("ntm_capture_wire_bytes_total"),
                         sum(map(len, mixed.frames())))
        exposition.assert_sums_hold(scrape)

    def test_several_files_are_read_into_one_exposition(self):
        first = self.capture(mixed.frames()[:10], "first.pcap")
        second = self.write("second.pcapng", pcap_files.pcapng(
            mixed.frames()[10:]))
        scrape = ntm_process.read_file(first, "-r", second)
        self.assertEqual(scrape.flows(), mixed.FLOWS)
        self.assertEqual(scrape.sum("ntm_capture_packets_total"), 27)
        exposition.assert_sums_hold(scrape)
        half = ntm_process.read_file(first, "-r", second, "--count", 12)
        self.assertEqual(half.sum("ntm_capture_packets_total"), 12)
        config = self.write("ntm.yaml", f"read: [{first}, {second}]\n")
        result = ntm_process.run("-c", config)
        self.assertEqual(exposition.parse(result.stdout).flows(), mixed.FLOWS)
        piped = ntm_process.run("-r", first, "-r", "-",
                                stdin=second.read_bytes())
        self.assertEqual(piped.stdout, result.stdout)

    def test_several_files_are_served_after_all_are_read(self):
        first = self.capture(mixed.frames()[:10], "first.pcap")
        second = self.capture(mixed.frames()[10:], "second.pcap")
        with ntm_process.Ntm("-r", first, "-r", second, "--serve") as ntm:
            ntm.wait_ready()
            self.assertEqual(ntm.scrape().flows(), mixed.FLOWS)

    def test_a_missing_file_is_reported_before_any_is_read(self):
        result = ntm_process.run("-r", self.path, "-r", self.folder / "none")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(str(self.folder / "none"), result.stderr)

    def test_a_file_of_an_unknown_link_type_gives_a_warning(self):
        path = self.capture(mixed.frames(), "usb.pcap", linktype=220)
        result = ntm_process.run("-r", path)
        self.assertEqual(result.returncode, 1, result.stderr)
        line = self.one_line(result.stderr)
        self.assertIn(str(path), line)
        self.assertIn("USB_LINUX_MMAPPED", line)
        scrape = exposition.parse(result.stdout)
        self.assertEqual(scrape.sum("ntm_decode_errors_total",
                                    reason="unsupported_link_type"), 27)
        beside = ntm_process.run("-r", path, "-r", self.path)
        self.assertEqual(beside.returncode, 0)
        self.assertIn(str(path), self.one_line(beside.stderr))

    def test_mixed_every_flow_is_right(self):
        self.assertEqual(self.read().flows(), mixed.FLOWS)

    def test_services_without_a_name_can_be_empty(self):
        self.assertEqual(self.read("--unknown-service", "empty").flows(),
                         mixed.NAMED_FLOWS)

    def test_without_names_services_are_ports(self):
        names = self.write("services", "# none\n")
        services = self.read("--services-file", names).label_values(
            "ntm_bytes_total", "service")
        self.assertIn("443", services)
        self.assertTrue(all(name.isdecimal() for name in services - {""}))
        self.assertEqual(self.read(
            "--services-file", names, "--unknown-service",
            "empty").label_values("ntm_bytes_total", "service"), {""})

    def test_series_have_exactly_four_labels(self):
        scrape = self.read()
        for name in ("ntm_bytes_total", "ntm_packets_total"):
            self.assertEqual(scrape.types[name], "counter")
            for labels in scrape.samples[name]:
                self.assertEqual(sorted(key for key, _ in labels),
                                 ["dst", "proto", "service", "src"])

    def test_both_directions_are_two_series(self):
        flows = self.read().flows()
        self.assertEqual(flows[mixed.LAN, mixed.WEB, "tcp", "https"], (2, 80))
        self.assertEqual(flows[mixed.WEB, mixed.LAN, "tcp", "https"], (1, 140))

    def test_services_go_by_protocol_and_port(self):
        services = {(flow[2], flow[3]) for flow in self.read().flows()}
        for expected in (("tcp", "https"), ("udp", "domain"),
                         ("tcp", "microsoft-ds"), ("tcp", "http-alt")):
            self.assertIn(expected, services)
        # 445 is registered for TCP only.
        self.assertNotIn(("udp", "microsoft-ds"), services)

    def test_service_choice_is_one_name_per_conversation(self):
        scrape = self.read("--unknown-service", "empty")
        flows = scrape.flows()
        for ends in ((mixed.LAN, mixed.WEB), (mixed.WEB, mixed.LAN)):
            self.assertIn((*ends, "tcp", "https"), flows)
            self.assertIn((*ends, "tcp", "ssh"), flows)
        self.assertIn((mixed.LAN, mixed.WEB, "tcp", ""), flows)
        for name in scrape.label_values("ntm_bytes_total", "service"):
            self.assertFalse(name.isdigit(), name)

    def test_packets_without_ports_keep_their_hosts(self):
        flows = self.read("--unknown-service", "empty").flows()
        for proto, dst in (("icmp", mixed.DNS), ("esp", mixed.WEB),
                           ("gre", mixed.WEB), ("sctp", mixed.WEB)):
            self.assertIn((mixed.LAN, dst, proto, ""), flows)

    def test_later_fragments_keep_the_service(self):
        pieces = mixed.fragments()
        self.path = self.capture(pieces, "fragments.pcap")
        self.assertEqual(self.read().flows(), {
            (mixed.DNS, mixed.LAN, "udp", "domain"):
                (3, sum(len(piece) - 14 for piece in pieces))})

    def test_ipv6_is_counted(self):
        flows = self.read().flows()
        self.assertEqual(flows[mixed.V6_A, mixed.V6_B, "tcp", "https"],
                         (1, 60))
        self.assertEqual(flows["fe80::1", "ff02::1", "icmp6", ""], (1, 48))

    def test_unusual_frames_are_not_lost(self):
        odd = {
            "igmp": mixed.igmp_with_router_alert(), "tag": frames.tagged(
                frames.tcp_frame(mixed.LAN, mixed.WEB, 1, 2), 0x8100, 7),
            "checksum": frames.eth(frames.ipv4(
                mixed.LAN, mixed.WEB, frames.TCP, frames.tcp(1, 2),
                bad_checksum=True)),
            "arp": frames.arp(mixed.LAN, "192.168.0.1"),
        }
        protocols = {"igmp": "igmp", "tag": "tcp", "checksum": "tcp",
                     "arp": "arp"}
        for name, frame in odd.items():
            with self.subTest(name):
                self.path = self.capture([frame], f"{name}.pcap")
                scrape = self.read()
                self.assertEqual(scrape.sum("ntm_packets_total"), 1)
                self.assertEqual(
                    scrape.label_values("ntm_packets_total", "proto"),
                    {protocols[name]})

    def test_protocols_are_lower_case_names(self):
        self.assertEqual(
            self.read().label_values("ntm_bytes_total", "proto"),
            {"tcp", "udp", "icmp", "icmp6", "igmp", "esp", "gre", "sctp",
             "arp"})

    def test_unnamed_protocols_are_numbers(self):
        self.path = self.capture([
            frames.eth(frames.ipv4("10.0.0.1", "10.0.0.2", 253, b"x" * 9))])
        self.assertEqual(self.read().flows(),
                         {("10.0.0.1", "10.0.0.2", "253", ""): (1, 29)})

    def test_non_ip_frames_carry_mac_addresses(self):
        self.path = self.capture([frames.eth(b"\0" * 46, ethertype=0x88B5)])
        flows = self.read().flows()
        self.assertEqual({key[:2]: value for key, value in flows.items()},
                         {(frames.SRC_MAC, frames.DST_MAC): (1, 46)})

    def test_services_file_replaces_the_names(self):
        names = self.write("services", "my-dns 53/udp alias\n"
                                       "ssh 22/tcp\n")
        services = self.read(
            "--services-file", names, "--unknown-service",
            "empty").label_values("ntm_bytes_total", "service")
        self.assertEqual(services, {"", "my-dns", "ssh"})

    def test_mixed27_of_shared(self):
        path = ntm_process.SHARED / "pcaps" / "mixed27.pcap"
        if not path.exists():
            raise unittest.SkipTest(f"there is no {path}")
        captured = pcap_files.read_pcap(path)
        self.path = path
        scrape = self.read()
        self.assertEqual(scrape.sum("ntm_packets_total"), 27)
        self.assertEqual(mixed.without_service(scrape.flows()),
                         mixed.expected_pairs(captured))
        self.assertEqual(scrape.sum("ntm_capture_wire_bytes_total"),
                         sum(wire for _, wire in captured))
        self.assertEqual(
            self.read("udp port 53").label_values("ntm_bytes_total",
                                                  "service"), {"domain"})
        exposition.assert_sums_hold(scrape)
