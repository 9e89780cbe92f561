"""Hosts of a real network: hardware address, vendor, new ones, devices, quotas."""

import contextlib
import json
import pathlib
import sqlite3
import unittest

import pytest

import browser
import dns
import frames
import lan
import ntm_process
from lan import APPLE, HERE, HERE_IP6, HERE_MAC, PI
from ntm_process import poll

pytestmark = pytest.mark.races

TABLET, CLOCK = "10.9.0.5", "10.9.0.6"
TABLET_IP6, TABLET_PRIVATE = "fd09::5", "fd09::a1b2:c3d4"


def look(question, what):
    """ntm looks every 5 s, and the kernel's entry may be old once."""
    return poll(question, 30 * ntm_process.PATIENCE, what, interval=0.3)


class LiveHostsCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.network = stack.enter_context(lan.Lan())
        self.tablet = self.network.join(TABLET, APPLE, TABLET_IP6,
                                        TABLET_PRIVATE)
        self.clock = self.network.join(CLOCK, PI)
        self.folder = pathlib.Path(
            stack.enter_context(ntm_process.open_folder()))
        self.names = self.folder / "hosts"
        self.names.write_text(f"{TABLET} tablet.lan\n", encoding="ascii")
        self.names.chmod(0o644)

    @contextlib.contextmanager
    def ntm(self, *arguments):
        with ntm_process.Ntm("-i", "br0", "--hosts-file", self.names,
                             "--database", self.folder / "history.db",
                             "--write-interval", "1", *arguments,
                             namespace=self.network.here) as ntm:
            yield ntm.wait_ready()

    def get(self, ntm, path):
        answer = ntm.fetch(path)
        if answer.status == 503:  # before the first tick
            return None
        self.assertEqual(answer.status, 200, answer.text)
        return json.loads(answer.text)

    def hosts(self, ntm, query=""):
        answer = self.get(ntm, "/api/hosts" + query)
        return {host["id"]: host for host in answer["hosts"]} if answer else {}

    def talk(self, address=HERE, device=None, **how):
        (device or self.tablet).ping(address, **how)

    def wait_for_hosts(self, ntm, ids, talk=lambda: None):
        """The hosts once exactly these are known; talk() goes on until then."""
        def are_there():
            talk()
            self.last = self.hosts(ntm)
            return self.last if set(self.last) == set(ids) else None
        try:
            return look(are_there, "hosts")
        except AssertionError as error:
            raise AssertionError(f"{list(self.last)}: {error}") from None


