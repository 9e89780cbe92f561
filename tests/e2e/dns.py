"""Builds DNS messages, and a DNS server that can be honest or hostile.

    with dns.Server(dns.names({"192.0.2.1": "a.example.com"})) as server:
        ntm_process.Ntm(..., "--dns-server", server.address)

A behaviour is a function (query) → datagrams to answer with; names(), silent()
and those that a test writes itself.
"""

import ipaddress
import socket
import struct
import threading

A, CNAME, SOA, PTR, AAAA = 1, 5, 6, 12, 28
IN = 1
NXDOMAIN, SERVFAIL = 3, 2


def encoded(name):
    """A name as labels; a list of bytes is used as the labels."""
    labels = name
    if isinstance(name, str):
        labels = [part.encode() for part in name.split(".") if part]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def question(name, kind=A):
    return encoded(name) + struct.pack("!HH", kind, IN)


def record(name, kind, content, ttl=600):
    return encoded(name) + struct.pack("!HHIH", kind, IN, ttl,
                                       len(content)) + content


def address_record(name, address, ttl=600):
    packed = ipaddress.ip_address(address).packed
    return record(name, A if len(packed) == 4 else AAAA, packed, ttl)


def query(name, kind=A, ident=1):
    return struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question(
        name, kind)


def response(asked, records=(), code=0, ident=None):
    """The answer to `asked`, a complete query, repeating its question."""
    own = struct.unpack_from("!H", asked)[0]
    head = struct.pack("!HHHHHH", own if ident is None else ident,
                       0x8180 | code, 1, len(records), 0, 0)
    return head + asked[12:] + b"".join(records)


def announcement(records):
    """A response of multicast DNS."""
    return struct.pack("!HHHHHH", 0, 0x8400, 0, len(records), 0, 0) + b"".join(
        records)


def reverse(address):
    return ipaddress.ip_address(address).reverse_pointer


def asked_name(message):
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels)


def names(by_address, ttl=600):
    """Has these names; all other addresses have none."""
    known = {reverse(address): name for address, name in by_address.items()}

    def behave(asked):
        name = asked_name(asked)
        if name not in known:
            return [response(asked, code=NXDOMAIN)]
        return [response(asked, [record(name, PTR, encoded(known[name]),
                                        ttl)])]
    return behave


def silent(_):
    return []


class Server:
    """Answers on a UDP port; `asked` lists the queried names in order."""

    def __init__(self, behave, endpoint=None, port=0, bound=None):
        self.behave, self.asked = behave, []
        self.endpoint = endpoint or socket.socket(socket.AF_INET,
                                                  socket.SOCK_DGRAM)
        self.endpoint.bind(bound or ("127.0.0.1", port))
        self.port = self.endpoint.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.endpoint.settimeout(0.1)  # to notice the stop
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.endpoint.close()

    def _serve(self):
        while not self.over.is_set():
            try:
                message, peer = self.endpoint.recvfrom(65536)
            except TimeoutError:
                continue
            self.asked.append(asked_name(message))
            for answer in self.behave(message):
                self.endpoint.sendto(answer, peer)
