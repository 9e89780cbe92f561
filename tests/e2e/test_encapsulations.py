"""Every encapsulation that ntm looks into: a table of frames, each with a packet of
its own, read by ntm and by tshark."""

import shutil
import struct
import subprocess

import frames as f
import ntm_process
import pcap_files
from files import FileCase

ETHERNET, NULL, RAW, ATM_RFC1483 = 1, 0, 101, 100
PPP_PPPD, PPP_WITH_DIR, C_HDLC_WITH_DIR, MPLS = 166, 204, 205, 219
WLAN, PRISM, RADIOTAP, AVS = 105, 119, 127, 163
ENC, PFLOG, PPI, IPNET, NFLOG, PKTAP = 109, 117, 192, 226, 239, 258
NETANALYZER, NETANALYZER_TRANSPARENT = 240, 241
BRCM, BRCM_PREPEND, DSA, EDSA = 281, 282, 284, 285

MACS = f.mac(f.DST_MAC) + f.mac(f.SRC_MAC)
THIRD, FOURTH = f.mac("02:00:00:00:00:0c"), f.mac("02:00:00:00:00:0d")
SNAP = bytes.fromhex("aaaa030000000800")


def header(text, size=0):
    """The bytes of a hexadecimal text, filled up with zeros."""
    return bytes.fromhex(text).ljust(size, b"\0")


def ethernet(packet):
    return f.eth(packet)


def tagged(text):
    """Ethernet with a tag, from its Ethertype to the one at its end."""
    return lambda packet: MACS + header(text) + packet


def around(text):
    """Ethernet with another Ethernet frame in it."""
    return lambda packet: MACS + header(text) + f.eth(packet)


def behind(text, size=0, inner=lambda packet: packet, trailer=0):
    return lambda packet: header(text, size) + inner(packet) + b"\0" * trailer


def wlan(control, flags, size=24, qos=0, between=b""):
    """A data frame of IEEE 802.11."""
    def frame(packet):
        head = (bytes([control, flags, 0, 0]) + MACS + THIRD + b"\0\0" + FOURTH)
        head = head[:24 + (6 if flags & 3 == 3 else 0)]
        if control & 0x80:
            head += struct.pack("<H", qos)
        return head.ljust(size, b"\0") + between + SNAP + packet
    return frame


PLAIN_WLAN = wlan(0x08, 0x01)


def aggregate(packet):
    return wlan(0x88, 0x02, 26, 0x80,
                MACS + struct.pack("!H", len(SNAP) + len(packet)))(packet)


def nflog(order, family):
    def frame(packet):
        return (bytes([family, 0, 0, 5]) +
                struct.pack(order + "HH", 8, 1) + b"\x08\0\x03\0" +
                struct.pack(order + "HH", len(packet) + 4, 9) + packet)
    return frame


def ipnet(packet):
    return (struct.pack("!BBHI", 1, 2, 0, len(packet)).ljust(24, b"\0") +
            packet)


def pktap(link_type, inner):
    head = struct.pack("<III", 108, 1, link_type).ljust(108, b"\0")
    return lambda packet: head + inner(packet)


