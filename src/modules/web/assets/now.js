// The section Now: the overview, the live chart and the warnings.

import { attribute, byId, code, el, text } from './dom.js';
import { RateChart, cssColour } from './chart.js';
import { count, coverage, isBounded, percent, rate } from './units.js';

// Ten minutes at one update per second; bounds the memory of an open page.
const POINTS = 600;
const WINDOW_MS = 10 * 60 * 1000;
const HORIZON_SECONDS = 300;
const QUIET_MS = 30000;

const TILES = [
  ['down', 'Down', 'down'],
  ['up', 'Up', 'up'],
  ['available', 'Available', ''],
  ['used', 'Used', ''],
  ['flows', 'Active flows', ''],
  ['alerts', 'Active alerts', ''],
  ['coverage', 'Captured', ''],
];

export class Now {
  constructor() {
    this.rows = [];
    this.tiles = {};
    byId('overview').replaceChildren(...TILES.map(([id, label, look]) => {
      const value = el('strong', { id: `tile-${id}`, class: `num ${look}` }, '–');
      const note = el('small', { id: `note-${id}` });
      this.tiles[id] = { value, note };
      return el('div', { class: 'tile' }, el('span', null, label), value, note);
    }));
    this.legend = {
      down: el('span', { class: 'num' }), up: el('span', { class: 'num' }),
      time: el('span', { class: 'num hint' }),
      share: el('span'),
    };
    this.legend.expected = el('span', { class: 'hint', hidden: true },
      el('i', { class: 'dot band' }), 'expected', this.legend.share);
    byId('live-legend').replaceChildren(
      this.legend.time,
      el('span', null, el('i', { class: 'dot down' }), 'down ', this.legend.down),
      el('span', null, el('i', { class: 'dot up' }), 'up ', this.legend.up),
      this.legend.expected);
  }

  update(data) {
    this.data = data;
    this.overview(data);
    if (this.rows.length) this.draw();
    this.notices(data);
  }

  /** Stores a point of the chart, also while the page is hidden. */
  keep({ timestamp, total }) {
    if (!total) return;
    const time = new Date(timestamp);
    const last = this.rows[this.rows.length - 1];
    if (last && last[0] >= time) return;
    this.rows.push([time, total.down_bytes_per_second,
      total.up_bytes_per_second]);
    if (this.rows.length > POINTS) this.rows.shift();
  }

  overview({ total, stats, captures }) {
    const put = (id, value, note = '') => {
      text(this.tiles[id].value, value);
      text(this.tiles[id].note, note);
    };
    if (total) {
      put('down', rate(total.down_bytes_per_second), 'to local hosts');
      put('up', rate(total.up_bytes_per_second), 'from local hosts');
      put('available', rate(total.max_bytes_per_second), 'per direction');
      put('used', percent(total.utilization_ratio), 'of the busier direction');
    }
    put('flows', count(stats.active_flows),
      `${count(stats.total_flows)} of ${count(stats.series_limit)} series`);
    put('alerts', stats.active_alerts === null
      ? '–' : count(stats.active_alerts),
    stats.active_alerts === null ? 'disabled' : '');
    const dropped = stats.dropped_packets;
    put('coverage', coverage(stats.coverage_ratio), dropped
      ? `${count(dropped)} packets dropped`
      : `${count(stats.total_packets)} packets, none dropped`);
    const lossy = stats.coverage_ratio < 0.999;
    attribute(this.tiles.coverage.value, 'class',
      `num ${captures.some((c) => !c.up) ? 'bad' : lossy ? 'warn' : 'good'}`);
    attribute(this.tiles.alerts.value, 'class',
      `num ${stats.active_alerts ? 'bad' : ''}`);
  }

