// A token, for what changes something where ntm asks for one: typed here, kept
// for this tab alone, and shown with nothing but such requests.

import { byId, getJson, text } from './dom.js';

const KEY = 'ntm-token';
const UNAUTHORIZED = 401;

export class Token {
  constructor() {
    this.form = byId('token');
    this.field = byId('token-field');
    this.again = new Map();  // what was refused, by its path
    try {
      this.value = sessionStorage.getItem(KEY) || '';
    } catch {
      this.value = '';
    }
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.keep(this.field.value.trim());
    });
    byId('token-forget').addEventListener('click', () => this.keep(''));
    this.show('');
  }

  keep(value) {
    this.value = value;
    this.field.value = '';
    try {
      if (value) sessionStorage.setItem(KEY, value);
      else sessionStorage.removeItem(KEY);
    } catch {
      // Then until the page is left.
    }
    const again = [...this.again.values()];
    this.again.clear();
    this.show('');
    if (value) again.forEach((write) => write());
  }

  show(said) {
    this.form.hidden = !this.value && !said;
    byId('token-forget').hidden = !this.value;
    text(byId('token-state'), said || (this.value
      ? 'A token is kept for this tab.' : ''));
  }

  /** POSTs; where a token is refused it is asked for, then `again` is called. */
  async write(path, again) {
    const had = this.value;
    try {
      return await getJson(path, { method: 'POST',
        headers: had ? { Authorization: `Bearer ${had}` } : {} });
    } catch (error) {
      if (error.status === UNAUTHORIZED) {
        this.again.set(path, again);
        this.show(had ? 'This token was refused. Type another one:'
          : 'ntm takes changes with a token only. Type one of --token-file:');
        this.field.focus();
      }
      throw error;
    }
  }
}
