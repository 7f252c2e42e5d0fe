import { existsSync } from 'node:fs';
import { join } from 'node:path';

const directories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Which of these are not on this machine, as a reason in words; null when all are. In CI that is a failure. */
export function missingPrograms(programs: readonly string[], list: string): string | null {
  const missing = programs.filter((name) => !directories.some((directory) => existsSync(join(directory, name))));
  if (missing.length === 0) return null;
  const reason = `these programs are missing: ${missing.join(', ')}; script/test installs the packages of ${list}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}
