"""A test case whose network has the traffic of a household."""

import contextlib
import threading

import frames
import netns
from live import LiveCase

WEB, CAM, MAIL = "198.51.100.7", "203.0.113.9", "192.0.2.25"


class HouseholdCase(LiveCase):
    # Remote port and host, frames and payload bytes of each that come in.
    incoming = ((443, WEB, 30, 900), (1935, CAM, 60, 1000), (5060, CAM, 5, 200))

    def send(self):
        """Some traffic: https and video in, mail out."""
        there, here = [], []
        for port, host, count, size in self.incoming:
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
        """send() again and again."""
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
