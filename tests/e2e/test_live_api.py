"""The JSON API against /api/openapi.json: every answer matches the document, and the
document has every route."""

import itertools
import json
import pathlib
import re

import frames
import netns
import ntm_process
from live import LiveCase

try:
    import jsonschema
except ImportError:
    jsonschema = None

HERE, THERE = netns.HERE_IP, netns.THERE_IP
WEB = "198.51.100.7"
TOKEN = "0123456789abcdef0123456789abcdef"
UPDATE = {"service_id": "web1", "bandwidth_up": 1.5, "bandwidth_down": 2.25,
          "total_up": 10.5, "total_down": 20.25, "max_bandwidth": 250,
          "cpu_percent": 12.5, "memory_percent": 50}


class LiveApiTest(LiveCase):
    def setUp(self):
        if jsonschema is None:
            self.skipTest("python3-jsonschema is not installed")
        super().setUp()

    def get(self, ntm, path, status=200):
        answer = ntm.fetch(path, headers={"Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(answer.status, status, f"{path}: {answer.text}")
        return answer

    def json(self, ntm, path, status=200):
        answer = self.get(ntm, path, status)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        return json.loads(answer.text)

    def document(self, ntm):
        return self.json(ntm, "/api/openapi.json")

    def validate(self, document, schema, value, what):
        whole = {**schema, "components": document["components"]}
        validator = jsonschema.Draft202012Validator(whole)
        errors = [f"{what}: {'/'.join(map(str, error.path))}: {error.message}"
                  for error in validator.iter_errors(value)]
        self.assertEqual(errors, [])

    def send(self, count=3):
        self.there.send_frames("vb", [
            frames.udp_frame(WEB, HERE, 443, 40000, b"x" * 100,
                             dst_mac=netns.HERE_MAC) for _ in range(count)])
        self.there.send_frames("vb", [
            frames.tcp_frame(THERE, HERE, 51000, 22,
                             dst_mac=netns.HERE_MAC)])

    def flows(self, ntm, query=""):
        """The flows, after a tick that has all sent frames."""
        return self.json(ntm, f"/api/flows{query}")["flows"]

    def wait_for_flows(self, ntm, count):
        def are_there(_):
            # Before the first tick there is no answer.
            return (ntm.fetch("/api/flows").status == 200
                    and len(self.flows(ntm)) >= count)
        ntm.wait_for(are_there, "flows")

    def check_answers(self, ntm, document, paths):
        checked = 0
        for path, methods in paths.items():
            if "get" not in methods:
                continue
            answer = ntm.fetch(path)
            responses = methods["get"]["responses"]
            with self.subTest(path):
                self.assertIn(str(answer.status), responses)
                content = responses[str(answer.status)]["content"]
                kind = answer.headers["Content-Type"].split(";")[0]
                self.assertIn(kind, content)
                if kind == "application/json":
                    self.validate(document, content[kind]["schema"],
                                  json.loads(answer.text), path)
                checked += 1
        return checked

    def test_every_answer_matches_the_api_document(self):
        with self.ntm() as ntm:
            self.send()
            self.wait_for_flows(ntm, 2)
            document = self.document(ntm)
            plain = {path: methods
                     for path, methods in document["paths"].items()
                     if "{" not in path}
            self.assertGreaterEqual(
                self.check_answers(ntm, document, plain), 8)

    def check_update(self, ntm, document, update, status, token=TOKEN):
        """POSTs it; the answer must match the document for that status."""
        operation = document["paths"]["/api/traffic/update"]["post"]
        answer = ntm.fetch(
            "/api/traffic/update", method="POST", body=json.dumps(update),
            headers={"Content-Type": "application/json",
                     "Authorization": f"Bearer {token}"})
        self.assertEqual(answer.status, status, answer.text)
        response = operation["responses"][str(status)]
        self.validate(document, response["content"]["application/json"][
            "schema"], json.loads(answer.text), f"update: {status}")
        if status == 200:
            self.validate(document, operation["requestBody"]["content"][
                "application/json"]["schema"], update, "the update itself")

    def test_answers_about_agents_match_the_api_document(self):
        with ntm_process.open_folder() as folder:
            tokens = pathlib.Path(folder) / "tokens"
            tokens.write_text(TOKEN + "\n")
            tokens.chmod(0o600)
            with self.ntm("--accept-agents", "web1", "--agents-token-file",
                          tokens) as ntm:
                document = self.document(ntm)
                self.check_update(ntm, document, UPDATE, 200)
                self.check_update(ntm, document, UPDATE, 401, "wrong" * 8)
                self.check_update(ntm, document,
                                  {**UPDATE, "service_id": "db"}, 404)
                self.check_update(ntm, document, {"service_id": "web1"}, 422)
                agents = {path.replace("{id}", name): methods
                          for path, methods in document["paths"].items()
                          for name in ("web1", "nobody") if "{id}" in path}
                agents["/api/traffic/summary"] = document["paths"][
                    "/api/traffic/summary"]
                self.assertEqual(
                    self.check_answers(ntm, document, agents), 5)
                self.json(ntm, "/api/traffic/web1/history?limit=x", 400)

    def check_post(self, ntm, document, path, value, status=200):
        operation = document["paths"][path]["post"]
        answer = ntm.fetch(path, method="POST", body=json.dumps(value),
                           headers={"Content-Type": "application/json",
                                    "Authorization": f"Bearer {TOKEN}"})
        self.assertEqual(answer.status, status, answer.text)
        self.validate(document, operation["responses"][str(status)]["content"][
            "application/json"]["schema"], json.loads(answer.text), path)
        if status == 200:
            self.validate(document, operation["requestBody"]["content"][
                "application/json"]["schema"], value, f"{path}: the question")

    def test_answers_about_qos_match_the_api_document(self):
        rule = {"traffic_type": "game", "min_bandwidth": 1,
                "max_bandwidth": 20, "priority": 2, "dscp": 34}
        flow = {"flow_id": 7, "traffic_type": "game", "current_bandwidth": 30}
        demand = {"predictions": [
            {"traffic_type": "game", "current_throughput": 10},
            {"traffic_type": "video"}], "total_bandwidth_mbps": 50}
        folder = ntm_process.open_folder()
        self.addCleanup(folder.cleanup)
        tokens = pathlib.Path(folder.name, "tokens")
        tokens.write_text(TOKEN + "\n", encoding="ascii")
        tokens.chmod(0o644)
        with self.ntm("--no-database", "--token-file", tokens) as ntm:
            document = self.document(ntm)
            for path, value in (("/qos/rule", rule), ("/qos/apply", flow),
                                ("/allocate", demand)):
                self.check_post(ntm, document, path, value)
                self.check_post(ntm, document, path, [], 400)
                self.check_post(ntm, document, path, {}, 422)

    def test_the_api_document_has_every_route(self):
        with self.ntm() as ntm:
            documented = set(self.document(ntm)["paths"])
            landing = set(re.findall(r'href="([^"]+)"',
                                     self.get(ntm, "/-/links").text))
            self.assertEqual(landing - documented, set())

    def test_the_api_document_is_valid_openapi(self):
        """Every reference can be resolved; every operation has a summary and
        descriptions of its answers."""
        with self.ntm() as ntm:
            document = self.document(ntm)
        self.assertEqual(document["openapi"], "3.1.0")
        text = json.dumps(document)
        for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
            self.assertIn(name, document["components"]["schemas"])
        for schema in document["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                with self.subTest(f"{method} {path}"):
                    self.assertIn(method, ("get", "post"))
                    self.assertTrue(operation["summary"])
                    # The answer to a WebSocket request is 101.
                    self.assertTrue({"200", "101"} & set(operation["responses"]))
                    named = set(re.findall(r"\{(\w+)\}", path))
                    described = {parameter["name"] for parameter
                                 in operation.get("parameters", ())
                                 if parameter["in"] == "path"}
                    self.assertEqual(named, described)
                    for response in operation["responses"].values():
                        for content in response.get("content", {}).values():
                            jsonschema.Draft202012Validator.check_schema(
                                content["schema"])

    def test_api_docs_make_no_external_request(self):
        with self.ntm() as ntm:
            page = self.get(ntm, "/api/docs").text
            for path in self.document(ntm)["paths"]:
                self.assertIn(path, page)
            self.assertNotIn("<script", page)
            self.assertEqual(re.findall(r'(?:src|href)="(?!/)[^"]*"', page), [])
            answer = ntm.fetch("/api/redoc")
            self.assertEqual((answer.status, answer.headers["Location"]),
                             (308, "/api/docs"))

    def test_flows_are_sorted_and_filtered(self):
        with self.ntm() as ntm:
            self.send(5)
            self.wait_for_flows(ntm, 2)
            by_bytes = self.flows(ntm)
            self.assertEqual(by_bytes[0]["src"], WEB)
            self.assertEqual(by_bytes[0]["bytes_total"], 5 * 128)
            self.assertEqual(by_bytes[0]["packets_total"], 5)
            self.assertEqual([flow["bytes_total"] for flow in by_bytes],
                             sorted((flow["bytes_total"] for flow in by_bytes),
                                    reverse=True))
            self.assertEqual(len(self.flows(ntm, "?limit=1")), 1)
            self.assertEqual({flow["src"] for flow in
                              self.flows(ntm, f"?host={WEB}")}, {WEB})
            self.assertEqual({flow["service"] for flow in
                              self.flows(ntm, "?service=ssh")}, {"ssh"})
            self.assertEqual(self.flows(ntm, "?host=192.0.2.1"), [])

    def test_rates_of_flows_come_with_the_second_answer(self):
        with self.ntm() as ntm:
            self.send()
            ntm.wait_for(lambda _: ntm.fetch("/api/flows").status == 200,
                         "the first tick")

            def has_rate(_):
                self.send(20)
                rates = [flow["bytes_per_second"] for flow in
                         self.flows(ntm, f"?host={WEB}&sort=bytes_per_second")]
                return any(rates)
            ntm.wait_for(has_rate, "a rate")

    def tick_of(self, ntm):
        """The time of the tick in the answer."""
        return self.json(ntm, "/api/interfaces")["last_updated"]

    def test_api_cache_reuses_answers_and_sets_headers(self):
        with self.ntm("--api-cache", "1h") as ntm:
            ntm.wait_for(lambda _: ntm.fetch("/api/interfaces").status == 200,
                         "the first tick")
            first = self.get(ntm, "/api/interfaces")
            tick = json.loads(first.text)["last_updated"]
            # Requests that are not in the cache.
            others = (f"/api/interfaces?a={i}" for i in itertools.count())
            ntm.wait_for(lambda _: self.json(ntm, next(others))[
                "last_updated"] > tick, "a later tick")
            again = self.get(ntm, "/api/interfaces")
            self.assertEqual(again.text, first.text)
            self.assertRegex(again.headers["Cache-Control"],
                             r"^private, max-age=3[56]\d\d$")

    def test_without_api_cache_every_answer_is_new(self):
        with self.ntm() as ntm:
            ntm.wait_for(lambda _: ntm.fetch("/api/interfaces").status == 200,
                         "the first tick")
            first = self.tick_of(ntm)
            ntm.wait_for(lambda _: self.tick_of(ntm) > first, "a later tick")
            self.assertEqual(self.get(ntm, "/api/interfaces").headers[
                "Cache-Control"], "no-store")

    def test_anonymize_applies_to_the_api(self):
        with ntm_process.open_folder() as folder:
            key = pathlib.Path(folder) / "key"
            with self.ntm("--anonymize", "--anonymize-key", key) as ntm:
                self.send()
                self.wait_for_flows(ntm, 2)
                for path in self.document(ntm)["paths"]:
                    text = ntm.fetch(path).text
                    for address in (HERE, THERE, WEB, netns.HERE_MAC):
                        self.assertNotIn(address, text, path)

    def test_wrong_api_parameters_are_refused(self):
        with self.ntm() as ntm:
            self.send()
            self.wait_for_flows(ntm, 1)
            for query in ("sort=size", "limit=0", "limit=x", "limit=10001",
                          "limit="):
                with self.subTest(query):
                    error = self.json(ntm, f"/api/flows?{query}", 400)
                    self.assertIn(query.split("=")[0], error["error"])
            for query in ("hours=0", "hours=abc", "from=x", "step=0",
                          "from=2026-02-01&to=2026-01-01"):
                with self.subTest(query):
                    error = self.json(ntm, f"/api/traffic/history?{query}", 400)
                    self.assertTrue(error["error"])
            self.json(ntm, "/api/traffic/history?interface=nosuch", 404)
            self.json(ntm, "/api/traffic/current?interface=nosuch", 404)
