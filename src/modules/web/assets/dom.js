// Creates and updates DOM nodes. Every string becomes a text node or an
// attribute, never HTML, because host names and other strings come from the
// network.

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

/** Writes only if the text differs, to spare screen readers and layout. */
export function text(node, value) {
  const wanted = String(value);
  if (node.textContent !== wanted) node.textContent = wanted;
  return node;
}

export function attribute(node, name, value) {
  const wanted = String(value);
  if (node.getAttribute(name) !== wanted) node.setAttribute(name, wanted);
}

/** Sets a width in percent. A CSP allows this, unlike a style attribute. */
export function width(node, ratio) {
  const wanted = `${(Math.max(0, Math.min(1, ratio || 0)) * 100).toFixed(1)}%`;
  if (node.style.width !== wanted) node.style.width = wanted;
}

export const hint = (...parts) => el('p', { class: 'empty' }, ...parts);

export const code = (what) => el('code', null, what);

/** A row of buttons of which one is pressed. */
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
 * Keeps the children of `parent` in sync with `items`: one node per key, created
 * by make(item) and updated by update(node, item). Keeps the focus.
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

/** What is known of a host besides its name: address, vendor. */
export function aboutHost({ name, host_name: known, vendor, addresses }) {
  const all = addresses || (known ? [name] : []);
  const more = all.length > 1 ? `and ${all.length - 1} more` : '';
  const first = known ? [all[0], more].filter(Boolean).join(' ') : more;
  return [first, vendor].filter(Boolean).join(' · ');
}

export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Returns the JSON at `path`; throws HttpError for an error status. */
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

/**
 * Calls work() every `seconds` while `node` is visible, and when the units
 * change.
 */
export function whileVisible(node, seconds, work) {
  let visible = false;
  let running = false;
  const run = async () => {
    if (!visible || running || document.hidden) return;
    running = true;
    try {
      await work();
    } catch {
      // ntm cannot be reached; the header shows that.
    }
    running = false;
  };
  new IntersectionObserver((entries) => {
    visible = entries[entries.length - 1].isIntersecting;
    run();
  }, { rootMargin: '200px' }).observe(node);
  setInterval(run, seconds * 1000);
  document.addEventListener('visibilitychange', run);
  addEventListener('ntm-units', run);
  return run;
}
