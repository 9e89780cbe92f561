"""Down and up are the bytes that local hosts received and sent, each byte once: on a
router, with any captured interface, and on a bridge. All traffic is a download."""

import contextlib
import json
import pathlib
import socket

import pytest

import netns
import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

WEB, HOST, PORT = "198.51.100.2", netns.THERE_IP, 9
WEB_MAC, WAN_MAC = "02:00:00:09:00:04", "02:00:00:09:00:03"
COUNT, PAYLOAD = 300, 1000
IP_BYTES = COUNT * (PAYLOAD + 28)
TOKEN = "0123456789abcdef0123456789abcdef"


class LiveSiteTest(LiveCase):
    """`here` is the router or bridge, `there` a local host, `web` a server."""

    def setUp(self):
        super().setUp()
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.web = stack.enter_context(netns.Namespace())
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make_router(self):
        """va leads to the local host, w0 to the web."""
        self.here.run("sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.here.ip("link", "add", "w0", "address", WAN_MAC, "type", "veth",
                     "peer", "name", "w1", "address", WEB_MAC, "netns",
                     self.web.name)
        self.here.ip("link", "set", "w0", "up")
        self.web.ip("link", "set", "w1", "up")
        self.here.ip("addr", "add", "198.51.100.1/24", "dev", "w0")
        self.web.ip("addr", "add", f"{WEB}/24", "dev", "w1")
        self.here.ip("neigh", "replace", WEB, "lladdr", WEB_MAC, "dev", "w0")
        self.web.ip("neigh", "replace", "198.51.100.1", "lladdr", WAN_MAC,
                    "dev", "w1")
        self.here.ip("route", "add", "default", "via", WEB, "dev", "w0")
        self.web.ip("route", "add", "10.9.0.0/24", "via", "198.51.100.1")
        self.there.ip("route", "add", "default", "via", netns.HERE_IP)
        ntm_process.poll(lambda: self.here.is_up("w0"), what="w0 to be up")

    def make_bridge(self):
        """br0 passes frames between va and w0; it has an address."""
        self.here.ip("link", "add", "br0", "type", "bridge")
        self.here.ip("link", "add", "w0", "type", "veth", "peer", "name", "w1",
                     "address", WEB_MAC, "netns", self.web.name)
        self.here.ip("addr", "flush", "dev", "va")
        for name in ("va", "w0"):
            self.here.ip("link", "set", name, "master", "br0")
        for name in ("w0", "br0"):
            self.here.ip("link", "set", name, "up")
        self.here.ip("addr", "add", f"{netns.HERE_IP}/24", "dev", "br0")
        self.web.ip("link", "set", "w1", "up")
        self.web.ip("addr", "add", f"{WEB}/32", "dev", "w1")
        self.web.ip("route", "add", "10.9.0.0/24", "dev", "w1")
        self.web.ip("neigh", "replace", HOST, "lladdr", netns.THERE_MAC,
                    "dev", "w1")
        ntm_process.poll(lambda: self.here.is_up("w0") and
                         self.here.is_up("br0"), what="the bridge to be up")

    def download(self):
        """Sends from the web to the local host, which does not answer."""
        with self.there.socket(socket.AF_INET, socket.SOCK_DGRAM) as host, \
                self.web.socket(socket.AF_INET, socket.SOCK_DGRAM) as web:
            host.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            host.bind((HOST, PORT))
            host.settimeout(ntm_process.BOUND)
            web.bind((WEB, 0))
            for _ in range(COUNT):
                # One after another, so that no queue overflows.
                web.sendto(bytes(PAYLOAD), (HOST, PORT))
                self.assertEqual(len(host.recv(2 * PAYLOAD)), PAYLOAD)

    def json(self, ntm, path):
        answer = ntm.fetch(path)
        self.assertEqual(answer.status, 200, f"{path}: {answer.text}")
        return json.loads(answer.text)

    def current(self, ntm):
        now = self.json(ntm, "/api/traffic/current")
        return now["receive_bytes_total"], now["transmit_bytes_total"]

    def check(self, *interfaces, expected=None):
        """Down and up have the `expected` value in every place, or the value that the
        local host's interface counted."""
        arguments = [word for name in interfaces for word in ("-i", name)]
        token = self.folder / "tokens"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        hub = ("--accept-agents", "*", "--agents-token-file", token)
        port = ntm_process.free_port()
        push = ("--push-url", f"http://127.0.0.1:{port}", "--agent-id", "a",
                "--push-token-file", token, "--push-interval", "1s")
        with self.ntm(*hub, "--no-database", interface="lo", port=port,
                      env={"STATE_DIRECTORY": str(self.folder / "hub")}
                      ) as at, self.ntm(
                          *arguments, *push, "--database",
                          self.folder / "history.db", "--write-interval", "1",
                          interface=None,
                          env={"STATE_DIRECTORY": str(self.folder)}) as ntm:
            ntm_process.poll(
                lambda: ntm.fetch("/api/traffic/current").status == 200,
                what="the first reading")
            before, host = self.current(ntm), self.there.counters("vb")
            agent = self.agent(at)
            self.download()
            moved = self.there.counters("vb")
            down, up = expected or (moved["rx_bytes"] - host["rx_bytes"],
                                    moved["tx_bytes"] - host["tx_bytes"])
            self.assertLess(up, down / 50, "there was an upload")

            def told():
                now = self.current(ntm)
                return now[0] - before[0], now[1] - before[1]
            self.wait("the API", told, (down, up))
            # The page shows these values, in its tiles and rings.
            self.wait("the page", lambda: self.page(ntm, before), (down, up))
            self.wait("the billing month", lambda: self.month(ntm),
                      (down, up))
            self.wait("the history", lambda: self.history(ntm), (down, up))
            self.wait("the hub", lambda: tuple(
                now - then for now, then in zip(self.agent(at), agent)),
                (down, up))
            return self.json(ntm, "/api/live")["traffic-update"]["sources"]

    def wait(self, where, question, expected):
        last = []

        def is_so():
            last.append(question())
            return last[-1] == expected
        try:
            ntm_process.poll(is_so, what=f"{expected} in {where}",
                             interval=0.2)
        except AssertionError as error:
            raise AssertionError(f"{last[-1]}: {error}") from None

    def page(self, ntm, before):
        total = self.json(ntm, "/api/live")["traffic-update"]["total"]
        return (total["down_bytes_total"] - before[0],
                total["up_bytes_total"] - before[1])

    def month(self, ntm):
        month = self.json(ntm, "/api/usage")["interfaces"]
        return month["receive_bytes"], month["transmit_bytes"]

    def history(self, ntm):
        total = self.json(ntm, "/api/traffic/history?hours=1")["total"]
        return total["receive_bytes"], total["transmit_bytes"]

    def agent(self, hub):
        """(down, up) in bytes, after the agent has pushed."""
        def heard():
            answer = hub.fetch("/api/traffic/a/current")
            now = json.loads(answer.text) if answer.status == 200 else {}
            return now if now.get("last_updated") else None
        now = ntm_process.poll(heard, what="the agent at its hub")
        return (round(now["total_down"] * 2**30),
                round(now["total_up"] * 2**30))

    @staticmethod
    def ring(sources, name):
        [ring] = [s for s in sources if s["id"] == name]
        return ring["down_bytes_total"], ring["up_bytes_total"], ring["sense"]

    def test_router_that_captures_on_its_lan_interface(self):
        self.make_router()
        sources = self.check("va")
        kernel = self.here.counters("va")
        self.assertEqual(self.ring(sources, "va"), (
            kernel["tx_bytes"], kernel["rx_bytes"], "site"))
        # On an interface that is not captured, too, a download is down.
        down, up, _ = self.ring(sources, "w0")
        self.assertGreater(down, IP_BYTES)
        self.assertLess(up, down / 50)

    def test_router_that_captures_on_its_wan_interface(self):
        self.make_router()
        sources = self.check("w0")
        down, up, _ = self.ring(sources, "va")
        self.assertGreater(down, IP_BYTES)
        self.assertLess(up, down / 50)

    def test_router_that_captures_on_both_sides(self):
        self.make_router()
        self.check("va", "w0")

    def test_router_that_captures_on_any(self):
        self.make_router()
        self.check("any")

    def test_bridge_counts_packets_by_their_direction(self):
        self.make_bridge()
        sources = self.check("br0", expected=(IP_BYTES, 0))
        self.assertEqual(self.ring(sources, "br0"), (IP_BYTES, 0, "site"))
        # The direction of a port that is not captured is unknown.
        self.assertEqual(self.ring(sources, "w0")[2], "kernel")

    def test_bridge_that_is_captured_together_with_its_port(self):
        self.make_bridge()
        self.check("w0", "br0", expected=(IP_BYTES, 0))

    def test_bridge_port_named_as_wan_uses_the_kernels_counters(self):
        self.make_bridge()
        with self.ntm("--wan-interface", "w0", interface="w0") as ntm:
            ntm_process.poll(
                lambda: ntm.fetch("/api/traffic/current").status == 200,
                what="the first reading")
            self.download()

            def is_so():
                self.last = self.current(ntm)
                kernel = self.here.counters("w0")
                return self.last == (kernel["rx_bytes"], kernel["tx_bytes"])
            ntm_process.poll(is_so, what="w0's own counters")
            [way] = self.json(ntm, "/api/interfaces")["site"]["interfaces"]
            self.assertEqual(way["counted_by"], "receive is down")
