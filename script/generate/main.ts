import { readFileSync, writeFileSync } from 'node:fs';
import { errorReference } from './errors.ts';
import { eventReference } from './events.ts';
import { metricReference } from './metrics.ts';
import { permissionReference } from './permissions.ts';

/** The generated references. `--write` writes them; without it, a difference is an error that says how to mend it. */
const references: ReadonlyArray<readonly [path: string, make: () => string | Promise<string>]> = [
  ['docs/reference/errors.md', errorReference],
  ['docs/reference/events.md', eventReference],
  ['docs/reference/metrics.md', metricReference],
  ['docs/reference/permissions.md', permissionReference],
];

const write = process.argv.includes('--write');
let stale = 0;
for (const [path, make] of references) {
  const fresh = await make();
  if (read(path) === fresh) continue;
  if (write) writeFileSync(path, fresh);
  else {
    stale += 1;
    console.error(`${path} is not what its source says now: run script/check --write and commit it.`);
  }
}
process.exitCode = stale === 0 ? 0 : 1;

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
