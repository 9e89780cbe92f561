// Network health over the hour, day, week or month: how long answers take, what
// is sent again, what fails.

import { byId, choices, el, getJson, text, whileVisible }
  from './dom.js';
import { LineChart } from './chart.js';
import { ms } from './health.js';
import { percent, span } from './units.js';

const PERIODS = [[1, 'Hour'], [24, 'Day'], [168, 'Week'], [720, 'Month']];
const SECONDS = 20;
const HOUR_MS = 3600 * 1000;

const TIMES = (name) => [
  ['median', '--accent', (point) => point[name].median_seconds],
  ['95 %', '--combined', (point) => point[name].p95_seconds],
];
const share = (part, whole) => (whole ? part / whole : null);

// Each chart: its name, how values are shown, and its lines.
const CHARTS = [
  ['To the internet and back', ms, TIMES('internet')],
  ['To local hosts and back', ms, TIMES('local')],
  ['Answers of name servers', ms, TIMES('dns')],
  ['Sent again', percent, [
    ['downloads', '--down', (point) => point.down.retransmitted_ratio],
    ['uploads', '--up', (point) => point.up.retransmitted_ratio],
  ]],
  ['Failed', percent, [
    ['connections', '--uploaded', ({ connections: c }) =>
      share(c.refused + c.unanswered, c.count)],
    ['questions to name servers', '--downloaded', ({ dns }) =>
      share(dns.failures + dns.unanswered, dns.questions)],
  ]],
];

const shown = (value, show) => (value === null ? '–' : show(value));

class PastChart {
  constructor([name, show, lines], told) {
    this.show = show;
    this.lines = lines;
    this.told = told;
    this.place = el('div', { class: 'chart' });
    this.values = lines.map(() => el('span', { class: 'num' }));
    const legend = lines.map(([label, colour], i) => {
      const dot = el('i', { class: 'dot' });
      dot.style.color = `var(${colour})`;
      return el('span', null, dot, `${label} `, this.values[i]);
    });
    this.node = el('div', null, el('h3', null, name),
      el('div', { class: 'legend' }, ...legend), this.place);
  }

  update(points, window) {
    const rows = points.map(({ time, point }) => [time,
      ...this.lines.map(([, , value]) => (point ? value(point) : null))]);
    if (!this.chart) {
      this.chart = new LineChart(this.place, rows.length ? rows
        : [[new Date(window[0]), ...this.lines.map(() => null)]],
      this.lines, (value) => (value === 0 ? '0' : this.show(value)),
      { told: this.told, wide: 54 });
    }
    this.chart.update(rows, window);
  }

  tell(point) {
    for (const [i, [, , value]] of this.lines.entries()) {
      text(this.values[i], point ? shown(value(point), this.show) : '');
    }
  }
}

export class PastHealth {
  constructor() {
    this.hours = 24;
    choices(byId('health-periods'), PERIODS, this.hours, (hours) => {
      this.hours = hours;
      this.load();
    });
    this.charts = CHARTS.map((chart) => new PastChart(chart,
      (row) => this.tell(row)));
    byId('health-charts').replaceChildren(...this.charts.map((c) => c.node));
    whileVisible(byId('health-past'), SECONDS, () => this.load());
  }

  update({ health }) {
    const came = health && !this.on;
    this.on = Boolean(health);
    if (!health) return;
    // Without a database only the last hour is known.
    this.hasPast = health.history;
    byId('health-periods').hidden = !this.hasPast;
    if (came) this.load();
  }

  async load() {
    if (!this.on) return;
    const hours = this.hasPast ? this.hours : 1;
    this.asked = hours;
    try {
      const answer = await getJson(`/api/health/history?hours=${hours}`);
      if (this.asked === hours) this.draw(answer, hours);
    } catch (error) {
      if (this.asked === hours) text(byId('health-note'), error.message);
    }
  }

  draw(answer, hours) {
    this.points = [];
    const step = answer.step_seconds * 1000;
    for (const point of answer.points) {
      const time = new Date(point.timestamp);
      const last = this.points[this.points.length - 1];
      // A gap where nothing was watched.
      if (last && time - last.time > step * 1.5) {
        this.points.push({ time: new Date(last.time.getTime() + step) });
      }
      this.points.push({ time, point });
    }
    const to = new Date(answer.to).getTime();
    for (const chart of this.charts) {
      chart.update(this.points, [to - hours * HOUR_MS, to]);
    }
    this.total = answer.points.length ? answer.total : null;
    this.note = this.total
      ? `Figures are of the whole period; one point covers ${
        span(answer.step_seconds)}.` : 'Nothing was watched in this period.';
    this.tell(null);
  }

  tell(row) {
    const { time, point } = (row !== null && this.points[row]) || {};
    for (const chart of this.charts) chart.tell(point || this.total);
    text(byId('health-note'), point ? time.toLocaleString() : this.note);
  }
}
