import { setTimeout as sleep } from 'node:timers/promises';
import { inTime } from './in-time.ts';
import type { List } from './lists.ts';
import { layoutShiftOf, type Page, shiftsOn } from './page.ts';
import type { Visitor } from './visitor.ts';

/** One load of a list into a browser that has nothing of it. */
export interface Load {
  /** Largest contentful paint, from the navigation's start. */
  readonly lcpMs: number;
  /** Until the row of every pool is there. */
  readonly rowsMs: number;
  readonly cls: number;
  readonly scripts: readonly Script[];
}

export interface Script {
  readonly name: string;
  /** As it came, without its head. */
  readonly bytes: number;
  readonly encoding: string;
}

const settledMs = 2_000;

export async function loadList(visitor: Visitor, list: List, pools: number): Promise<Load> {
  const page = await visitor.openPage();
  try {
    const { scripts, rowsMs } = await goTo(page, list, pools);
    await sleep(settledMs);
    const lcpMs = (await page.evaluate('bench.lcpMs()')) as number | null;
    if (lcpMs === null) throw new Error(`The browser saw no largest contentful paint on ${list.path}.`);
    return { lcpMs, rowsMs, cls: layoutShiftOf(await shiftsOn(page)), scripts };
  } finally {
    await page.context().close();
  }
}

/** Resolves with the scripts that came until the list could be used: the row of every pool is there. */
export async function goTo(page: Page, list: List, pools: number): Promise<Pick<Load, 'scripts' | 'rowsMs'>> {
  const encodings = new Map<string, string>();
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      encodings.set(response.url(), response.headers()['content-encoding'] ?? 'identity');
  });
  await page.goto(list.path);
  const rows = page.evaluate(`bench.rows(${JSON.stringify(list.row)}, ${pools})`);
  const rowsMs = Number(await inTime(`a row of each pool is on ${list.path}`, rows));
  const entries = (await page.evaluate(
    `performance.getEntriesByType('resource').map(({ name, encodedBodySize }) => ({ name, encodedBodySize }))`,
  )) as readonly { name: string; encodedBodySize: number }[];
  const scripts = entries.filter(({ name }) => encodings.has(name));
  if (scripts.length < encodings.size) throw new Error('The browser did not tell the size of every script.');
  return {
    rowsMs,
    scripts: scripts.map(({ name, encodedBodySize }) => ({
      name: new URL(name).pathname,
      bytes: encodedBodySize,
      encoding: encodings.get(name) ?? '',
    })),
  };
}
