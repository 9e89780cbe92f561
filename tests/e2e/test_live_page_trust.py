"""The web page under faults and with hostile input, in a real browser."""

import re
import socket

import dns
import ntm_process
from household import CAM, WEB
from page import PageCase

EVIL = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>"
LIMIT_BYTES = 250_000
NO_WEBSOCKET = "window.WebSocket = class { constructor() { throw 1; } };"


class LivePageTrustTest(PageCase):
    def test_the_page_reconnects_after_a_restart(self):
        with self.ntm() as ntm:
            port = ntm.port
            with self.page(ntm) as page:
                self.wait_live(page)
                ntm.stop()
                page.wait("() => document.body.dataset.connection === 'away'")
                with self.ntm() as again:
                    self.assertEqual(again.port, port)
                    before = page.evaluate(
                        "() => document.body.dataset.updated")
                    page.wait("() => document.body.dataset.connection === "
                              "'live'", seconds=20 * ntm_process.PATIENCE)
                    page.wait("(t) => document.body.dataset.updated > t",
                              before)

    def test_without_websocket_the_page_polls(self):
        with self.ntm() as ntm, self.page(ntm, [NO_WEBSOCKET]) as page:
            page.wait("() => document.body.dataset.connection === 'polling'")
            with self.traffic():
                page.wait("() => parseFloat(document.querySelector("
                          "'#tile-down').textContent) > 0")
                page.wait("(h) => [...document.querySelectorAll('#top-remote "
                          ".name')].some((n) => n.textContent === h)", WEB)
            self.assertEqual(page.faults(), [])

    def test_hostile_strings_are_only_text(self):
        flow = {"src": EVIL, "dst": EVIL, "proto": "tcp", "service": EVIL,
                "bytes_total": 1, "packets_total": 1, "bytes_per_second": 1,
                "packets_per_second": 1, "last_seen": "2026-01-01T00:00:00Z"}
        with self.hub() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.do("answer", path="/api/flows", body={
                "last_updated": "", "matching_flows": 1, "flows": [flow]})
            page.do("answer", path="/api/usage", body={
                "entries": [{"name": EVIL, "in_bytes": 1, "out_bytes": 1}],
                "total": {"in_bytes": 1, "out_bytes": 1}, "interfaces": None})
            page.do("answer", path="/api/traffic/summary", body={"services": [
                {"id": EVIL, "name": EVIL, "active": True, "total_up": 1,
                 "total_down": 1, "bandwidth_up": 1, "bandwidth_down": 1,
                 "cpu_percent": 1, "memory_percent": 1,
                 "last_updated": None}]})
            for place, node in (("#talkers", "#flows tbody td"),
                                ("#usage", "#usage-hosts .name"),
                                ("#machines", "#agents td b")):
                page.evaluate("(s) => document.querySelector(s)"
                              ".scrollIntoView({behavior: 'instant'})", place)
                page.wait("([s, evil]) => [...document.querySelectorAll(s)]"
                          ".some((n) => n.textContent === evil)", [node, EVIL])
            # A click puts it into a filter, its chip and a request.
            page.evaluate("() => document.querySelector('#flows tbody button')"
                          ".click()")
            page.wait("() => document.querySelector('#flow-chips button')")
            self.assertEqual(page.evaluate(
                "() => [window.pwned, document.querySelectorAll("
                "'img[src=x], main script').length]"), [None, 0])

    def test_a_hostile_ptr_name_does_nothing(self):
        server = dns.Server(
            dns.names({WEB: "<img src=x onerror=pwned=1>.example",
                       CAM: "cam.example"}),
            self.here.socket(socket.AF_INET, socket.SOCK_DGRAM))
        with server, self.ntm(
                "--dns-server", server.address, "--hosts-file", "/dev/null",
                "--resolve-rate", "1000", "--names-in-labels",
                "--fqdn") as ntm, self.traffic(), self.page(ntm) as page:
            # The good name proves that names are shown; the evil one is not a
            # valid host name, so the address stays.
            page.wait("(h) => [...document.querySelectorAll('#top-remote "
                      ".name')].some((n) => n.textContent === h)",
                      "cam.example")
            self.assertIn(WEB, page.texts("#top-remote .name"))
            self.assertEqual(page.evaluate(
                "() => [window.pwned, document.querySelectorAll("
                "'img[src=x]').length]"), [None, 0])
            self.assertEqual(page.faults(), [])

    def test_the_page_makes_no_external_request_and_has_no_error(self):
        with self.ntm() as ntm, self.traffic(), self.page(ntm) as page:
            self.wait_live(page)
            for section in ("talkers", "history", "quality", "forecast",
                            "usage", "machines", "alerts"):
                page.evaluate("(s) => document.getElementById(s)"
                              ".scrollIntoView({behavior: 'instant'})", section)
                page.wait("(s) => { const box = document.getElementById(s)"
                          ".getBoundingClientRect(); return box.top < "
                          "innerHeight && box.bottom > 0; }", section)
            first = page.evaluate("() => document.body.dataset.updated")
            page.wait("(t) => document.body.dataset.updated > t", first)
            asked = page.do("asked")
            self.assertGreater(len(asked), 10)
            for url in asked:
                self.assertTrue(url.startswith(f"http://127.0.0.1:{ntm.port}/"),
                                url)
            self.assertEqual(page.faults(), [])

    def test_the_page_is_accessible(self):
        with self.hub() as ntm, self.traffic(), self.page(ntm) as page:
            self.push(ntm, "web1", 1.5, 2.5, 250)
            self.wait_live(page)
            for section in ("usage", "machines", "alerts", "talkers"):
                page.evaluate("(s) => document.getElementById(s)"
                              ".scrollIntoView({behavior: 'instant'})", section)
            page.wait("() => document.querySelector('#flows tbody tr') && "
                      "document.querySelector('[data-agent]')")
            for scheme in ("light", "dark"):
                page.do("scheme", scheme=scheme)
                for width in (1360, 390):
                    page.do("viewport", width=width, height=900)
                    with self.subTest(scheme=scheme, width=width):
                        serious = [found for found in page.do("axe")
                                   if found["impact"] in ("serious",
                                                          "critical")]
                        self.assertEqual(serious, [])
                        self.assertLessEqual(page.evaluate(
                            "() => document.documentElement.scrollWidth"),
                            width)

    def test_the_keyboard_reaches_everything(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            reached = set()
            for _ in range(40):
                page.do("press", key="Tab")
                reached.add(page.evaluate(
                    "() => { const n = document.activeElement; return n.id || "
                    "n.hash || n.textContent; }"))
            self.assertLessEqual({"#now", "#alerts", "theme", "flow-filter",
                                  "Source", "Hour", "history-source"}, reached)

    def test_missing_traffic_is_reported_with_a_remedy(self):
        with self.ntm("udp port 9") as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.evaluate("() => { const now = Date.now; Date.now = () => "
                          "now() + 31000; }")
            page.wait("() => document.querySelector('#notices .notice code')")
            self.assertIn("No packet has matched the filter for 30 s",
                          page.text("#notices"))
            self.assertIn("ntm doctor", page.text("#notices"))

    def test_disabled_and_empty_sections_say_what_to_do(self):
        remedies = {"#expected": "--no-forecast", "#alert-list": "--no-alerts",
                    "#agents": "--accept-agents", "#top-local": "ntm doctor",
                    "#usage-hosts": "ntm doctor", "#quota": "--quota"}
        with self.ntm("udp port 9", "--no-forecast", "--no-alerts") as ntm, \
                self.page(ntm) as page:
            self.wait_live(page)
            for node, remedy in remedies.items():
                page.evaluate("(s) => document.querySelector(s)"
                              ".scrollIntoView({behavior: 'instant'})", node)
                page.wait("([s, what]) => [...document.querySelectorAll(s + "
                          "' code')].some((c) => c.textContent.includes(what))",
                          [node, remedy])
            self.assertEqual(page.faults(), [])

    def files(self, ntm):
        text = ntm.fetch("/").text
        listed = set(re.findall(r'(?:href|src)="(/web/[^"]+)"', text))
        self.assertGreaterEqual(len(listed), 5)
        return ["/", *sorted(listed)]

    def test_the_page_is_small_compressed_and_cached(self):
        with self.ntm() as ntm:
            total = 0
            for path in self.files(ntm):
                answer = ntm.fetch(path, headers={"Accept-Encoding": "gzip"})
                self.assertEqual(answer.status, 200, path)
                self.assertEqual(answer.headers["Content-Encoding"], "gzip")
                total += len(answer.body)
                again = ntm.fetch(path, headers={
                    "Accept-Encoding": "gzip",
                    "If-None-Match": answer.headers["ETag"]})
                self.assertEqual((again.status, again.body), (304, b""))
                plain = ntm.fetch(path)
                self.assertNotEqual(plain.headers["ETag"],
                                    answer.headers["ETag"])
            self.assertLess(total, LIMIT_BYTES)
            self.assertIn("MIT", ntm.fetch("/web/dygraphs-licence.txt").text)

    def test_the_page_allows_its_own_files_and_nothing_inline(self):
        with self.ntm() as ntm:
            for path in self.files(ntm):
                answer = ntm.fetch(path)
                policy = answer.headers["Content-Security-Policy"]
                self.assertIn("default-src 'none'", policy)
                self.assertIn("script-src 'self';", policy)
                self.assertNotIn("unsafe", policy)
            text = ntm.fetch("/").text
            self.assertEqual(re.findall(r"<script(?![^>]*src=)[^>]*>", text), [])
            self.assertEqual(re.findall(r'\s(?:style|on\w+)="', text), [])
