"""The web page in a real browser: it shows the data of the API."""

import colorsys
import re
import time
import urllib.parse

import frames
import netns
import ntm_process
from household import CAM, MAIL, WEB
from page import TOKEN, PageCase

COLOURS = {"pink", "violet", "cyan", "emerald", "amber"}
MEBI = 1048576


def still(rows):
    """The cells of flows that do not change without traffic: all but rates."""
    return [row[:5] + row[7:] for row in rows]


class LivePageTest(PageCase):
    def test_live_traffic_appears_within_two_seconds(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            # A loaded machine may delay one attempt, but not every one.
            self.assertTrue(any(self.appears(page) for _ in range(3)))
            self.assertEqual(page.faults(), [])

    def appears(self, page):
        page.wait("() => document.querySelector('#tile-down').textContent"
                  " === '0 KB/s'")
        began = time.monotonic()
        with self.traffic():
            page.wait("() => parseFloat(document.querySelector("
                      "'#tile-down').textContent) > 0")
            shown = time.monotonic() - began
            page.wait("() => [...document.querySelectorAll('#top-remote "
                      ".talker > .num')].some((n) => n.textContent.endsWith("
                      "'/s') && parseFloat(n.textContent) > 0)")
            listed = time.monotonic() - began
        return (shown < 2 * ntm_process.PATIENCE
                and listed < 2.5 * ntm_process.PATIENCE)

    def test_the_chart_moves_without_a_reload(self):
        with self.ntm() as ntm, self.traffic(), self.page(ntm) as page:
            self.wait_live(page)
            page.evaluate("() => { window.same = true; }")
            first = page.evaluate("() => document.body.dataset.updated")
            pixels = ("() => { const c = document.querySelector("
                      "'#live-chart canvas'); return c && c.toDataURL(); }")
            before = page.wait(pixels)
            page.wait("(t) => document.body.dataset.updated > t", first,
                      seconds=3 * ntm_process.PATIENCE)
            page.wait("(b) => document.querySelector('#live-chart canvas')"
                      ".toDataURL() !== b", before,
                      seconds=3 * ntm_process.PATIENCE)
            self.assertTrue(page.evaluate("() => window.same"))
            up, down = (page.evaluate(
                "(s) => getComputedStyle(document.querySelector(s)).color", s)
                for s in ("#tile-up", "#tile-down"))
        blue, green = (tuple(map(int, re.findall(r"\d+", c)[:3]))
                       for c in (up, down))
        self.assertEqual(max(blue), blue[2], up)
        self.assertEqual(max(green), green[1], down)

    def test_the_overview_equals_the_api(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            self.send()
            page.wait("() => document.querySelector('#note-flows')"
                      ".textContent.startsWith('4 of')")
            total = self.json(ntm, "/api/interfaces")["total"]
            flows = self.json(ntm, "/api/flows")["matching_flows"]
            available, = self.units(page, "rate",
                                    total["max_bytes_per_second"])
            self.assertEqual(page.text("#tile-available"), available)
            self.assertEqual(flows, 4)
            # Without traffic both sides agree on the remaining values too.
            page.wait("() => document.querySelector('#tile-used').textContent "
                      "=== '0.0 %' && document.querySelector('#tile-flows')"
                      ".textContent === '0'")
            self.assertEqual(
                self.json(ntm, "/api/interfaces")["total"][
                    "utilization_ratio"], 0)
            self.assertEqual(page.text("#tile-coverage"), "100 %")
            self.assertIn(page.text("#tile-alerts"), ("–", "0"))

    def rings(self, page):
        return page.evaluate("""() => [...document.querySelectorAll('.ring')]
          .map((ring) => ({ id: ring.dataset.source,
            colour: [...ring.classList].find((c) => c.startsWith('c-')).slice(2),
            width: ring.querySelector('svg').getAttribute('width'),
            shown: ring.querySelector('svg').getBoundingClientRect().width,
            percent: ring.querySelector('.ring-percent').textContent,
            pulse: ring.querySelector('.pulse').className,
            figures: [...ring.querySelectorAll('dd')].map((n) => n.textContent),
          }))""")

    def test_rings_are_the_five_busiest_and_equal_the_api(self):
        with self.hub() as ntm, self.page(ntm) as page:
            # Maximum 125: half of it; more than it; and an agent without a
            # maximum, which is shown relative to the busiest.
            rates = {"a": (20, 42.5, 125), "b": (70, 80, 125), "c": (10, 5, 0),
                     "d": (1, 1, 125), "e": (30, 0, 125), "f": (0.5, 0, 125),
                     "g": (0, 8, 125)}
            for name, (up, down, most) in rates.items():
                self.push(ntm, name, up, down, most)
            page.wait("(ids) => [...document.querySelectorAll('.ring')].map("
                      "(r) => r.dataset.source).join() === ids", "b,a,e,c,g")
            rings = self.rings(page)
            self.assertEqual([r["percent"] for r in rings],
                             ["100%", "50%", "24%", "10%", "6%"])
            for ring in rings:
                self.assertEqual((ring["width"], ring["shown"]), ("200", 200))
            self.assertEqual({r["pulse"] for r in rings}, {"pulse active"})
            self.assertEqual({r["colour"] for r in rings} - COLOURS, set())
            up, down, _ = rates["a"]
            known = {s["id"]: s for s in self.json(
                ntm, "/api/traffic/summary")["services"]}["a"]
            self.assertEqual((known["bandwidth_up"], known["bandwidth_down"]),
                             (up, down))
            expected = self.units(page, "rate", up * MEBI, down * MEBI,
                                  (up + down) * MEBI)
            expected += self.units(page, "size", 3 * 2**30, 1200 * 2**30,
                                   1203 * 2**30)
            self.assertEqual(rings[1]["figures"], expected)
            colour = {r["id"]: r["colour"] for r in rings}
            self.push(ntm, "a", 0, 0, 125)
            self.push(ntm, "d", 100, 100, 125)
            page.wait("() => document.querySelector('.ring').dataset.source "
                      "=== 'd'")
            for ring in self.rings(page):
                if ring["id"] in colour:
                    self.assertEqual(ring["colour"], colour[ring["id"]])

    def test_the_dot_pulses_only_while_there_is_traffic(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            pulse = ("(look) => (document.querySelector('.pulse') || {})"
                     ".className === 'pulse ' + look")
            page.wait(pulse, "idle")
            with self.traffic():
                page.wait(pulse, "active")
                green = page.evaluate(
                    "() => getComputedStyle(document.querySelector("
                    "'.pulse')).backgroundColor")
            page.wait(pulse, "idle")
        self.assertEqual(green, "rgb(34, 197, 94)")

    def test_figures_of_a_source_have_their_colours(self):
        degrees = {"up": (210, 240), "down": (120, 150), "total": (260, 290),
                   "uploaded": (10, 30), "downloaded": (180, 200),
                   "combined": (33, 50)}
        with self.ntm() as ntm, self.page(ntm) as page:
            page.wait("() => document.querySelector('.ring')")
            for scheme in ("light", "dark"):
                page.do("scheme", scheme=scheme)
                found = page.evaluate("""(names) => Object.fromEntries(
                  names.map((c) => [c, getComputedStyle(document.querySelector(
                    '.ring dd.' + c)).color]))""", list(degrees))
                for name, (least, most) in degrees.items():
                    red, green, blue = (
                        int(part) / 255 for part in
                        re.findall(r"\d+", found[name])[:3])
                    hue = 360 * colorsys.rgb_to_hsv(red, green, blue)[0]
                    self.assertTrue(least <= hue <= most,
                                    f"{scheme}: {name} is {found[name]}")

    def test_rates_are_in_kilobytes_and_megabytes(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.assertEqual(
                self.units(page, "rate", 0, 512000, 999900, 2000000, 62500000),
                ["0 KB/s", "512.0 KB/s", "999.9 KB/s", "2.0 MB/s", "62.5 MB/s"])

    def test_rates_are_in_bits_where_the_option_says_so(self):
        with self.ntm("--units", "bits") as ntm, self.page(ntm) as page:
            self.wait_live(page)
            self.assertEqual(
                self.units(page, "rate", 0, 64000, 125e3, 125e6),
                ["0 kbit/s", "512.0 kbit/s", "1.0 Mbit/s", "1.00 Gbit/s"])
            self.assertTrue(page.text("#tile-available").endswith("bit/s"))

    def test_rates_below_a_kilobyte_are_numbers(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.assertEqual(
                self.units(page, "rate", 312, 9.5, 1e-3, 999.4, 999.6),
                ["312 B/s", "9.5 B/s", "<0.1 B/s", "999 B/s", "1.0 KB/s"])
            self.assertEqual(self.units(page, "size", 60, 999, 1000),
                             ["60 B", "999 B", "1.0 KB"])
            page.evaluate("() => unitsModule.showBits(true)")
            self.assertEqual(
                self.units(page, "rate", 39, 0.05, 125),
                ["312 bit/s", "0.4 bit/s", "1.0 kbit/s"])

    def shows(self, page, unit):
        """Waits until the button, the tiles, the lists and the tables have it."""
        page.wait("""(unit) => document.querySelector('#units').textContent
          === unit && [['#tile-down', 1], ['#tile-available', 1],
            ['#live-legend .num', 2], ['#top-remote .talker > .num', 2],
            ['#flows td.num:nth-child(6)', 3], ['.ring dd.up', 1]]
          .every(([where, least]) => {
            const texts = [...document.querySelectorAll(where)]
              .map((n) => n.textContent).filter((t) => t.endsWith('/s'));
            return texts.length >= least && texts.every((t) =>
              t.endsWith('bit/s') === (unit === 'bit/s'));
          })""", unit)

    def test_the_switch_of_units_is_remembered(self):
        with self.ntm() as ntm, self.traffic(), self.page(ntm) as page:
            self.wait_live(page)
            page.evaluate("() => document.querySelector('#talkers')"
                          ".scrollIntoView({behavior: 'instant'})")
            self.shows(page, "B/s")
            page.click("#units")
            self.shows(page, "bit/s")
            self.assertEqual(page.evaluate(
                "() => document.querySelector('#units').ariaPressed"), "true")
            # The axis of the chart, too.
            page.wait("() => [...document.querySelectorAll('#live-chart "
                      ".dygraph-axis-label-y')].some((n) => n.textContent"
                      ".endsWith('bit/s'))")
            page.open(f"http://127.0.0.1:{ntm.port}/")
            self.wait_live(page)
            page.evaluate("() => document.querySelector('#talkers')"
                          ".scrollIntoView({behavior: 'instant'})")
            self.shows(page, "bit/s")
            page.click("#units")
            self.shows(page, "B/s")
            page.open(f"http://127.0.0.1:{ntm.port}/")
            self.wait_live(page)
            page.evaluate("() => document.querySelector('#talkers')"
                          ".scrollIntoView({behavior: 'instant'})")
            self.shows(page, "B/s")
            self.assertEqual(page.faults(), [])

    def test_totals_are_in_decimal_gigabytes_and_terabytes(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.assertEqual(
                self.units(page, "size", 0, 1500000, 1e9, 999.99e9, 1000e9,
                           2500e9),
                ["0 KB", "1.5 MB", "1.00 GB", "999.99 GB", "1.00 TB",
                 "2.50 TB"])

    def test_numbers_are_monospace_and_do_not_jump(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            faces = page.evaluate("""() => [...document.querySelectorAll(
              '#tile-up, #tile-down, .ring dd, .ring-percent, #live-legend .num')]
              .map((n) => getComputedStyle(n)).map((s) => [s.fontFamily,
                s.fontVariantNumeric])""")
        self.assertGreaterEqual(len(faces), 9)
        for family, numbers in faces:
            self.assertIn("monospace", family)
            self.assertEqual(numbers, "tabular-nums")

    def test_charts_of_class_and_priority_equal_the_events(self):
        with self.ntm() as ntm, self.traffic(), self.page(ntm) as page:
            page.wait("() => [...document.querySelectorAll('.pie-legend b')]"
                      ".filter((n) => parseInt(n.textContent) > 0).length >= 3")
            shown = page.evaluate("""() => {
              const share = (li) => parseInt(li.querySelector('b').textContent);
              const long = (s) => parseFloat(s.getAttribute('stroke-dasharray'));
              return { legend: Object.fromEntries([...document.querySelectorAll(
                  '.pie-legend li')].map((li) => [li.dataset.class, share(li)])),
                slices: [...document.querySelectorAll('.slice')].map(long),
                bars: Object.fromEntries([...document.querySelectorAll(
                  '[data-priority]')].map((n) => [n.dataset.priority,
                  parseFloat(n.querySelector('i').style.width)])) }; }""")
        # By the bytes that send() sends: 30·928 + 20·440 file, 60·1028 video,
        # 5·228 voice.
        self.assertAlmostEqual(shown["legend"]["video"], 62, delta=6)
        self.assertAlmostEqual(shown["legend"]["file"], 37, delta=6)
        self.assertAlmostEqual(shown["legend"]["voice"], 1, delta=2)
        self.assertAlmostEqual(sum(shown["slices"]), 2 * 3.14159 * 60, delta=1)
        self.assertEqual(shown["bars"]["3"], 100)  # video and voice
        self.assertAlmostEqual(shown["bars"]["1"], 58, delta=14)  # file
        self.assertEqual(shown["bars"]["2"], 0)

    def rows(self, page):
        return page.evaluate(
            "() => [...document.querySelectorAll('#flows tbody tr')].map("
            "(r) => [...r.cells].map((c) => c.textContent))")

    def show_flows(self, page, count):
        page.evaluate("() => document.querySelector('#talkers')"
                      ".scrollIntoView({behavior: 'instant'})")
        page.wait("(n) => document.querySelectorAll('#flows tbody tr')"
                  ".length === n", count)

    def test_flows_are_sorted_filtered_and_coloured(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.send()
            self.show_flows(page, 4)
            page.click("#flows th:nth-child(8) button")
            rows = self.rows(page)
            self.assertEqual([r[0] for r in rows],
                             [CAM, WEB, netns.HERE_IP, CAM])
            totals = self.units(page, "size", *[
                f["bytes_total"] for f in self.json(ntm, "/api/flows")["flows"]])
            self.assertEqual([r[7] for r in rows], totals)
            page.click("#flows th:nth-child(8) button")
            self.assertEqual(still(self.rows(page)), still(rows)[::-1])
            self.assertEqual(page.evaluate(
                "() => document.querySelector('#flows th:nth-child(8)')"
                ".getAttribute('aria-sort')"), "ascending")
            classes = {r[3]: r[4] for r in rows}
            self.assertEqual(classes,
                             {"video": "3", "voice": "3", "file": "1"})
            colours = page.evaluate(
                "() => [...document.querySelectorAll('.class-chip')].map((c) =>"
                " [c.textContent, getComputedStyle(c).color])")
            self.assertEqual(len({c for _, c in colours}),
                             len({k for k, _ in colours}))
            page.do("fill", selector="#flow-filter", value="smtp tcp")
            self.assertEqual([r[1] for r in self.rows(page)], [MAIL])

    def test_multicast_and_broadcast_are_one_row_with_their_names(self):
        groups = "multicast and broadcast"
        with self.ntm() as ntm, self.page(ntm) as page:
            self.there.send_frames("vb", [
                frames.udp_frame(netns.THERE_IP, dst, 40001, 40000, b"x" * 100,
                                 dst_mac="ff:ff:ff:ff:ff:ff")
                for dst in ("239.255.255.250", "224.0.0.251", "224.9.9.9",
                            "255.255.255.255")])
            self.show_flows(page, 4)
            page.wait("(n) => [...document.querySelectorAll('#top-local .name')]"
                      ".map((e) => e.textContent).sort().join() === n",
                      f"{netns.THERE_IP},{groups}")
            titles = page.evaluate(
                "() => [...document.querySelectorAll('#flows tbody tr')].map("
                "(r) => r.cells[1].querySelector('button')).map("
                "(b) => [b.textContent, b.getAttribute('title')])")
            self.assertEqual(dict(titles), {
                "239.255.255.250": "SSDP (UPnP)", "224.0.0.251": "mDNS",
                "224.9.9.9": None, "255.255.255.255": "broadcast"})
            # Neither port says which service it is.
            self.assertEqual({r[2] for r in self.rows(page)},
                             {"peer to peer / unknown udp"})
            self.assertEqual(page.texts("#top-services .name"),
                             ["peer to peer / unknown"])
            # The row filters as a host does.
            self.send()
            self.show_flows(page, 8)
            page.evaluate(
                "(n) => [...document.querySelectorAll('#top-local .talker')]"
                ".find((e) => e.textContent.startsWith(n)).click()", groups)
            self.show_flows(page, 4)
            self.assertEqual(page.texts("#flow-chips button"),
                             [f"host: {groups} ×"])

    def test_lists_say_what_they_show(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            says = ("(what) => ['local', 'services'].every((id) => document"
                    ".querySelector(`#top-${id}-of`).textContent === what)")
            with self.traffic():
                page.wait(says, "current rate")
            page.wait(says, "total, no current traffic")
            # By port, video over HTTPS is in the class file.
            self.assertTrue(any("443" in hint for hint in
                                page.texts("#quality .card .hint")))

    def test_a_click_on_a_host_filters_the_flows(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.send()
            self.show_flows(page, 4)
            page.wait("(h) => [...document.querySelectorAll('#top-remote "
                      ".talker')].some((n) => n.textContent.startsWith(h))",
                      CAM)
            page.evaluate("(h) => [...document.querySelectorAll('#top-remote "
                          ".talker')].find((n) => n.textContent.startsWith(h))"
                          ".click()", CAM)
            page.wait("() => document.querySelectorAll('#flows tbody tr')"
                      ".length === 2")
            self.assertEqual({r[0] for r in self.rows(page)}, {CAM})
            # The lists are filtered by that host too, and stay filtered with
            # the next update.
            only = ("(h) => [...document.querySelectorAll('#top-remote .name')]"
                    ".map((n) => n.textContent).join() === h")
            page.wait(only, CAM)
            self.assertEqual(len(page.texts("#top-services .name")), 2)
            first = page.evaluate("() => document.body.dataset.updated")
            page.wait("(t) => document.body.dataset.updated > t", first)
            self.assertTrue(page.evaluate(only, CAM))
            page.click("#flow-chips button")
            page.wait("() => document.querySelectorAll('#flows tbody tr')"
                      ".length === 4")
            page.wait("() => document.querySelectorAll('#top-services .name')"
                      ".length === 4")

    def test_history_shows_each_period_as_the_api_has_it(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            with self.traffic():
                ntm_process.poll(lambda: self.json(
                    ntm, "/api/traffic/history?hours=1")["peak"]["receive"],
                    what="a point", bound=20 * ntm_process.PATIENCE)
            page.evaluate("() => document.querySelector('#history')"
                          ".scrollIntoView({behavior: 'instant'})")
            for place, hours in ((1, 1), (2, 24), (3, 168), (4, 720)):
                page.do("asked")
                page.click(f"#periods button:nth-child({place})")
                ntm_process.poll(lambda: any(
                    url.endswith(f"hours={hours}") and "traffic/history?" in url
                    for url in page.do("asked")), what=f"{hours} hours")
                page.wait("() => document.querySelectorAll('#history-figures "
                          "strong').length === 6")
            page.click("#periods button:nth-child(1)")

            def agrees():
                answer = self.json(ntm, "/api/traffic/history?hours=1")
                peak, = self.units(page, "rate", answer["peak"]["receive"][
                    "bytes_per_second"])
                return page.texts("#history-figures strong")[0] == peak
            ntm_process.poll(agrees, what="the peak", interval=0.3,
                             bound=25 * ntm_process.PATIENCE)
            self.assertEqual(page.faults(), [])

    def asked_history(self, page, **wanted):
        """Whether the page has requested a history with these parameters."""
        for url in page.do("asked"):
            if "/api/traffic/history?" not in url:
                continue
            query = dict(urllib.parse.parse_qsl(url.partition("?")[2]))
            if all(query.get(name) == value if value else name in query
                   for name, value in wanted.items()):
                return query
        return None

    def test_history_is_zoomed_and_of_one_interface(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.evaluate("() => document.querySelector('#history')"
                          ".scrollIntoView({behavior: 'instant'})")
            page.wait("() => [...document.querySelector('#history-source')"
                      ".options].some((o) => o.value === 'interface=va')")
            page.do("select", selector="#history-source",
                    value="interface=va")
            ntm_process.poll(lambda: self.asked_history(
                page, interface="va", hours="24"), what="one interface")
            page.click("#history-moves button[aria-label='Zoom in']")
            zoomed = ntm_process.poll(lambda: self.asked_history(
                page, interface="va", **{"from": None}), what="the zoom")
            # The middle half of the day.
            length = int(zoomed["to"]) - int(zoomed["from"])
            self.assertAlmostEqual(length, 12 * 3600, delta=2)
            page.click("#history-moves button[aria-label='Earlier']")
            # The zoomed history may be requested again in between.
            earlier = ntm_process.poll(
                lambda: (asked := self.asked_history(page, **{"from": None}))
                and asked["from"] != zoomed["from"] and asked,
                what="what was before")
            self.assertAlmostEqual(
                int(zoomed["from"]) - int(earlier["from"]), 6 * 3600, delta=2)
            page.evaluate("() => [...document.querySelectorAll("
                          "'#history-moves button')].find((b) => b.textContent"
                          " === 'Whole period').click()")
            ntm_process.poll(lambda: self.asked_history(
                page, interface="va", hours="24"), what="the whole day")
            self.assertEqual(page.faults(), [])

    def test_agents_are_shown_on_the_page_of_their_hub(self):
        with self.hub() as ntm, self.page(ntm) as page:
            self.push(ntm, "web1", 1.5, 2.5, 250)
            page.evaluate("() => document.querySelector('#machines')"
                          ".scrollIntoView({behavior: 'instant'})")
            row = page.wait("() => { const r = document.querySelector("
                            "'[data-agent=web1]'); return r && [...r.cells]"
                            ".map((c) => c.textContent); }")
            down, up = self.units(page, "rate", 2.5 * MEBI, 1.5 * MEBI)
            self.assertEqual(row[:4], ["web1", "active", down, up])
            interface = page.wait("() => { const r = document.querySelector("
                                  "'[data-interface=va]'); return r && [...r."
                                  "cells].map((c) => c.textContent); }")
            self.assertEqual(interface[:3], ["va", "up", "10.9.0.1/24"])
            # Receive and transmit here; down and up apply to the whole site.
            self.assertEqual(page.texts("#interfaces th")[3:8],
                             ["Receive rate", "Transmit rate", "Utilization",
                              "Received", "Transmitted"])

    def test_an_alert_is_shown_and_resolved(self):
        # Resolving needs a token, here sent as a password.
        with self.token_file() as tokens, \
                self.ntm("--alerts.capture-down", "for 1s cool-down 0s",
                         "--token-file", tokens) as ntm, \
                self.page(ntm, person=("", TOKEN)) as page:
            self.wait_live(page)
            page.evaluate("() => document.querySelector('#alerts')"
                          ".scrollIntoView({behavior: 'instant'})")
            self.here.ip("link", "set", "va", "down")
            alert = page.wait("""() => {
              const node = document.querySelector('.alert.a-critical');
              return node && { id: node.dataset.alert,
                words: node.querySelector('.severity').textContent,
                time: node.querySelector('.num').textContent,
                status: node.querySelector('.status').textContent,
                message: node.querySelector('p').textContent }; }""")
            listed = self.json(ntm, "/api/alerts")["alerts"]
            self.assertEqual(str(listed[0]["id"]), alert["id"])
            self.assertEqual(listed[0]["message"], alert["message"])
            self.assertEqual((alert["words"], alert["status"]),
                             ("critical", "active"))
            self.assertRegex(alert["time"], r"^(\d{4}-\d\d-\d\d )?\d\d:\d\d$")
            self.assertNotEqual(page.wait(
                "() => document.querySelector('#notices .bad')?.textContent"),
                "")
            self.assertEqual(page.text("#tile-alerts"), "1")
            page.click(".alert.a-critical button")
            page.wait("() => document.querySelector('.alert .status')"
                      ".textContent.startsWith('resolved')")
            self.assertIsNotNone(self.json(
                ntm, "/api/alerts?unresolved=false")["alerts"][0]["resolvedAt"])
