import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { packageDashboard } from './package-dashboard.ts';

/** Called by script/package, which says what it does. What is up to date is said without `--quiet` only. */
const repository = resolve(import.meta.dirname, '../..');
const say = (line: string) => void process.stderr.write(`${line}\n`);
const { isBuilt } = await packageDashboard({
  repository,
  directory: join(repository, 'dist/dashboard'),
  say,
  nowMs: () => performance.now(),
});
if (!isBuilt && !process.argv.includes('--quiet')) say('dist/dashboard is up to date.');
