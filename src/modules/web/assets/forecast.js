// The forecast: what is expected, with its interval, and how the forecasts of
// before did.

import { byId, code, el, getJson, hint, whileVisible } from './dom.js';
import { isBounded, percent, rate, span, when } from './units.js';

const SECONDS = 30;
const KEPT = 12;
const MBIT = 125000;  // bytes

const head = (...names) => el('thead', null, el('tr', null,
  ...names.map(([label, kind]) => el('th', { scope: 'col', class: kind },
    label))));

const num = (...parts) => el('td', { class: 'num' }, ...parts);

const lookOf = (direction) => (direction === 'receive' ? 'down' : 'up');
/** Down and up are of the whole; what an interface receives may be either. */
const wayOf = (direction, name) => (name === '_total' ? lookOf(direction)
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
    const key = JSON.stringify(forecasts);
    if (this.shown === key) return;
    this.shown = key;
    if (!forecasts) {
      parent.replaceChildren(hint('This ntm makes no forecast: it was ' +
        'started with ', code('--no-forecast'), ', or was built without.'));
      return;
    }
    if (!forecasts.length) {
      parent.replaceChildren(hint('Too little was seen so far. The first ' +
        'forecast comes after a few minutes, an honest one after a day.'));
      return;
    }
    const rows = forecasts.filter((f) => f.class === '').map((f) =>
      el('tr', null, el('td', null, f.interface === '_total' ? 'all'
        : f.interface),
      el('td', null, el('i', { class: `dot ${lookOf(f.direction)}` }),
        wayOf(f.direction, f.interface)),
      num(span(f.horizon_seconds)),
      num(rate(f.bytes_per_second)),
      num(isBounded(f) ? `${rate(f.lower_bytes_per_second)} – ` +
        rate(f.upper_bytes_per_second) : 'not known yet'),
      num(f.confidence_ratio ? percent(f.confidence_ratio, 0) : '–'),
      el('td', null, el('small', null, f.model.replaceAll('_', ' ')))));
    parent.replaceChildren(el('div', { class: 'scroll', tabindex: 0,
      role: 'region', 'aria-label': 'Forecasts, a table that scrolls' },
    el('table', null, head(['Link', ''], ['Way', ''], ['Next', 'num'],
      ['Mean', 'num'], ['90 % between', 'num'], ['Held before', 'num'],
      ['Model', '']), el('tbody', null, ...rows))));
  }

  async load() {
    const parent = byId('record');
    if (!this.on) {
      parent.replaceChildren(hint('Without a forecast there is nothing to ' +
        'compare with what came.'));
      return;
    }
    try {
      const answer = await getJson(`/api/predictions?limit=100`);
      this.record(parent, answer.predictions || answer);
    } catch (error) {
      parent.replaceChildren(error.status === 404
        ? hint('No forecast has been judged: there is no ',
          code('/api/predictions'), ' in this ntm.')
        : hint(error.message));
    }
  }

  record(parent, predictions) {
    const judged = predictions.filter((p) => (p.actualBandwidth ?? null) !==
      null).slice(0, KEPT);
    if (!judged.length) {
      parent.replaceChildren(hint('No forecast has come of age yet: each is ' +
        'compared with what really came when its time is over.'));
      return;
    }
    const held = judged.filter((p) => p.actualBandwidth >= p.lowerBandwidth &&
      p.actualBandwidth <= p.upperBandwidth).length;
    const rows = judged.map((p) => el('tr', null,
      el('td', null, when(p.timestamp)),
      el('td', null, p.trafficType,
        el('small', null, ` ${p.interface === '_total' ? '' :
          p.interface ?? ''} ${p.direction ? wayOf(p.direction, p.interface)
          : ''}`)),
      num(span(p.horizonSeconds ?? 0)),
      num(rate(p.predictedBandwidth * MBIT)),
      num(rate(p.actualBandwidth * MBIT)),
      num(p.actualBandwidth ? percent(p.error / p.actualBandwidth, 0) : '–')));
    parent.replaceChildren(
      el('p', { class: 'hint' }, `${held} of the last ${judged.length} were ` +
        'within their interval.'),
      el('div', { class: 'scroll', tabindex: 0, role: 'region',
        'aria-label': 'Past forecasts, a table that scrolls' },
      el('table', null, head(['Made', ''], ['Of', ''], ['For', 'num'],
        ['Predicted', 'num'], ['Came', 'num'], ['Off by', 'num']),
      el('tbody', null, ...rows))));
  }
}
