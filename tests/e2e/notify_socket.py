"""The service manager's side of sd_notify(3)."""

import pathlib
import socket
import tempfile


class NotifySocket:
    """The socket that a program notifies; a context manager that closes it."""

    def __init__(self, namespace, abstract=False):
        self.folder = tempfile.TemporaryDirectory(prefix="ntm-e2e-")
        # Abstract socket names belong to a network namespace.
        self.socket = namespace.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        path = str(pathlib.Path(self.folder.name, "notify"))
        self.name = "@ntm" + path if abstract else path
        self.socket.bind("\0" + self.name[1:] if abstract else path)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.socket.close()
        self.folder.cleanup()

    def next(self):
        """The next message; TimeoutError without one."""
        return self.socket.recv(4096).decode()
