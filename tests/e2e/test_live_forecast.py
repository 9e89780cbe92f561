"""The forecasts of a running ntm, over HTTP and in its database."""

import json
import pathlib
import sqlite3
import tempfile

import pytest

import ntm_process
from live import LiveCase

pytestmark = pytest.mark.races

FIELDS = {"traffic_type", "predicted_bandwidth_mbps", "confidence",
          "current_throughput_mbps", "packet_rate", "average_packet_size",
          "timestamp", "model_type"}


class LiveForecastTest(LiveCase):
    def post(self, ntm, path, body, status=200):
        answer = ntm.fetch(path, method="POST", body=json.dumps(body),
                           headers={"Content-Type": "application/json"})
        self.assertEqual(answer.status, status, answer.text)
        return json.loads(answer.text)

    def test_predict_answers_in_the_documented_format(self):
        with self.ntm() as ntm:
            answer = self.post(ntm, "/predict", {
                "traffic_type": "video", "packet_count": 1000,
                "byte_count": 1500000, "average_packet_size": 1500,
                "packet_rate": 100, "current_throughput": 5.0})
            self.assertLessEqual(FIELDS, set(answer))
            self.assertTrue(0 <= answer["confidence"] <= 100)
            self.assertAlmostEqual(answer["predicted_bandwidth_mbps"], 5)
            for wrong in ({"traffic_type": 5}, {},
                          {"traffic_type": "video", "packet_rate": -1}):
                self.assertTrue(self.post(ntm, "/predict", wrong, 422)["error"])

    def test_predict_batch_keeps_its_order(self):
        with self.ntm() as ntm:
            types = ["voice", "video", "file", "video", "background"]
            answers = self.post(ntm, "/predict/batch",
                                [{"traffic_type": name} for name in types])
            self.assertEqual([a["traffic_type"] for a in answers], types)

    def test_predictions_are_listed_by_type_and_limit(self):
        with self.ntm("--forecast-bin", "10s") as ntm:
            self.post(ntm, "/predict", {"traffic_type": "video"})
            self.post(ntm, "/predict", {"traffic_type": "voice"})

            def listed(query):
                answer = json.loads(ntm.fetch(f"/api/predictions?{query}").text)
                return answer["predictions"]
            self.assertEqual([p["trafficType"] for p in listed("limit=2")],
                             ["voice", "video"])
            self.assertEqual([p["trafficType"] for p in listed("type=video")],
                             ["video"])
            self.assertIsNone(listed("type=video")[0]["actualBandwidth"])
            self.assertEqual(ntm.fetch("/api/predictions?limit=x").status, 400)

    def test_predictions_of_the_series_are_in_the_database(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "history.db")
            with self.ntm("--database", path, "--write-interval", "1",
                          "--forecast-bin", "10s") as ntm:
                self.post(ntm, "/predict", {"traffic_type": "video",
                                            "current_throughput": 5})

                def rows():
                    if not path.exists():
                        return []
                    with sqlite3.connect(f"file:{path}?mode=ro",
                                         uri=True) as database:
                        try:
                            return database.execute(
                                "SELECT direction, trafficType, "
                                "predictedBandwidth, confidence, "
                                "actualBandwidth, error FROM predictions"
                            ).fetchall()
                        except sqlite3.OperationalError:
                            return []
                found = ntm_process.poll(rows, what="a row of predictions",
                                         bound=60 * ntm_process.PATIENCE)
                with sqlite3.connect(path) as database:
                    self.assertEqual(database.execute(
                        "SELECT COUNT(*) FROM predictions WHERE direction "
                        "= '' OR trafficType = 'video'").fetchone(), (0,),
                        "a question is no row")
            self.assertEqual({row[0] for row in found}, {"receive", "transmit"})
