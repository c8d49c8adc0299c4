// Applies the remembered theme before the first paint. A file of its own, since the page's
// Content-Security-Policy allows no inline script. `src/theme/theme.ts` owns key and values.
try {
  const theme = localStorage.getItem('collab.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the page follows the system.
}
