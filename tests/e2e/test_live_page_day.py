"""A web page that stays open for a day, simulated in seconds: the test
stands in for the WebSocket and tells the page what 86,400 s would have."""

import json

from page import PageCase

HOURS, HOUR = 24, 3600
POINTS = 600
MARGIN_BYTES = 500_000  # 6 for each second of the 22 hours
MARGIN_NODES = 300

# Replaces the browser's WebSocket: the page opens it, the test sends.
WEBSOCKET = """
window.WebSocket = class {
  static OPEN = 1;
  constructor() { this.readyState = 1; window.stream = this; }
  close() {}
};
"""

# One hour: data every second, and every 10 minutes a frame is drawn, with
# other hosts than the one before.
FEED = """async ([update, byType, hour, seconds]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const begin = Date.UTC(2026, 0, 1, hour);
  const types = JSON.stringify({ event: 'traffic-by-type', data: byType });
  let text = '';
  for (let i = 0; i < seconds; ++i) {
    if (i % 600 === 0) {
      await frame();
      const name = (k) => `host-${hour}-${i}-${k}.example`;
      for (const list of ['local_hosts', 'remote_hosts', 'services']) {
        update[list] = update[list].map((t, k) => ({ ...t, name: name(k) }));
      }
      update.alerts = [{ id: hour * 100 + i, name: 'x', severity: 'info',
        subject: '', message: name(0), timestamp: update.timestamp }];
      update.timestamp = 'STAMP';
      update.total.down_bytes_per_second = 123456789.5;
      text = JSON.stringify({ event: 'traffic-update', data: update });
    }
    stream.onmessage({ data: text
      .replace('STAMP', new Date(begin + i * 1000).toISOString())
      .replace('123456789.5', String(i + 1)) });
    stream.onmessage({ data: types });
  }
  await frame();
  await frame();
}"""

# The number of points that each chart has received.
WATCH = """() => {
  const own = Dygraph.prototype.updateOptions;
  window.most = 0;
  Dygraph.prototype.updateOptions = function (options, ...rest) {
    window.most = Math.max(window.most, options.file?.length ?? 0);
    return own.call(this, options, ...rest);
  };
}"""


class LivePageDayTest(PageCase):
    def test_a_page_open_for_a_day_does_not_grow(self):
        with self.ntm() as ntm, self.page(ntm, [WEBSOCKET]) as page:
            page.wait("() => window.stream?.onmessage")
            self.send()
            live = self.json(ntm, "/api/live")
            update = live["traffic-update"]
            talker = {"name": "", "up_bytes_per_second": 1,
                      "down_bytes_per_second": 2, "up_bytes_total": 3,
                      "down_bytes_total": 4}
            for talkers in ("local_hosts", "remote_hosts", "services"):
                update[talkers] = [talker] * 5
            update["active_flows"], update["forecasts"] = [], []
            page.evaluate(WATCH)
            held = {}
            for hour in range(HOURS):
                page.evaluate(FEED, [update, live["traffic-by-type"], hour,
                                     HOUR])
                if hour + 1 in (2, HOURS):
                    held[hour + 1] = page.do("memory")
            last, = self.units(page, "rate", HOUR)
            self.assertEqual(page.text("#tile-down"), last)
            self.assertEqual(page.evaluate(
                "() => document.body.dataset.updated"),
                "2026-01-01T23:59:59.000Z")
            self.assertEqual(page.evaluate("() => window.most"), POINTS)
            early, late = held[2], held[HOURS]
            told = json.dumps(held)
            self.assertLess(late["heap"] - early["heap"], MARGIN_BYTES, told)
            self.assertLess(late["nodes"] - early["nodes"], MARGIN_NODES, told)
            self.assertLessEqual(late["listeners"], early["listeners"] + 50,
                                 told)
