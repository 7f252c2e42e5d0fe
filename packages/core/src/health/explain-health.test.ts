import { expect, it } from 'vitest';
import { aMember, aPool, listening } from '../../testing/evidence.ts';
import { explainHealth } from './explain-health.ts';

const heard = (silentMs: number) => ({ hearing: { kind: 'heard' as const, silentMs, provenSilentMs: silentMs } });
const reloading = { haproxy: { kind: 'neutral', unit: 'haproxy.service', because: 'reloading', leftMs: 900 } } as const;
const inWords = (changes: Parameters<typeof aMember>[1]) =>
  explainHealth('healthy', aMember(1, changes), aPool(), listening);

it.each([
  [heard(3_000), 'Heard 3.0 s ago; HAProxy is active.'],
  [heard(12_600), 'Heard 12.6 s ago; HAProxy was active then.'],
  [{ ...heard(400), ...reloading }, 'Heard 0.4 s ago; HAProxy is reloading, which is no verdict for 0.9 s yet.'],
  [{ ...heard(4_000), ...reloading }, 'Heard 4.0 s ago; HAProxy was reloading, which is no verdict for 0.9 s yet.'],
])('what a silent host said last is not told as what is now: %#', (changes, words) => {
  expect(inWords(changes)).toBe(words);
});
