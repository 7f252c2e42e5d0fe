import { afterEach, expect, test, vi } from 'vitest';

vi.mock('./verdict.ts', () => ({ openLedger: () => {}, readLedger: () => ledger }));
let ledger: readonly object[] = [];
afterEach(() => vi.restoreAllMocks());

async function closingWords(verdicts: readonly object[]): Promise<readonly string[]> {
  ledger = verdicts;
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  const { teardown } = await import('./verdict-setup.ts');
  teardown();
  return said;
}

test('a run without a scenario says so, and claims no zeros', async () => {
  expect((await closingWords([])).join('\n')).toMatch(/^no scenario ran/);
});

test('false and missing promotions of all scenarios are added up apart', async () => {
  const verdict = { unexplainedGaps: 0, heartbeats: 10, promotions: 2, falsePromotions: 1, missingPromotions: 1 };
  expect((await closingWords([verdict, verdict])).at(-1)).toBe(
    'promotions: 4, false promotions: 2, missing promotions: 2',
  );
});
