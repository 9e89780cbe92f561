// The sections Interfaces and agents, and Alerts.

import { byId, code, el, getJson, hint, keyed, text, whileVisible }
  from './dom.js';
import { Token } from './token.js';
import { ago, count, percent, rate, size, when } from './units.js';

const SECONDS = 3;
const MEGA = 1048576;
const GIGA = 1073741824;

const head = (...names) => el('thead', null, el('tr', null,
  ...names.map(([label, kind]) => el('th', { scope: 'col', class: kind },
    label))));
const num = (value, kind = '') => el('td', { class: `num ${kind}` }, value);

const replaceTable = (parent, caption, columns, rows) => parent.replaceChildren(
  el('table', null, el('caption', { class: 'visually-hidden' }, caption),
    head(...columns), el('tbody', null, ...rows)));

export class Machines {
  constructor() {
    whileVisible(byId('machines'), SECONDS, () => Promise.all(
      [this.interfaces(), this.agents()]));
  }

  async interfaces() {
    const parent = byId('interfaces');
    try {
      const answer = await getJson('/api/interfaces');
      replaceTable(parent, 'Interfaces',
        [['Interface', ''], ['State', ''], ['Address', ''],
          ['Receive rate', 'num'], ['Transmit rate', 'num'],
          ['Utilization', 'num'], ['Received', 'num'], ['Transmitted', 'num'],
          ['Errors', 'num'], ['Dropped', 'num']],
        answer.interfaces.map((i) => el('tr', { 'data-interface': i.interface },
          el('td', null, el('b', null, i.interface)),
          el('td', null, el('span', { class: `pill ${i.up ? 'good' : 'bad'}` },
            i.up ? 'up' : 'down')),
          el('td', null, el('small', null, (i.addresses || []).join(' ') ||
            i.mac || '–')),
          num(rate(i.receive_bytes_per_second)),
          num(rate(i.transmit_bytes_per_second)),
          num(percent(i.utilization_ratio)),
          num(size(i.receive_bytes_total)), num(size(i.transmit_bytes_total)),
          num(count(i.receive_errors_total + i.transmit_errors_total)),
          num(count(i.receive_dropped_total + i.transmit_dropped_total)))));
    } catch (error) {
      parent.replaceChildren(hint(error.message));
    }
  }

  async agents() {
    const parent = byId('agents');
    let services = [];
    try {
      services = (await getJson('/api/traffic/summary')).services;
    } catch (error) {
      parent.replaceChildren(hint(error.message));
      return;
    }
    if (!services.length) {
      parent.replaceChildren(hint('No agents. ', code('--accept-agents NAME'),
        ' makes this ntm a hub; ', code('--push-url URL'),
        ' on another machine makes that one an agent.'));
      return;
    }
    replaceTable(parent, 'Agents',
      [['Agent', ''], ['State', ''], ['Down', 'num'], ['Up', 'num'],
        ['Downloaded', 'num'], ['Uploaded', 'num'], ['CPU', 'num'],
        ['Memory', 'num'], ['Last update', 'num']],
      services.map((s) => el('tr', { 'data-agent': s.id },
        el('td', null, el('b', null, s.name)),
        el('td', null, el('span', { class: `pill ${s.active ? 'good' : 'bad'}` },
          s.active ? 'active' : 'silent')),
        num(rate(s.bandwidth_down * MEGA), 'down'),
        num(rate(s.bandwidth_up * MEGA), 'up'),
        num(size(s.total_down * GIGA)), num(size(s.total_up * GIGA)),
        num(percent(s.cpu_percent / 100, 0)),
        num(percent(s.memory_percent / 100, 0)),
        num(s.last_updated ? ago(s.last_updated) : 'never'))));
  }
}

export class Alerts {
  constructor() {
    this.token = new Token();
    this.load = whileVisible(byId('alerts'), SECONDS, () => this.ask());
  }

  update({ features }) {
    const came = features.alerts && !this.on;
    this.on = features.alerts;
    if (came) this.load();
  }

  async ask() {
    const parent = byId('alert-list');
    if (!this.on) {
      parent.keyedNodes = null;
      parent.replaceChildren(hint('No alerts: this ntm was started with ',
        code('--no-alerts'), ' or built without them. Prometheus can alert ' +
        'on ', code('/metrics'), '.'));
      return;
    }
    let alerts;
    try {
      const answer = await getJson('/api/alerts?unresolved=false&limit=50');
      alerts = answer.alerts || answer;
    } catch (error) {
      parent.keyedNodes = null;
      parent.replaceChildren(hint(error.message));
      return;
    }
    if (!alerts.length) {
      parent.keyedNodes = null;
      parent.replaceChildren(hint('No alerts.'));
      return;
    }
    if (!parent.keyedNodes) parent.replaceChildren();
    keyed(parent, alerts, (a) => a.id, (a) => this.make(a),
      (node, a) => this.show(node, a));
  }

  make(alert) {
    const parts = {
      status: el('span', { class: 'status' }),
      resolve: el('button', { type: 'button',
        onclick: () => this.resolve(alert.id, parts) }, 'Resolve'),
      fault: el('small', { class: 'bad' }),
    };
    const node = el('article', { class: `alert a-${['info', 'warning',
      'critical'].includes(alert.severity) ? alert.severity : 'info'}`,
    'data-alert': alert.id },
    el('span', { class: 'severity' }, alert.severity),
    el('div', null, el('b', null, alert.title || alert.alert || alert.name),
      el('p', null, alert.message), parts.fault),
    el('div', { class: 'alert-end' },
      el('span', { class: 'num hint' }, when(alert.createdAt)), parts.status,
      parts.resolve));
    node.parts = parts;
    return node;
  }

  show({ parts }, alert) {
    text(parts.status, alert.resolved
      ? `resolved ${when(alert.resolvedAt)}` : 'active');
    parts.resolve.hidden = Boolean(alert.resolved);
    if (alert.resolved) text(parts.fault, '');
  }

  async resolve(id, parts) {
    try {
      await this.token.write(
        `/api/alerts/${encodeURIComponent(id)}/resolve`,
        () => this.resolve(id, parts));
      text(parts.fault, '');
      this.ask();
    } catch (error) {
      text(parts.fault, `Not resolved: ${error.message}`);
    }
  }
}
