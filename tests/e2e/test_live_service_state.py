"""Messages to the service manager: ready, watchdog, stopping."""

from live import LiveCase
from notify_socket import NotifySocket


class LiveServiceStateTest(LiveCase):
    def test_ntm_notifies_the_service_manager_when_ready(self):
        with NotifySocket(self.here) as manager:
            with self.ntm(env={"NOTIFY_SOCKET": manager.name}) as ntm:
                self.assertEqual(manager.next(), "READY=1")
                self.assertEqual(ntm.status("/-/ready"), 200)
            self.assertEqual(manager.next(), "STOPPING=1")

    def test_ntm_notifies_the_watchdog_of_ticks(self):
        with NotifySocket(self.here, abstract=True) as manager:
            with self.ntm(env={"NOTIFY_SOCKET": manager.name,
                               "WATCHDOG_USEC": "3000000"}):
                self.assertEqual(
                    [manager.next() for _ in range(3)],
                    ["READY=1", "WATCHDOG=1", "WATCHDOG=1"])

    def test_ntm_ignores_the_watchdog_of_another_process(self):
        with NotifySocket(self.here) as manager:
            with self.ntm(env={"NOTIFY_SOCKET": manager.name,
                               "WATCHDOG_USEC": "3000000",
                               "WATCHDOG_PID": "1"}) as ntm:
                self.assertEqual(manager.next(), "READY=1")
                # After a tick, in which it would have sent a message.
                self.here.ip("link", "set", "va", "down")
                ntm.wait_for(
                    lambda scrape: scrape.value("ntm_capture_up") == 0,
                    "down")
            self.assertEqual(manager.next(), "STOPPING=1")
