// The section Forecast: current forecasts with their intervals, and past
// forecasts with actual values.

import { byId, code, el, getJson, hint, whileVisible } from './dom.js';
import { areBits, isBounded, percent, rate, span, when } from './units.js';

const SECONDS = 30;
const KEPT = 12;
const MBIT = 125000;  // bytes

const head = (...names) => el('thead', null, el('tr', null,
  ...names.map(([label, kind]) => el('th', { scope: 'col', class: kind },
    label))));

const num = (...parts) => el('td', { class: 'num' }, ...parts);

const lookOf = (direction) => (direction === 'receive' ? 'down' : 'up');
/**
 * Down and up apply to the whole site; what an interface receives can be
 * either.
 */
const directionOf = (direction, name) => (name === '_total' ? lookOf(direction)
  : direction === 'receive' ? 'received' : 'transmitted');

export class Forecast {
  constructor() {
    whileVisible(byId('forecast'), SECONDS, () => this.load());
  }

  update({ forecasts, features }) {
    const came = features.forecast && !this.on;
    this.on = features.forecast;
    if (came) this.load();
    const parent = byId('expected');
    const key = JSON.stringify([areBits(), forecasts]);
    if (this.shown === key) return;
    this.shown = key;
    if (!forecasts) {
      parent.replaceChildren(hint('No forecast: this ntm was ' +
        'started with ', code('--no-forecast'), ' or built without it.'));
      return;
    }
    if (!forecasts.length) {
      parent.replaceChildren(hint('Not enough data yet. The first ' +
        'forecast appears after a few minutes, a reliable one after a day.'));
      return;
    }
    const rows = forecasts.filter((f) => f.class === '').map((f) =>
      el('tr', null, el('td', null, f.interface === '_total' ? 'all'
        : f.interface),
      el('td', null, el('i', { class: `dot ${lookOf(f.direction)}` }),
        directionOf(f.direction, f.interface)),
      num(span(f.horizon_seconds)),
      num(rate(f.bytes_per_second)),
      num(isBounded(f) ? `${rate(f.lower_bytes_per_second)} – ` +
        rate(f.upper_bytes_per_second) : 'not known yet'),
      num(f.confidence_ratio ? percent(f.confidence_ratio, 0) : '–'),
      el('td', null, el('small', null, f.model.replaceAll('_', ' ')))));
    parent.replaceChildren(el('div', { class: 'scroll', tabindex: 0,
      role: 'region', 'aria-label': 'Forecasts, scrollable table' },
    el('table', null, head(['Interface', ''], ['Direction', ''],
      ['Horizon', 'num'], ['Mean', 'num'], ['90 % interval', 'num'], ['Confidence', 'num'],
      ['Model', '']), el('tbody', null, ...rows))));
  }

  async load() {
    const parent = byId('record');
    if (!this.on) {
      parent.replaceChildren(hint('No past forecasts, since ' +
        'forecasts are disabled.'));
      return;
    }
    try {
      const answer = await getJson(`/api/predictions?limit=100`);
      this.record(parent, answer.predictions || answer);
    } catch (error) {
      parent.replaceChildren(error.status === 404
        ? hint('No past forecasts: this ntm does not ' +
        'have ', code('/api/predictions'), '.')
        : hint(error.message));
    }
  }

  record(parent, predictions) {
    const judged = predictions.filter((p) => (p.actualBandwidth ?? null) !==
      null).slice(0, KEPT);
    if (!judged.length) {
      parent.replaceChildren(hint('No forecast can be scored yet: each ' +
        'is compared with the actual value once its period is over.'));
      return;
    }
    const held = judged.filter((p) => p.actualBandwidth >= p.lowerBandwidth &&
      p.actualBandwidth <= p.upperBandwidth).length;
    const rows = judged.map((p) => el('tr', null,
      el('td', null, when(p.timestamp)),
      el('td', null, p.trafficType,
        el('small', null, ` ${p.interface === '_total' ? '' :
          p.interface ?? ''} ${p.direction
          ? directionOf(p.direction, p.interface) : ''}`)),
      num(span(p.horizonSeconds ?? 0)),
      num(rate(p.predictedBandwidth * MBIT)),
      num(rate(p.actualBandwidth * MBIT)),
      num(p.actualBandwidth ? percent(p.error / p.actualBandwidth, 0) : '–')));
    parent.replaceChildren(
      el('p', { class: 'hint' }, `${held} of the last ${judged.length} were ` +
        'within their 90 % interval.'),
      el('div', { class: 'scroll', tabindex: 0, role: 'region',
        'aria-label': 'Past forecasts, scrollable table' },
      el('table', null, head(['Made at', ''], ['Traffic', ''],
        ['Horizon', 'num'], ['Forecast', 'num'], ['Actual', 'num'], ['Error', 'num']),
      el('tbody', null, ...rows))));
  }
}