class LiveHostsTest(LiveHostsCase):
    def test_hosts_have_their_hardware_address_and_vendor(self):
        with self.ntm() as ntm:
            def infos(scrape):
                self.talk()
                self.talk(device=self.clock)
                # Behind the clock, which would be the router, is a server.
                self.clock.send_frames("eth0", [frames.udp_frame(
                    "198.51.100.7", HERE, 443, 40000, src_mac=PI,
                    dst_mac=HERE_MAC)])
                self.last = {
                    dict(labels)["ip"]: dict(labels) for labels
                    in scrape.samples.get("ntm_host_info", {})}
                return {TABLET, CLOCK, HERE} <= set(self.last)
            scrape = ntm.wait_for(infos, "all hosts")
            known = dict(self.last)
            self.assertEqual(known[TABLET], {
                "ip": TABLET, "name": "tablet.lan", "source": "static",
                "mac": APPLE, "vendor": "Apple"})
            self.assertEqual(known[CLOCK], {
                "ip": CLOCK, "name": "", "source": "", "mac": PI,
                "vendor": "Raspberry Pi Foundation"})
            self.assertEqual((known[HERE]["mac"], known[HERE]["vendor"]),
                             (HERE_MAC, "randomised"))
            self.assertIn("198.51.100.7", {flow[0] for flow in scrape.flows()})
            self.assertNotIn("198.51.100.7", known)

    def names_of(self, scrape):
        return {dict(labels)["ip"]: (dict(labels)["name"],
                                     dict(labels)["source"])
                for labels in scrape.samples.get("ntm_host_info", {})
                if dict(labels)["name"]}

    def announce(self, device, mac, src, *records):
        """The device says what the records say, by multicast DNS."""
        device.send_frames("eth0", [frames.udp_frame(
            src, "224.0.0.251", 5353, 5353, dns.announcement(records),
            src_mac=mac, dst_mac="01:00:5e:00:00:fb")])

    def test_a_host_is_known_by_the_name_that_it_announces(self):
        with self.ntm() as ntm:
            def is_named(scrape):
                self.talk(device=self.clock)
                self.talk()
                # First what a host may not say: the name of another one, and
                # one that is not of the local network.
                self.announce(self.clock, PI, CLOCK,
                              dns.address_record("router.local", HERE),
                              dns.address_record("clock.example.com", CLOCK))
                self.announce(self.clock, PI, CLOCK,
                              dns.address_record("Clock.local", CLOCK))
                return {TABLET, CLOCK} <= set(self.names_of(scrape))
            scrape = ntm.wait_for(is_named, "the names of both")
            self.assertEqual(self.names_of(scrape), {
                TABLET: ("tablet.lan", "static"),
                CLOCK: ("clock.local", "mdns")})
            host = look(lambda: self.hosts(ntm).get(PI), "the clock")
            self.assertEqual(host["name"], "clock.local")
            self.assertEqual(
                scrape.value("ntm_names_lost_frames_total", tap="dns"), 0)

    def test_a_local_answer_of_dns_names_a_host_without_an_option(self):
        with self.ntm() as ntm:
            def tell(name, address):
                asked = dns.query(name, ident=9)
                self.tablet.send_frames("eth0", [frames.udp_frame(
                    TABLET, HERE, 50001, 53, asked, src_mac=APPLE,
                    dst_mac=HERE_MAC)])
                # What this machine sends is captured on the bridge, too.
                self.clock.send_frames("eth0", [frames.udp_frame(
                    HERE, TABLET, 53, 50001,
                    dns.response(asked, [dns.address_record(name, address)]),
                    src_mac=PI, dst_mac=APPLE)])

            def is_named(scrape):
                self.talk(device=self.clock)
                # The first two are not what the local network may say.
                tell("evil.example.com", CLOCK)
                tell("server.lan", "198.51.100.7")
                tell("clock.lan", CLOCK)
                return CLOCK in self.names_of(scrape)
            scrape = ntm.wait_for(is_named, "the name of the clock")
            self.assertEqual(self.names_of(scrape).get(CLOCK),
                             ("clock.lan", "dns"))
            self.assertNotIn("198.51.100.7", self.names_of(scrape))
            self.assertNotIn("ntm_names_asked_total", scrape.text)

    def test_addresses_of_a_device_are_one_host(self):
        with self.ntm() as ntm:
            def talk():
                self.talk(size=1000)
                self.tablet.run("ping", "-6", "-n", "-q", "-c", "3", "-i",
                                "0.01", "-W", "5", "-I", TABLET_IP6, HERE_IP6)
                self.tablet.run("ping", "-6", "-n", "-q", "-c", "3", "-i",
                                "0.01", "-W", "5", "-I", TABLET_PRIVATE,
                                HERE_IP6)
            every = {TABLET, TABLET_IP6, TABLET_PRIVATE}

            def is_one():
                talk()
                tablet = self.hosts(ntm).get(APPLE)
                return tablet if tablet and every <= set(
                    tablet["addresses"]) else None
            tablet = look(is_one, "a device")
            self.assertEqual(
                (tablet["name"], tablet["vendor"], tablet["mac"],
                 tablet["was_new"]), ("tablet.lan", "Apple", APPLE, False))

            def counts():
                talk()
                by_host = {entry["name"]: entry for entry in
                           self.get(ntm, "/api/usage?by=host")["entries"]}
                by_device = {entry.get("id"): entry for entry in
                             self.get(ntm, "/api/usage?by=device")["entries"]}
                if APPLE not in by_device or not every <= set(by_host):
                    return None
                parts = [by_host[address]["out_bytes"] for address in every]
                device = by_device[APPLE]
                # The second answer is newer.
                return device if device["out_bytes"] >= sum(parts) > max(
                    parts) else None
            device = look(counts, "its usage")
            self.assertEqual((device["name"], device["vendor"]),
                             ("tablet.lan", "Apple"))
            self.assertLessEqual(every, set(device["addresses"]))
            today = poll(lambda: self.hosts(ntm)[APPLE]["out_bytes_today"],
                         what="bytes of today")
            self.assertGreater(today, 3 * 1000)
            live = self.get(ntm, "/api/live")["traffic-update"]["local_hosts"]
            shown = [host for host in live if host.get("vendor") == "Apple"]
            self.assertEqual(len(shown), 1, live)
            self.assertEqual(shown[0]["host_name"], "tablet.lan")
            self.assertLessEqual(every, set(shown[0]["addresses"]))

    def test_addresses_of_a_router_stay_hosts_of_their_own(self):
        self.clock.ip("addr", "add", "10.9.0.66/24", "dev", "eth0")
        self.network.here.ip("route", "add", "default", "via", CLOCK)

        def talk():
            self.talk(device=self.clock)
            self.clock.run("ping", "-n", "-q", "-c", "3", "-i", "0.01", "-W",
                           "5", "-I", "10.9.0.66", HERE)
        with self.ntm() as ntm:
            def are_there():
                talk()
                hosts = self.hosts(ntm)
                return hosts if {CLOCK, "10.9.0.66"} <= set(hosts) else None
            hosts = look(are_there, "the router")
            self.assertNotIn(PI, hosts)
            self.assertEqual(hosts["10.9.0.66"]["mac"], PI)

    def test_a_device_never_seen_before_is_new_once(self):
        with self.ntm() as ntm:
            def talk():
                self.talk()
                self.talk(device=self.clock)
            known = {APPLE, PI, HERE_MAC}
            # The first day is for learning.
            hosts = self.wait_for_hosts(ntm, known, talk)
            self.assertEqual({h["was_new"] for h in hosts.values()}, {False})
            self.assertEqual(ntm.scrape().value("ntm_new_hosts_total"), 0)
        stranger = "d8:3a:dd:00:00:07"
        with self.ntm("--devices-learning", "0s") as ntm:
            self.wait_for_hosts(ntm, known, talk)
            self.assertEqual(ntm.scrape().value("ntm_new_hosts_total"), 0)
            device = self.network.join("10.9.0.7", stranger)
            hosts = self.wait_for_hosts(ntm, known | {stranger},
                                        lambda: self.talk(device=device))
            self.assertEqual([i for i, h in hosts.items() if h["was_new"]],
                             [stranger])
            self.assertEqual(list(self.hosts(ntm, "?new=true")), [stranger])
            scrape = ntm.wait_for(lambda s: s.sum(
                "ntm_alerts_active", alert="NewHost") == 1, "the alert")
            self.assertEqual(scrape.value("ntm_new_hosts_total"), 1)
            (alert,) = [a for a in self.get(ntm, "/api/alerts")["alerts"]
                        if a["alert"] == "NewHost"]
            self.assertEqual((alert["subject"], alert["severity"],
                              alert["subjectKind"]), (stranger, "info", "host"))
            self.assertIn("10.9.0.7", alert["message"])
        # It is known, and its row is in the file.
        with contextlib.closing(sqlite3.connect(
                f"file:{self.folder}/history.db?mode=ro", uri=True)) as rows:
            self.assertEqual(dict(rows.execute(
                "SELECT id, is_new FROM devices")),
                {APPLE: 0, PI: 0, HERE_MAC: 0, stranger: 1})
        with self.ntm("--devices-learning", "0s") as ntm:
            self.wait_for_hosts(ntm, known | {stranger},
                                lambda: self.talk(device=device))
            self.assertEqual(ntm.scrape().value("ntm_new_hosts_total"), 0)

    def test_forged_addresses_are_no_hosts(self):
        # RSTs, which the kernel does not answer. An ICMP error to an address that
        # nobody has waits for ARP, in a socket that all namespaces share: echo
        # requests are then not answered in any of them.
        def reset(source):
            return frames.tcp_frame(source, HERE, 40000, 9, flags=0x04,
                                    src_mac=APPLE, dst_mac=HERE_MAC)
        forged = [reset(f"10.9.{1 + i // 250}.{1 + i % 250}")
                  for i in range(5000)]
        near = [reset(f"10.9.0.{i}") for i in range(100, 250)]
        with self.ntm("--devices-learning", "0s") as ntm:
            known = {APPLE, HERE_MAC}
            self.wait_for_hosts(ntm, known, self.talk)
            looked = self.hosts(ntm)[APPLE]["last_seen"]

            def is_later():
                self.tablet.send_frames("eth0", forged + near)
                # The flood may displace all of these.
                self.tablet.run("ping", "-n", "-q", "-c", "3", "-i", "0.01",
                                "-W", "1", HERE, check=False)
                return self.hosts(ntm)[APPLE]["last_seen"] > looked
            scrape = ntm.wait_for(
                lambda s: is_later() and s.sum(
                    "ntm_packets_total", service="discard") >= 5150,
                "the flood")
            # One more look after all of it.
            looked = self.hosts(ntm)[APPLE]["last_seen"]
            poll(is_later, what="another look", interval=0.5)
            self.assertEqual(set(self.hosts(ntm)), known)
            scrape = ntm.scrape()
            self.assertEqual(scrape.value("ntm_known_hosts"), 2)
            self.assertEqual(scrape.sum("ntm_hosts_dropped_total"), 0)

    def test_a_quota_of_a_host_is_counted_and_alerted(self):
        quotas = ("--host-quota", "tablet=100kB/day", "--host-quota",
                  f"{PI}=1GB/week")

        def used(scrape, host):
            return scrape.sum("ntm_usage_host_quota_ratio", host=host)
        with self.ntm(*quotas) as ntm:
            ntm.wait_for(lambda s: "ntm_usage_host_quota_ratio" in s.samples,
                         "the quotas")
            self.wait_for_hosts(ntm, {APPLE, PI, HERE_MAC}, lambda: (
                self.talk(count=1), self.talk(device=self.clock, count=1)))
            before = ntm.scrape()
            self.assertLess(used(before, "tablet"), 0.8)
            while used(ntm.scrape(), "tablet") < 1:
                self.talk(count=5, size=1000)
            ntm.wait_for(lambda s: s.sum("ntm_alerts_active",
                                         alert="HostQuotaExceeded") == 1,
                         "the alert")
            (alert,) = [a for a in self.get(ntm, "/api/alerts")["alerts"]
                        if a["alert"] == "HostQuotaExceeded"]
            self.assertEqual((alert["subject"], alert["subjectKind"]),
                             ("tablet", "host"))
            full = used(ntm.scrape(), "tablet")
            self.assertLess(used(ntm.scrape(), PI), 0.001)
        with self.ntm(*quotas) as ntm:  # after a restart
            ntm.wait_for(lambda s: used(s, "tablet") >= full, "the old count")


