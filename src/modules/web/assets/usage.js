// The section Usage: usage by host and service today and in the billing month,
// and the quota.

import { aboutHost, attribute, byId, choices, code, el, getJson, hint, keyed,
  text, whileVisible, width } from './dom.js';
import { percent, rate, size } from './units.js';

const SECONDS = 15;
const SHOWN = 12;

const pad = (number) => String(number).padStart(2, '0');

function today() {
  const now = new Date();
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

export class Usage {
  constructor() {
    this.period = 'day';
    choices(byId('usage-periods'), [['day', 'Today'], ['month', 'This month']],
      this.period, (period) => {
        this.period = period;
        this.load();
      });
    whileVisible(byId('usage'), SECONDS, () => this.load());
  }

  update({ features }) {
    const came = features.usage && !this.on;
    this.on = features.usage;
    if (came) this.load();
  }

  async load() {
    if (!this.on) {
      this.fail(new Error('No usage data: this ntm was built without ' +
        'the module usage.'));
      return;
    }
    const day = this.period === 'day' ? `&day=${today()}` : '';
    const ask = (by) => getJson(`/api/usage?by=${by}&limit=${SHOWN}${day}`);
    try {
      const [hosts, services] = await Promise.all([ask('device'),
        ask('service')]);
      this.list(byId('usage-hosts'), hosts, 'unknown');
      this.list(byId('usage-services'), services, 'peer to peer / unknown');
      const month = this.period === 'month' ? hosts
        : await getJson('/api/usage?limit=1');
      this.quota(month.interfaces);
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error) {
    for (const id of ['usage-hosts', 'usage-services']) {
      byId(id).keyedNodes = null;
      byId(id).replaceChildren(hint(error.message));
    }
  }

  list(parent, { entries, total }, nameless) {
    if (!entries.length) {
      parent.keyedNodes = null;
      parent.replaceChildren(hint('No usage yet. If this does not ' +
        'change, run ', code('ntm doctor'), '.'));
      return;
    }
    if (!parent.keyedNodes) parent.replaceChildren();
    const all = total.in_bytes + total.out_bytes || 1;
    const most = Math.max(...entries.map((e) => e.in_bytes + e.out_bytes), 1);
    keyed(parent, entries, (e) => e.id || e.name, () => {
      const parts = { value: el('span', { class: 'num' }),
        name: el('span', { class: 'name' }),
        about: el('span', { class: 'about' }),
        down: el('i', { class: 'down' }), up: el('i', { class: 'up' }),
        split: el('span', { class: 'num split' }) };
      const node = el('div', { class: 'talker flat' },
        parts.name, parts.value, parts.about,
        el('span', { class: 'bar' }, parts.down, parts.up), parts.split);
      node.parts = parts;
      return node;
    }, (node, e) => {
      const { parts } = node;
      text(parts.name, e.name || nameless);
      const addresses = e.addresses || [];
      text(parts.about, aboutHost({ ...e, addresses,
        host_name: addresses.includes(e.name) ? '' : e.name }));
      attribute(node, 'title', addresses.join('\n'));
      text(parts.value, size(e.in_bytes + e.out_bytes));
      text(parts.split, `↓ ${size(e.in_bytes)}  ↑ ${size(e.out_bytes)}  ` +
        percent((e.in_bytes + e.out_bytes) / all));
      width(parts.down, e.in_bytes / most);
      width(parts.up, e.out_bytes / most);
    });
  }

  quota(month) {
    const parent = byId('quota');
    if (!month) {
      parent.replaceChildren();
      return;
    }
    const figures = [['Used this month', size(month.used_bytes)]];
    if (month.expected_bytes !== null && month.expected_bytes !== undefined) {
      figures.push(['Expected at month end', size(month.expected_bytes)]);
    }
    const p95 = month.percentile_95;
    if (month.quota_bytes) {
      figures.push(['Quota', size(month.quota_bytes)]);
    }
    if (p95) {
      figures.push(['95th percentile', rate(p95.larger_bytes_per_second)]);
    }
    const bar = el('i', { class: 'used' });
    width(bar, month.quota_bytes ? month.used_bytes / month.quota_bytes : 0);
    parent.replaceChildren(el('div', { class: 'card' },
      el('div', { class: 'figures' }, ...figures.map(([label, value]) =>
        el('div', { class: 'figure' }, el('span', null, label),
          el('strong', { class: 'num' }, value)))),
      month.quota_bytes ? el('div', { class: 'bar thick', role: 'img',
        'aria-label': `${percent(month.used_bytes / month.quota_bytes)} of the ` +
          'quota used' }, bar)
        : el('p', { class: 'hint' }, 'No quota is set (', code('--quota'),
          '), so no warning is sent.')));
  }
}
