import { readFileSync } from 'node:fs';
import os from 'node:os';

const longestHostname = 253;

/** The host's full name as the host says it, asked at each beat, since a host can be renamed while we run. */
export function createHostname(declared: string | null): () => string {
  if (declared !== null) return () => declared;
  let known = { short: '', full: '' };
  return () => {
    const short = os.hostname();
    if (short !== known.short) known = { short, full: fullName(short, readHostsFile()) };
    return known.full;
  };
}

/**
 * The first name of the line that also has the short one, which is what `hostname -f` gives on a plain host.
 * The resolver is not asked: it may hang, and heartbeats must not.
 */
export function fullName(short: string, hostsFile: string): string {
  const name = short.slice(0, longestHostname);
  if (name.includes('.')) return name;
  for (const line of hostsFile.split('\n')) {
    const [, ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    const first = names[0] ?? '';
    if (names.includes(name) && first.startsWith(`${name}.`)) return first;
  }
  return name;
}

function readHostsFile(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8');
  } catch {
    return '';
  }
}
