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
    await expectFaceFirst(directory, page, files);
    const kb = await initialKb(directory, named);

    expect(kb).toBeLessThanOrEqual(mostInitialKb);
    expect(await packageDashboard(request)).toEqual({ isBuilt: false });
  } finally {
    await rm(parent, { recursive: true });
  }
});

/** The face is asked for before the scripts, and never set in place of another one that is read already. */
async function expectFaceFirst(directory: string, page: string, files: readonly string[]): Promise<void> {
  const preload = page.match(/<link rel="preload" as="font"[^>]* href="\/assets\/([\w.-]+\.woff2)"/);
  expect(files).toContain(preload?.[1]);
  expect(preload?.index).toBeLessThan(page.indexOf('<script'));
  const sheets = files.filter((one) => one.endsWith('.css'));
  const css = (await Promise.all(sheets.map((name) => readFile(join(directory, 'assets', name), 'utf8')))).join('');
  expect(css).toMatch(/font-display: ?optional/);
  expect(css).not.toMatch(/font-display: ?swap/);
}

/** Scripts, gzip, in kilobytes: what the page's own file names, what those import at once, and the page that needs most beside that. */
async function initialKb(directory: string, named: readonly string[]): Promise<number> {
  const assets = join(directory, 'assets');
  const scripts = new Map<string, string>();
  for (const name of await readdir(assets))
    if (name.endsWith('.js')) scripts.set(name, await readFile(join(assets, name), 'utf8'));
  const withImports = (names: readonly string[]): ReadonlySet<string> => {
    const all = new Set(names.filter((name) => scripts.has(name)));
    for (const name of all)
      for (const [, imported = ''] of scripts.get(name)?.matchAll(staticImport) ?? []) all.add(imported);
    return all;
  };
  const kb = (names: ReadonlySet<string>) =>
    [...names].reduce((sum, name) => sum + gzipSync(scripts.get(name) ?? '').length, 0) / 1_000;
  const pages = [...scripts.keys()].filter((name) => name.includes('-page-'));
  expect(pages.length).toBeGreaterThan(5);
  return Math.max(...pages.map((page) => kb(withImports([...named, page]))));
}

/** Of a part that is built: a dynamic one has a parenthesis. */
const staticImport = /\b(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g;
