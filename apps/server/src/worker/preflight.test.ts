import { AppError } from '@serverctl/core';
import { afterEach, describe, expect, test } from 'vitest';
import { nameOf, openPreflightScene } from './testing/preflight-scene.ts';

const minute = 60_000;

let scene: ReturnType<typeof openPreflightScene> | null = null;
afterEach(async () => {
  await scene?.close();
  scene = null;
});

describe('credentials are tried while nothing happens (R23)', () => {
  test('first within 10 s of the lease, then every five minutes: a probe, and a real read', async () => {
    scene = openPreflightScene();
    await scene.clock.advance(10 * minute);
    expect(scene.calls).toEqual([]);
    const ledAt = 10 * minute;
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect(scene.calls.map(({ verb }) => verb)).toEqual(['probe', 'read']);
    expect(scene.calls[0]?.at).toBeLessThanOrEqual(ledAt + 10_000);
    await scene.clock.advance(60 * minute);
    const times = scene.calls.filter(({ verb }) => verb === 'probe').map(({ at }) => at);
    const pauses = times.slice(1).map((at, place) => at - (times[place] ?? 0));
    expect(pauses.length).toBeGreaterThanOrEqual(11);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5 * minute);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(4 * minute);
    expect(scene.kept()).toMatchObject({ state: 'ok', name: 'lb1.example.com' });
  });

  test('one name of a zone at a time, each in its turn, also under the next leader', async () => {
    scene = openPreflightScene({ names: 3 });
    scene.lease.grant();
    await scene.clock.advance(11 * minute);
    scene.lease.lose();
    await scene.clock.advance(minute);
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect(scene.looked().length).toBeGreaterThanOrEqual(4);
    const expected = scene.looked().map((_, place) => nameOf((place % 3) + 1));
    expect(scene.looked()).toEqual(expected);
  });

  test('many credentials do not come at once', async () => {
    scene = openPreflightScene({ names: 0 });
    for (let number = 1; number <= 20; number += 1) scene.bind(number, { credentialId: `c${number}` });
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect(scene.looked()).toHaveLength(20);
    const seconds = scene.calls.filter(({ verb }) => verb === 'probe').map(({ at }) => Math.floor(at / 1_000));
    expect(new Set(seconds).size).toBeGreaterThan(5);
  });

  test('nothing is looked at any more when its last name is released', async () => {
    scene = openPreflightScene();
    scene.lease.grant();
    await scene.clock.advance(20_000);
    scene.store.house.bindings.clear();
    scene.store.changed();
    await scene.clock.advance(20 * minute);
    expect([scene.looked().length, scene.preflights.kept.size]).toEqual([1, 0]);
  });
});

describe('while calm (R23)', () => {
  test.each(['publishing', 'blocked', 'unknown-outcome'] as const)(
    'one turn is left out while a name is %s, and only one',
    async (state) => {
      scene = openPreflightScene({ names: 2 });
      scene.lease.grant();
      await scene.clock.advance(20_000);
      scene.setState(2, state);
      await scene.clock.advance(5 * minute);
      expect(scene.looked()).toHaveLength(1);
      await scene.clock.advance(5 * minute);
      expect(scene.looked()).toHaveLength(2);
      await scene.clock.advance(5 * minute);
      expect(scene.looked()).toHaveLength(3);
    },
  );

  test('its calls wait for their share, and leave the background and failovers their places (R22)', async () => {
    const limit = { calls: 60, perMs: 100 * minute };
    scene = openPreflightScene({ limit });
    scene.lease.grant();
    await scene.clock.advance(60 * minute);
    // Three of sixty places: a probe takes two, a read one, and the next look waits.
    expect(scene.calls.map(({ verb }) => verb)).toEqual(['probe', 'read']);
    const signal = new AbortController().signal;
    for (const urgency of ['background', 'failover'] as const)
      expect(await scene.budget.enter('credential', urgency, signal)).toBe(true);
  });

  test('a pause that the provider asks for is kept, and told to all who use the credential (R19)', async () => {
    scene = openPreflightScene({ limit: { calls: 1_000, perMs: minute } });
    const { clock, budget, provider } = scene;
    provider.probe = async () => {
      throw new AppError('dns_rate_limited', { retryAfterSeconds: 120 });
    };
    scene.lease.grant();
    await clock.advance(11_000);
    let isLetIn = false;
    const entered = budget.enter('credential', 'failover', new AbortController().signal).then(() => {
      isLetIn = true;
    });
    await clock.advance(100_000);
    expect(isLetIn).toBe(false);
    await clock.advance(20_000);
    await entered;
    expect(scene.kept()).toMatchObject({ state: 'failing', trouble: { code: 'dns_rate_limited' }, isTold: false });
  });
});

describe('only under the lease (R15)', () => {
  test('what is under way when it is lost is given up, and not kept', async () => {
    scene = openPreflightScene();
    let ended: string | null = null;
    scene.provider.probe = (_ref, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          ended = 'aborted';
          reject(new AppError('dns_unreachable'));
        });
      });
    scene.lease.grant();
    await scene.clock.advance(11_000);
    scene.lease.lose();
    await scene.clock.advance(500);
    expect([ended, scene.preflights.kept.size, scene.told()]).toEqual(['aborted', 0, []]);
    await scene.clock.advance(20 * minute);
    expect(scene.calls).toEqual([]);
  });

  test('a call that does not answer is ended after 10 s, as a provider that is away', async () => {
    scene = openPreflightScene();
    scene.provider.read = () => new Promise(() => {});
    scene.lease.grant();
    await scene.clock.advance(25_000);
    const { trouble, isTold } = scene.kept() ?? {};
    expect([trouble?.code, isTold]).toEqual(['dns_unreachable', false]);
  });

  test('its end waits for what is in flight', async () => {
    scene = openPreflightScene();
    scene.lease.grant();
    await scene.clock.advance(1_000);
    await scene.close();
    expect(scene.clock.pendingTimers).toBe(0);
    scene = null;
  });
});

