"""docs/metrics.md and a real scrape have the same families."""

import os
import pathlib
import re
import tempfile
import time

import netns
import ntm_process
import ntm_process
from live import LiveCase

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "metrics.md"


class LiveMetricsDocTest(LiveCase):
    def hosts_file(self):
        hosts = tempfile.NamedTemporaryFile("w", suffix=".hosts")
        self.addCleanup(hosts.close)
        hosts.write(f"{netns.THERE_IP} there.example\n")
        hosts.flush()
        os.chmod(hosts.name, 0o644)
        return hosts.name

    def make_classes(self):
        """A queue with a class, for ntm_qdisc_class_…; needs HTB."""
        self.here.run("tc", "qdisc", "add", "dev", "va", "root", "handle",
                      "7:", "htb", "default", "10")
        self.here.run("tc", "class", "add", "dev", "va", "parent", "7:",
                      "classid", "7:10", "htb", "rate", "1gbit")

    def model_file(self, folder):
        """A model of a series that ends now, for immediate forecasts."""
        rows = pathlib.Path(folder, "rows.csv")
        begin = int(time.time()) // 300 * 300 - 400 * 300
        rows.write_text("time,bytes\n" + "".join(
            f"{begin + 300 * i},{1000 + i % 7}\n" for i in range(400)))
        model = pathlib.Path(folder, "total.model")
        result = ntm_process.run("forecast", "train", "--csv", rows,
                                 "--model", model)
        self.assertEqual(result.returncode, 0, result.stderr)
        return model

    def test_documented_families_are_the_scraped_ones(self):
        documented = set(re.findall(r"`((?:ntm|process)_[a-z0-9_]+)[`{]",
                                    DOCUMENT.read_text(encoding="utf-8")))
        hosts = self.hosts_file()
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        token = pathlib.Path(folder.name, "token")
        token.write_text("0123456789abcdef\n")
        token.chmod(0o600)
        self.make_classes()
        # `any` as well, for ntm_capture_overlap.
        with self.ntm("-i", "any", "--resolve", "--resolve-rate", "0",
                      "--hosts-file", hosts, "--accept-agents", "self",
                      "--agents-token-file", token, "--push-token-file", token,
                      "--push-url", "http://127.0.0.1:8000", "--agent-id",
                      "self", "--quota", "1TB", "--host-quota",
                      "10.9.0.1=1TB/day", "--forecast-model",
                      self.model_file(folder.name),
                      "--alertmanager-url", "http://127.0.0.1:9",
                      "--log-sample", "1/100",
                      env={"STATE_DIRECTORY": folder.name}) as ntm:
            # The last families to appear: one needs a tick in which frames
            # moved, the others two ticks, and a push.
            last = {"ntm_capture_reconciled_ratio",
                    "ntm_interface_utilization_ratio", "ntm_agent_cpu_ratio",
                    "ntm_usage_month_percentile95_bytes_per_second"}

            def has_them(scrape):
                self.here.ping(netns.THERE_IP, count=1)
                return last <= set(scrape.samples)
            scrape = ntm.wait_for(has_them, str(last))
        # Not every kernel has these queues; the others are those of a capture
        # file, and of forecasts that have come true.
        may_be_missing = {name for name in documented if name.startswith(
            ("ntm_qdisc_fq_codel_", "ntm_qdisc_cake_", "ntm_file_",
             "ntm_forecast_networks_"))}
        found = {re.sub("_(bucket|sum|count)$", "", name) if name not in
                 documented else name for name in scrape.samples}
        self.assertEqual(found | may_be_missing, documented)
