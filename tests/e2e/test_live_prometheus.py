"""A real Prometheus scrapes live traffic and answers queries about it."""

import netns
import ntm_process
import prometheus
from live import LiveCase


class LivePrometheusTest(LiveCase):
    def test_prometheus_answers_for_live_traffic(self):
        with self.ntm() as ntm:
            self.here.ping(netns.THERE_IP, count=5, size=1000)
            scrape = ntm.wait_for(
                lambda scrape: scrape.sum("ntm_packets_total") == 10,
                "the pings")
            expected = scrape.sum("ntm_bytes_total")
            self.assertEqual(expected, 10 * 1028)
            with prometheus.scraping(
                    ntm.port, self.here,
                    f"{200 * ntm_process.PATIENCE}ms") as query:
                # Repeated, because a late scrape makes all series stale.
                for asked, value in (("sum(ntm_bytes_total)", expected),
                                     ("sum(ntm_capture_up)", 1),
                                     ('sum(up{job=~".*metrics"})', 1)):
                    ntm_process.poll(
                        lambda: prometheus.total(query, asked) == value,
                        20 * ntm_process.PATIENCE, asked)
