// The section Conversations: the busiest hosts and services, and the table of
// flows. A click on a host or a service filters by it.

import { aboutHost, attribute, byId, code, el, getJson, hint, keyed, text,
  whileVisible, width } from './dom.js';
import { count, rate, size } from './units.js';

const LIMIT = 200;
const SECONDS = 2;
const PRIORITIES = { video: 3, voice: 3, file: 1, background: 0, other: 0 };
const NAMELESS = { host: 'unknown', service: 'peer to peer / unknown' };
// As the server lists the addresses that are no host's.
const NO_HOST = 'multicast and broadcast';
const NO_HOST_TITLE = 'Multicast groups, broadcast, and hosts without an ' +
  'address yet (0.0.0.0, ::)';

const shown = (kind, name) => name || NAMELESS[kind];

const COLUMNS = [
  ['src', 'Source', 'text'], ['dst', 'Destination', 'text'],
  ['service', 'Service', 'text'], ['class', 'Class', 'text'],
  ['priority', 'Priority', 'num'], ['now', 'Now', 'num'],
  ['allocated', 'Allocated', 'num'], ['total', 'Total', 'num'],
];

export class Talkers {
  constructor() {
    this.filter = { host: null, service: null };
    this.hosts = [];  // the addresses of the chosen host
    this.sort = { column: 'now', falling: true };
    this.rows = [];
    this.makeTable();
    const input = byId('flow-filter');
    input.addEventListener('input', () => this.show());
    this.fetch = whileVisible(byId('talkers'), SECONDS, () => this.load());
  }

  update(data) {
    this.qos = data.qos;
    this.all = data;
    if (!this.isFiltered()) this.lists(data);
  }

  isFiltered() {
    return this.filter.host !== null || this.filter.service !== null;
  }

  lists(data) {
    this.list('top-local', data.local_hosts, 'host');
    this.list('top-remote', data.remote_hosts, 'host');
    this.list('top-services', data.services, 'service');
  }

  /** A list of the busiest, each with a bar; a click filters. */
  list(id, talkers, kind) {
    const parent = byId(id);
    const heading = byId(`${id}-of`);
    if (!talkers.length) {
      text(heading, '');
      parent.keyedNodes = null;
      parent.replaceChildren(this.isFiltered()
        ? hint('No traffic matches the filter.')
        : hint('No traffic yet. If this does not change, run ',
          code('ntm doctor'), '.'));
      return;
    }
    const of = (t) => t.up_bytes_per_second + t.down_bytes_per_second;
    const moving = of(talkers[0]) > 0;
    const total = (t) => t.up_bytes_total + t.down_bytes_total;
    const value = moving ? of : total;
    text(heading, moving ? 'current rate' : 'total, no current traffic');
    const most = Math.max(...talkers.map(value), 1);
    keyed(parent, talkers, (t) => t.name, (talker) => {
      const parts = { bar: el('i'), value: el('span', { class: 'num' }),
        name: el('span', { class: 'name' }), about: el('span',
          { class: 'about' }), split: el('span', { class: 'num split' }) };
      const node = el('button', { type: 'button', class: 'talker',
        onclick: () => this.choose(kind, talker.name, node.addresses) },
      parts.name, parts.value, parts.about,
      el('span', { class: 'bar' }, parts.bar), parts.split);
      node.parts = parts;
      return node;
    }, (node, talker) => {
      node.addresses = talker.addresses;
      text(node.parts.name, talker.host_name || shown(kind, talker.name));
      text(node.parts.about, aboutHost(talker));
      attribute(node, 'title', talker.name === NO_HOST ? NO_HOST_TITLE
        : (talker.addresses || []).join('\n'));
      width(node.parts.bar, value(talker) / most);
      text(node.parts.value, moving ? rate(of(talker)) : size(total(talker)));
      text(node.parts.split, moving
        ? `↓ ${rate(talker.down_bytes_per_second)}  ↑ ` +
          `${rate(talker.up_bytes_per_second)}`
        : `↓ ${size(talker.down_bytes_total)}  ↑ ${size(talker.up_bytes_total)}`);
      attribute(node, 'aria-pressed', this.filter[kind] === talker.name);
    });
  }

  choose(kind, name, addresses) {
    this.filter[kind] = this.filter[kind] === name ? null : name;
    if (kind === 'host') this.hosts = addresses || [name];
    const chip = ([key, value]) => (value === null ? null : el('button', {
      type: 'button', class: 'chip', onclick: () => this.choose(key, value),
      'aria-label': `Remove the filter ${shown(key, value)}` },
    `${key}: ${shown(key, value)} ×`));
    byId('flow-chips').replaceChildren(
      ...Object.entries(this.filter).map(chip).filter(Boolean));
    if (!this.isFiltered() && this.all) this.lists(this.all);
    this.load();
  }