  draw() {
    const time = this.rows[this.rows.length - 1][0];
    const expected = this.expected();
    // With little data the window is shortened, and the forecast takes at most
    // half of it.
    const first = this.rows[0][0].getTime();
    const from = Math.max(time.getTime() - WINDOW_MS,
      Math.min(first, time.getTime() - 60000));
    const after = expected.length
      ? Math.min(HORIZON_SECONDS * 1000, (time.getTime() - from) / 2) : 0;
    const window = [from, time.getTime() + after];
    const most = Math.max(0, ...expected.map((f) => f.upper_bytes_per_second));
    if (this.chart) {
      this.chart.update(this.rows, window, most);
    } else {
      this.chart = new RateChart(byId('live-chart'), this.rows, {
        told: (row) => { this.pointed = row; this.tell(); },
        underlay: (canvas, area, chart) =>
          this.drawForecast(canvas, area, chart),
      });
      this.chart.update(this.rows, window, most);
      performance.mark('ntm-first-chart');
    }
    this.legend.expected.hidden = !expected.length;
    text(this.legend.share, expected.some(isBounded) ? ' (90 % interval)' : '');
    this.tell();
  }

  tell() {
    const row = this.rows[this.pointed ?? this.rows.length - 1] ||
      this.rows[this.rows.length - 1];
    text(this.legend.time, this.pointed === null || this.pointed === undefined
      ? '' : row[0].toLocaleTimeString());
    text(this.legend.down, rate(row[1]));
    text(this.legend.up, rate(row[2]));
    const last = this.rows[this.rows.length - 1];
    // Not every second, so that a screen reader can finish reading.
    if (!this.spoken || last[0] - this.spoken > 15000) {
      this.spoken = last[0];
      text(byId('live-chart-text'), `Down ${rate(last[1])}, up ${rate(last[2])}`);
    }
  }

  /** The 5-minute forecasts of the whole site, or of the only interface. */
  expected() {
    const all = (this.data.forecasts || []).filter(
      (f) => f.class === '' && f.horizon_seconds === HORIZON_SECONDS);
    const names = [...new Set(all.map((f) => f.interface))];
    const name = names.includes('_total') ? '_total'
      : names.length === 1 ? names[0] : null;
    return all.filter((f) => f.interface === name);
  }

  drawForecast(canvas, area, chart) {
    const last = this.rows[this.rows.length - 1];
    if (!last || !this.data) return;
    const from = chart.toDomXCoord(last[0].getTime());
    const to = Math.min(area.x + area.w,
      chart.toDomXCoord(last[0].getTime() + HORIZON_SECONDS * 1000));
    for (const forecast of this.expected()) {
      const colour = cssColour(
        forecast.direction === 'receive' ? '--down' : '--up');
      const top = chart.toDomYCoord(forecast.upper_bytes_per_second);
      const bottom = chart.toDomYCoord(forecast.lower_bytes_per_second);
      const middle = chart.toDomYCoord(forecast.bytes_per_second);
      canvas.save();
      canvas.globalAlpha = 0.16;
      canvas.fillStyle = colour;
      if (isBounded(forecast)) {
        canvas.fillRect(from, top, to - from, bottom - top);
      }
      canvas.globalAlpha = 0.9;
      canvas.strokeStyle = colour;
      canvas.setLineDash([5, 4]);
      canvas.beginPath();
      canvas.moveTo(from, middle);
      canvas.lineTo(to, middle);
      canvas.stroke();
      canvas.restore();
    }
  }

  notices({ stats, captures }) {
    const now = Date.now();
    if (this.packets !== stats.total_packets) {
      this.packets = stats.total_packets;
      this.movedAt = now;
    }
    const notices = [];
    for (const capture of captures) {
      if (!capture.up) {
        notices.push(['bad', `Nothing can be captured on ${capture.interface}: ` +
          `${capture.down_reason}. `, 'ntm doctor']);
      }
    }
    if (!notices.length && now - this.movedAt > QUIET_MS) {
      notices.push(['warn', 'No packet has matched the filter for 30 s: ',
        'ntm doctor']);
    }
    if (stats.coverage_ratio < 0.999) {
      notices.push(['warn', `Only ${coverage(stats.coverage_ratio)} of the ` +
        'packets were counted, the others were dropped. A larger ' +
        '--buffer-size may help: ', 'ntm doctor']);
    }
    const key = JSON.stringify(notices);
    if (key === this.noticed) return;
    this.noticed = key;
    byId('notices').replaceChildren(...notices.map(([look, what, remedy]) =>
      el('p', { class: `notice ${look}` }, what, code(remedy),
        ' shows the cause and the remedy.')));
  }
}
