"""Handshakes of TLS and QUIC: servers and clients that make them, and messages
built in code.

    with handshakes.Server(certificate, namespace, "198.51.100.7"):
        handshakes.connect(namespace, "10.9.0.2", "198.51.100.7", "www.example.com")
"""

import contextlib
import shutil
import socket
import ssl
import struct
import subprocess
import unittest

import acceptor
import ntm_process


def sized(length_bytes, content):
    return len(content).to_bytes(length_bytes, "big") + content


def client_hello(name, key_share_bytes=32):
    """A ClientHello in one record, whose server name comes last."""
    host = sized(2, b"\0" + sized(2, name.encode()))
    extensions = (b"\0\x33" + sized(2, b"\xcc" * key_share_bytes) +
                  b"\0\0" + sized(2, host))
    body = (b"\3\3" + b"\xaa" * 32 + sized(1, b"\xbb" * 32) +
            sized(2, b"\x13\1") + sized(1, b"\0") + sized(2, extensions))
    return b"\x16\3\1" + sized(2, b"\1" + sized(3, body))


def server_hello():
    return b"\x16\3\3" + sized(2, b"\2" + sized(3, b"\3\3" + b"\xdd" * 32))


def _families(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Server(acceptor.Acceptor):
    """Accepts connections and answers their handshakes; sends what it reads."""

    def __init__(self, namespace, address, wrap, port=443):
        def serve(connection):
            connection.settimeout(ntm_process.BOUND)
            wrap(connection)
        super().__init__(namespace, (address, port), serve)


def tls(certificate):
    """Answers as any server of TLS; for Server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)

    def wrap(connection):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            while data := wrapped.recv(65536):
                wrapped.sendall(data)
    return wrap


def made(answer=server_hello()):
    """Answers a ClientHello that was built here; for Server."""
    def wrap(connection):
        head = _read(connection, 5)
        _read(connection, int.from_bytes(head[3:], "big"))
        connection.sendall(answer)
        connection.recv(1)  # until the client closes
    return wrap


def _read(connection, count):
    """Exactly so many bytes."""
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise ConnectionError("the client has closed")
        data += more
    return data


def connect(namespace, source, address, name, versions=(), say=b"hello"):
    """A client's handshake, after which it says something and hears it again."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if versions:
        context.minimum_version, context.maximum_version = versions
    with namespace.socket(_families(address), socket.SOCK_STREAM) as plain:
        plain.settimeout(ntm_process.BOUND)
        plain.bind((source, 0))
        plain.connect((address, 443))
        with context.wrap_socket(plain, server_hostname=name) as wrapped:
            wrapped.sendall(say)
            assert wrapped.recv(65536) == say


def send(namespace, source, address, pieces, port=443, answer=1):
    """Sends these bytes, each piece in a segment of its own, and reads."""
    with namespace.socket(_families(address), socket.SOCK_STREAM) as plain:
        plain.settimeout(ntm_process.BOUND)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.bind((source, 0))
        plain.connect((address, port))
        for piece in pieces:
            plain.sendall(piece)
            # Until the peer has it, so that the kernel does not join them.
            ntm_process.poll(lambda: _unsent(plain) == 0, what="a segment")
        return plain.recv(answer)


def _unsent(plain):
    import fcntl
    import termios
    queued = fcntl.ioctl(plain, termios.TIOCOUTQ, b"\0" * 4)
    return struct.unpack("i", queued)[0]


@contextlib.contextmanager
def quic_server(namespace, address, certificate, *options, port=443):
    """A server of QUIC, of the package ngtcp2-server."""
    program = shutil.which("gtlsserver", path="/usr/sbin:/usr/bin")
    if program is None or shutil.which("gtlsclient") is None:
        raise unittest.SkipTest("there is no `gtlsserver` and `gtlsclient` "
                                "(packages ngtcp2-server, ngtcp2-client)")
    command = [*namespace.prefix(), program, "--quiet", *options, address,
               str(port), certificate.key, certificate.path]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        try:
            ntm_process.poll(
                lambda: f":{port} " in namespace.run("ss", "-Hlnu").stdout,
                what="the QUIC server")
            yield
        finally:
            process.kill()


def connect_quic(namespace, name, *options, port=443):
    """A QUIC client's handshake and request; the namespace knows the name."""
    namespace.run("gtlsclient", "--quiet", "--exit-on-all-streams-close",
                  "--timeout=20s", *options, name, str(port),
                  f"https://{name}/", timeout=60)
