// Nodes. Every string becomes a text node or a plain attribute: host names and
// the like come from strangers, and nothing here reads HTML.

const SVG = 'http://www.w3.org/2000/svg';

export const byId = (id) => document.getElementById(id);

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const child of children) {
    if (child === null || child === undefined) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

export const el = (name, properties, ...children) =>
  fill(document.createElement(name), properties, children);

export const svg = (name, properties, ...children) =>
  fill(document.createElementNS(SVG, name), properties, children);

/** Writes only what differs, so that readers and layouts are left alone. */
export function text(node, value) {
  const wanted = String(value);
  if (node.textContent !== wanted) node.textContent = wanted;
  return node;
}

export function attribute(node, name, value) {
  const wanted = String(value);
  if (node.getAttribute(name) !== wanted) node.setAttribute(name, wanted);
}

/** A width in percent. The style object is no inline style for a CSP. */
export function width(node, ratio) {
  const wanted = `${(Math.max(0, Math.min(1, ratio || 0)) * 100).toFixed(1)}%`;
  if (node.style.width !== wanted) node.style.width = wanted;
}

export const hint = (...parts) => el('p', { class: 'empty' }, ...parts);

export const code = (what) => el('code', null, what);

/** A row of buttons of which one is chosen. */
export function choices(parent, names, chosen, choose) {
  const buttons = names.map(([value, label]) => el('button', {
    type: 'button',
    'aria-pressed': String(value === chosen),
    onclick: () => {
      for (const [i, button] of buttons.entries()) {
        attribute(button, 'aria-pressed', names[i][0] === value);
      }
      choose(value);
    },
  }, label));
  parent.replaceChildren(...buttons);
  return buttons;
}

/**
 * Keeps the children of `parent` in step with `items`: one node per key, made
 * once by make(item), then told of every change by update(node, item). The
 * focus stays where it is.
 */
export function keyed(parent, items, keyOf, make, update) {
  const had = parent.keyedNodes || new Map();
  const have = new Map();
  const focused = parent.contains(document.activeElement)
    ? document.activeElement : null;
  let place = parent.firstChild;
  for (const item of items) {
    const key = keyOf(item);
    if (have.has(key)) continue;
    let node = had.get(key);
    if (!node) node = make(item);
    update(node, item);
    have.set(key, node);
    if (node === place) {
      place = place.nextSibling;
    } else {
      parent.insertBefore(node, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
  parent.keyedNodes = have;
  if (focused && focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
}

export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The JSON at that path; HttpError where ntm answers otherwise. */
export async function getJson(path, options) {
  const answer = await fetch(path, { credentials: 'same-origin', ...options });
  const isJson = (answer.headers.get('Content-Type') || '')
    .startsWith('application/json');
  const body = isJson ? await answer.json() : null;
  if (!answer.ok) {
    throw new HttpError(answer.status,
      (body && body.error) || `${answer.status} ${answer.statusText}`);
  }
  return body;
}

/** Calls work() every `seconds` while `node` is on the screen. */
export function whileVisible(node, seconds, work) {
  let visible = false;
  let running = false;
  const run = async () => {
    if (!visible || running || document.hidden) return;
    running = true;
    try {
      await work();
    } catch {
      // ntm is away: the header says so.
    }
    running = false;
  };
  new IntersectionObserver((entries) => {
    visible = entries[entries.length - 1].isIntersecting;
    run();
  }, { rootMargin: '200px' }).observe(node);
  setInterval(run, seconds * 1000);
  document.addEventListener('visibilitychange', run);
  return run;
}
