"""A server in a namespace: accepts connections, and serves each in a thread.

    with acceptor.Acceptor(namespace, ("10.9.0.1", 443), serve): ...
"""

import contextlib
import socket
import threading


class Acceptor:
    """`serve` takes a connection, which is closed after it; an OSError in it, as from
    a peer that went away, ends that connection alone."""

    def __init__(self, namespace, address, serve):
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._serve = serve
        self._listener = namespace.socket(family, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(address)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,),
                             daemon=True).start()

    def _handle(self, connection):
        with contextlib.suppress(OSError), connection:
            self._serve(connection)
