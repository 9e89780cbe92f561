// The section Network health: how long answers take, what is sent again, what
// fails, and a sentence for each thing that is wrong.

import { attribute, byId, el, keyed, svg, text } from './dom.js';
import { count, percent } from './units.js';

const WIDE = 120;
const HIGH = 24;

export const ms = (seconds) => (seconds < 0.01
  ? `${(seconds * 1000).toFixed(1)} ms` : `${(seconds * 1000).toFixed(0)} ms`);
const times = (answers, counted) => (counted
  ? [ms(answers.median_seconds), `95 %: ${ms(answers.p95_seconds)}`]
  : ['–', 'no answers']);
const sent = (side) => [percent(side.retransmitted_ratio),
  `of ${count(side.segments)} segments`];

// Each tile: what it shows of the last minute, and of each minute of the hour.
const TILES = [
  ['internet', 'To the internet and back',
    (h) => times(h.internet, h.internet.count), 'internet_seconds'],
  ['local', 'To local hosts and back',
    (h) => times(h.local, h.local.count), 'local_seconds'],
  ['down', 'Downloads sent again', (h) => sent(h.down),
    'down_retransmitted_ratio'],
  ['up', 'Uploads sent again', (h) => sent(h.up), 'up_retransmitted_ratio'],
  ['connections', 'Failed connections',
    ({ connections: c }) => [count(c.refused + c.unanswered),
      `of ${count(c.count)}`], null],
  ['dns', 'Name servers', ({ dns }) => {
    const [time] = times(dns, dns.questions - dns.unanswered);
    return [time, `${count(dns.failures + dns.unanswered)} of ` +
      `${count(dns.questions)} failed`];
  }, 'dns_seconds'],
];

/** The points of a line over the hour; gaps where a minute says nothing. */
function line(hour, field) {
  const most = Math.max(...hour.map((minute) => minute[field] || 0), 1e-9);
  let path = '';
  let pen = 'M';
  for (const [i, minute] of hour.entries()) {
    const value = minute[field];
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = WIDE - (hour.length - 1 - i) * (WIDE / 59);
    const y = HIGH - 2 - (value / most) * (HIGH - 4);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

export class Health {
  constructor() {
    this.tiles = TILES.map(([name, label]) => {
      const value = el('strong', { class: 'num' }, '–');
      const hint = el('small');
      const path = svg('path', { class: 'spark-line' });
      const node = el('div', { class: 'tile', id: `health-${name}` },
        el('span', null, label), value, hint,
        svg('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, class: 'spark',
          'aria-hidden': 'true', preserveAspectRatio: 'none' }, path));
      return { node, value, hint, path };
    });
    byId('health-tiles').replaceChildren(...this.tiles.map((t) => t.node));
  }

  update({ health }) {
    byId('health').hidden = !health;
    if (!health) return;
    keyed(byId('health-findings'), health.findings, (finding) => finding,
      (finding) => el('li', null, finding),
      (node) => attribute(node, 'class',
        health.well ? 'notice good' : 'notice warn'));
    for (const [i, [, , shown, field]] of TILES.entries()) {
      const [value, hint] = shown(health);
      text(this.tiles[i].value, value);
      text(this.tiles[i].hint, hint);
      if (field) attribute(this.tiles[i].path, 'd', line(health.hour, field));
    }
    this.services(health.services);
  }

  services(services) {
    byId('health-card').hidden = services.length === 0;
    const cells = (service) => [service.service || 'peer to peer / unknown',
      `${count(service.retransmitted_segments)} of ${count(service.segments)}`,
      `${count(service.failed_connections)} of ${count(service.connections)}`];
    keyed(byId('health-services'), services, (service) => service.service,
      () => el('tr', null, el('th', { scope: 'row' }), el('td'), el('td')),
      (row, service) => cells(service).forEach(
        (cell, i) => text(row.children[i], cell)));
  }
}
