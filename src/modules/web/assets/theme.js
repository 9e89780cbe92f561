// Before the page is there: sets the theme for the first paint, the one chosen
// on this page, else the system's; and connects to ntm, so that the first data
// arrive while the other files are loaded (live.js).
'use strict';

(function () {
  try {
    const chosen = localStorage.getItem('ntm-theme');
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // No storage: use the system's theme.
  }
})();

try {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/ws`);
  const early = { socket, messages: [] };
  socket.onmessage = (message) => early.messages.push(message);
  window.ntmEarly = early;
} catch {
  // live.js tries again.
}
