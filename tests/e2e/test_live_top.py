"""`ntm top` in a real terminal: it shows what the API says."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import threading

import frames
import netns
import ntm_process
import terminal
from live import LiveCase

WEB, CAM, MAIL = "198.51.100.7", "203.0.113.9", "192.0.2.25"
VIEWS = {"1": "conversations", "2": "hosts", "3": "services"}


def rate(value, bits=False):
    """As include/ntm/base/shown_units.h says."""
    value *= 8 if bits else 1
    units = ("bit/s", "kbit/s", "Mbit/s") if bits else ("B/s", "KB/s", "MB/s")
    if 0 < value < 999.5:
        few = (f"{value:.0f}" if value >= 9.95
               else f"{value:.1f}" if value >= 0.05 else "<0.1")
        return f"{few} {units[0]}"
    value /= 1000
    return (f"{value:.1f} {units[1]}" if value < 1000
            else f"{value / 1000:.1f} {units[2]}")


def amount(value):
    if 0 < value < 999.5:
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


class LiveTopTest(LiveCase):
    @contextlib.contextmanager
    def top(self, *words, columns=80, rows=24, env=None):
        command = " ".join([os.path.abspath(ntm_process.BINARY), "top", *map(str, words)])
        with terminal.Terminal(command, columns, rows, self.here,
                               env) as screen:
            yield screen

    def send(self):
        """https and video in, mail out."""
        there, here = [], []
        for port, host, count, size in ((443, WEB, 30, 900),
                                        (1935, CAM, 60, 1000)):
            there += [frames.udp_frame(host, netns.HERE_IP, port, 40000,
                                       b"x" * size, dst_mac=netns.HERE_MAC)
                      for _ in range(count)]
        here += [frames.tcp_frame(netns.HERE_IP, MAIL, 40001, 25, b"x" * 400,
                                  dst_mac=netns.THERE_MAC)
                 for _ in range(20)]
        self.there.send_frames("vb", there)
        self.here.send_frames("va", here)

    @contextlib.contextmanager
    def traffic(self):
        end = threading.Event()

        def run():
            while not end.wait(0.1):
                self.send()
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def live(self, ntm):
        return json.loads(ntm.fetch("/api/live").text)["traffic-update"]

    def flows(self, ntm, limit=500):
        return json.loads(ntm.fetch("/api/flows?sort=bytes_per_second&limit="
                                    f"{limit}").text)["flows"]

    def expected(self, ntm, view, bits=False):
        """The rows of a view by the API, in any order."""
        if view == "conversations":
            return sorted([flow["src"], flow["dst"], flow["service"] or "-",
                           flow["proto"],
                           rate(flow["bytes_per_second"] or 0, bits),
                           amount(flow["bytes_total"])]
                          for flow in self.flows(ntm))
        live = self.live(ntm)
        lists = ([("local", live["local_hosts"]),
                  ("remote", live["remote_hosts"])] if view == "hosts"
                 else [(None, live["services"])])
        rows = []
        for where, talkers in lists:
            for one in talkers:
                down, up = (one[f"{way}_bytes_per_second"]
                            for way in ("down", "up"))
                rows.append([one["name"] or "-", *([where] if where else []),
                             rate(down, bits), rate(up, bits),
                             rate(down + up, bits),
                             amount(one["down_bytes_total"] +
                                    one["up_bytes_total"])])
        return sorted(rows)

    def agrees(self, screen, ntm, view, bits=False):
        """Waits until the screen has the rows that the API has."""
        screen.wait(lambda lines: table(lines) and sorted(table(lines)) ==
                    self.expected(ntm, view, bits),
                    f"the {view} of the API")

    def test_look(self):
        with self.ntm() as ntm, self.traffic(), self.top() as screen:
            screen.wait(lambda lines: "q quit" in lines[-1])
            import time
            time.sleep(20)
            for key in "123?":
                screen.press(key); time.sleep(2)
                print("\n".join(screen.lines()))
            screen.press("q")
            screen.resize(200, 50); time.sleep(2)
            print("\n".join(screen.lines()))
            screen.press("q")
            print(screen.ended())
