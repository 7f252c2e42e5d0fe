import { kept } from './kept.ts';

/** Which theme a person wants: the system's, unless they said otherwise. Kept in this browser. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'serverctl.theme';

export function chosenTheme(): Theme {
  const theme = kept.read(key);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function chooseTheme(theme: Theme): void {
  kept.write(key, theme === 'system' ? null : theme);
  draw(theme);
}

/** Before the first paint. */
export function applyTheme(): void {
  draw(chosenTheme());
}

function draw(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
