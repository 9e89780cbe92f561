"""The queries of the dashboard, run in a real Prometheus that scrapes a real
ntm under traffic that is known to the byte."""

import collections
import contextlib
import pathlib
import re
import tempfile
import threading
import time

import pytest

import frames
import grafana
import ntm_process
import prometheus
from live import LiveCase

SCRAPE = 1
SCRAPES = 10
TARGET = {"job": "network-traffic-metrics", "instance": "127.0.0.1:8000"}
BIN = 10  # seconds of a forecast's
HORIZON = 300
BEAT = 0.1  # seconds between two rounds of the stream
# (local host, remote host, remote port, bytes down, bytes up) per round.
STREAM = [
    ("192.168.1.10", "203.0.113.1", 443, 1400, 200),
    ("192.168.1.10", "203.0.113.2", 80, 700, 100),
    ("172.20.3.4", "203.0.113.1", 443, 500, 900),
    ("10.200.0.5", "198.51.100.9", 53, 300, 60),
    ("fd12:3456::7", "2001:db8::5", 443, 1100, 130),
    ("fe80::9", "2001:db8::6", 50001, 90, 70),
    # Without a local host.
    ("172.32.0.1", "203.0.113.1", 443, 250, 250),
    ("2001:db8::77", "2001:db8::5", 22, 111, 222),
    # More remote hosts than a top 10 shows.
    *(("10.200.0.5", f"198.51.100.{100 + n}", 443, 4 * n, 3 * n)
      for n in range(1, 9)),
]
LOCAL = {"192.168.1.10", "172.20.3.4", "10.200.0.5", "fd12:3456::7",
         "fe80::9"}
EXCLUDED = "203.0.113.1"


def stream_frames():
    """The frames of a round and their {(src, dst): IP bytes}."""
    made, sizes = [], collections.Counter()

    def add(frame, src, dst):
        made.append(frame)
        sizes[src, dst] += len(frame) - 14
    for local, remote, port, down, up in STREAM:
        send = frames.udp_frame if port == 53 else frames.tcp_frame
        for frame, ends in (
                (send(remote, local, port, 49200, b"d" * down),
                 (remote, local)),
                (send(local, remote, 49200, port, b"u" * up),
                 (local, remote))):
            add(frame, *ends)
    for frame, src, dst in healthy_frames():
        add(frame, src, dst)
    return made, sizes


def healthy_frames():
    """A handshake, a refused connection, and a question with its answer."""
    local, web, server = "192.168.1.10", "203.0.113.2", "198.51.100.9"
    for client, flags in ((49300, (2, 18, 16)), (49301, (2, 20))):
        ack = 0
        for i, flag in enumerate(flags):
            ends = (web, local) if i == 1 else (local, web)
            ports = (443, client) if i == 1 else (client, 443)
            segment = frames.tcp(*ports, b"", flag, ends, 7 if i < 2 else 8,
                                 ack)
            ack = 8
            yield (frames.eth(frames.ipv4(*ends, frames.TCP, segment)), *ends)
    question = b"\0\1\1\0\0\1\0\0\0\0\0\0\1a\2de\0\0\1\0\1"
    yield (frames.udp_frame("10.200.0.5", server, 49200, 53, question),
           "10.200.0.5", server)
    yield (frames.udp_frame(server, "10.200.0.5", 53, 49200,
                            question[:2] + b"\x81\x80" + question[4:]),
           server, "10.200.0.5")


class Stream:
    """Sends a round each BEAT, by the clock, and counts them."""

    def __init__(self, space):
        self.space, self.sent = space, 0
        self.frames, self.sizes = stream_frames()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        due = time.monotonic()
        while not self.over.wait(max(0, due - time.monotonic())):
            self.space.send_frames("vb", self.frames)
            self.sent += 1
            due += BEAT

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.over.set()
        self.thread.join()

    def bytes_of_round(self, way, exclude=()):
        """{local host: bytes} of a round, downloads or uploads."""
        sums = collections.Counter()
        for (src, dst), size in self.sizes.items():
            local, remote = (dst, src) if way == "down" else (src, dst)
            if local in LOCAL and remote not in exclude:
                sums[local] += size
        return sums


