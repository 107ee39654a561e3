import { useState } from 'preact/hooks';
import { t } from './l10n.ts';

/** The four kinds of themes that the editor has, for the browser; `system` follows what it asks for. */
export const themes = [
  ['system', t('System theme')],
  ['vscode-light', t('Light')],
  ['vscode-dark', t('Dark')],
  ['vscode-high-contrast-light', t('High contrast light')],
  ['vscode-high-contrast', t('High contrast dark')],
] as const;
export type Theme = (typeof themes)[number][0];

const themeName = 'purser.theme';
const kept = (): Theme => themes.find(([name]) => name === localStorage.getItem(themeName))?.[0] ?? 'system';

/** Puts the theme's classes on the page, as the editor does on its own. */
export function showTheme(theme = kept()): void {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const hasContrast = matchMedia('(prefers-contrast: more)').matches;
  const own = hasContrast
    ? isDark
      ? 'vscode-high-contrast'
      : 'vscode-high-contrast-light'
    : isDark
      ? 'vscode-dark'
      : 'vscode-light';
  const shown = theme === 'system' ? own : theme;
  document.body.className = shown === 'vscode-high-contrast-light' ? `vscode-high-contrast ${shown}` : shown;
}

/** Follows the system from now on. */
export function followSystem(): void {
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'])
    matchMedia(query).addEventListener('change', () => showTheme());
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(kept());
  return [
    theme,
    (next) => {
      localStorage.setItem(themeName, next);
      showTheme(next);
      setTheme(next);
    },
  ];
}
