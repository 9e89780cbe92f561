"""`ntm top` in a real terminal: it shows what the API says."""

import contextlib
import json
import os
import pathlib
import pwd
import re
import signal
import tempfile

import netns
import ntm_process
import terminal
import tls
from household import CAM, MAIL, WEB, HouseholdCase
from wire_talk import AGAIN, SEGMENTS, connection, play, question, refused

VIEWS = {"1": "conversations", "2": "hosts", "3": "services"}


def rate(value, bits=False):
    """As include/ntm/base/shown_units.h says."""
    value *= 8 if bits else 1
    if value == 0:
        return "0 kbit/s" if bits else "0 KB/s"
    units = ("bit/s", "kbit/s", "Mbit/s") if bits else ("B/s", "KB/s", "MB/s")
    if value < 999.5:
        few = (f"{value:.0f}" if value >= 9.95
               else f"{value:.1f}" if value >= 0.05 else "<0.1")
        return f"{few} {units[0]}"
    value /= 1000
    return (f"{value:.1f} {units[1]}" if value < 1000
            else f"{value / 1000:.1f} {units[2]}")


def amount(value):
    if value == 0:
        return "0 KB"
    if value < 999.5:
        return f"{value:.0f} B"
    value /= 1000
    return (f"{value:.1f} KB" if value < 1000 else f"{value / 1000:.1f} MB")


def cells(line):
    """The cells of a row: two blanks stand between them, or more."""
    return re.split(r"\s{2,}", line.strip())


def title_row(lines):
    """The number of the row with the titles of the table."""
    for row, line in enumerate(lines):
        if re.search(r"\bTotal\b", line) and re.search(r"\bNow\b", line):
            return row
    return None


def table(lines):
    begin = title_row(lines)
    if begin is None:
        return []
    return [cells(line) for line in lines[begin + 1:-1] if line.strip()]


