"""Open pages without a browser: WebSocket clients of ntm on loopback that read all
messages. A separate program, to run inside a namespace:

    listeners.py PORT COUNT

Prints "ready" once all have had their first message; at the end of standard
input a JSON object {"seconds", "messages", "bytes"} of the time since: messages
are those of the client that had the fewest, bytes those of all.
"""
from __future__ import annotations

import base64
import json
import os
import selectors
import socket
import sys
import time

HEAD = ("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: {key}\r\n\r\n")
ROOM_BYTES = 1 << 20
START_SECONDS = 20.0


class Listener:
    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port),
                                                   START_SECONDS)
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall(HEAD.format(key=key).encode())
        self._open = False
        self._rest = b""
        self.messages = 0
        self.bytes = 0

    def take(self, received: bytes) -> None:
        self.bytes += len(received)
        self._rest += received
        if not self._open:
            head, found, rest = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                raise ConnectionError(head.decode("latin-1"))
            self._open, self._rest = True, rest
        while (end := self._end_of_frame()) is not None:
            self.messages += 1
            self._rest = self._rest[end:]

    def _end_of_frame(self) -> int | None:
        """The end of the first frame; None while it is incomplete."""
        rest = self._rest
        if len(rest) < 2:
            return None
        size, begin = rest[1] & 0x7f, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            begin += width
            if len(rest) < begin:
                return None
            size = int.from_bytes(rest[2:begin], "big")
        return begin + size if len(rest) >= begin + size else None


def main(port: int, count: int) -> None:
    listeners = [Listener(port) for _ in range(count)]
    selector = selectors.DefaultSelector()
    for listener in listeners:
        selector.register(listener.connection, selectors.EVENT_READ, listener)
    selector.register(sys.stdin, selectors.EVENT_READ)
    room = memoryview(bytearray(ROOM_BYTES))
    began = None
    deadline = time.monotonic() + START_SECONDS
    while True:
        for key, _ in selector.select(1):
            if key.data is None:
                seconds = time.monotonic() - (began or time.monotonic())
                print(json.dumps({
                    "seconds": seconds,
                    "messages": min(one.messages for one in listeners),
                    "bytes": sum(one.bytes for one in listeners)}))
                return
            size = key.data.connection.recv_into(room)
            if size == 0:
                raise ConnectionError("ntm has closed a connection")
            key.data.take(bytes(room[:size]))
        if began is None:
            if all(one.messages for one in listeners):
                began = time.monotonic()
                for one in listeners:
                    one.messages = one.bytes = 0
                print("ready", flush=True)
            elif time.monotonic() > deadline:
                raise TimeoutError("not every client was told something")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
