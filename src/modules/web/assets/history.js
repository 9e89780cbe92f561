// The section History: a chart with zoom over the hour, day, week or month of
// an interface or an agent, from ntm's database.

import { byId, choices, el, getJson, hint, text, whileVisible }
  from './dom.js';
import { RateChart } from './chart.js';
import { change, rate, size, span, when } from './units.js';

const PERIODS = [[1, 'Hour'], [24, 'Day'], [168, 'Week'], [720, 'Month']];
const SECONDS = 20;
const HOUR_MS = 3600 * 1000;

/**
 * Down and up apply to the whole site; what an interface receives can be
 * either.
 */
const wordsOf = ({ interface: name }) => (name === undefined || name === '_total'
  ? { receive: 'down', transmit: 'up' }
  : { receive: 'received', transmit: 'transmitted' });

export class History {
  constructor() {
    this.hours = 24;
    this.window = null;  // zoomed: [from, to] in ms
    choices(byId('periods'), PERIODS, this.hours, (hours) => {
      this.hours = hours;
      this.window = null;
      this.load();
    });
    byId('history-source').addEventListener('change', () => this.load());
    this.reset = el('button', { type: 'button', hidden: true,
      onclick: () => this.zoom(null) }, 'Whole period');
    const move = (label, title, by) => el('button', { type: 'button',
      'aria-label': title, title, onclick: () => this.move(by) }, label);
    byId('history-moves').replaceChildren(
      move('‹', 'Earlier', [-0.5, -0.5]), move('+', 'Zoom in', [0.25, -0.25]),
      move('−', 'Zoom out', [-0.5, 0.5]), move('›', 'Later', [0.5, 0.5]),
      this.reset);
    this.sources = new Set();
    this.addSource('_total', 'all local hosts', 'interface');
    whileVisible(byId('history'), SECONDS, () => this.load());
  }

  addSource(id, label, kind) {
    const key = `${kind}=${id}`;
    if (this.sources.has(key)) return;
    this.sources.add(key);
    byId('history-source').append(el('option', { value: key }, label));
  }

  update({ sources, features }) {
    const came = features.history && !this.on;
    this.on = features.history;
    if (came) this.load();
    for (const { id, kind } of [...sources].sort(
      (a, b) => (a.id < b.id ? -1 : 1))) {
      this.addSource(id, id, kind);
    }
  }

  range() {
    const now = Date.now();
    return this.window || [now - this.hours * HOUR_MS, now];
  }

  move([left, right]) {
    const [from, to] = this.range();
    const length = to - from;
    const end = Math.min(to + right * length, Date.now());
    const begin = from + left * length + Math.min(0, end - to - right * length);
    this.zoom([begin, Math.max(end, begin + 60000)]);
  }

  zoom(window) {
    this.window = window;
    this.reset.hidden = !window;
    this.load();
  }

  async load() {
    if (!this.on) {
      byId('history-figures').replaceChildren(hint('No history: this ' +
        'ntm was built without the module history.'));
      return;
    }
    const chosen = byId('history-source').value || 'interface=_total';
    const at = chosen.indexOf('=');
    const query = new URLSearchParams({
      [chosen.slice(0, at)]: chosen.slice(at + 1) });
    if (this.window) {
      query.set('from', Math.floor(this.window[0] / 1000));
      query.set('to', Math.ceil(this.window[1] / 1000));
    } else {
      query.set('hours', this.hours);
    }
    const asked = query.toString();
    this.asked = asked;
    try {
      const answer = await getJson(`/api/traffic/history?${asked}`);
      if (this.asked === asked) this.show(answer);
    } catch (error) {
      if (this.asked === asked) this.fail(error);
    }
  }

  fail(error) {
    byId('history-figures').replaceChildren(hint(error.message));
  }

  show(answer) {
    const rows = this.rowsOf(answer);
    if (!rows.length) {
      byId('history-figures').replaceChildren(
        hint('No data was recorded in this period.'));
    } else {
      this.figures(answer);
    }
    const window = [new Date(answer.from).getTime(),
      new Date(answer.to).getTime()];
    if (this.chart) {
      this.chart.update(rows, window);
    } else if (rows.length) {
      this.chart = new RateChart(byId('history-chart'), rows, {
        zoomed: (from, to) => this.zoom([from, to]),
        told: (row) => this.tell(row),
      });
      this.chart.update(rows, window);
    }
    this.rows = rows;
    this.words = wordsOf(answer);
    this.note = `One point covers ${span(answer.step_seconds)}. Drag ` +
      'across the chart to zoom.';
    this.tell(null);
  }

  /** Adds empty rows for periods without data, which show as gaps. */
  rowsOf({ points, step_seconds: step }) {
    const rows = [];
    for (const point of points) {
      const time = new Date(point.timestamp);
      const last = rows[rows.length - 1];
      if (last && time - last[0] > step * 1500) {
        rows.push([new Date(last[0].getTime() + step * 1000), null, null]);
      }
      rows.push([time, point.receive_bytes_per_second,
        point.transmit_bytes_per_second]);
    }
    return rows;
  }

  tell(row) {
    const point = row === null ? null : this.rows[row];
    text(byId('history-note'), point && point[1] !== null
      ? `${point[0].toLocaleString()}: ${this.words.receive} ` +
        `${rate(point[1])}, ${this.words.transmit} ${rate(point[2])}`
      : this.note);
  }

  figures(answer) {
    const { peak, mean, total, change_percent: changed } = answer;
    const words = wordsOf(answer);
    const figure = (label, value, note, look) => el('div', { class: 'figure' },
      el('span', null, label), el('strong', { class: `num ${look}` }, value),
      el('small', null, note));
    const side = (direction, look, name) => [
      figure(`Peak ${name}`,
        peak[direction] ? rate(peak[direction].bytes_per_second) : '–',
        peak[direction] ? when(peak[direction].timestamp) : '', look),
      figure(`Mean ${name}`, rate(mean[`${direction}_bytes_per_second`]),
        changed[direction] === null ? 'no earlier period to compare with'
          : `${change(changed[direction])} from the period before`, look),
      figure(`Total ${name}`, size(total[`${direction}_bytes`]), '', look),
    ];
    byId('history-figures').replaceChildren(
      ...side('receive', 'down', words.receive),
      ...side('transmit', 'up', words.transmit));
  }
}
