"""Usage: known traffic, /api/usage, the tables, a restart."""

import contextlib
import json
import pathlib
import sqlite3
import time
import urllib.parse

import pytest

import frames
import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

HERE, THERE = netns.HERE_IP, netns.THERE_IP
WEB = "198.51.100.7"
BROADCAST = "10.9.0.255"  # of the network of va
IP_BYTES = 128  # of a frame of send()


class LiveUsageTest(LiveCase):
    def setUp(self):
        super().setUp()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "history.db"
        self.key = pathlib.Path(folder.name) / "key"

    def usage(self, *arguments, **how):
        return self.ntm("--database", self.path, "--write-interval", "1",
                        "--timezone", "UTC", *arguments, **how)

    def ask(self, ntm, query="", status=200):
        answer = ntm.fetch("/api/usage" + query)
        self.assertEqual(answer.status, status, answer.text)
        return json.loads(answer.text)

    def entry(self, ntm, name, query=""):
        """The entry of a host or service; zeros if there is none yet."""
        if ntm.fetch("/api/usage").status == 503:
            return (0, 0)
        for entry in self.ask(ntm, query)["entries"]:
            if entry["name"] == name:
                return entry["in_bytes"], entry["out_bytes"]
        return (0, 0)

    def send(self, count):
        """From the internet to the local host THERE, captured on va."""
        self.there.send_frames("vb", [
            frames.udp_frame(WEB, "192.168.77.5", 443, 40000, b"x" * 100,
                             dst_mac=netns.HERE_MAC) for _ in range(count)])

    def wait_for_entry(self, ntm, name, expected, query=""):
        def is_there(_):
            self.last = self.entry(ntm, name, query)
            return self.last == expected
        try:
            ntm.wait_for(is_there, f"{name} {expected}")
        except AssertionError as error:
            raise AssertionError(f"{self.last}: {error}") from None

    def rows(self):
        with contextlib.closing(sqlite3.connect(
                f"file:{self.path}?mode=ro", uri=True)) as database:
            return database.execute(
                "SELECT day, service, bytes_in, bytes_out FROM usage_daily "
                "WHERE host = '192.168.77.5'").fetchall()

    def test_usage_counts_every_byte_of_a_host_over_restarts(self):
        before = time.strftime("%Y-%m-%d", time.gmtime())
        with self.usage() as ntm:
            self.send(10)
            self.wait_for_entry(ntm, "192.168.77.5", (10 * IP_BYTES, 0))
            self.send(5)
            self.wait_for_entry(ntm, "192.168.77.5", (15 * IP_BYTES, 0))
        # The end writes the rest.
        rows = self.rows()
        self.assertEqual(sum(row[2] for row in rows), 15 * IP_BYTES)
        with self.usage() as ntm:
            self.send(2)
            self.wait_for_entry(ntm, "192.168.77.5", (17 * IP_BYTES, 0))
            after = time.strftime("%Y-%m-%d", time.gmtime())
            if before == after:
                self.wait_for_entry(ntm, "192.168.77.5", (17 * IP_BYTES, 0),
                                    f"?day={after}")
                self.assertEqual({row[0] for row in self.rows()}, {after})

            def is_written(_):
                return sum(row[2] for row in self.rows()) == 17 * IP_BYTES
            ntm.wait_for(is_written, "the row")
        self.assertTrue(all(row[1] in ("https", "") for row in rows), rows)

    def test_multicast_and_broadcast_are_one_row_of_usage(self):
        groups = "multicast and broadcast"
        with self.usage() as ntm:
            self.there.send_frames("vb", [
                frames.udp_frame(src, dst, 7077, 7077, b"x" * 100,
                                 dst_mac="ff:ff:ff:ff:ff:ff")
                for src, dst in (("192.168.77.5", "224.0.0.251"),
                                 ("192.168.77.5", "239.255.255.250"),
                                 ("192.168.77.5", BROADCAST),
                                 ("0.0.0.0", "255.255.255.255"))])
            self.wait_for_entry(ntm, "192.168.77.5", (0, 3 * IP_BYTES))
            query = "?limit=1000"
            # The kernels of the namespaces send some of their own.
            entries = {entry["name"]: entry for entry in
                       self.ask(ntm, query)["entries"]}
            self.assertGreaterEqual(entries[groups]["in_bytes"], 4 * IP_BYTES)
            self.assertGreaterEqual(entries[groups]["out_bytes"], IP_BYTES)
            for name in entries:
                self.assertFalse(
                    name.startswith(("224.", "239.", "255.", "0.0.0.0", "ff0"))
                    or name in ("::", BROADCAST), name)
            # In the labels they are addresses.
            scrape = ntm.scrape()
            for dst in ("224.0.0.251", "239.255.255.250", BROADCAST,
                        "255.255.255.255"):
                self.assertEqual(scrape.sum("ntm_bytes_total", dst=dst,
                                            service="7077"), IP_BYTES)
            shown = ntm.fetch("/api/flows?" + urllib.parse.urlencode(
                {"host": groups, "service": "7077"}))
            flows = json.loads(shown.text)["flows"]
            self.assertEqual(
                {flow["dst"]: flow.get("dst_group") for flow in flows},
                {"224.0.0.251": "mDNS", "239.255.255.250": "SSDP (UPnP)",
                 BROADCAST: None, "255.255.255.255": "broadcast"})

    def test_usage_by_service_and_invalid_parameters(self):
        with self.usage() as ntm:
            self.send(3)
            self.wait_for_entry(ntm, "192.168.77.5", (3 * IP_BYTES, 0))
            services = {entry["name"]: entry for entry in
                        self.ask(ntm, "?by=service")["entries"]}
            self.assertEqual(services["https"]["in_bytes"], 3 * IP_BYTES)
            for query in ("?day=x", "?month=2026-13", "?by=port", "?limit=0",
                          "?day=2026-01-01&month=2026-01"):
                self.assertIn("error", self.ask(ntm, query, 400))

    def test_usage_of_the_month_equals_the_traffic_of_the_interface(self):
        with self.usage("--interfaces", "va", "--quota", "1MB") as ntm:
            ntm.wait_for(lambda s: "ntm_usage_month_bytes" in s.samples,
                         "the first report")
            before = self.here.counters("va")
            started = ntm.scrape().sum("ntm_usage_month_bytes")
            self.here.ping(THERE, count=5, size=10000)
            moved = {key: value - before[key] for key, value
                     in self.here.counters("va").items()}
            both = moved["rx_bytes"] + moved["tx_bytes"]
            self.assertGreater(both, 100_000)
            ntm.wait_for(
                lambda s: s.sum("ntm_usage_month_bytes") - started >= both,
                "the bytes of the ping")
            month = self.ask(ntm)["interfaces"]
            self.assertEqual(month["quota_bytes"], 1_000_000)
            self.assertAlmostEqual(month["quota_used_ratio"],
                                   month["used_bytes"] / 1e6)
            used = month["used_bytes"]
        # While ntm is not running; the kernel's counters show it afterwards.
        before = self.here.counters("va")
        self.here.ping(THERE, count=5, size=10000)
        moved = self.here.counters("va")["rx_bytes"] - before["rx_bytes"]
        with self.usage("--interfaces", "va") as ntm:
            ntm.wait_for(lambda s: s.sum("ntm_usage_month_bytes") >=
                         used + 2 * moved, "what was carried in between")
            self.assertNotIn("ntm_usage_quota_bytes", ntm.scrape().samples)

    def test_anonymized_usage_shows_no_address_of_earlier_runs(self):
        with self.usage() as ntm:
            self.send(3)
            self.wait_for_entry(ntm, "192.168.77.5", (3 * IP_BYTES, 0))
        with self.usage("--anonymize", "--anonymize-key", self.key) as ntm:
            self.send(2)

            def has_both(_):
                answer = ntm.fetch("/api/usage")
                if answer.status == 503:
                    return False
                self.assertNotIn("192.168.77.5", answer.text)
                entries = json.loads(answer.text)["entries"]
                named = [entry for entry in entries
                         if entry["in_bytes"] == 2 * IP_BYTES]
                return len(named) == 1 and entries[-1]["name"] == "other" \
                    and entries[-1]["in_bytes"] >= 3 * IP_BYTES
            ntm.wait_for(has_both, "an alias, and the earlier run in other")

    def test_usage_without_a_database_is_kept_in_memory(self):
        with self.ntm("--no-database") as ntm:
            self.send(4)
            self.wait_for_entry(ntm, "192.168.77.5", (4 * IP_BYTES, 0))