# Link type, what puts a packet into a frame, and whether tshark 4.0 knows it.
TABLE = {
    "vntag": (ETHERNET, tagged("8926 80010002 0800"), True),
    "vntag_and_8021q": (ETHERNET, tagged("8926 80010002 8100 0007 0800"), True),
    "fabricpath": (ETHERNET, around("8903 0420"), True),
    "trill": (ETHERNET, around("22f3 0001 0001 0002"), True),
    "hsr": (ETHERNET, tagged("892f 004e 0001 0800"), True),
    "8021cb": (ETHERNET, tagged("f1c1 0000 0001 0800"), True),
    "8021br": (ETHERNET, tagged("893f 000000010000 0800"), True),
    "8021ah": (ETHERNET, around("88e7 00000001"), True),
    "cisco_metadata": (ETHERNET, tagged("8909 010100010005 0800"), True),
    "arista_time_stamp": (ETHERNET,
                          tagged("d28b 0001 0010 0000000000000000 0800"), True),
    "batman_unicast": (ETHERNET,
                       around("4305 400f3201 02000000000b"), True),
    "batman_four_addresses": (ETHERNET, around(
        "4305 420f3201 02000000000b 02000000000a 0000"), True),
    "batman_broadcast": (ETHERNET, around(
        "4305 010f3200 00000001 02000000000a"), True),
    "marvell_tag": (DSA, lambda p: MACS + header("c0080001 0800") + p, False),
    "marvell_ethertype_tag": (
        EDSA, lambda p: MACS + header("dada0000 c0080001 0800") + p, False),
    "broadcom_tag": (BRCM, lambda p: MACS + header("20000001 0800") + p, False),
    "broadcom_tag_before": (BRCM_PREPEND,
                            behind("20000001", inner=ethernet), False),
    "wlan": (WLAN, PLAIN_WLAN, True),
    "wlan_qos": (WLAN, wlan(0x88, 0x02, 26), True),
    "wlan_ht_control": (WLAN, wlan(0x88, 0x82, 30), True),
    "wlan_four_addresses": (WLAN, wlan(0x08, 0x03, 30), True),
    "wlan_mesh": (WLAN, wlan(0x88, 0x03, 32, 0x100, header("001f00000001")),
                  True),
    "wlan_aggregate_of_one": (WLAN, aggregate, True),
    "radiotap": (RADIOTAP, behind("0000080000000000", inner=PLAIN_WLAN), True),
    "radiotap_checksum": (RADIOTAP, behind(
        "0000120003000000 0000000000000000 1000", inner=PLAIN_WLAN, trailer=4),
        True),
    "radiotap_padded": (RADIOTAP, behind(
        "00000d0002000080 00000000 20", inner=wlan(0x88, 0x02, 28)), True),
    "prism": (PRISM, behind("44000000 90000000", 144, PLAIN_WLAN), True),
    "prism_with_avs": (PRISM, behind("80211001 00000040", 64, PLAIN_WLAN),
                       True),
    "avs": (AVS, behind("80211001 00000040", 64, PLAIN_WLAN), True),
    "ppi": (PPI, behind("0000080069000000", inner=PLAIN_WLAN), True),
    "ppi_ethernet": (PPI, behind("0000080001000000", inner=ethernet), True),
    "pktap_ethernet": (PKTAP, pktap(1, ethernet), True),
    "pktap_null": (PKTAP, pktap(0, behind("02000000")), True),
    "nflog": (NFLOG, nflog("<", 2), True),
    "nflog_big_endian": (NFLOG, nflog(">", 2), False),
    "pflog": (PFLOG, behind("3d02", 64), True),
    "enc": (ENC, behind("02000000 00000001 00000000"), True),
    "ipnet": (IPNET, ipnet, True),
    "netanalyzer": (NETANALYZER,
                    behind("00044000", inner=ethernet, trailer=4), True),
    "netanalyzer_transparent": (
        NETANALYZER_TRANSPARENT,
        behind("00044000 55555555555555d5", inner=ethernet, trailer=4), False),
    "ppp_pppd": (PPP_PPPD, behind("00 03 0021"), False),
    "ppp_with_direction": (PPP_WITH_DIR, behind("01 ff03 0021"), True),
    "hdlc_with_direction": (C_HDLC_WITH_DIR, behind("01 0f00 0800"), False),
    "mpls": (MPLS, behind("00010140"), False),
    "rfc_1483": (ATM_RFC1483, behind(SNAP.hex()), True),
}


def packet_of(number):
    """A packet whose addresses and size tell in which row it was."""
    return f.ipv4(f"10.1.0.{number}", f"10.2.0.{number}", f.UDP,
                  f.udp(40000, 53, b"x" * (20 + number)))


def expected(number):
    return (f"10.1.0.{number}", f"10.2.0.{number}"), 48 + number


ROWS = [(name, link_type, wrap(packet_of(number)), tshark, expected(number))
        for number, (name, (link_type, wrap, tshark))
        in enumerate(TABLE.items(), 1)]


def pcapng(rows):
    """A file with one interface per row, so that each has its link type."""
    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        length = struct.pack("<I", len(body) + 12)
        return struct.pack("<I", kind) + length + body + length
    out = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    out += [block(1, struct.pack("<HHI", row[1], 0, 65535)) for row in rows]
    out += [block(6, struct.pack("<IIIII", number, 0, 1, len(row[2]),
                                 len(row[2])) + row[2])
            for number, row in enumerate(rows)]
    return b"".join(out)


class EncapsulationsTest(FileCase):
    def counted(self, frames, link_type):
        scrape = ntm_process.read_file(
            self.capture(frames, linktype=link_type))
        return {(src, dst): counts
                for (src, dst, _, _), counts in scrape.flows().items()}

    def test_ntm_finds_the_packet_in_every_encapsulation(self):
        for link_type in {row[1] for row in ROWS}:
            rows = [row for row in ROWS if row[1] == link_type]
            with self.subTest([row[0] for row in rows]):
                counted = self.counted([row[2] for row in rows], link_type)
                self.assertEqual(counted, {row[4][0]: (1, row[4][1])
                                           for row in rows})

    def test_tshark_finds_the_same_packets(self):
        """Shows that the table is right, where there is a tshark to ask."""
        tshark = shutil.which("tshark")
        if not tshark:
            return
        rows = [row for row in ROWS if row[3]]
        path = self.write("all.pcapng", pcapng(rows))
        result = subprocess.run(
            [tshark, "-r", path, "-o", "ip.defragment:FALSE", "-T", "fields",
             "-e", "ip.src", "-e", "ip.dst", "-e", "ip.len"],
            capture_output=True, text=True, timeout=120, check=True)
        for row, line in zip(rows, result.stdout.splitlines(), strict=True):
            with self.subTest(row[0]):
                src, dst, length = (line.split("\t") + ["", "", ""])[:3]
                self.assertEqual(((src, dst), int(length or 0)), row[4])

    def test_usb_and_bluetooth_are_named_as_unsupported(self):
        for link_type, kind in ((189, "USB"), (220, "USB"), (249, "USB"),
                                (187, "Bluetooth"), (201, "Bluetooth"),
                                (251, "Bluetooth")):
            with self.subTest(link_type):
                result = ntm_process.run(
                    "-r", self.capture([b"\0" * 80], linktype=link_type))
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{kind}, which carries no packets of a network",
                              self.one_line(result.stderr))
