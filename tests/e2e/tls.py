"""TLS in front of ntm: a self-signed certificate and a TLS terminator.

    certificate = tls.Certificate(folder, "10.9.0.1")
    with tls.Terminator(certificate, namespace, ("10.9.0.1", 8443),
                        ("127.0.0.1", 8000)): …
"""

import contextlib
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading
import unittest

import acceptor
import ntm_process


class Certificate:
    """Self-signed, valid for one address or name."""

    def __init__(self, folder, host):
        if shutil.which("openssl") is None:
            raise unittest.SkipTest("there is no `openssl` (package openssl)")
        self.path = str(pathlib.Path(folder) / f"{host}.pem")
        self.key = str(pathlib.Path(folder) / f"{host}.key")
        kind = "IP" if host.replace(".", "").isdigit() else "DNS"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
             "/CN=a test of ntm", "-addext", f"subjectAltName={kind}:{host}",
             "-keyout", self.key, "-out", self.path],
            check=True, capture_output=True, timeout=30)


class Terminator(acceptor.Acceptor):
    """Accepts TLS connections and forwards their bytes to another address."""

    def __init__(self, certificate, namespace, address, behind):
        self._namespace, self._behind = namespace, behind
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.path, certificate.key)
        super().__init__(namespace, address, self._forward)

    def _forward(self, client):
        client.settimeout(ntm_process.BOUND)
        with self._context.wrap_socket(client, server_side=True) as secure:
            server = ntm_process.connector(self._namespace)(self._behind)
            with server:
                self._exchange(secure, server)

    @staticmethod
    def _exchange(secure, server):
        # One request, one answer; either side may close the connection.
        secure.settimeout(120)
        ended = threading.Event()

        def answer():
            with contextlib.suppress(OSError, ssl.SSLError):
                while piece := server.recv(65536):
                    secure.sendall(piece)
            ended.set()
            with contextlib.suppress(OSError):
                secure.shutdown(socket.SHUT_RDWR)
        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        with contextlib.suppress(OSError, ssl.SSLError):
            while not ended.is_set() and (piece := secure.recv(65536)):
                server.sendall(piece)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        answering.join()
