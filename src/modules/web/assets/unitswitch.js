// The switch between bits and bytes. What a person chooses is kept in this
// browser; until then the server's --units decides.

import { attribute, byId, text } from './dom.js';
import { areBits, showBits } from './units.js';

const KEY = 'ntm-units';

let chosen = null;
try {
  const kept = localStorage.getItem(KEY);
  if (kept === 'bits' || kept === 'bytes') chosen = kept;
} catch {
  // No storage: the choice lasts for this visit only.
}

function show(units) {
  const isNew = areBits() !== (units === 'bits');
  showBits(units === 'bits');
  const button = byId('units');
  text(button, units === 'bits' ? 'bit/s' : 'B/s');
  attribute(button, 'aria-pressed', units === 'bits');
  if (isNew) dispatchEvent(new Event('ntm-units'));
}

/** The server's setting, which a choice on this page overrules. */
export const serverUnits = (units) => show(chosen || units);

byId('units').addEventListener('click', () => {
  chosen = areBits() ? 'bytes' : 'bits';
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // No storage.
  }
  show(chosen);
});
if (chosen) show(chosen);
