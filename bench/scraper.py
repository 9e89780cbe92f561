"""Scrapes ntm on loopback over one connection and measures the time to the last byte
of each answer. A separate program, to run inside a namespace:

    scraper.py PORT INTERVAL_SECONDS COUNT [FOLDER]

COUNT 0: until standard input ends. FOLDER keeps each body as 0.txt, 1.txt …
Prints "ready" when connected, at the end a JSON list of {"at", "seconds",
"bytes"}; "at" is the time of the request, on a steady clock.
"""
from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from pathlib import Path

REQUEST = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
ROOM_BYTES = 1 << 20
TIMEOUT_SECONDS = 20


class Client:
    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port),
                                                    TIMEOUT_SECONDS)
        self._room = memoryview(bytearray(ROOM_BYTES))

    def scrape(self) -> tuple[float, bytes]:
        """Seconds from the request to the last byte, and the body."""
        begin = time.perf_counter()
        self._connection.sendall(REQUEST)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._receive()
        head, _, rest = head.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
        if not head.startswith(b"HTTP/1.1 200 ") or not found:
            raise ConnectionError("not an answer with metrics and a length")
        missing = int(found.group(1)) - len(rest)
        pieces = [rest]
        while missing > 0:
            pieces.append(self._receive())
            missing -= len(pieces[-1])
        return time.perf_counter() - begin, b"".join(pieces)

    def _receive(self) -> bytes:
        size = self._connection.recv_into(self._room)
        if size == 0:
            raise ConnectionError("closed before its last byte")
        return bytes(self._room[:size])


def main(port: int, interval_seconds: float, count: int,
         folder: Path | None) -> None:
    client = Client(port)
    print("ready", flush=True)
    scrapes: list[dict] = []
    due = time.monotonic()
    while count == 0 or len(scrapes) < count:
        at = time.monotonic()
        seconds, body = client.scrape()
        if folder:
            (folder / f"{len(scrapes)}.txt").write_bytes(body)
        scrapes.append({"at": at, "seconds": seconds, "bytes": len(body)})
        due += interval_seconds
        wait = max(0.0, due - time.monotonic())
        if count == 0:
            if select.select([sys.stdin], [], [], wait)[0]:
                break
        else:
            time.sleep(wait)
    print(json.dumps(scrapes))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]),
         Path(sys.argv[4]) if len(sys.argv) > 4 else None)