  async load() {
    const { host, service } = this.filter;
    const asked = new URLSearchParams([
      ...(host === null ? [] : this.hosts.map((one) => ['host', one])),
      ...(service === null ? [] : [['service', service]])]).toString();
    this.asked = asked;
    const [answer, live] = await Promise.all([
      getJson(`/api/flows?sort=bytes_per_second&limit=${LIMIT}&${asked}`),
      this.isFiltered() ? getJson(`/api/live?${asked}`) : null]);
    if (this.asked !== asked) return;
    if (live) this.lists(live['traffic-update']);
    this.matching = answer.matching_flows;
    this.rows = answer.flows.map((flow) => this.rowOf(flow));
    this.show();
  }

  rowOf(flow) {
    const kind = flow.class || 'other';
    const share = this.qos && this.qos.classes.find((c) => c.class === kind);
    // A flow is identified by its labels, without values that change.
    const labels = Object.entries(flow).filter(([name, value]) =>
      typeof value === 'string' && !['last_seen', 'class'].includes(name));
    return {
      key: labels.map(([, v]) => v).join('\n'),
      words: [...labels.map(([, v]) => v), kind].join(' ').toLowerCase(),
      src: flow.src ?? '', dst: flow.dst ?? '', service: flow.service ?? '',
      srcName: flow.src_name ?? null, dstName: flow.dst_name ?? null,
      srcGroup: flow.src_group ?? null, dstGroup: flow.dst_group ?? null,
      proto: flow.proto ?? '', class: kind,
      priority: flow.priority ?? (share ? share.priority
        : PRIORITIES[kind] ?? 0),
      now: flow.bytes_per_second ?? 0,
      allocated: flow.allocated_bytes_per_second ?? null,
      total: flow.bytes_total,
    };
  }

  makeTable() {
    this.heads = {};
    const head = el('tr', null, ...COLUMNS.map(([id, label, kind]) => {
      this.heads[id] = el('th', { scope: 'col', class: kind },
        el('button', { type: 'button', onclick: () => this.sortBy(id, kind) },
          label));
      return this.heads[id];
    }));
    this.body = el('tbody');
    byId('flows').replaceChildren(
      el('caption', { class: 'visually-hidden' },
        'Flows: source, destination, service and traffic'),
      el('thead', null, head), this.body);
    this.markSort();
  }

  sortBy(column, kind) {
    this.sort = this.sort.column === column
      ? { column, falling: !this.sort.falling }
      : { column, falling: kind === 'num' };
    this.markSort();
    this.show();
  }

  markSort() {
    for (const [id, head] of Object.entries(this.heads)) {
      attribute(head, 'aria-sort', id !== this.sort.column ? 'none'
        : this.sort.falling ? 'descending' : 'ascending');
    }
  }

  show() {
    const words = byId('flow-filter').value.toLowerCase().split(/\s+/)
      .filter(Boolean);
    const { column, falling } = this.sort;
    const order = (a, b) => {
      const x = a[column] ?? -1;
      const y = b[column] ?? -1;
      const by = typeof x === 'string' ? x.localeCompare(y, 'en',
        { numeric: true }) : x - y;
      return (falling ? -by : by) || b.total - a.total;
    };
    const rows = this.rows
      .filter((row) => words.every((word) => row.words.includes(word)))
      .sort(order);
    keyed(this.body, rows, (row) => row.key, (row) => this.makeRow(row),
      (node, row) => this.showRow(node, row));
    const all = this.matching ?? 0;
    text(byId('flow-count'), !all
      ? 'No flow matches. Remove a filter, or wait for traffic.'
      : `${count(rows.length)} of ${count(all)} flows` +
        (all > LIMIT ? `; only the ${LIMIT} busiest are shown` : ''));
  }

  makeRow(row) {
    const link = (kind, name, title = null, label = null) => el('button', {
      type: 'button', class: 'link', title,
      onclick: () => this.choose(kind, name) }, label || shown(kind, name));
    // A host with a name shows its address with the pointer on it.
    const host = (name, label, group) =>
      link('host', name, label ? name : group, label);
    const parts = { chip: el('span'), priority: el('td', { class: 'num' }),
      now: el('td', { class: 'num' }), allocated: el('td', { class: 'num' }),
      total: el('td', { class: 'num' }) };
    const node = el('tr', null,
      el('td', null, host(row.src, row.srcName, row.srcGroup)),
      el('td', null, host(row.dst, row.dstName, row.dstGroup)),
      el('td', null, link('service', row.service), ' ',
        el('small', null, row.proto)),
      el('td', null, parts.chip), parts.priority, parts.now, parts.allocated,
      parts.total);
    node.parts = parts;
    return node;
  }

  showRow({ parts }, row) {
    attribute(parts.chip, 'class', `class-chip k-${PRIORITIES[row.class] ===
      undefined ? 'custom' : row.class}`);
    text(parts.chip, row.class);
    text(parts.priority, row.priority);
    text(parts.now, rate(row.now));
    text(parts.allocated, row.allocated === null ? '–' : rate(row.allocated));
    text(parts.total, size(row.total));
  }
}
