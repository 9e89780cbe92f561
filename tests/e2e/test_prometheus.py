"""A real Prometheus scrapes a served file."""

import pytest

import mixed
import ntm_process
import prometheus
from files import FileCase
from test_exposition import many_hosts

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

    def test_prometheus_scrapes_a_large_file_in_chunks(self):
        with ntm_process.Ntm("-r", self.capture(many_hosts(3000)),
                             "--serve") as ntm:
            ntm.wait_ready()
            self.assertEqual(ntm.fetch().headers["Transfer-Encoding"],
                             "chunked")
            with prometheus.scraping(ntm.port) as query:
                ntm_process.poll(
                    lambda: prometheus.total(query, "sum(ntm_packets_total)")
                    == 3000, 20, "sum(ntm_packets_total) = 3000")
                self.assertEqual(
                    prometheus.total(query, "count(ntm_bytes_total)"), 3000)
