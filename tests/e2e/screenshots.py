#!/usr/bin/env python3
"""Makes the screenshots of README and docs/page.md: screenshots.py FOLDER.

A real ntm in a namespace, generated traffic, a real browser.
"""

import math
import random
import sys
import threading
import time
import unittest

import frames
import netns
from page import PageCase

HOSTS = ("93.184.216.34", "142.250.74.14", "198.51.100.7", "203.0.113.9",
         "151.101.1.69", "192.0.2.25", "2.16.0.9")
PORTS = ((443, 8), (443, 8), (1935, 10), (8554, 6), (5060, 2), (53, 1),
         (25, 3), (22, 2), (123, 1))
AGENTS = (("attic", 14.2, 61.5), ("cellar", 3.1, 22.4), ("shop", 41, 37.5),
          ("web1", 88.3, 12.9))
SECONDS = 75


class Household(PageCase):
    """Not a test: makes the traffic that the pictures show."""

    def one_round(self, chance, number):
        wave = 0.55 + 0.45 * math.sin(number / 60)
        incoming, outgoing = [], []
        for _ in range(int(50 * wave) + 12):
            host = chance.choice(HOSTS)
            local = f"10.9.0.{chance.choice((1, 1, 20, 21, 21, 35))}"
            port, weight = chance.choice(PORTS)
            client = 40000 + hash((host, local, port)) % 3
            payload = b"x" * min(1400, 120 * weight + chance.randint(0, 200))
            incoming.append(frames.udp_frame(
                host, local, port, client, payload, dst_mac=netns.HERE_MAC))
            if chance.random() < 0.3:
                outgoing.append(frames.udp_frame(
                    local, host, client, port, payload[:500],
                    dst_mac=netns.THERE_MAC))
        self.there.send_frames("vb", incoming)
        self.here.send_frames("va", outgoing)

    def live(self, end, ntm):
        chance, number = random.Random(7), 0
        while not end.wait(0.04):
            self.one_round(chance, number)
            if number % 25 == 0:
                for name, up, down in AGENTS:
                    self.push(ntm, name, up * chance.uniform(0.9, 1.1),
                              down * chance.uniform(0.9, 1.1), 119.2)
            number += 1

    def draw(self, folder):
        with self.hub("--max-bandwidth", "20M") as ntm:
            end = threading.Event()
            thread = threading.Thread(target=self.live, args=(end, ntm))
            thread.start()
            try:
                with self.page(ntm) as page:
                    self.wait_live(page)
                    time.sleep(SECONDS)
                    self.shoot(page, folder)
            finally:
                end.set()
                thread.join()

    def shoot(self, page, folder):
        def take(name, width, height):
            page.do("viewport", width=width, height=height)
            time.sleep(1.5)
            page.do("screenshot", path=f"{folder}/page-{name}.png")
        page.evaluate("() => document.querySelector('#talkers')"
                      ".scrollIntoView({behavior: 'instant'})")
        page.wait("() => document.querySelectorAll('#flows tbody tr').length")
        page.evaluate("() => scrollTo({top: 0, behavior: 'instant'})")
        take("light", 1360, 1500)
        page.do("scheme", scheme="dark")
        take("dark", 1360, 1500)
        take("phone", 390, 844)

    runTest = draw


def main(folder):
    house = Household()
    try:
        house.setUp()
        house.draw(folder)
    except unittest.SkipTest as reason:
        sys.exit(f"no pictures: {reason}")
    finally:
        house.doCleanups()


if __name__ == "__main__":
    main(sys.argv[1])
