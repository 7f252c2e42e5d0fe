import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { packageDashboard } from './package-dashboard.ts';

/** All that is loaded before a page is there: the entry with what it names, and the largest page. */
const mostInitialKb = 230;

it('builds once, without anything inline, without the contract’s schemas, and small enough', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'sct-dashboard-'));
  const directory = join(parent, 'dashboard');
  const said: string[] = [];
  const request = {
    repository: resolve(import.meta.dirname, '../..'),
    directory,
    say: (line: string) => void said.push(line),
    nowMs: () => 0,
  };
  try {
    expect(await packageDashboard(request)).toEqual({ isBuilt: true });
    expect(said).toEqual(['Building the dashboard …', 'dist/dashboard is built, in 0.0 s.']);
    const page = await readFile(join(directory, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    const files = await readdir(join(directory, 'assets'));
    const named = [...page.matchAll(/\/assets\/([\w.-]+)/g)].map(([, name]) => name ?? '');
    expect(files).toEqual(expect.arrayContaining(named));
    for (const name of files.filter((one) => one.endsWith('.js')))
      expect(await readFile(join(directory, 'assets', name), 'utf8'), name).not.toContain('ZodError');
    expect(await initialKb(directory)).toBeLessThanOrEqual(mostInitialKb);
    expect(await packageDashboard(request)).toEqual({ isBuilt: false });
  } finally {
    await rm(parent, { recursive: true });
  }
});

/** Scripts, gzip, in kilobytes: everything is counted but the other pages. */
async function initialKb(directory: string): Promise<number> {
  const assets = join(directory, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(
    scripts.map(async (name) => ({ name, bytes: gzipSync(await readFile(join(assets, name))).length })),
  );
  const pages = sizes.filter(({ name }) => name.includes('-page-')).map(({ bytes }) => bytes);
  const others = sizes.filter(({ name }) => !name.includes('-page-')).reduce((sum, { bytes }) => sum + bytes, 0);
  return (others + Math.max(0, ...pages)) / 1_000;
}