describe('what people are told', () => {
  test('one failure that may pass is no page, a second in a row is; its end is told once', async () => {
    scene = openPreflightScene();
    const mend = scene.refuse('dns_unreachable');
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect([scene.kept()?.state, scene.told()]).toEqual(['failing', []]);
    await scene.clock.advance(5 * minute);
    expect(scene.told()).toEqual(['dns.credential-failing']);
    await scene.clock.advance(20 * minute);
    mend();
    await scene.clock.advance(20 * minute);
    expect(scene.told()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
    expect(scene.kept()?.state).toBe('ok');
  });

  test('a refusal is a page at once, and not again by the next leader', async () => {
    scene = openPreflightScene();
    const mend = scene.refuse('dns_token_refused');
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect(scene.told()).toEqual(['dns.credential-failing']);
    for (let leader = 0; leader < 3; leader += 1) {
      scene.lease.lose();
      await scene.clock.advance(1_000);
      scene.lease.grant();
      await scene.clock.advance(6 * minute);
    }
    expect(scene.told()).toEqual(['dns.credential-failing']);
    mend();
    await scene.clock.advance(6 * minute);
    expect(scene.told()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
  });

  test.each(['dns_not_allowed', 'dns_tsig_unknown_key'] as const)(
    '%s that nobody vouched for is no page at once, as of a name server that is loading; a second in a row is',
    async (code) => {
      scene = openPreflightScene();
      const { provider } = scene;
      const { probe } = provider;
      provider.probe = () => Promise.reject(new AppError(code, { proven: false }));
      scene.lease.grant();
      await scene.clock.advance(12_000);
      expect([scene.kept()?.trouble?.code, scene.told()]).toEqual([code, []]);
      provider.probe = probe;
      await scene.clock.advance(5 * minute);
      expect([scene.kept()?.state, scene.told()]).toEqual(['ok', []]);
      provider.probe = () => Promise.reject(new AppError(code, { proven: false }));
      await scene.clock.advance(10 * minute);
      expect(scene.told()).toEqual(['dns.credential-failing']);
    },
  );

  test('a refusal that the name server signed is a page at once', async () => {
    scene = openPreflightScene();
    scene.provider.probe = () => Promise.reject(new AppError('dns_not_allowed', { proven: true }));
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect(scene.told()).toEqual(['dns.credential-failing']);
  });

  test('a credential that may not edit is refused', async () => {
    scene = openPreflightScene();
    const { provider } = scene;
    const { probe } = provider;
    provider.probe = async (ref, signal) => ({ ...(await probe(ref, signal)), canEdit: false });
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect([scene.kept()?.trouble?.code, scene.told()]).toEqual(['dns_not_allowed', ['dns.credential-failing']]);
    expect(scene.calls.map(({ verb }) => verb)).toEqual(['probe']);
  });

  test('a name that fails is looked at until it works: the others do not say that it is over', async () => {
    scene = openPreflightScene({ names: 3 });
    const { provider } = scene;
    const { probe } = provider;
    let isAllowed = false;
    provider.probe = async (ref, signal) => {
      const report = await probe(ref, signal);
      return { ...report, canEdit: isAllowed || ref.name !== nameOf(2) };
    };
    scene.lease.grant();
    await scene.clock.advance(30 * minute);
    expect(scene.told()).toEqual(['dns.credential-failing']);
    expect(new Set(scene.looked().slice(1))).toEqual(new Set([nameOf(2)]));
    isAllowed = true;
    await scene.clock.advance(10 * minute);
    expect(scene.told()).toEqual(['dns.credential-failing', 'dns.credential-recovered']);
    expect(scene.looked().at(-1)).not.toBe(nameOf(2));
  });

  test('that a credential works with less is shown, and no page', async () => {
    scene = openPreflightScene();
    scene.zone.put('lb1.example.com', 'CNAME', ['elsewhere.example.net']);
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect(scene.kept()).toMatchObject({ state: 'limited', findings: [{ code: 'cname', name: 'lb1.example.com' }] });
    expect(scene.told()).toEqual([]);
  });

  test.each([
    ['a secret that cannot be opened is a refusal', new AppError('secret_unreadable'), ['dns.credential-failing']],
    ['that our database is away says nothing of it', new AppError('database_unavailable'), []],
    ['nor that it was just removed', new AppError('credential_not_found'), []],
    ['nor a fault of ours', new Error('no connection'), []],
  ])('%s', async (_what, error, told) => {
    scene = openPreflightScene();
    scene.providers.forCredential = () => Promise.reject(error);
    scene.lease.grant();
    await scene.clock.advance(12_000);
    expect([scene.told(), scene.preflights.kept.size]).toEqual([told, told.length]);
  });

  test('a store that does not answer is asked again', async () => {
    scene = openPreflightScene();
    const { subjects } = scene.preflights;
    let failures = 0;
    scene.preflights.subjects = (only) => {
      failures += 1;
      return failures <= 2 ? Promise.reject(new AppError('database_unavailable')) : subjects(only);
    };
    scene.lease.grant();
    await scene.clock.advance(30_000);
    expect(scene.looked()).toHaveLength(1);
  });
});
