"""/metrics in protobuf: the same samples as in text, and native histograms."""

import gzip
import time

import conversations
import mixed
import ntm_process
import protobuf
from files import FileCase

CONTENT_TYPE = ("application/vnd.google.protobuf; "
                "proto=io.prometheus.client.MetricFamily; encoding=delimited")


class ProtobufTest(FileCase):
    def serve(self, path, *arguments):
        ntm = ntm_process.Ntm("-r", path, "--serve", *arguments)
        self.addCleanup(ntm.stop)
        return ntm.wait_ready()

    def conversations(self):
        path = self.folder / "conversations.pcap"
        conversations.write(path, 3, 40)
        return path

    def ask(self, ntm, path="/metrics", **headers):
        answer = ntm.fetch(path, headers={"Accept": protobuf.ACCEPT, **headers})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"], CONTENT_TYPE)
        return answer

    def test_protobuf_has_the_samples_of_the_text(self):
        ntm = self.serve(self.conversations())
        # What is the same in both has not changed between them.
        before = ntm.scrape()
        scrape = protobuf.read(self.ask(ntm).body)
        after = ntm.scrape()
        self.assertEqual(scrape.types, before.types)
        self.assertEqual(scrape.helps, before.helps)
        self.assertEqual(scrape.samples.keys(), before.samples.keys())
        compared = 0
        for name, series in before.samples.items():
            found = scrape.samples[name]
            self.assertEqual(found.keys(), series.keys(), name)
            for labels, value in series.items():
                if after.value(name, **dict(labels)) == value:
                    self.assertEqual(found[labels], value, (name, labels))
                    compared += 1
        self.assertGreater(compared, 0.9 * before.lines)
        for name in ("ntm_bytes_total", "ntm_tcp_handshake_seconds_bucket"):
            self.assertGreater(len(before.samples[name]), 10, name)

    def test_native_buckets_add_up_to_the_classic_ones(self):
        began = time.time()
        ntm = self.serve(self.conversations())
        scrape = protobuf.read(self.ask(ntm).body)
        self.assertGreater(len(scrape.natives), 10)
        for (name, labels), native in scrape.natives.items():
            self.assertEqual(native.schema, 4)
            self.assertEqual(native.zero_threshold, 2 ** -14)
            self.assertEqual(native.count(),
                             scrape.samples[f"{name}_count"][labels])
            # A bucket that a classic bound divides may be on either side of it.
            for classic, count in scrape.samples[f"{name}_bucket"].items():
                le = float(dict(classic)["le"])
                if labels <= classic and le != float("inf"):
                    below = native.zero_count + sum(
                        n for bound, n in native.buckets.items() if bound <= le)
                    within = below + sum(
                        n for bound, n in native.buckets.items()
                        if le < bound < le * 2 ** (1 / 16))
                    self.assertLessEqual(below, count)
                    self.assertLessEqual(count, within)
            self.assertLessEqual(began - 1, scrape.created[name, labels])
            self.assertLessEqual(scrape.created[name, labels], time.time())

    def test_protobuf_is_compressed_and_filtered_like_text(self):
        ntm = self.serve(self.capture(mixed.frames()), "-s", "home")
        packed = self.ask(ntm, **{"Accept-Encoding": "gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        whole = protobuf.read(gzip.decompress(packed.body))
        self.assertIn("home_bytes_total", whole.samples)
        one = protobuf.read(self.ask(
            ntm, "/metrics?name[]=home_bytes_total").body)
        self.assertEqual(list(one.samples), ["home_bytes_total"])
        self.assertEqual(one.samples["home_bytes_total"],
                         whole.samples["home_bytes_total"])
        none = self.ask(ntm, "/metrics?name[]=nothing")
        self.assertEqual(none.body, b"")
