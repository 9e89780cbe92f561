// Receives the live data over a WebSocket, or polls if that is not possible.
// Reconnects by itself.

import { getJson } from './dom.js';

const RETRY_MS = [500, 1000, 2000, 5000];
// After this time without a message the connection is considered dead.
const SILENCE_MS = 5000;

export class Live {
  /** state(name): "live", "polling" or "away". event(name, data). */
  constructor(state, event) {
    this.tellState = state;
    this.tellEvent = event;
    this.attempt = 0;
    this.everOpened = false;
    this.intervalMs = 1000;
    this.connect();
    setInterval(() => this.watch(), 1000);
  }

  connect() {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    // The connection that theme.js began; one that has failed is not used.
    const early = window.ntmEarly;
    window.ntmEarly = null;
    const isUsed = early && early.socket.readyState <= WebSocket.OPEN;
    let socket;
    try {
      socket = isUsed ? early.socket
        : new WebSocket(`${scheme}://${location.host}/ws`);
    } catch {
      this.poll();
      return;
    }
    this.socket = socket;
    socket.onmessage = (message) => {
      this.heard = Date.now();
      this.attempt = 0;
      this.everOpened = true;
      this.state('live');
      const { event, data } = JSON.parse(message.data);
      this.deliver(event, data);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      const pause = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)];
      this.attempt += 1;
      // Polls until then, and if WebSockets are blocked.
      this.poll();
      setTimeout(() => this.connect(), pause);
    };
    if (isUsed) early.messages.forEach(socket.onmessage);
  }

  deliver(event, data) {
    if (event === 'summary') {
      if (data.interval_seconds) this.intervalMs = data.interval_seconds * 1000;
      this.tellEvent('summary', data);
      for (const part of ['traffic-update', 'traffic-by-type']) {
        if (data[part]) this.tellEvent(part, data[part]);
      }
    } else {
      this.tellEvent(event, data);
    }
  }

  async poll() {
    if (this.asking) return;
    this.asking = true;
    try {
      const all = await getJson('/api/live');
      this.state('polling');
      this.tellEvent('summary', all.summary);
      this.tellEvent('traffic-update', all['traffic-update']);
      this.tellEvent('traffic-by-type', all['traffic-by-type']);
    } catch (error) {
      this.state(error.status === 503 ? 'starting' : 'away');
    }
    this.asking = false;
  }

  watch() {
    const open = this.socket && this.socket.readyState === WebSocket.OPEN;
    if (!open) {
      this.poll();
    } else if (Date.now() - this.heard > SILENCE_MS + this.intervalMs) {
      this.socket.close();
    }
  }

  state(name) {
    if (name === 'polling' && this.socket &&
        this.socket.readyState === WebSocket.OPEN) {
      return;
    }
    if (this.lastState === name) return;
    this.lastState = name;
    this.tellState(name);
  }
}
