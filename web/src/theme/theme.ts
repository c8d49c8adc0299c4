/**
 * The personal theme: `system` follows the operating system. Remembered in this browser;
 * `public/theme.js` reads the same key before the first paint.
 */

export type Theme = 'system' | 'light' | 'dark';
/** What a theme comes to on this machine at this moment. */
export type Scheme = 'light' | 'dark';

export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const STORAGE_KEY = 'collab.theme';

export function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}

export function rememberedTheme(): Theme {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return isTheme(value) ? value : 'system';
  } catch {
    return 'system';
  }
}

/** Remembers the theme and applies it to the document; CSS does the rest by `color-scheme`. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

export function schemeOf(theme: Theme, systemIsDark: boolean): Scheme {
  if (theme !== 'system') return theme;
  return systemIsDark ? 'dark' : 'light';
}
