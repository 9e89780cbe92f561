"""Scrapes ntm on loopback over one connection and measures the time to the first and
the last byte of each answer. A separate program, to run inside a namespace:

    scraper.py PORT INTERVAL_SECONDS COUNT [--gzip] [--protobuf] [FOLDER]

COUNT 0: until standard input ends. FOLDER keeps each body as 0.txt, 1.txt …
Prints "ready" when connected, at the end a JSON list of {"at", "seconds", "first",
"bytes"}; "at" is the time of the request, on a steady clock; "bytes" those of the
body as it was sent.
"""
from __future__ import annotations

import gzip
import json
import re
import select
import socket
import sys
import time
from pathlib import Path
from typing import Iterator

REQUEST = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
ROOM_BYTES = 64 << 20
TIMEOUT_SECONDS = 20
ACCEPTS = {
    "--gzip": b"Accept-Encoding: gzip\r\n",
    "--protobuf": b"Accept: application/vnd.google.protobuf; "
                  b"proto=io.prometheus.client.MetricFamily; "
                  b"encoding=delimited\r\n",
}


class Client:
    """Receives an answer into memory that is there already, and looks at no more of it
    than its framing, so that its own time is small."""

    def __init__(self, port: int, accepts: frozenset[str] = frozenset()
                 ) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port),
                                                    TIMEOUT_SECONDS)
        self._request = REQUEST % b"".join(map(ACCEPTS.get, accepts))
        self._is_gzip = "--gzip" in accepts
        self._is_protobuf = "--protobuf" in accepts
        self._room = bytearray(b"x" * ROOM_BYTES)
        self._view = memoryview(self._room)
        self._end = 0  # of what was received
        self._first_at = 0.0

    def scrape(self) -> tuple[float, float, bytes]:
        """Seconds from the request to the first and to the last byte, and the body
        as it was sent."""
        self._end = 0
        begin = time.perf_counter()
        self._connection.sendall(self._request)
        head_end = self._find(b"\r\n\r\n", 0) + 4
        head = bytes(self._view[:head_end])
        if not head.startswith(b"HTTP/1.1 200 "):
            raise ConnectionError("not an answer with metrics")
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        if length:
            pieces = [(head_end, head_end + int(length.group(1)))]
            self._receive_until(pieces[0][1])
        elif re.search(rb"(?im)^transfer-encoding: *chunked\r$", head):
            pieces = list(self._chunks(head_end))
        else:
            raise ConnectionError("neither a length nor chunks")
        end = time.perf_counter()
        if self._is_gzip != (b"content-encoding: gzip" in head.lower()):
            raise ConnectionError("not the coding that was asked for")
        if self._is_protobuf != (b"google.protobuf" in head.lower()):
            raise ConnectionError("not the format that was asked for")
        body = b"".join(self._view[a:b] for a, b in pieces)
        return self._first_at - begin, end - begin, body

    def text(self, body: bytes) -> bytes:
        return gzip.decompress(body) if self._is_gzip else body

    def _chunks(self, at: int) -> Iterator[tuple[int, int]]:
        """Begin and end of each chunk's data; RFC 9112 section 7.1."""
        while True:
            line_end = self._find(b"\r\n", at)
            size = int(bytes(self._view[at:line_end]).split(b";")[0], 16)
            begin = line_end + 2
            at = begin + size + 2
            self._receive_until(at)
            if size == 0:
                return
            yield begin, begin + size

    def _find(self, wanted: bytes, begin: int) -> int:
        while True:
            found = self._room.find(wanted, begin, self._end)
            if found >= 0:
                return found
            self._receive()

    def _receive_until(self, end: int) -> None:
        while self._end < end:
            self._receive()

    def _receive(self) -> None:
        size = self._connection.recv_into(self._view[self._end:])
        if size == 0:
            raise ConnectionError("closed before its last byte")
        if self._end == 0:
            self._first_at = time.perf_counter()
        self._end += size


def main(port: int, interval_seconds: float, count: int,
         accepts: frozenset[str], folder: Path | None) -> None:
    client = Client(port, accepts)
    print("ready", flush=True)
    scrapes: list[dict] = []
    due = time.monotonic()
    while count == 0 or len(scrapes) < count:
        at = time.monotonic()
        first, seconds, body = client.scrape()
        if folder:
            (folder / f"{len(scrapes)}.txt").write_bytes(client.text(body))
        scrapes.append({"at": at, "seconds": seconds, "first": first,
                        "bytes": len(body)})
        due += interval_seconds
        wait = max(0.0, due - time.monotonic())
        if count == 0:
            if select.select([sys.stdin], [], [], wait)[0]:
                break
        else:
            time.sleep(wait)
    print(json.dumps(scrapes))


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word not in ACCEPTS]
    main(int(given[0]), float(given[1]), int(given[2]),
         frozenset(sys.argv) & ACCEPTS.keys(),
         Path(given[3]) if len(given) > 3 else None)
