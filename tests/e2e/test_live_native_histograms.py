"""A real Prometheus takes native histograms over protobuf, if it is told to; another
one takes text with classic buckets."""

import json
import pathlib
import time

import yaml

import frames
import netns
import ntm_process
import prometheus
from live import LiveCase

RULES = pathlib.Path(__file__).parents[2] / "prometheus/ntm.rules.yml"
SYN, ACK = 2, 16
WEB = "198.51.100.7"
# How long the server takes, at least.
DELAYS_S = [0.0005 * 1.2 ** i for i in range(30)]
HANDSHAKES = 'ntm_tcp_handshake_seconds{toward="remote"}'


def recorded(name):
    """The expression of the recording rule that has this in its name."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    (found,) = (rule["expr"] for group in rules["groups"]
                for rule in group["rules"] if name in rule["record"])
    return found


class LiveNativeHistogramsTest(LiveCase):
    def shake_hands(self, port, delay_s):
        def send(up, seq, ack, flags):
            ends = (netns.HERE_IP, WEB) if up else (WEB, netns.HERE_IP)
            ports = (port, 443) if up else (443, port)
            frame = frames.eth(
                frames.ipv4(*ends, frames.TCP, frames.tcp(
                    *ports, b"", flags, ends, seq, ack)),
                dst_mac=netns.THERE_MAC if up else netns.HERE_MAC)
            space, name = (self.here, "va") if up else (self.there, "vb")
            space.send_frames(name, [frame])
        send(True, 100, 0, SYN)
        time.sleep(delay_s)
        send(False, 500, 101, SYN | ACK)
        send(True, 101, 501, ACK)

    def handshakes(self, ntm):
        """ntm's own figures, once all handshakes are in them."""
        def asked():
            answer = ntm.fetch("/api/live").body
            figures = json.loads(answer)["traffic-update"]["health"]["internet"]
            return figures if figures["count"] == len(DELAYS_S) else None
        return ntm_process.poll(asked, what="all handshakes")

    def ask(self, query, expression, expected):
        """Repeats the question, as a late scrape makes all series stale."""
        ntm_process.poll(
            lambda: expected(prometheus.total(query, expression)),
            20 * ntm_process.PATIENCE, expression)

    def scraping(self, ntm, *flags):
        return prometheus.scraping(ntm.port, self.here,
                                   f"{200 * ntm_process.PATIENCE}ms",
                                   flags=flags)

    def test_prometheus_has_the_quantiles_of_ntm(self):
        with self.ntm() as ntm:
            count = len(DELAYS_S)
            with self.scraping(
                    ntm, "--enable-feature=native-histograms") as query:
                # The first one gives a value from which the rate is counted.
                self.shake_hands(40000, DELAYS_S[0])
                self.ask(query, f"histogram_count(sum({HANDSHAKES}))",
                         lambda value: value == 1)
                for i, delay_s in enumerate(DELAYS_S[1:]):
                    self.shake_hands(40001 + i, delay_s)
                own = self.handshakes(ntm)
                self.ask(query, f"histogram_count(sum({HANDSHAKES}))",
                         lambda value: value == count)
                # The two may interpolate differently within one bucket.
                for q, seconds in ((0.5, own["median_seconds"]),
                                   (0.95, own["p95_seconds"])):
                    self.assertGreater(seconds, 0.0005)
                    self.ask(query,
                             f"histogram_quantile({q}, sum({HANDSHAKES}))",
                             lambda value, is_=seconds: value
                             and is_ / 1.0443 <= value <= is_ * 1.0443)
                self.ask(query, "histogram_sum(sum("
                         + HANDSHAKES + f")) > bool {sum(DELAYS_S)}",
                         lambda value: value == 1)
                self.assertEqual(query.label_values(
                    "ntm_tcp_handshake_seconds_bucket", "le"), set())
                self.ask(query, f"max({recorded('handshake_seconds:p95')})",
                         lambda value: value and DELAYS_S[-6] <= value)
                self.ask(query, 'sum(ntm_tcp_connections_total{'
                         'outcome="established"})',
                         lambda value: value == count)

    def test_prometheus_without_the_feature_has_classic_buckets(self):
        with self.ntm() as ntm:
            for i, delay_s in enumerate(DELAYS_S):
                self.shake_hands(40000 + i, delay_s)
            own = self.handshakes(ntm)
            with self.scraping(ntm) as query:
                bucket = HANDSHAKES.replace("{", "_bucket{")
                self.ask(query, f"sum({bucket.replace('}', ',le=')}" '"+Inf"})',
                         lambda value: value == len(DELAYS_S))
                # The bounds next to it.
                median = own["median_seconds"]
                self.ask(query,
                         f"histogram_quantile(0.5, sum by(le) ({bucket}))",
                         lambda value: value
                         and median / 2.5 <= value <= median * 2.5)
                self.assertEqual(query(HANDSHAKES), {})
