// The section Quality of service: the traffic by class and by priority, and the
// allocated and used bandwidth of each class.

import { attribute, byId, code, el, hint, keyed, svg, text, width }
  from './dom.js';
import { rate } from './units.js';

const CLASSES = ['video', 'voice', 'file', 'background', 'other'];
const PRIORITIES = { video: 3, voice: 3, file: 1, background: 0, other: 0 };
const LABELS = ['0 remaining', '1 low', '2 medium', '3 high'];
const RADIUS = 60;
const ROUND = 2 * Math.PI * RADIUS;

const look = (name) => (CLASSES.includes(name) ? name : 'custom');

export class Quality {
  update(data) {
    this.qos = data.qos;
    this.shares();
  }

  byType(data) {
    const classes = Object.entries(data)
      .filter(([, value]) => value && typeof value === 'object')
      .map(([name, value]) => ({ name, rate: value.bytes_per_second,
        bytes: value.bytes_total, count: value.count }));
    this.pie(classes);
    this.priorities(classes);
  }

  pie(classes) {
    const parent = byId('pie');
    const total = classes.reduce((sum, c) => sum + c.rate, 0);
    if (!this.circle) {
      this.circle = svg('svg', { viewBox: '0 0 160 160', role: 'img',
        class: 'pie', width: 160, height: 160 },
      svg('circle', { class: 'ring-track', cx: 80, cy: 80, r: RADIUS }));
      this.slices = svg('g', { transform: 'rotate(-90 80 80)' });
      this.circle.append(this.slices);
      this.legend = el('ul', { class: 'pie-legend' });
      parent.replaceChildren(el('div', { class: 'pie-box' }, this.circle,
        this.legend));
    }
    let before = 0;
    const slices = classes.map((c) => {
      const share = total ? c.rate / total : 0;
      const slice = { ...c, share, before };
      before += share;
      return slice;
    });
    keyed(this.slices, slices, (s) => s.name, (s) => svg('circle', {
      class: `slice s-${look(s.name)}`, cx: 80, cy: 80, r: RADIUS }),
    (node, s) => {
      attribute(node, 'stroke-dasharray',
        `${(s.share * ROUND).toFixed(2)} ${ROUND.toFixed(2)}`);
      attribute(node, 'stroke-dashoffset', (-s.before * ROUND).toFixed(2));
    });
    keyed(this.legend, slices, (s) => s.name, (s) => {
      const parts = { share: el('b', { class: 'num' }),
        rate: el('span', { class: 'num' }) };
      const node = el('li', { 'data-class': s.name },
        el('i', { class: `dot k-${look(s.name)}` }),
        el('span', { class: 'name' }, s.name), parts.share, parts.rate);
      node.parts = parts;
      return node;
    }, ({ parts }, s) => {
      text(parts.share, total ? `${Math.round(s.share * 100)} %` : '–');
      text(parts.rate, rate(s.rate));
    });
    attribute(this.circle, 'aria-label', total
      ? slices.filter((s) => s.share >= 0.005)
        .map((s) => `${s.name} ${Math.round(s.share * 100)} percent`).join(', ')
      : 'no traffic now');
  }

  priorityOf(name) {
    const share = this.qos && this.qos.classes.find((c) => c.class === name);
    return share ? share.priority : PRIORITIES[name] ?? 0;
  }

  priorities(classes) {
    const sums = LABELS.map((label, priority) => ({ label, priority,
      rate: classes.filter((c) => this.priorityOf(c.name) === priority)
        .reduce((sum, c) => sum + c.rate, 0) })).reverse();
    const most = Math.max(...sums.map((s) => s.rate), 1);
    keyed(byId('priorities'), sums, (s) => s.priority, (s) => {
      const parts = { bar: el('i', { class: `p-${s.priority}` }),
        value: el('span', { class: 'num' }) };
      const node = el('div', { class: 'level', 'data-priority': s.priority },
        el('span', { class: 'name' }, s.label), parts.value,
        el('span', { class: 'bar thick' }, parts.bar));
      node.parts = parts;
      return node;
    }, ({ parts }, s) => {
      width(parts.bar, s.rate / most);
      text(parts.value, rate(s.rate));
    });
  }

  shares() {
    const parent = byId('shares');
    if (!this.qos || !this.qos.classes.length) {
      if (parent.dataset.off) return;
      parent.dataset.off = 'yes';
      parent.keyedNodes = null;
      parent.replaceChildren(hint('No bandwidth is allocated. With the module ' +
        'qos, ', code('/qos/rules'), ' has the rules of the classes.'));
      return;
    }
    if (parent.dataset.off) {
      delete parent.dataset.off;
      parent.replaceChildren();
    }
    const most = Math.max(...this.qos.classes.map((c) => Math.max(
      c.allocated_bytes_per_second, c.used_bytes_per_second)), 1);
    keyed(parent, this.qos.classes, (c) => c.class, (c) => {
      const parts = { allocated: el('i', { class: 'allocated' }),
        used: el('i', { class: `k-${look(c.class)}` }),
        value: el('span', { class: 'num' }) };
      const node = el('div', { class: 'level', 'data-class': c.class },
        el('span', { class: 'name' }, c.class), parts.value,
        el('span', { class: 'bar thick' }, parts.allocated, parts.used));
      node.parts = parts;
      return node;
    }, ({ parts }, c) => {
      width(parts.allocated, c.allocated_bytes_per_second / most);
      width(parts.used, c.used_bytes_per_second / most);
      text(parts.value, `${rate(c.used_bytes_per_second)} of ` +
        rate(c.allocated_bytes_per_second));
    });
  }
}
