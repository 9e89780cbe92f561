// The five busiest interfaces and agents, each with its utilization: (up +
// down) ÷ its maximum, or relative to the busiest one if the maximum is
// unknown. Down is traffic to local hosts. For an interface where that is
// unknown, received and sent traffic is shown instead.

import { attribute, byId, el, hint, keyed, svg, text } from './dom.js';
import { rate, size } from './units.js';

const SHOWN = 5;
const COLOURS = ['pink', 'violet', 'cyan', 'emerald', 'amber'];
const RADIUS = 86;
const ROUND = 2 * Math.PI * RADIUS;

const carried = (source) =>
  source.up_bytes_per_second + source.down_bytes_per_second;

/** Whole percent, at most 100. */
export function ringPercent(source, busiest) {
  const most = source.max_bytes_per_second || Math.max(busiest, 1);
  return Math.min(100, Math.round((carried(source) / most) * 100));
}

export class Rings {
  constructor() {
    this.node = byId('rings');
    this.colours = new Map();
  }

  update({ sources }) {
    // A source keeps its colour as long as the page is open.
    for (const { id } of [...sources].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      if (!this.colours.has(id)) {
        this.colours.set(id, COLOURS[this.colours.size % COLOURS.length]);
      }
    }
    if (!sources.length) {
      this.node.replaceChildren(hint('No interface is monitored yet.'));
      this.node.keyedNodes = null;
      return;
    }
    attribute(byId('now-main'), 'data-sources', sources.length);
    const order = [...sources].sort((a, b) => carried(b) - carried(a));
    const busiest = carried(order[0]);
    keyed(this.node, order.slice(0, SHOWN), (s) => `${s.kind} ${s.id} ${s.sense}`,
      (source) => this.make(source),
      (node, source) => this.show(node, source, busiest));
  }

  make(source) {
    const parts = {
      value: svg('circle', { class: 'ring-value', cx: 100, cy: 100, r: RADIUS,
        transform: 'rotate(-90 100 100)' }),
      percent: svg('text', { class: 'ring-percent num', x: 100, y: 104 }),
      total: svg('text', { class: 'ring-total num', x: 100, y: 130 }),
      dot: el('span', { class: 'pulse', role: 'img' }),
      figures: {},
    };
    const isSite = source.sense !== 'kernel';
    const figure = (id, label, look) => {
      parts.figures[id] = el('dd', { class: `num ${look}` });
      return el('div', null, el('dt', null, label), parts.figures[id]);
    };
    const node = el('article', {
      class: `ring card c-${this.colours.get(source.id)}`,
      'data-source': source.id },
    el('h3', null, parts.dot, el('span', { class: 'name' }, source.id),
      source.kind === 'agent' ? el('small', null, 'agent') : null),
    svg('svg', { width: 200, height: 200, viewBox: '0 0 200 200', role: 'img',
      class: 'dial' },
    svg('circle', { class: 'ring-track', cx: 100, cy: 100, r: RADIUS }),
    parts.value, parts.percent, parts.total),
    el('dl', { class: 'ring-row' },
      figure('up', isSite ? '↑ up' : '↑ sent', 'up'),
      figure('down', isSite ? '↓ down' : '↓ received', 'down'),
      figure('both', 'total', 'total')),
    el('dl', { class: 'ring-row' },
      figure('uploaded', isSite ? 'uploaded' : 'sent', 'uploaded'),
      figure('downloaded', isSite ? 'downloaded' : 'received', 'downloaded'),
      figure('combined', 'combined', 'combined')));
    node.parts = parts;
    return node;
  }

  show(node, source, busiest) {
    const { parts } = node;
    const percent = ringPercent(source, busiest);
    attribute(parts.value, 'stroke-dasharray',
      `${((percent / 100) * ROUND).toFixed(1)} ${ROUND.toFixed(1)}`);
    text(parts.percent, `${percent}%`);
    text(parts.total, source.max_bytes_per_second
      ? `of ${rate(source.max_bytes_per_second)}` : 'of the busiest');
    attribute(parts.dot, 'class', `pulse ${source.active ? 'active' : 'idle'}`);
    attribute(parts.dot, 'aria-label', source.active ? 'active' : 'idle');
    attribute(node.querySelector('svg.dial'), 'aria-label',
      `${source.id}: ${percent} percent`);
    const put = (id, value) => text(parts.figures[id], value);
    put('up', rate(source.up_bytes_per_second));
    put('down', rate(source.down_bytes_per_second));
    put('both', rate(carried(source)));
    put('uploaded', size(source.up_bytes_total));
    put('downloaded', size(source.down_bytes_total));
    put('combined', size(source.up_bytes_total + source.down_bytes_total));
  }
}
