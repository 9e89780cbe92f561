"""The exposition of a real run: formats, prefix, limits, exact sums."""

import re
import shutil
import subprocess
import unittest

import exposition
import frames
import mixed
import ntm_process
from files import FileCase

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def many_hosts(count):
    """UDP frames of `count` hosts to one host, each of a different length."""
    return [frames.udp_frame(f"10.1.{i // 250}.{i % 250 + 1}", "10.2.0.1",
                             40000, (53, 123, 9)[i % 3], b"x" * (i % 97))
            for i in range(count)]


class ExpositionTest(FileCase):
    def promtool(self, text):
        promtool = shutil.which("promtool")
        if not promtool:
            raise unittest.SkipTest("there is no promtool (Debian package "
                                    "prometheus)")
        result = subprocess.run([promtool, "check", "metrics"], input=text,
                                capture_output=True, text=True, timeout=20,
                                check=False)
        self.assertEqual((result.returncode, result.stdout + result.stderr),
                         (0, ""))

    def test_promtool_accepts_the_exposition_of_a_file(self):
        self.promtool(ntm_process.run(
            "-r", self.capture(mixed.frames())).stdout)

    def test_promtool_accepts_a_scrape(self):
        with ntm_process.Ntm("-r", self.capture(mixed.frames()),
                             "--serve") as ntm:
            self.promtool(ntm.wait_ready().fetch().text)

    def test_every_family_has_help_and_type(self):
        scrape = ntm_process.read_file(self.capture(mixed.frames()))
        for name in scrape.samples:
            stem = re.sub("_(bucket|sum|count)$", "", name)
            if scrape.types.get(stem) == "histogram":
                self.assertIn(stem, scrape.helps)
                continue
            self.assertIn(name, scrape.helps)
            self.assertIn(scrape.types[name], ("counter", "gauge"))
            self.assertEqual(name.endswith("_total"),
                             scrape.types[name] == "counter", name)

    def test_prefix_replaces_ntm(self):
        path = self.capture(mixed.frames())
        for flag in ("-s", "--metric_prefix", "--metric-prefix"):
            with self.subTest(flag):
                scrape = ntm_process.read_file(path, flag, "home")
                self.assertEqual(scrape.flows("home"), mixed.FLOWS)
                for name in scrape.samples:
                    self.assertTrue(name.startswith("home_"), name)

    def test_series_are_bounded_and_sums_exact(self):
        sent = many_hosts(600)
        path = self.capture(sent)
        scrape = ntm_process.read_file(path, "--max-series", "16")
        flows = scrape.flows()
        self.assertLessEqual(len(flows), 16)
        self.assertEqual(scrape.value("ntm_series_limit"), 16)
        self.assertEqual(scrape.value("ntm_series"), len(flows))
        self.assertIn(("other", "other"), {key[:2] for key in flows})
        self.assertEqual(
            scrape.sum("ntm_packets_total")
            + scrape.sum("ntm_evicted_packets_total"), 600)
        self.assertEqual(
            scrape.sum("ntm_bytes_total")
            + scrape.sum("ntm_evicted_bytes_total"),
            sum(len(frame) - 14 for frame in sent))
        exposition.assert_sums_hold(scrape)

    def test_other_keeps_protocol_and_service(self):
        scrape = ntm_process.read_file(self.capture(many_hosts(600)),
                                       "--max-series", "100")
        others = {key[2:] for key in scrape.flows() if key[0] == "other"}
        self.assertLessEqual({("udp", "domain"), ("udp", "ntp")}, others)

    def test_idle_series_of_a_file_end_only_with_idle_timeout(self):
        first, second = many_hosts(2)
        path = self.capture([first] * 1000 + [second] * 12000)  # 1 ms apart
        scrape = ntm_process.read_file(path)
        self.assertEqual(len(scrape.flows()), 2)
        self.assertEqual(scrape.value("ntm_evicted_series_total"), 0)
        scrape = ntm_process.read_file(path, "--idle-timeout", "5s")
        self.assertEqual([key[0] for key in scrape.flows()], ["10.1.0.2"])
        self.assertEqual(scrape.value("ntm_evicted_series_total"), 1)
        self.assertEqual(scrape.value("ntm_evicted_packets_total"), 1000)
        self.assertEqual(scrape.sum("ntm_packets_total"), 12000)

    def test_series_below_the_limit_need_no_other(self):
        scrape = ntm_process.read_file(self.capture(many_hosts(600)))
        self.assertEqual(len(scrape.flows()), 600)
        self.assertEqual(scrape.value("ntm_series"), 600)
        self.assertEqual(scrape.value("ntm_series_limit"), 10000)

    def test_broken_frames_are_errors_and_sums_stay_exact(self):
        good = mixed.frames()
        broken = [b"\0" * 5, frames.eth(b"\x45\0"),
                  frames.eth(frames.ipv6("fd00::1", "fd00::2", 6, b""),
                             ethertype=frames.ETHERTYPE_IPV4)]
        scrape = ntm_process.read_file(self.capture(good + broken))
        self.assertEqual(scrape.sum("ntm_packets_total"), 27)
        self.assertEqual(scrape.sum("ntm_decode_errors_total"), len(broken))
        for labels in scrape.samples["ntm_decode_errors_total"]:
            self.assertEqual([key for key, _ in labels], ["reason"])
        exposition.assert_sums_hold(scrape)

    def test_wrong_lengths_are_replaced_and_counted(self):
        liar = frames.eth(frames.ipv4(
            "10.0.0.1", "10.0.0.2", frames.TCP, frames.tcp(1, 2, b"x" * 60),
            total_length=0))
        scrape = ntm_process.read_file(self.capture([liar]))
        self.assertEqual(scrape.sum("ntm_bytes_total"), len(liar) - 14)
        self.assertEqual(scrape.sum("ntm_decode_anomalies_total"), 1)
        exposition.assert_sums_hold(scrape)


