"""A service manager's end of sd_notify(3)."""

import pathlib
import socket
import tempfile


class NotifySocket:
    """Where a program says how it is; as a context manager it is closed."""

    def __init__(self, namespace, abstract=False):
        self.folder = tempfile.TemporaryDirectory(prefix="ntm-e2e-")
        # Names of the abstract kind belong to a network namespace.
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
        """The next message; TimeoutError where none comes."""
        return self.socket.recv(4096).decode()