class LiveHostsPageTest(LiveHostsCase):
    def setUp(self):
        browser.require()
        super().setUp()

    def test_the_page_shows_name_address_and_vendor_of_a_device(self):
        with self.ntm() as ntm, browser.Browser(self.network.here) as page:
            def talk():
                self.talk()
                self.tablet.run("ping", "-6", "-n", "-q", "-c", "3", "-i",
                                "0.01", "-W", "5", "-I", TABLET_IP6, HERE_IP6)
            def is_known():
                talk()
                tablet = self.hosts(ntm).get(APPLE, {"addresses": []})
                return {TABLET, TABLET_IP6} <= set(tablet["addresses"])
            look(is_known, "the device")
            page.open(f"http://127.0.0.1:{ntm.port}/")
            row = ("() => { const n = [...document.querySelectorAll('#%s "
                   ".talker')].find((t) => t.querySelector('.name').textContent"
                   " === 'tablet.lan'); return n && [n.querySelector('.about')"
                   ".textContent, n.title]; }")
            about = page.wait(row % "top-local")
            self.assertIn(TABLET, about[0])
            self.assertIn("Apple", about[0])
            self.assertLessEqual({TABLET, TABLET_IP6},
                                 set(about[1].splitlines()))
            # A click shows the flows of all of its addresses.
            page.evaluate("() => [...document.querySelectorAll('#top-local "
                          ".talker')].find((t) => t.querySelector('.name')"
                          ".textContent === 'tablet.lan').click()")
            page.evaluate("() => document.querySelector('#flows')"
                          ".scrollIntoView({behavior: 'instant'})")
            page.wait("(all) => { const shown = new Set([...document"
                      ".querySelectorAll('#flows tbody tr')].map((r) => r"
                      ".cells[0].querySelector('button')).map((b) => b.title "
                      "|| b.textContent)); return all.every((a) => "
                      "shown.has(a)); }", [TABLET, TABLET_IP6])
            page.evaluate("() => document.querySelector('#usage')"
                          ".scrollIntoView()")
            about = page.wait(row % "usage-hosts")
            self.assertIn("Apple", about[0])
            self.assertEqual(page.faults(), [])
