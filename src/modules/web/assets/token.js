// The token for requests that change something, if ntm requires one: typed
// here, kept for this tab only, and sent only with such requests.

import { byId, getJson, text } from './dom.js';

const KEY = 'ntm-token';
const UNAUTHORIZED = 401;

export class Token {
  constructor() {
    this.form = byId('token');
    this.field = byId('token-field');
    this.again = new Map();  // refused requests, by path
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
      // No storage: it is kept until the page is closed.
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
      ? 'A token is stored for this tab.' : ''));
  }

  /** POSTs. If the token is missing or refused, asks for one, then calls `again`. */
  async write(path, again) {
    const had = this.value;
    try {
      return await getJson(path, { method: 'POST',
        headers: had ? { Authorization: `Bearer ${had}` } : {} });
    } catch (error) {
      if (error.status === UNAUTHORIZED) {
        this.again.set(path, again);
        this.show(had ? 'The token was refused. Enter another one:'
          : 'Changes need a token. Enter one from --token-file:');
        this.field.focus();
      }
      throw error;
    }
  }
}
