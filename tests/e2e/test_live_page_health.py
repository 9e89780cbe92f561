"""The page's section Network health: what the API says, in sentences."""

import frames
import netns
from household import WEB
from page import PageCase

SYN, ACK, RST = 2, 16, 4
CONNECTIONS, REFUSED, SEGMENTS, AGAIN = 12, 4, 20, 2


def tcp(up, port, seq, ack, flags, payload=b""):
    ends = (netns.HERE_IP, WEB) if up else (WEB, netns.HERE_IP)
    ports = (port, 443) if up else (443, port)
    segment = frames.tcp(*ports, payload, flags, ends, seq, ack)
    return up, frames.eth(
        frames.ipv4(*ends, frames.TCP, segment),
        dst_mac=netns.THERE_MAC if up else netns.HERE_MAC)


def connection(port):
    """Some of its downloads are sent again."""
    yield tcp(True, port, 100, 0, SYN)
    yield tcp(False, port, 500, 101, SYN | ACK)
    yield tcp(True, port, 101, 501, ACK)
    for i in range(SEGMENTS):
        yield tcp(False, port, 501 + 100 * i, 101, ACK, b"x" * 100)
    for i in range(AGAIN):
        # All of it was acknowledged.
        yield tcp(True, port, 101, 501 + 100 * SEGMENTS, ACK)
        yield tcp(False, port, 501 + 100 * i, 101, ACK, b"x" * 100)


def refused(port):
    yield tcp(True, port, 100, 0, SYN)
    yield tcp(False, port, 0, 101, RST | ACK)


class LivePageHealthTest(PageCase):
    def play(self, talk):
        for up, frame in talk:
            if up:
                self.here.send_frames("va", [frame])
            else:
                self.there.send_frames("vb", [frame])

    def health(self, ntm):
        return self.json(ntm, "/api/live")["traffic-update"]["health"]

    def test_the_page_tells_the_health_of_the_network(self):
        with self.ntm() as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.wait("() => document.querySelector('#health-findings')"
                      ".textContent.startsWith('There was no TCP')")
            for port in range(40000, 40000 + CONNECTIONS):
                self.play(connection(port))
            for port in range(50000, 50000 + REFUSED):
                self.play(refused(port))
            page.wait("() => document.querySelector('#health-connections "
                      f"strong').textContent === '{REFUSED}'")
            sent = CONNECTIONS * (SEGMENTS + AGAIN)
            page.wait("() => document.querySelector('#health-down small')"
                      f".textContent === 'of {sent} segments'")
            health = self.health(ntm)
            self.assertEqual(health["connections"], {
                "count": CONNECTIONS + REFUSED, "refused": REFUSED,
                "unanswered": 0})
            self.assertEqual(health["down"]["retransmitted_segments"],
                             CONNECTIONS * AGAIN)
            self.assertEqual(health["internet"]["count"], CONNECTIONS)
            share = CONNECTIONS * AGAIN / sent
            self.assertEqual(page.text("#health-down strong"),
                             f"{100 * share:.1f} %")
            findings = page.text("#health-findings")
            self.assertIn(f"{REFUSED} of {CONNECTIONS + REFUSED} attempts to "
                          "connect failed", findings)
            self.assertIn("Downloads are retransmitted", findings)
            self.assertIn("https", page.text("#health-services"))
            self.assertEqual(page.faults(), [])

    def test_without_conversations_the_section_is_hidden(self):
        with self.ntm("--conversations", "0") as ntm, self.page(ntm) as page:
            self.wait_live(page)
            page.wait("() => document.querySelector('#health').hidden")
            self.assertIsNone(self.health(ntm))
