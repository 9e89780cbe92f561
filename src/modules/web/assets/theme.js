// Before the first paint: the theme that was chosen here, else the system's.
'use strict';

(function () {
  try {
    const chosen = localStorage.getItem('ntm-theme');
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // No storage: the system's theme.
  }
})();