def forecasts_before(ntm):
    """The forecasts of now as those of a horizon ago, in OpenMetrics."""
    name = "ntm_forecast_bandwidth_lower_bytes_per_second"
    scrape = ntm.wait_for(lambda scrape: name in scrape.samples, name)
    then = int(time.time()) - HORIZON
    lines = []
    for family, samples in scrape.samples.items():
        if not family.startswith("ntm_forecast_bandwidth_"):
            continue
        lines.append(f"# TYPE {family} gauge")
        for labels, value in samples.items():
            text = ",".join(f'{key}="{each}"' for key, each in
                            sorted({*labels, *TARGET.items()}))
            lines += [f"{family}{{{text}}} {value} {then + after}"
                      for after in range(-60, 61, 15)]
    return "\n".join([*lines, "# EOF", ""])


def by_label(answer, label):
    return {dict(key).get(label, ""): value for key, value in answer.items()}


class LiveGrafanaTest(LiveCase):
    def setUp(self):
        super().setUp()
        self.dashboard = grafana.read()
        self.panels = {panel["title"]: panel
                       for panel in grafana.panels(self.dashboard)}

    @contextlib.contextmanager
    def world(self, *options, past=None):
        with self.ntm(*options) as ntm, Stream(self.there) as stream, \
                prometheus.scraping(ntm.port, self.here, f"{SCRAPE}s",
                                    past and past(ntm)) as ask:
            self.stream, self.ask = stream, ask
            yield

    def scraped(self, times, family="ntm_series"):
        """Waits for so many scrapes of a family; the moment of the last."""
        expression = f"count_over_time({family}[{10 * times}s])"
        ntm_process.poll(
            lambda: max(self.ask(expression).values(), default=0) >= times,
            (20 + 3 * times) * ntm_process.PATIENCE, f"{times} scrapes", 0.1)
        return max(self.ask("timestamp(ntm_series)").values())

    def values(self, window=SCRAPES - 2, **chosen):
        everything = {
            "datasource": "", **TARGET, "interface": grafana.ALL,
            "local": grafana.ALL, "service": grafana.ALL,
            "proto": grafana.ALL, "excluded": "", "peers": "^$",
            "horizon": f"{HORIZON}s"}
        return grafana.Values(self.dashboard, SCRAPE, window,
                              **{**everything, **chosen})

    def answer(self, title, values, at, target=0):
        query = self.panels[title]["targets"][target]["expr"]
        return self.ask(values.put_in(query), at)

    def near(self, found, expected, what):
        self.assertEqual(set(found), set(expected), what)
        for host, size in expected.items():
            self.assertLess(abs(found[host] / size - 1), 0.03,
                            f"{what}, {host}: {found[host]} for {size}")

    @pytest.mark.long
    def test_every_panel_of_the_dashboard_has_data(self):
        # Queues that follow classes have counters of their own, once there.
        with self.world("--qos-enforce", "--max-bandwidth", "100M",
                        *self.trained(), past=forecasts_before):
            at = self.scraped(6, "ntm_qdisc_class_drops_total")
            values = self.values(4, interface="va")
            for panel, target in grafana.queries(self.dashboard):
                if "$local" in panel["title"]:
                    values = values.choose(local="192.168.1.10")
                with self.subTest(f"{panel['title']} {target['refId']}"):
                    answer = self.ask(values.put_in(target["expr"]), at)
                    self.assertTrue(answer, values.put_in(target["expr"]))
                    self.legend_is_full(target, answer)

    def trained(self):
        """Options for a forecast that has learned from 100 minutes before."""
        folder = tempfile.TemporaryDirectory(prefix="ntm-forecast-")
        self.addCleanup(folder.cleanup)
        series, model = (pathlib.Path(folder.name, name)
                         for name in ("series.csv", "model"))
        end = int(time.time()) // BIN * BIN
        lines = [f"{end - before * BIN},{100000 + before % 7 * 1000}"
                 for before in range(600, 0, -1)]
        series.write_text("\n".join(["time,bytes", *lines, ""]))
        made = ntm_process.run(
            "forecast", "train", "--csv", series, "--bin", f"{BIN}s",
            "--interface", "va", "--direction", "receive", "--model", model)
        self.assertEqual(made.returncode, 0, made.stderr)
        return ("--forecast-model", model, "--forecast-bin", f"{BIN}s")

    def legend_is_full(self, target, answer):
        legend = target.get("legendFormat", "")
        for label in grafana.legend_labels(legend):
            if label in ("service", "class"):
                continue  # may be empty, which is no label
            for key in answer:
                self.assertIn(label, dict(key))

    @pytest.mark.long
    def test_panels_show_what_was_sent(self):
        with self.world():
            at = self.scraped(SCRAPES + 1)
            window = SCRAPES - 2
            rounds = self.rounds("increase", window, at)
            values = self.values(window)
            for exclude, chosen in (((), {}),
                                    ((EXCLUDED,), {"excluded": EXCLUDED})):
                self.shares(values.choose(**chosen), at, rounds, exclude)
            self.rates(values, at, self.rounds("rate", 4 * SCRAPE, at))
            self.servers(values, at)
            self.excluded_everywhere(values.choose(excluded=EXCLUDED), at)
            self.stream.stop()
            self.sums()

    def rounds(self, function, seconds, at):
        """How many, by the packets of the scrapes themselves: what came too
        early or late for them is in no panel either."""
        packets = prometheus.total(
            self.ask,
            f"sum({function}(ntm_capture_packets_total[{seconds}s]))", at)
        return packets / len(self.stream.frames)

    def shares(self, values, at, rounds, exclude):
        for way, label, title in (("down", "dst", "Downloads by local host"),
                                  ("up", "src", "Uploads by local host")):
            expected = {host: size * rounds for host, size in
                        self.stream.bytes_of_round(way, exclude).items()}
            self.near(by_label(self.answer(title, values, at), label),
                      expected, title)

    def rates(self, values, at, rounds_per_second):
        for target, way, label in ((0, "down", "dst"), (1, "up", "src")):
            title = "Throughput by local host, downloads below zero"
            expected = {host: size * rounds_per_second for host, size in
                        self.stream.bytes_of_round(way).items()}
            self.near(by_label(self.answer(title, values, at, target), label),
                      expected, title)
            host = "192.168.1.10"
            each = self.answer(
                "Throughput of $local by remote host, downloads below zero",
                values.choose(local=host), at, target)
            self.assertEqual(len(each), 2)
            self.near({host: sum(each.values())}, {host: expected[host]},
                      "one host")

    def servers(self, values, at):
        for way, label, title in (
                ("down", "src", "Downloads by remote host, top 10"),
                ("up", "dst", "Uploads by remote host, top 10")):
            sums = collections.Counter()
            for (src, dst), size in self.stream.sizes.items():
                local, remote = (dst, src) if way == "down" else (src, dst)
                if local in LOCAL:
                    sums[remote] += size
            found = by_label(self.answer(title, values, at), label)
            self.assertEqual(sorted(found, key=found.get, reverse=True),
                             [server for server, _ in sums.most_common(10)])

    def excluded_everywhere(self, values, at):
        asked = 0
        for panel, target in grafana.queries(self.dashboard):
            if "$excluded" not in target["expr"]:
                continue
            asked += 1
            for local in (grafana.ALL, "192.168.1.10"):
                expr = values.choose(local=local).put_in(target["expr"])
                for key in self.ask(expr, at):
                    self.assertNotIn(EXCLUDED, dict(key).values(),
                                     panel["title"])
        self.assertGreater(asked, 15)

    def sums(self):
        """The counters once there is no traffic any more."""
        rounds = self.stream.sent
        title = "Local hosts, totals"
        for target, way in ((0, "down"), (1, "up")):
            expected = {host: size * rounds for host, size in
                        self.stream.bytes_of_round(way).items()}
            found = {}

            def agrees():
                found.update(by_label(self.answer(
                    title, self.values(), time.time(), target), "host"))
                return found == expected
            try:
                ntm_process.poll(agrees, 10, title, 0.2)
            except AssertionError:
                self.assertEqual(found, expected)

    def test_variables_of_the_dashboard_find_the_right_sets(self):
        with self.world(*self.trained()):
            self.scraped(3, "ntm_forecast_bandwidth_bytes_per_second")
            found = {}
            for name, variable in grafana.variables(self.dashboard).items():
                if variable["type"] == "query":
                    selector, label = grafana.label_values(variable)
                    asked = self.values().put_in(selector)
                    found[name] = self.ask.label_values(asked, label) \
                        if label else grafana.found_by_regex(
                            variable, self.ask(asked))
        # fe80::/10 and ff02:: of the kernel's own do not come: IPv6 is off.
        self.assertEqual(found["local"], LOCAL)
        self.assertEqual(found["job"], {"network-traffic-metrics"})
        self.assertEqual(found["instance"], {"127.0.0.1:8000"})
        self.assertEqual(found["interface"], {"va"})
        self.assertEqual(found["service"], {"https", "http", "domain", "ssh"})
        self.assertEqual(found["proto"], {"tcp", "udp"})
        self.assertIn(f"{HORIZON}s", found["horizon"])

    def test_traffic_of_one_direction_is_in_every_panel(self):
        remote, host, beacon = "203.0.113.7", "192.168.1.77", "192.168.1.88"
        ways = [frames.udp_frame(remote, host, 49200, 514, b"s" * 100),
                frames.udp_frame(beacon, remote, 49200, 123, b"n" * 100)]
        with self.ntm() as ntm, prometheus.scraping(
                ntm.port, self.here, f"{SCRAPE}s") as self.ask:
            end = threading.Event()

            def send():
                while not end.wait(BEAT):
                    self.there.send_frames("vb", ways)
            sender = threading.Thread(target=send)
            sender.start()
            try:
                at = self.scraped(6)
            finally:
                end.set()
                sender.join()
            values = self.values(4)
            self.assertEqual(set(by_label(self.answer(
                "By service", values, at), "service")), {"syslog", "ntp"})
            self.assertEqual(set(by_label(self.answer(
                "By protocol", values, at), "proto")), {"udp"})
            for local, service in ((host, "syslog"), (beacon, "ntp")):
                self.assertEqual(set(by_label(self.answer(
                    "Services of $local", values.choose(local=local), at),
                    "service")), {service})
            conversations = self.answer("Conversations, top 50", values, at)
            self.assertEqual(
                {(dict(key)["src"], dict(key)["dst"]) for key in
                 conversations}, {(remote, host), (beacon, remote)})
            variable = grafana.variables(self.dashboard)["local"]
            expression, _ = grafana.label_values(variable)
            self.assertEqual(grafana.found_by_regex(
                variable, self.ask(values.put_in(expression), at)),
                {host, beacon})

    def test_a_flow_that_two_machines_see_counts_once(self):
        with self.world():
            at = self.scraped(5)
            values = self.values(3)
            title = "Downloads by local host"
            query = self.panels[title]["targets"][0]["expr"]
            once = self.ask(values.put_in(query), at)
            # A second machine that has captured the same traffic.
            twice = re.sub(
                r"(increase\(ntm_bytes_total{[^}]*}\[[^\]]*\]\))",
                r'(\1 or label_replace(\1, "instance", "b:8000", "", ""))',
                values.put_in(query))
            self.assertNotEqual(twice, values.put_in(query))
            self.assertEqual(self.ask(twice, at), once)

    def test_variables_narrow_the_panels(self):
        with self.world():
            at = self.scraped(5)
            values = self.values(3)
            title = "Downloads by local host"

            def hosts(**chosen):
                return set(by_label(self.answer(
                    title, values.choose(**chosen), at), "dst"))
            self.assertEqual(hosts(service="domain"), {"10.200.0.5"})
            self.assertEqual(hosts(proto=["udp", "icmp"]), {"10.200.0.5"})
            self.assertEqual(hosts(local=["172.20.3.4", "fe80::9"]),
                             {"172.20.3.4", "fe80::9"})
            # A selected dot is matched literally.
            self.assertEqual(hosts(local="192.168.1.1"), set())
            self.assertEqual(hosts(excluded=r"(203\.0|2001:db8:).*"),
                             {"10.200.0.5"})
            self.assertEqual(hosts(interface="va"), LOCAL)
            self.assertEqual(hosts(instance="other:8000"), set())
            modes = grafana.custom_values(
                grafana.variables(self.dashboard)["peers"])
            self.assertEqual(hosts(peers=modes["not private"]), LOCAL)
            self.assertEqual(modes["everyone"], "^$")
