import { parseEnv } from 'node:util';

export type SettingsFile = Readonly<Record<string, string | undefined>>;

const assignment = /^\s*(?:export\s+)?(?<key>[\w.-]+)\s*=/;

/**
 * Reads NAME=value lines; empty ones and those that begin with # are skipped. `problems` names file and line of every line that is no
 * setting: a slip in a name must not leave a default in force silently.
 */
export function parseSettingsFile(
  path: string,
  text: string,
  known: ReadonlySet<string>,
): { readonly values: SettingsFile; readonly problems: readonly string[] } {
  const problems = text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const key = assignment.exec(line)?.groups?.['key'];
    if (key !== undefined && known.has(key)) return [];
    const because = key === undefined ? 'must be NAME=value' : `there is no setting ${key}`;
    return [`${path}, line ${index + 1}: ${because}`];
  });
  return { values: parseEnv(text), problems };
}
