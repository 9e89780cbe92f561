"""-r FILE --openmetrics OUT: samples with the packets' time stamps, accepted by
Prometheus' tools."""

import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import frames
import ntm_process
import pcap_files
import prometheus
from files import FileCase

START = pcap_files.START_SECONDS
DOCUMENT = pathlib.Path(__file__).parents[2] / "docs/backfill.md"
SAMPLE = re.compile(r"([a-z_]+(?:\{.*\})?) (\S+) (\d+(?:\.\d{3})?)$")

# In a separate process, because a child inherits its parent's peak.
PEAK_OF = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_maxrss, file=sys.stderr)"""


def dns(host, size=20):
    return frames.udp_frame(f"10.0.{host >> 8}.{host & 255}", "10.9.9.9", 4000,
                            53, b"x" * size)


def pcap_at(timed):
    """A capture of (seconds after START, frame)."""
    out = [pcap_files.pcap([])]
    for after, frame in timed:
        out.append(struct.pack("<IIII", START + int(after),
                               round(after % 1 * 10**6), len(frame),
                               len(frame)))
        out.append(frame)
    return b"".join(out)


def read_samples(text):
    """{series: [(seconds after START, value)]}; checks that series and families are
    contiguous, and times strictly increasing."""
    lines = text.splitlines()
    assert lines.pop() == "# EOF", "no # EOF at the end"
    series, families, current = {}, [], None
    for line in lines:
        if line.startswith("# "):
            family = line.split(" ")[2]
            if not families or families[-1] != family:
                assert family not in families, f"family torn apart: {family}"
                families.append(family)
            current = None
            continue
        name, value, time = SAMPLE.match(line).groups()
        assert name.startswith(families[-1]), f"outside its family: {line}"
        if name != current:
            assert name not in series, f"series torn apart: {line}"
            current = name
            series[name] = []
        at = float(time) - START
        assert not series[name] or series[name][-1][0] < at, f"time: {line}"
        series[name].append((at, float(value)))
    return series


class BackfillTest(FileCase):
    def capture_at(self, timed, name="capture.pcap"):
        return self.write(name, pcap_at(timed))

    def backfill(self, path, *arguments):
        out = self.folder / "out.om"
        result = ntm_process.run("-r", path, "--openmetrics", out, *arguments)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, "", ""))
        return out

    def flow(self, samples, family, source="10.0.0.1"):
        found = [value for name, value in samples.items()
                 if name.startswith(family + "{") and f'"{source}"' in name]
        self.assertEqual(len(found), 1, samples.keys())
        return found[0]

    def samples(self, timed, *arguments):
        out = self.backfill(self.capture_at(timed), *arguments)
        return read_samples(out.read_text())

    def test_backfill_has_samples_at_the_steps_of_the_packets(self):
        # START is 5 s after a multiple of 15 s.
        samples = self.samples([(0, dns(1)), (9.5, dns(1)), (10, dns(2)),
                                (10.5, dns(1)), (26, dns(2))])
        self.assertEqual(self.flow(samples, "ntm_packets_total"),
                         [(-5, 0), (10, 2), (25, 3), (40, 3)])
        self.assertEqual(self.flow(samples, "ntm_bytes_total"),
                         [(-5, 0), (10, 96), (25, 144), (40, 144)])
        self.assertEqual(self.flow(samples, "ntm_packets_total", "10.0.0.2"),
                         [(-5, 0), (10, 1), (25, 1), (40, 2)])

    def test_backfill_ends_with_the_values_of_the_exposition(self):
        timed = [(i * 0.37, dns(i % 5, i % 90)) for i in range(500)]
        path = self.capture_at(timed)
        samples = read_samples(self.backfill(path).read_text())
        printed = ntm_process.run("-r", path).stdout
        last = {name: values[-1][1] for name, values in samples.items()}
        # OpenMetrics writes the bound 1 of a bucket as 1.0.
        printed = re.sub(r'le="(\d+)"', r'le="\1.0"', printed)
        expected = dict(line.rsplit(" ", 1) for line in printed.splitlines()
                        if not line.startswith("#"))
        self.assertEqual(last, {name: float(value)
                                for name, value in expected.items()})

    def test_backfill_accepts_steps_below_a_second(self):
        samples = self.samples([(0, dns(1)), (0.7, dns(1))], "--step", "500ms")
        self.assertEqual(self.flow(samples, "ntm_packets_total"),
                         [(-0.5, 0), (0, 1), (0.5, 1), (1, 2)])

    def test_backfill_time_never_goes_back(self):
        samples = self.samples([(100, dns(1)), (20, dns(1)), (-900, dns(1)),
                                (116, dns(1))])
        self.assertEqual(self.flow(samples, "ntm_packets_total"),
                         [(85, 0), (100, 3), (115, 3), (130, 4)])

    def test_backfill_has_no_samples_in_long_pauses(self):
        days = 86400 * 20
        samples = self.samples([(0, dns(1)), (days + 10, dns(1))])
        self.assertEqual(self.flow(samples, "ntm_packets_total"),
                         [(-5, 0), (10, 1), (days - 5, 1), (days + 10, 2)])

    def test_backfill_writes_nothing_before_1970(self):
        timed = [(-START, dns(1)), (-START + 15, dns(1))]
        samples = self.samples(timed)
        self.assertEqual(self.flow(samples, "ntm_packets_total"),
                         [(-START, 1), (15 - START, 2)])

    def test_backfill_of_an_empty_file_is_only_eof(self):
        self.assertEqual(
            self.backfill(self.capture_at([])).read_text(), "# EOF\n")

    def test_backfill_to_standard_output(self):
        path = self.capture_at([(0, dns(1))])
        result = ntm_process.run("-r", path, "--openmetrics", "-")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.backfill(path).read_text(), result.stdout)

    def test_backfill_of_a_damaged_file_has_the_packets_before_the_damage(self):
        content = pcap_at([(0, dns(1)), (1, dns(1)), (2, dns(1))])
        path = self.write("cut.pcap", content[:-9])
        out = self.folder / "out.om"
        result = ntm_process.run("-r", path, "--openmetrics", out)
        self.assertEqual(result.returncode, 0)
        line = self.one_line(result.stderr)
        self.assertIn("the file ends within a packet of", line)
        self.assertIn("what is whole is counted", line)
        samples = read_samples(out.read_text())
        self.assertEqual(self.flow(samples, "ntm_packets_total")[-1], (10, 2))

    def test_backfill_refuses_wrong_options(self):
        path = self.capture_at([(0, dns(1))])
        out = self.folder / "out.om"
        for arguments, why in (
                (("--openmetrics", out), "--read"),
                (("-r", path, "--step", "1m"), "--openmetrics"),
                (("-r", path, "--openmetrics", out, "--serve"), "--serve"),
                (("-r", path, "--openmetrics", out, "--step", "15"),
                 "not a duration"),
                (("-r", path, "--openmetrics", out, "--step", "6m"),
                 "100ms to 5m")):
            with self.subTest(why):
                self.assertIn(why, self.refuses(*arguments, exit_code=2))
        self.assertFalse(out.exists())

    def test_backfill_names_a_folder_that_it_cannot_write(self):
        path = self.capture_at([(0, dns(1))])
        self.assertIn("No such file", self.refuses(
            "-r", path, "--openmetrics", self.folder / "none" / "out.om"))
        before = path.read_bytes()
        self.assertIn("it is the input file", self.refuses(
            "-r", path, "--openmetrics", path))
        self.assertEqual(path.read_bytes(), before)

    def test_backfill_leaves_no_other_file(self):
        self.backfill(self.capture_at([(0, dns(1)), (60, dns(2))]))
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["capture.pcap", "out.om"])

    def test_backfill_memory_does_not_grow_with_samples(self):
        if os.environ.get("NTM_SLOW"):
            self.skipTest("sanitizers need memory of their own")
        known = [dns(i) for i in range(3000)]
        path = self.capture_at([(i * 0.009, known[i % 3000])
                                for i in range(200_000)])
        plain, _ = self.peak("-r", path)
        peak, lines = self.peak("-r", path, "--openmetrics", "-", "--step",
                                "5s")
        self.assertGreater(lines, 2_000_000)  # 48 bytes each on disk
        self.assertLess(peak, plain + (48 << 20))

    def peak(self, *arguments):
        """(peak resident bytes, lines written)."""
        with subprocess.Popen(
                [sys.executable, "-c", PEAK_OF, ntm_process.BINARY,
                 *map(str, arguments)], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, env=ntm_process.clean_environment()
        ) as process:
            lines = sum(chunk.count(b"\n") for chunk in
                        iter(lambda: process.stdout.read(1 << 20), b""))
            answer = process.stderr.read().decode()
        self.assertEqual(process.returncode, 0, answer)
        return int(answer) * 1024, lines


class BackfillPrometheusTest(FileCase):
    """The commands of docs/backfill.md."""

    def setUp(self):
        super().setUp()
        for program in ("promtool", "prometheus"):
            if not shutil.which(program):
                self.skipTest(f"there is no {program} (Debian package "
                              "prometheus)")
        self.commands = re.search(r"```sh\n(.*?)```", DOCUMENT.read_text(),
                                  re.DOTALL).group(1).splitlines()
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "ntm").symlink_to(pathlib.Path(ntm_process.BINARY
                                                   ).resolve())
        self.environment = ntm_process.clean_environment(
            {"PATH": f"{programs}:{os.environ['PATH']}"})

    def test_backfill_is_answered_by_prometheus(self):
        # Across two blocks, with a pause of more than a day.
        timed = [(i * 4, dns(i % 40, i % 900)) for i in range(2500)]
        timed += [(100_000 + i, dns(i % 60)) for i in range(100)]
        path = self.write("capture.pcap", pcap_at(timed))
        write, convert, serve = self.commands
        for command in (write, convert):
            subprocess.run(command, shell=True, cwd=self.folder, check=True,
                           env=self.environment, stdout=subprocess.DEVNULL)
        printed = ntm_process.read_file(path)
        end = -(-(START + 100_099) // 15) * 15
        with prometheus.serving(serve, self.folder) as query:
            for name in ("ntm_bytes_total", "ntm_packets_total",
                         "ntm_capture_bytes_total"):
                self.assertEqual(
                    ntm_process.poll(lambda name=name: prometheus.total(
                        query, f"sum({name})", end), 20, name),
                    printed.sum(name))
                self.assertAlmostEqual(
                    prometheus.total(query, f"sum(increase({name}[2d]))", end),
                    printed.sum(name), places=3)
            self.assertEqual(query("ntm_bytes_total", START + 50_000), {})
            self.assertEqual(
                prometheus.total(query, "count(ntm_bytes_total)",
                                 START + 6000), 40)
            self.assertAlmostEqual(
                prometheus.total(query, "sum(rate(ntm_packets_total[1m]))",
                                 START + 9000 - 5), 0.25, places=3)
