"""-r FILE --serve: serves the metrics of a file."""

import signal
import subprocess

import mixed
import ntm_process
import pcap_files
from files import FileCase


class FileServeTest(FileCase):
    def test_serve_keeps_serving_and_stdout_is_empty(self):
        path = self.capture(mixed.frames())
        with ntm_process.Ntm("-r", path, "--serve") as ntm:
            ntm.wait_ready()
            first, second = ntm.scrape(), ntm.scrape()
            self.assertEqual(first.flows(), mixed.FLOWS)
            self.assertEqual(second.flows(), mixed.FLOWS)
        self.assertEqual(ntm.stdout(), b"")

    def test_not_ready_until_the_file_is_read(self):
        content = pcap_files.pcap(mixed.frames())
        with ntm_process.Ntm("-r", "-", "--serve",
                             stdin=subprocess.PIPE) as ntm:
            pipe = ntm.process.stdin
            pipe.write(content[:-20])
            pipe.flush()
            ntm.wait_serving()
            self.assertEqual(ntm.fetch("/-/ready").status, 503)
            pipe.write(content[-20:])
            pipe.close()
            ntm.wait_ready()
            self.assertEqual(ntm.scrape().flows(), mixed.FLOWS)

    def test_signals_end_ntm_within_a_second(self):
        path = self.capture(mixed.frames())
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how):
                ntm = ntm_process.Ntm("-r", path, "--serve").wait_ready()
                self.assertLess(ntm.stop(how), 1 * ntm_process.PATIENCE)

    def test_signals_end_ntm_while_it_reads_a_pipe(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how):
                ntm = ntm_process.Ntm("-r", "-", "--serve",
                                      stdin=subprocess.PIPE)
                ntm.process.stdin.write(pcap_files.pcap(mixed.frames())[:500])
                ntm.process.stdin.flush()
                ntm.wait_serving()
                self.assertLess(ntm.stop(how), 1 * ntm_process.PATIENCE)
                ntm.process.stdin.close()

    def test_signals_end_ntm_with_an_idle_client(self):
        ntm = ntm_process.Ntm("-r", self.capture(mixed.frames()), "--serve")
        ntm.wait_ready()
        with ntm.connect((ntm.host, ntm.port)) as idle:
            idle.sendall(b"GET /metrics HTT")
            self.assertLess(ntm.stop(), 1 * ntm_process.PATIENCE)
