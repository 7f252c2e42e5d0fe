import { readFileSync } from 'node:fs';

/** Shells that a completion script is made for. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The script that a shell reads once; it asks the command that was typed for every completion. */
export function completionScript(shell: Shell): string {
  return readFileSync(new URL(`serverctl.${shell}`, import.meta.url), 'utf8');
}
