import { describe, expect, test } from 'vitest';
import { threadOf } from '../events/thread.ts';
import {
  endOfUnused,
  type KeptPreflight,
  type PreflightFinding,
  type PreflightLook,
  type PreflightTrouble,
  settlePreflight,
} from './preflight.ts';

const trouble: PreflightTrouble = {
  code: 'dns_token_refused',
  message: 'No.',
  remedy: 'Do.',
  said: null,
  mayPass: false,
};
const about = { credentialId: 'c1', zone: 'example.com', type: 'A' } as const;
const finding = (name: string): PreflightFinding => ({ code: 'cname', name, type: 'A', message: 'm', remedy: 'r' });
const look = (name: string, change: Partial<PreflightLook> = {}): PreflightLook => ({
  ...about,
  credential: 'dns one',
  name,
  trouble: null,
  findings: [],
  ...change,
});
const all = () => true;
const after = (looks: readonly PreflightLook[], managed: (record: { readonly name: string }) => boolean = all) =>
  looks.reduce<KeptPreflight | null>((before, one) => settlePreflight(before, one, managed).kept, null);

describe('the state of a credential in a zone (R23)', () => {
  test('without findings it is ok, with some limited, with trouble failing', () => {
    expect(after([look('a')])).toMatchObject({ state: 'ok', failures: 0, isTold: false, trouble: null });
    expect(after([look('a', { findings: [finding('a')] })])?.state).toBe('limited');
    expect(after([look('a', { trouble })])).toMatchObject({ state: 'failing', failures: 1, isTold: true });
  });

  test('what was found of one name stays until that name is looked at again, or is managed no more', () => {
    const found = look('a', { findings: [finding('a')] });
    expect(after([found, look('b')])).toMatchObject({ state: 'limited', findings: [{ name: 'a' }] });
    expect(after([found, look('b'), look('a')])).toMatchObject({ state: 'ok', findings: [] });
    expect(after([found, look('b')], ({ name }) => name === 'b')).toMatchObject({ state: 'ok', findings: [] });
    expect(after([found, look('a', { trouble })])).toMatchObject({ state: 'failing', findings: [{ name: 'a' }] });
  });

  test('while one name fails, another that works ends nothing, tells nothing, and has its findings', () => {
    const away = { ...trouble, mayPass: true };
    for (const [own, isTold] of [
      [trouble, true],
      [away, false],
    ] as const) {
      const failing = settlePreflight(null, look('a', { trouble: own }), all).kept;
      const other = settlePreflight(failing, look('b', { findings: [finding('b')] }), all);
      expect(other).toEqual({ kept: { ...failing, isTold, findings: [finding('b')] }, notice: null });
    }
  });

  test('where the one that failed is managed no more, another that works says that it is over', () => {
    const failing = settlePreflight(null, look('a', { trouble }), all).kept;
    const { kept, notice } = settlePreflight(failing, look('b'), ({ name }) => name === 'b');
    expect([kept.state, notice?.kind]).toEqual(['ok', 'dns.credential-recovered']);
  });

  test('findings are bounded, the newest stay', () => {
    const many = Array.from({ length: 60 }, (_, place) => look(`n${place}`, { findings: [finding(`n${place}`)] }));
    const kept = after(many);
    expect([kept?.findings.length, kept?.findings[0]?.name]).toEqual([50, 'n59']);
  });

  test('trouble and its end share a thread, of this zone alone', () => {
    const failing = settlePreflight(null, look('a', { trouble }), all);
    const recovered = settlePreflight(failing.kept, look('a'), all);
    const [one, other] = [failing.notice, recovered.notice];
    if (one === null || other === null) throw new Error('both are turns');
    expect([one.kind, one.severity, other.kind, other.severity]).toEqual([
      'dns.credential-failing',
      'critical',
      'dns.credential-recovered',
      'info',
    ]);
    expect(one.sentence).toBe('The DNS credential dns one fails in the zone example.com: No. Do.');
    expect(threadOf(one)).toBe(threadOf(other));
    expect(threadOf({ ...one, details: { ...one.details, zone: 'example.net' } })).not.toBe(threadOf(one));
    expect(endOfUnused(failing.kept, 'dns one')).toMatchObject({ kind: 'dns.credential-recovered' });
    expect(endOfUnused(recovered.kept, 'dns one')).toBeNull();
  });
});
