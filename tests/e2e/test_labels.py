"""The labels of the flow series: --labels and related options."""

import exposition
import frames as f
import mixed
import ntm_process
from files import FileCase

LAN, LAN2, WEB, WEB2 = "192.168.0.10", "192.168.0.11", "93.184.216.34", "1.1.1.1"
HEAD = 20 + 20  # IPv4 and TCP without options


def traffic():
    return [
        f.tcp_frame(LAN, WEB, 51000, 443),
        f.tcp_frame(LAN, WEB2, 51001, 443, b"x" * 10),
        f.tcp_frame(WEB, LAN, 443, 51000, b"x" * 100),
        f.tagged(f.tcp_frame(LAN, LAN2, 51002, 22), 0x8100, 7),
        f.udp_frame(WEB, WEB2, 50000, 5060, b"x" * 12),
        f.arp(LAN, LAN2),
    ]


class LabelsTest(FileCase):
    def setUp(self):
        super().setUp()
        self.path = self.capture(traffic())

    def counted(self, *arguments, family="ntm_packets_total"):
        """{label values, in the order of the labels' names: value}"""
        scrape = ntm_process.read_file(self.path, *arguments)
        exposition.assert_sums_hold(scrape)
        found = {}
        for labels, value in scrape.samples[family].items():
            key = tuple(value for _, value in sorted(labels))
            self.assertNotIn(key, found)
            found[key] = value
        return found

    def test_labels_can_be_chosen(self):
        self.assertEqual(self.counted("--labels", "proto"),
                         {("tcp",): 4, ("udp",): 1, ("arp",): 1})
        self.assertEqual(self.counted("--labels", "direction,vlan"), {
            ("out", ""): 2, ("in", ""): 1, ("local", "7"): 1,
            ("transit", ""): 1, ("local", ""): 1})
        self.assertEqual(self.counted("--labels", "class", "--labels",
                                      "interface"), {
            ("file", "file"): 4, ("voice", "file"): 1, ("other", "file"): 1})

    def test_ports_and_macs_can_be_labels(self):
        self.assertEqual(self.counted("--labels", "src_port,dst_port", "tcp"), {
            ("443", "51000"): 1, ("443", "51001"): 1, ("51000", "443"): 1,
            ("22", "51002"): 1})
        macs = self.counted("--labels", "src_mac,dst_mac,proto")
        self.assertIn((f.DST_MAC, "tcp", f.SRC_MAC), macs)

    def test_dscp_can_be_a_label(self):
        frame = bytearray(f.udp_frame(LAN, WEB, 1, 2))
        frame[15] = 46 << 2
        self.path = self.capture([bytes(frame), f.arp(LAN, LAN2)], "dscp.pcap")
        self.assertEqual(self.counted("--labels", "dscp"), {("46",): 1, ("",): 1})

    def test_labels_come_from_variables_and_files_too(self):
        config = self.write("ntm.yaml", "labels: [proto, direction]\n"
                                        "local-net: [93.184.216.0/24]\n")
        self.assertEqual(self.counted("-c", config, "udp"),
                         {("out", "udp"): 1})
        scrape = ntm_process.read_file(self.path,
                                       env={"NTM_LABELS": "proto,service"})
        self.assertEqual(scrape.label_values("ntm_bytes_total", "proto"),
                         {"tcp", "udp", "arp"})

    def test_prefixes_merge_addresses_into_networks(self):
        self.assertEqual(self.counted("--src-prefix", "24/64", "--dst-prefix",
                                      "0", "--labels", "src,dst", "ip"), {
            ("0.0.0.0/0", "192.168.0.0/24"): 3,
            ("0.0.0.0/0", "93.184.216.0/24"): 2})

    def test_remote_hosts_collapse_into_the_internet(self):
        self.assertEqual(
            self.counted("--collapse-remote", "--labels", "src,dst", "tcp"), {
                ("internet", LAN): 2, (LAN, "internet"): 1, (LAN2, LAN): 1})
        self.assertEqual(
            self.counted("--collapse-remote", "--labels", "src,dst",
                         "--local-net", "93.0.0.0/8,192.168.0.0/16", "tcp"), {
                (WEB, LAN): 1, ("internet", LAN): 1, (LAN, WEB): 1,
                (LAN2, LAN): 1})

    def test_fewer_labels_are_sums_of_more(self):
        full = self.counted("--labels", "src,dst,proto,service,src_port,vlan",
                            family="ntm_bytes_total")
        by_src = self.counted("--labels", "src", family="ntm_bytes_total")
        sums = {}
        for (_, _, _, src, _, _), value in full.items():
            sums[(src,)] = sums.get((src,), 0) + value
        self.assertEqual(by_src, sums)

    def test_labels_with_many_values_become_other_at_the_limit(self):
        many = [f.tcp_frame(LAN, f"10.{i // 250}.{i % 250}.1", 1000 + i, 443)
                for i in range(200)]
        self.path = self.capture(many, "many.pcap")
        counted = self.counted("--max-series", "16", "--labels",
                               "dst,dst_port,src_port,direction,service")
        self.assertLessEqual(len(counted), 16)
        self.assertEqual(sum(counted.values()), 200)
        self.assertIn(("local", "other", "other", "https", "other"), counted)

    def test_wrong_labels_are_refused(self):
        for arguments, word in ((["--labels", "srcc"], "did you mean src?"),
                                (["--src-prefix", "40"], "24/64"),
                                (["--local-net", "lan"], "192.168.0.0/16")):
            with self.subTest(arguments):
                line = self.refuses("-r", self.path, *arguments, exit_code=2)
                self.assertIn(word, line)

    def test_anonymize_removes_mac_labels(self):
        key = self.write("key", bytes(range(32)))
        key.chmod(0o600)
        hide = ("--anonymize", "--anonymize-key", key)
        self.assertEqual(self.counted("--labels", "src_mac,proto", *hide),
                         {("tcp",): 4, ("udp",): 1, ("arp",): 1})
        line = self.refuses("-r", self.path, "--labels", "src_mac", *hide,
                            exit_code=2)
        self.assertIn("--anonymize", line)

    def test_anonymize_shows_networks_as_networks(self):
        key = self.write("key", bytes(range(32)))
        key.chmod(0o600)
        plain = self.counted("--src-prefix", "24/64", "--labels", "src", "ip")
        hidden = self.counted("--src-prefix", "24/64", "--labels", "src", "ip",
                              "--anonymize", "--anonymize-key", key)
        self.assertEqual(sorted(plain.values()), sorted(hidden.values()))
        self.assertFalse(set(plain) & set(hidden))
        for (src,) in hidden:
            self.assertRegex(src, r"^\d+\.\d+\.\d+\.0/24$")

    def test_choosing_the_default_labels_changes_nothing(self):
        path = self.capture(mixed.frames(), "mixed.pcap")
        self.assertEqual(
            ntm_process.read_file(path, "--labels",
                                  "service,src,proto,dst").flows(),
            ntm_process.read_file(path).flows())
