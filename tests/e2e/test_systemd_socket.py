"""Sockets that systemd hands over (LISTEN_FDS)."""

import socket

import pytest

import mixed
import ntm_process
from files import FileCase

pytestmark = pytest.mark.text


class SystemdSocketTest(FileCase):
    def test_systemd_socket_is_served(self):
        path = self.capture(mixed.frames())
        with socket.socket() as handed:
            handed.bind(("127.0.0.1", 0))
            handed.listen()
            # The shell (dash knows no descriptor above 9) moves it to descriptor 3
            # and sets LISTEN_PID.
            shell = (f"exec 3<&{handed.fileno()}; LISTEN_FDS=1 "
                     'LISTEN_PID=$$ exec "$@"')
            with ntm_process.Ntm(
                    "-r", path, "--serve", "--web.systemd-socket",
                    own_address=True, port=handed.getsockname()[1],
                    before=["bash", "-c", shell, "bash"],
                    pass_fds=[handed.fileno()]) as ntm:
                self.assertEqual(ntm.wait_ready().scrape().flows(),
                                 mixed.FLOWS)

    def test_systemd_socket_without_one_is_refused(self):
        self.refuses("-r", self.capture(mixed.frames()), "--serve",
                     "--web.systemd-socket")