class ScrapeTest(FileCase):
    def serve(self, *arguments, frames_served=None):
        path = self.capture(frames_served or mixed.frames())
        ntm = ntm_process.Ntm("-r", path, "--serve", *arguments)
        self.addCleanup(ntm.stop)
        return ntm.wait_ready()

    def test_text_is_the_default(self):
        ntm = self.serve()
        for accept in (None, "*/*", "text/html", "text/plain"):
            with self.subTest(accept):
                headers = {"Accept": accept} if accept else {}
                answer = ntm.fetch(headers=headers)
                self.assertEqual(
                    answer.headers["Content-Type"].replace(" ", ""),
                    "text/plain;version=0.0.4;charset=utf-8")

    def test_openmetrics_by_accept(self):
        ntm = self.serve()
        answer = ntm.fetch(headers={
            "Accept": "application/openmetrics-text;version=1.0.0,"
                      "text/plain;version=0.0.4;q=0.5"})
        self.assertEqual(answer.headers["Content-Type"].replace(" ", ""),
                         OPENMETRICS.replace(" ", ""))
        self.assertTrue(answer.text.endswith("\n# EOF\n"))
        scrape = exposition.parse(answer.text)
        self.assertEqual(scrape.flows(), mixed.FLOWS)
        self.assertEqual(scrape.types["ntm_bytes"], "counter")
        for name, kind in scrape.types.items():
            self.assertFalse(kind == "counter" and name.endswith("_total"),
                             name)
        self.assertNotIn("\n\n", answer.text)

    def test_q_values_decide(self):
        ntm = self.serve()
        for accept, expected in (
                ("application/openmetrics-text;q=0.3, text/plain;q=0.7",
                 "text/plain"),
                ("text/plain;q=0.3, application/openmetrics-text;q=0.7",
                 "application/openmetrics-text"),
                ("application/openmetrics-text;q=0, */*;q=0.1", "text/plain")):
            with self.subTest(accept):
                answer = ntm.fetch(headers={"Accept": accept})
                self.assertTrue(
                    answer.headers["Content-Type"].startswith(expected))

    def test_families_keep_their_order(self):
        ntm = self.serve()
        first, second = ntm.scrape(), ntm.scrape()
        self.assertEqual(first.order, second.order)