class LiveTopTest(HouseholdCase):
    incoming = ((443, WEB, 30, 900), (1935, CAM, 60, 1000))

    @contextlib.contextmanager
    def top(self, *words, columns=80, rows=24, env=None):
        command = " ".join(["TMPDIR=$TMUX_TMPDIR",
                            os.path.abspath(ntm_process.BINARY), "top", *map(str, words)])
        with terminal.Terminal(command, columns, rows, self.here,
                               env) as screen:
            yield screen

    def live(self, ntm):
        return json.loads(ntm.fetch("/api/live").text)["traffic-update"]

    def flows(self, ntm, limit=500):
        return json.loads(ntm.fetch("/api/flows?sort=bytes_per_second&limit="
                                    f"{limit}").text)["flows"]

    def expected(self, ntm, view, bits=False):
        """The rows of a view by the API, in any order."""
        live = self.live(ntm)
        names = {one["name"]: one["host_name"]
                 for one in live["local_hosts"] + live["remote_hosts"]
                 if one.get("host_name")}
        if view == "conversations":
            return sorted([names.get(flow["src"], flow["src"]),
                           names.get(flow["dst"], flow["dst"]),
                           flow["service"] or "-", flow["proto"],
                           rate(flow["bytes_per_second"] or 0, bits),
                           amount(flow["bytes_total"])]
                          for flow in self.flows(ntm))
        lists = ([("local", live["local_hosts"]),
                  ("remote", live["remote_hosts"])] if view == "hosts"
                 else [(None, live["services"])])
        rows = []
        for where, talkers in lists:
            for one in talkers:
                down, up = (one[f"{way}_bytes_per_second"]
                            for way in ("down", "up"))
                rows.append([names.get(one["name"], one["name"]) or "-",
                             *([where] if where else []),
                             rate(down, bits), rate(up, bits),
                             rate(down + up, bits),
                             amount(one["down_bytes_total"] +
                                    one["up_bytes_total"])])
        return sorted(rows)

    def agrees(self, screen, ntm, view, bits=False):
        """Waits until the screen has rows that the API has, or had: the screen
        may be up to a second late."""
        said = []

        def same(lines):
            said.append(self.expected(ntm, view, bits))
            return table(lines) and sorted(table(lines)) in said
        try:
            return screen.wait(same, f"the {view} of the API")
        except AssertionError as error:
            raise AssertionError(f"{error}\nthe API: {said[-1]}") from None

    def programs(self):
        """The process IDs of every ntm in the namespace."""
        found = {}
        for pid in self.here.run("ip", "netns", "pids",
                                 self.here.name).stdout.split():
            with contextlib.suppress(OSError):
                path = pathlib.Path("/proc", pid)
                words = (path / "cmdline").read_bytes().split(b"\0")
                if (path / "comm").read_text() == "ntm\n":
                    found[int(pid)] = [word.decode() for word in words]
        return found

    def captures(self):
        """Those that capture for a top."""
        return [pid for pid, words in self.programs().items()
                if "--web.systemd-socket" in words]

    def test_every_view_has_what_the_api_has(self):
        with self.ntm() as ntm, self.traffic(), self.top() as screen:
            for key, view in VIEWS.items():
                screen.press(key)
                lines = self.agrees(screen, ntm, view)
                self.assertEqual(len(lines), 24)
                self.assertIn("127.0.0.1:8000" if "127" in lines[0]
                              else "localhost:8000: va", lines[0])
            screen.press("u")
            self.agrees(screen, ntm, "services", bits=True)
            screen.press("u")
            self.agrees(screen, ntm, "services")
            # The throughput and the totals above the table.
            said = []

            def same(lines):
                total = self.live(ntm)["total"]
                said.append([rate(total["down_bytes_per_second"]),
                             rate(total["up_bytes_per_second"]),
                             amount(total["down_bytes_total"])])
                return [" ".join(lines[row].split()[1:3])
                        for row in (1, 4, 3)] in said
            lines = screen.wait(same, "the throughput of the API")
            self.assertRegex(lines[1], "[▁▂▃▄▅▆▇█]$")
            screen.press("q")
            self.assertEqual(screen.ended(), (0, "restored"))

    def test_the_health_view_has_what_the_api_has(self):
        """The figures of the last minute, the sentences and the services."""
        again, sent = 6 * AGAIN, 6 * (SEGMENTS + AGAIN)
        with self.ntm() as ntm, self.top("--view", "health") as screen:
            for port in range(40000, 40006):
                play(self, connection(port))
            for port in range(50000, 50006):
                play(self, refused(port))
            for ident in range(4):
                play(self, question(ident, 2 if ident == 0 else 0))
            share = f"{100 * again / sent:.1f}"
            failed = f"downloads again {share} % {again} {sent}".split()
            lines = screen.wait(
                lambda lines: failed in [line.split()[-6:] for line in lines]
                and ["questions", "25.0", "%", "1", "4"] in
                [line.split() for line in lines], "the figures")
            health = self.live(ntm)["health"]
            text = " ".join(" ".join(lines).split())
            for finding in health["findings"]:
                self.assertIn(finding, text)
            rows = [line.split() for line in lines]
            self.assertIn(["connections", "50.0", "%", "6", "12"],
                          [row[-5:] for row in rows])
            internet, = [row for row in rows if row[:2] == ["the", "internet"]]
            self.assertEqual(internet[6], "6")
            self.assertIn(f"https {again} of {sent} {share} % 6 of 12".split(),
                          rows)
            self.assertIn("1-4 view", lines[23])
            once = self.once("--view", "health")
            self.assertEqual(once.returncode, 0, once.stderr)
            for finding in self.live(ntm)["health"]["findings"]:
                self.assertIn(finding + "\n", once.stdout)
            self.assertIn(f"https {again} of {sent}".split(),
                          [line.split()[:4] for line in
                           once.stdout.split("\n")])

    def test_keys_sort_filter_and_pause(self):
        with self.ntm() as ntm, self.top() as screen:
            self.send()
            self.agrees(screen, ntm, "conversations")

            def first_cells(lines):
                return [row[0] for row in table(lines)]
            # By the first column, which is a text.
            while "Source ↑" not in (screen.lines()[title_row(
                    screen.lines())]):
                before = screen.lines()[8]
                screen.press("s")
                screen.wait(lambda lines: lines[8] != before, "another sort")
            self.assertEqual(first_cells(screen.lines()),
                             [netns.HERE_IP, WEB, CAM])
            screen.press("r")
            screen.wait(lambda lines: first_cells(lines) ==
                        [CAM, WEB, netns.HERE_IP], "the other order")
            screen.press("/")
            screen.type("SMTP tcp")
            screen.press("Enter")
            screen.wait(lambda lines: first_cells(lines) == [netns.HERE_IP] and
                        "filter: SMTP tcp  1 of 3 rows" in lines[7],
                        "the filtered row")
            screen.press("/")
            screen.type(" q")
            screen.wait(lambda lines: "No row has the words" in
                        "\n".join(lines), "no row")
            screen.press("Escape")
            screen.wait(lambda lines: len(table(lines)) == 3, "all rows")
            screen.press("p")
            lines = screen.wait(lambda lines: "PAUSED" in lines[0], "a pause")
            then = self.live(ntm)["timestamp"]
            with self.traffic():
                ntm_process.poll(
                    lambda: self.live(ntm)["timestamp"] > then and
                    self.live(ntm)["total"]["down_bytes_per_second"] > 0 and
                    self.flows(ntm)[0]["bytes_per_second"] > 0,
                    what="traffic in the API")
            self.assertEqual(screen.lines(), lines)
            screen.press("p")
            self.agrees(screen, ntm, "conversations")
            screen.press("?")
            screen.wait(lambda lines: "Any key closes this help." in
                        "\n".join(lines), "the help")
            screen.press("q")
            self.agrees(screen, ntm, "conversations")
            screen.press("q")
            self.assertEqual(screen.ended(), (0, "restored"))

    def test_it_follows_the_size_of_the_terminal(self):
        with self.ntm() as ntm, self.top(columns=200, rows=50) as screen:
            self.send()
            lines = self.agrees(screen, ntm, "conversations")
            self.assertEqual(len(lines), 50)
            self.assertTrue(lines[0].rstrip().endswith("UTC"))
            self.assertGreater(len(lines[0]), 190)
            for columns, rows in ((80, 24), (40, 10), (20, 5), (120, 40)):
                screen.resize(columns, rows)

                def fits(lines, columns=columns, rows=rows):
                    return (len(lines) == rows and lines[-1].startswith("q q")
                            and lines[0].startswith(" ntm")
                            and all(len(line) <= columns for line in lines))
                screen.wait(fits, f"{columns} × {rows}")
            self.agrees(screen, ntm, "conversations")
            screen.press("q")
            self.assertEqual(screen.ended(), (0, "restored"))

    def test_without_a_running_ntm_it_captures_itself(self):
        with self.traffic(), self.top("-i", "va", "port", "443") as screen:
            lines = screen.wait(
                lambda lines: "own capture: va" in lines[0] and any(
                    row[4:5] not in ([], ["0 KB/s"]) for row in table(lines)),
                "own rows")
            self.assertEqual([row[:4] for row in table(lines)],
                             [[WEB, netns.HERE_IP, "https", "udp"]])
            self.assertEqual(len(self.captures()), 1)
            # Nobody else is let in.
            port = re.search(r"127\.0\.0\.1:(\d+)", self.here.run(
                "ss", "-Hltn").stdout).group(1)
            answer = ntm_process.fetch(
                "127.0.0.1", int(port), "/api/live",
                connect=ntm_process.connector(self.here))
            self.assertEqual(answer.status, 401)
            screen.press("q")
            self.assertEqual(screen.ended(), (0, "restored"))
            self.assertEqual(self.programs(), {})
            self.assertEqual(self.left(screen), [])

    def left(self, screen):
        """What is left in the folder for temporary files."""
        return [path.name for path in
                pathlib.Path(screen.folder.name).glob("ntm-top-*")]

    def test_the_own_capture_ends_in_whichever_way_top_ends(self):
        for number, shown in ((signal.SIGTERM, (0, "restored")),
                              (signal.SIGHUP, (0, "restored")),
                              (signal.SIGKILL, None)):
            with self.subTest(number), self.top("-i", "va") as screen:
                screen.wait(lambda lines: "own capture" in lines[0], "the top")
                self.assertEqual(len(self.captures()), 1)
                screen.signal(number)
                if shown:
                    self.assertEqual(screen.ended(), shown)
                ntm_process.poll(lambda: self.programs() == {},
                                 what="the end of the capture")
                ntm_process.poll(lambda s=screen: self.left(s) == [],
                                 what="the end of its folder")

    def test_a_capture_that_ends_is_told_and_the_terminal_restored(self):
        with self.top("-i", "va") as screen:
            screen.wait(lambda lines: "own capture" in lines[0], "the top")
            os.kill(self.captures()[0], signal.SIGKILL)
            self.assertEqual(screen.ended(), (1, "restored"))
            self.assertIn("Error: the capture has ended: ",
                          "\n".join(screen.lines()))
        result = self.once("-i", "va", "--conversations", "0", "--view",
                           "health")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("own capture measures no health", result.stderr)
        result = self.once("-i", "nothing0")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("cannot capture on nothing0: there is no such interface",
                      result.stderr)

    def once(self, *words, env=None):
        return ntm_process.run("top", "--once", *words,
                               before=self.here.prefix(), env=env)

    def test_a_restart_of_ntm_is_survived(self):
        with contextlib.ExitStack() as outer, contextlib.ExitStack() as first:
            ntm = first.enter_context(self.ntm())
            screen = outer.enter_context(self.top("--view", "hosts"))
            self.send()
            self.agrees(screen, ntm, "hosts")
            first.close()
            screen.wait(lambda lines: "ntm does not answer: " in lines[-1] and
                        table(lines), "the fault beside the last data")
            with self.ntm() as ntm:
                self.send()
                lines = self.agrees(screen, ntm, "hosts")
                self.assertTrue(lines[-1].startswith("q quit"))

    def test_once_prints_a_table_that_is_not_cut(self):
        with self.ntm() as ntm, self.traffic():
            said = []

            def same():
                said.append(self.expected(ntm, "hosts", bits=True))
                result = self.once("--view", "hosts", "--units", "bits")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                lines = result.stdout.splitlines()
                self.assertEqual(cells(lines[0]), ["Host", "Where", "Down",
                                                   "Up", "Now", "Total"])
                said.append(self.expected(ntm, "hosts", bits=True))
                names = [row[0] for row in said[-1]]
                return sorted(cells(line)[0] for line in lines[1:]) == names \
                    and float(cells(lines[1])[4].split()[0]) > 0
            ntm_process.poll(same, what="the hosts of the API")
            # Nobody asks it to capture beside the one that runs.
            self.assertEqual(len(self.programs()), 1)
        with self.traffic():
            result = self.once("-i", "va", "tcp")
        lines = result.stdout.splitlines()
        self.assertEqual([cells(line)[:4] for line in lines[1:]],
                         [[netns.HERE_IP, MAIL, "smtp", "tcp"]])
        self.assertEqual(self.programs(), {})

    def test_the_client_has_no_rights_left(self):
        with self.ntm(), self.top() as screen:
            screen.wait(lambda lines: "q quit" in lines[-1], "the top")
            pid, = (pid for pid, words in self.programs().items()
                    if "top" in words)
            status = dict(line.split(":\t", 1) for line in pathlib.Path(
                f"/proc/{pid}/status").read_text().splitlines())
            nobody = pwd.getpwnam("nobody").pw_uid
            self.assertEqual(status["Uid"].split(), [str(nobody)] * 4)
            self.assertEqual(status["Groups"].split(), [])
            for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
                self.assertEqual(int(status[kind], 16), 0, kind)
            self.assertEqual(status["NoNewPrivs"], "1")

    def test_it_works_over_tls(self):
        with ntm_process.open_folder() as folder:
            certificate = tls.Certificate(folder, "127.0.0.1")
            config = pathlib.Path(folder) / "web.yml"
            config.write_text("tls_server_config:\n"
                              f"  cert_file: {certificate.path}\n"
                              f"  key_file: {certificate.key}\n")
            with ntm_process.Ntm("-i", "va", "--web.config.file", config,
                                 namespace=self.here) as ntm:
                # On this machine, with the same options.
                ntm_process.poll(lambda: "serving https://" in ntm.stderr(),
                                 what="the server")
                self.sees(self.once("--web.config.file", config))
                # At an address, whose certificate must be trusted.
                url = "https://127.0.0.1:8000"
                self.sees(self.once("--url", url, "--ca-file",
                                    certificate.path))
                refused = self.once("--url", url)
                self.assertEqual(refused.returncode, 1)
                self.assertIn("certificate", refused.stderr)
                self.assertEqual(len(self.programs()), 1)
            self.sees(self.once("-i", "va", "--web.config.file", config))
            self.assertEqual(self.programs(), {})

    def sees(self, result):
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(cells(result.stdout.splitlines()[0])[0], "Source")

    def test_a_token_is_sent_where_one_is_needed(self):
        with tempfile.TemporaryDirectory() as folder:
            tokens = pathlib.Path(folder) / "tokens"
            tokens.write_text("0123456789abcdef0123456789abcdef\n")
            tokens.chmod(0o600)
            with self.ntm("--token-file", tokens, ready=False):
                refused = self.once()
                self.assertEqual(refused.returncode, 1)
                self.assertIn("--token-file", refused.stderr)
                taken = self.once("--token-file", tokens)
                self.assertEqual((taken.returncode, taken.stderr), (0, ""))
        plain = self.once("--url", "http://192.0.2.1:8000", env={
            "NTM_TOKEN_FILE": __file__})
        self.assertEqual(plain.returncode, 1)
        self.assertIn("a token is not sent over plain HTTP", plain.stderr)
