"""Access to the web server: users, tokens, other sites."""

import base64
import os
import pathlib
import tempfile

import mixed
import ntm_process
from files import FileCase

# bcrypt of "secret word", with the lowest cost.
HASH = "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy"
FREE = ("/-/healthy", "/-/ready")
SHOWN = ("/metrics", "/")


def basic(user, password):
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class AccessTest(FileCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="ntm-access-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        os.chmod(self.folder, 0o755)

    def text_file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o644)
        return str(path)

    def start(self, *arguments):
        path = self.capture(mixed.frames())
        ntm = ntm_process.Ntm("-r", path, "--serve", *arguments)
        self.addCleanup(ntm.stop)
        ntm.wait_ready()
        return ntm

    def statuses(self, ntm, headers=None):
        return {path: ntm.fetch(path, headers=headers).status
                for path in (*FREE, *SHOWN)}

    def expected(self, status):
        return {path: 200 for path in FREE} | {path: status for path in SHOWN}

    def test_users_need_their_passwords(self):
        config = self.text_file("web.yml", f"basic_auth_users:\n  alice: {HASH}\n")
        ntm = self.start("--web.config.file", config)
        for wrong in ({}, basic("alice", "secret"), basic("bob", "secret word"),
                      bearer("secret word"), {"Authorization": "nonsense"}):
            self.assertEqual(self.statuses(ntm, wrong), self.expected(401))
        self.assertEqual(self.statuses(ntm, basic("alice", "secret word")),
                         self.expected(200))
        refused = ntm.fetch("/metrics")
        self.assertIn("Basic realm=", refused.headers["WWW-Authenticate"])
        for text in (refused.text, ntm.stderr()):
            self.assertNotIn("secret", text)
            self.assertNotIn(HASH, text)

    def test_the_api_needs_the_token_if_one_is_configured(self):
        tokens = self.text_file("tokens", "first-token\nsecond-token\n")
        ntm = self.start("--token-file", tokens)
        without = {**self.expected(401), "/metrics": 200}
        for wrong in ({}, bearer("third-token"), basic("x", "first-toke")):
            self.assertEqual(self.statuses(ntm, wrong), without)
        for right in (bearer("first-token"), bearer("second-token"),
                      basic("anybody", "second-token")):
            self.assertEqual(self.statuses(ntm, right), self.expected(200))
        self.assertNotIn("first-token", ntm.stderr())

    def test_other_sites_and_names_are_refused(self):
        ntm = self.start("--web.host-name", "metrics.example",
                         "--web.allow-host", "other.example")
        for headers, page, metrics in (
                ({"Origin": "http://evil.example"}, 403, 403),
                ({"Origin": "null"}, 403, 403),
                ({"Sec-Fetch-Site": "cross-site"}, 403, 403),
                ({"Sec-Fetch-Site": "same-site"}, 403, 403),
                ({"Host": "evil.example"}, 403, 403),
                ({"Host": f"evil.example:{ntm.port}"}, 403, 403),
                ({"X-Forwarded-For": "127.0.0.1"}, 403, 200),
                ({"Sec-Fetch-Site": "same-origin"}, 200, 200),
                ({"Sec-Fetch-Site": "cross-site",
                  "Sec-Fetch-Mode": "navigate",
                  "Sec-Fetch-Dest": "document"}, 200, 200),
                ({"Origin": f"http://127.0.0.1:{ntm.port}"}, 200, 200),
                ({"Host": "metrics.example:80"}, 200, 200),
                ({"Host": "other.example"}, 200, 200),
                ({"Host": "192.0.2.1:8000"}, 200, 200),
                ({"Host": "localhost"}, 200, 200)):
            with self.subTest(headers):
                self.assertEqual(ntm.fetch("/", headers=headers
                                           ).status, page)
                self.assertEqual(ntm.fetch("/metrics", headers=headers
                                           ).status, metrics)
                self.assertEqual(ntm.fetch("/-/healthy", headers=headers
                                           ).status, 200)

    def test_a_reverse_proxy_without_headers_gives_one_warning(self):
        ntm = self.start("--web.allow-host", "metrics.example")
        for headers in ({"Host": "localhost:8000"}, {"Host": "127.0.0.1"},
                        {"Host": "evil.example"},
                        {"Host": "metrics.example",
                         "X-Forwarded-For": "192.0.2.1"}):
            ntm.fetch("/", headers=headers)
        self.assertNotIn("reverse proxy", ntm.stderr())
        for _ in range(3):
            self.assertEqual(ntm.fetch(
                "/", headers={"Host": "metrics.example"}).status, 200)
        self.assertEqual(ntm.stderr().count("reverse proxy"), 1)
        self.assertIn("X-Forwarded-For", ntm.stderr())

    def test_refused_requests_are_logged(self):
        config = self.text_file("web.yml", f"basic_auth_users:\n  alice: {HASH}\n")
        ntm = self.start("--web.config.file", config)
        for _ in range(50):
            self.assertEqual(ntm.fetch("/metrics").status, 401)
        ntm_process.poll(lambda: "requests refused" in ntm.stderr(), 30,
                         "the line")
        self.assertRegex(ntm.stderr(), r"requests refused: missing or wrong "
                                       r"credentials \(\d+\); from this machine")
        # The next line comes after a minute.
        self.assertEqual(ntm.stderr().count("requests refused"), 1)

    def test_an_open_server_without_users_gives_a_warning(self):
        path = self.capture(mixed.frames())
        for host, warned in (("127.0.0.1", False), ("0.0.0.0", True)):
            with ntm_process.Ntm("-r", path, "--serve", "--web.listen-address",
                                 f"{host}:0", own_address=True) as ntm:
                ntm_process.poll(lambda: "serving http" in ntm.stderr(),
                                 what="the server")
                ntm_process.poll(lambda: "finished reading" in ntm.stderr(),
                                 what="the end of the file")
                self.assertEqual("no users are configured" in ntm.stderr(),
                                 warned, ntm.stderr())

    def test_unusable_web_configuration_is_refused(self):
        path = self.capture(mixed.frames())
        for arguments, why in (
                (("--web.config.file", self.folder / "none"), "cannot be read"),
                (("--web.config.file", self.text_file("a", "user: x\n")),
                 "unknown key 'user'"),
                (("--web.config.file", self.text_file(
                    "b", "basic_auth_users: {a: geheim}\n")), "bcrypt"),
                (("--token-file", self.text_file("c", "\n")), "has no token")):
            result = ntm_process.run("-r", path, "--serve", *arguments)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(why, result.stderr)
            self.assertNotIn("geheim", result.stderr)
