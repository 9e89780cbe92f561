"""A real Prometheus scrapes a served file."""

import pytest

import mixed
import ntm_process
import prometheus
from files import FileCase

pytestmark = pytest.mark.text


class PrometheusTest(FileCase):
    def test_prometheus_scrapes_a_served_file(self):
        with ntm_process.Ntm("-r", self.capture(mixed.frames()),
                             "--serve") as ntm:
            ntm.wait_ready()
            with prometheus.scraping(ntm.port) as query:
                ntm_process.poll(
                    lambda: prometheus.total(query, "sum(ntm_packets_total)")
                    == 27, 20, "sum(ntm_packets_total) = 27")
                self.assertEqual(
                    prometheus.total(query, "sum(ntm_bytes_total)"),
                    sum(size for _, size in mixed.FLOWS.values()))
                found = query("sum by(proto) (ntm_bytes_total)")
                self.assertEqual(found[frozenset({("proto", "icmp")})], 168)
