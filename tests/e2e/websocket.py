"""A WebSocket client (RFC 6455) that reads text messages."""

import base64
import json
import os
import struct


class WebSocket:
    """`connection` is a TCP connection to the server; closes it at the end."""

    def __init__(self, connection, path="/ws", headers=()):
        self.connection = connection
        key = base64.b64encode(os.urandom(16)).decode()
        connection.sendall("\r\n".join([
            f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: Upgrade",
            "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}", *headers, "", ""]).encode())
        self.file = connection.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.connection.close()

    def frame(self):
        """(opcode, content) of the next message, reassembled."""
        opcode, content, is_last = self._fragment()
        while not is_last:
            _, more, is_last = self._fragment()
            content += more
        return opcode, content

    def _fragment(self):
        first, second = self.file.read(2)
        size = second & 0x7f
        if size == 126:
            size = struct.unpack("!H", self.file.read(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self.file.read(8))[0]
        assert not second & 0x80, "a server does not mask"
        return first & 0x0f, self.file.read(size), bool(first & 0x80)

    def pong(self, content):
        """Answers a ping of at most 125 bytes; a mask of zeros is valid."""
        self.connection.sendall(bytes([0x8a, 0x80 | len(content), 0, 0, 0, 0])
                                + content)

    def event(self):
        """The next text message as (event, data)."""
        while True:
            opcode, content = self.frame()
            if opcode == 1:
                message = json.loads(content)
                return message["event"], message["data"]
            assert opcode in (9, 10), f"opcode {opcode}"
