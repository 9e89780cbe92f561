"""HTTPS: versions, certificates of both sides, renewal without a restart."""

import http.client
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile

import mixed
import ntm_process
from files import FileCase
from tls import Certificate

HOST = "127.0.0.1"


def openssl(*arguments, text=""):
    subprocess.run(["openssl", *map(str, arguments)], input=text.encode(),
                   check=True, capture_output=True, timeout=30)


class Authority:
    """A CA that signs certificates of clients."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.key, self.path = (str(self.folder / f"{name}.{kind}")
                               for kind in ("key", "pem"))
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.path)

    def sign(self, name, *dates, file=None):
        """(certificate, key) of the client `name`; `dates` are openssl's."""
        base = f"{self.path}-{file or name}"
        key, request, path = (f"{base}.{kind}" for kind in
                              ("key", "csr", "pem"))
        openssl("req", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.path, "-CAkey",
                self.key, "-CAcreateserial", "-copy_extensions", "copy",
                "-out", path, *(dates or ("-days", "2")))
        return path, key


class TlsTest(FileCase):
    def setUp(self):
        super().setUp()
        if shutil.which("openssl") is None:
            self.skipTest("there is no `openssl` (package openssl)")
        folder = ntm_process.open_folder("ntm-tls-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.certificate = Certificate(folder.name, HOST)

    def config(self, more="", rest=""):
        path = self.folder / "web.yml"
        path.write_text(
            "tls_server_config:\n"
            f"  cert_file: {self.certificate.path}\n"
            f"  key_file: {self.certificate.key}\n{more}{rest}")
        return str(path)

    def start(self, more="", rest=""):
        path = self.capture(mixed.frames())
        ntm = ntm_process.Ntm("-r", path, "--serve", "--web.config.file",
                              self.config(more, rest))
        self.addCleanup(ntm.stop)
        ntm_process.poll(lambda: "serving https://" in ntm.stderr(),
                         what="the server")
        return ntm

    def context(self, client=None, certificate=None):
        context = ssl.create_default_context(
            cafile=(certificate or self.certificate).path)
        if client:
            context.load_cert_chain(*client)
        return context

    def fetch(self, ntm, path="/metrics", headers=None, **how):
        connection = http.client.HTTPSConnection(
            HOST, ntm.port, timeout=ntm_process.BOUND,
            context=self.context(**how))
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            connection.close()

    def assert_refused(self, ntm, **how):
        with self.assertRaises((ssl.SSLError, ConnectionError,
                                http.client.RemoteDisconnected)):
            self.fetch(ntm, **how)

    def handshake(self, ntm, version):
        """The negotiated version; None without a connection."""
        context = self.context()
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        try:
            with socket.create_connection((HOST, ntm.port)) as plain:
                with context.wrap_socket(plain, server_hostname=HOST) as tls:
                    return tls.version()
        except (ssl.SSLError, ConnectionError):
            return None

    def test_tls_supports_1_2_and_newer(self):
        ntm = self.start()
        answer = self.fetch(ntm)
        self.assertEqual(answer.status, 200)
        self.assertIn("ntm_packets_total", answer.text)
        self.assertEqual(self.handshake(ntm, ssl.TLSVersion.TLSv1_2),
                         "TLSv1.2")
        self.assertEqual(self.handshake(ntm, ssl.TLSVersion.TLSv1_3),
                         "TLSv1.3")
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            self.assertIsNone(self.handshake(ntm, old), old)

    def test_tls_has_the_configured_minimum_version(self):
        ntm = self.start("  min_version: TLS13\n")
        self.assertIsNone(self.handshake(ntm, ssl.TLSVersion.TLSv1_2))
        self.assertEqual(self.handshake(ntm, ssl.TLSVersion.TLSv1_3),
                         "TLSv1.3")

    def ciphers(self, ntm, *names):
        """The OpenSSL ciphers for which a TLS 1.2 connection works."""
        spoken = set()
        for name in names:
            result = subprocess.run(
                ["openssl", "s_client", "-connect", f"{HOST}:{ntm.port}",
                 "-tls1_2", "-cipher", f"{name}:@SECLEVEL=0"], input=b"",
                capture_output=True, timeout=30, check=False)
            if f"Cipher is {name}" in result.stdout.decode():
                spoken.add(name)
        return spoken

    def test_tls_has_forward_secrecy(self):
        good = {"ECDHE-ECDSA-AES128-GCM-SHA256",
                "ECDHE-ECDSA-AES256-GCM-SHA384",
                "ECDHE-ECDSA-CHACHA20-POLY1305"}
        cbc = {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"}
        ntm = self.start()
        self.assertEqual(self.ciphers(ntm, *good, *cbc), good)
        suite = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
        ntm = self.start(f"  cipher_suites: [{suite}]\n")
        self.assertEqual(self.ciphers(ntm, *good, *cbc),
                         {"ECDHE-ECDSA-AES128-SHA"})

    def test_tls_has_the_configured_ciphers(self):
        suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        ntm = self.start(f"  cipher_suites: [{suite}]\n")
        for cipher, works in (("ECDHE-ECDSA-AES256-GCM-SHA384", True),
                              ("ECDHE-ECDSA-AES128-GCM-SHA256", False)):
            result = subprocess.run(
                ["openssl", "s_client", "-connect", f"{HOST}:{ntm.port}",
                 "-tls1_2", "-cipher", cipher], input=b"",
                capture_output=True, timeout=30, check=False)
            self.assertEqual(f"Cipher is {cipher}" in result.stdout.decode(),
                             works, cipher)

    def test_clients_need_a_certificate_of_the_ca(self):
        ours = Authority(self.folder, "ours")
        ntm = self.start("  client_auth_type: RequireAndVerifyClientCert\n"
                         f"  client_ca_file: {ours.path}\n"
                         "  client_allowed_sans: [prometheus]\n")
        right = ours.sign("prometheus")
        self.assertEqual(self.fetch(ntm, client=right).status, 200)
        # It is a credential like any other.
        self.assertEqual(self.fetch(ntm, "/", client=right).status, 200)
        self.assert_refused(ntm)
        self.assert_refused(ntm, client=ours.sign("somebody"))
        self.assert_refused(
            ntm, client=Authority(self.folder, "theirs").sign("prometheus"))
        expired = ours.sign("prometheus", "-days", "-1", file="expired")
        self.assert_refused(ntm, client=expired)
        self.assertEqual(self.fetch(ntm, client=right).status, 200)

    def test_certificates_are_renewed_while_it_runs(self):
        first = self.certificate
        # Must be readable by the user that ntm changed to.
        pathlib.Path(first.key).chmod(0o644)
        ntm = self.start()
        self.assertEqual(self.fetch(ntm).status, 200)
        with tempfile.TemporaryDirectory() as folder:
            second = Certificate(folder, HOST)
            # A key that does not match the certificate is never used.
            shutil.copyfile(second.key, first.key)
            ntm_process.poll(lambda: "old settings stay in effect" in ntm.stderr(),
                             what="a refusal", bound=20)
            self.assertEqual(self.fetch(ntm).status, 200)
            shutil.copyfile(second.path, first.path)

            def renewed():
                try:
                    return self.fetch(ntm, certificate=second).status == 200
                except ssl.SSLError:
                    return False
            ntm_process.poll(renewed, what="the new certificate", bound=20)

    def test_a_key_of_another_certificate_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            self.certificate.key = Certificate(folder, HOST).key
            result = ntm_process.run(
                "-r", self.capture(mixed.frames()), "--serve",
                "--web.config.file", self.config())
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("TLS: the key", result.stderr)

    def test_answers_have_the_headers_of_the_configuration(self):
        ntm = self.start(rest="http_server_config:\n  headers:\n"
                              "    Strict-Transport-Security: max-age=3600\n"
                              "    X-Frame-Options: SAMEORIGIN\n")
        headers = self.fetch(ntm).headers
        self.assertEqual(headers["Strict-Transport-Security"], "max-age=3600")
        self.assertEqual(headers.get_all("X-Frame-Options"), ["SAMEORIGIN"])
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])

    def test_plain_http_does_not_reach_a_tls_port(self):
        ntm = self.start()
        with socket.create_connection((HOST, ntm.port)) as plain:
            plain.settimeout(ntm_process.BOUND)
            plain.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            try:
                answer = plain.recv(4096)
            except ConnectionError:
                answer = b""
        self.assertNotIn(b"ntm_", answer)
        self.assertEqual(self.fetch(ntm).status, 200)
