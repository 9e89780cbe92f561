// Sets the theme before the first paint: the one chosen on this page, else the
// system's.
'use strict';

(function () {
  try {
    const chosen = localStorage.getItem('ntm-theme');
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // No storage: use the system's theme.
  }
})();
