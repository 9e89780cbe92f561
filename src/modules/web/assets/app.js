// The web page: receives the live data and passes it to the sections.

import { attribute, byId, text } from './dom.js';
import { Alerts, Machines } from './machines.js';
import { Forecast } from './forecast.js';
import { Health } from './health.js';
import { History } from './history.js';
import { Live } from './live.js';
import { Now } from './now.js';
import { PastHealth } from './pasthealth.js';
import { Quality } from './quality.js';
import { Rings } from './rings.js';
import { Talkers } from './talkers.js';
import { serverUnits } from './unitswitch.js';
import { Usage } from './usage.js';

const STATES = {
  live: ['live', 'good'],
  polling: ['polling', 'warn'],
  starting: ['starting', 'warn'],
  away: ['ntm does not answer, retrying', 'bad'],
};

const now = new Now();
// The other sections; null until the first chart is drawn, or, without data,
// for a moment.
let others = null;
const WITHOUT_DATA_MS = 300;

// Data received since the last frame. A hidden page draws nothing.
const fresh = {};
const last = {};  // what was received before
let frame = 0;

function makeOthers() {
  if (others) return;
  others = {
    rings: new Rings(), health: new Health(), pastHealth: new PastHealth(),
    talkers: new Talkers(), history: new History(),
    quality: new Quality(), forecast: new Forecast(), usage: new Usage(),
    machines: new Machines(), alerts: new Alerts(),
  };
  draw();
}
setTimeout(makeOthers, WITHOUT_DATA_MS);

function draw() {
  frame = 0;
  const { update, byType } = fresh;
  if (!others) {
    if (update) now.update(update);
    frame = requestAnimationFrame(makeOthers);
    return;
  }
  fresh.update = fresh.byType = null;
  if (update) {
    now.update(update);
    for (const section of Object.values(others)) {
      if (section.update) section.update(update);
    }
    document.body.dataset.updated = update.timestamp;
  }
  if (byType) others.quality.byType(byType);
}

function tell(event, data) {
  if (event === 'summary') {
    if (data.version) text(byId('version'), data.version);
    serverUnits(data.units);
    return;
  }
  if (event === 'traffic-update') {
    now.keep(data);
    fresh.update = last.update = data;
  } else if (event === 'traffic-by-type') {
    fresh.byType = last.byType = data;
  }
  frame ||= requestAnimationFrame(draw);
}

new Live((state) => {
  const [label, look] = STATES[state];
  const pill = byId('connection');
  text(pill, label);
  attribute(pill, 'class', `pill ${look}`);
  document.body.dataset.connection = state;
}, tell);

// Shows the last data again, in the other units.
addEventListener('ntm-units', () => {
  if (!others || !last.update) return;
  fresh.update = last.update;
  fresh.byType = last.byType;
  frame ||= requestAnimationFrame(draw);
});

byId('theme').addEventListener('click', () => {
  const { documentElement: root } = document;
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.setItem('ntm-theme', root.dataset.theme);
  } catch {
    // No storage: the choice lasts for this visit only.
  }
  dispatchEvent(new Event('ntm-theme'));
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change',
  () => dispatchEvent(new Event('ntm-theme')));

const links = [...document.querySelectorAll('nav a')];
new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const link of links) {
      const here = link.hash === `#${entry.target.id}`;
      if (here) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }
}, { rootMargin: '-20% 0px -70% 0px' }).observe(byId('now'));
