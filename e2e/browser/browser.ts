import { existsSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { paths } from '../src/paths.ts';

/** Debian's, from debian-packages.txt. */
const chromiumPath = '/usr/bin/chromium';

export const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
export const themes = ['light', 'dark'] as const;

/** A headless Chromium. As root it has no sandbox of its own; it sees nothing but our own server. */
export function launchBrowser(): Promise<Browser> {
  if (!existsSync(chromiumPath))
    throw new Error('Chromium is missing: apt-get install chromium, or script/test as root.');
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

/** A person’s browser, which has looked at the control plane’s own certificate and taken it. */
export function openContext(browser: Browser, baseURL: string): Promise<BrowserContext> {
  return browser.newContext({ baseURL, ignoreHTTPSErrors: true, viewport: sizes.desk, reducedMotion: 'reduce' });
}

/**
 * What the page complains of: errors of scripts, of the policy, of the console. A refused sign-in is told to the console by the browser
 * itself, so replies of 401 are none.
 */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.includes('status of 401'))
      complaints.push(`${text} ${message.location().url}`.trim());
  });
  return complaints;
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 A and AA, and what axe calls best practice. */
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page as it is now, a line each. */
export async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run({ runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  }, axeTags);
}

/** Where pictures go; not kept by git. */
export const screens = join(paths.root, 'e2e/screens');

/** For people to look at; not kept by git. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(screens, { recursive: true });
  const before = page.viewportSize() ?? sizes.desk;
  // Strips are drawn only while in view, so all of the page has to be.
  const height = Number(
    await page.evaluate('(document.querySelector(".scrim") ?? document.documentElement).scrollHeight'),
  );
  await page.setViewportSize({ width: before.width, height: Math.max(before.height, height) });
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  await page.screenshot({ path: join(screens, `${name}.png`) });
  await page.setViewportSize(before);
}
