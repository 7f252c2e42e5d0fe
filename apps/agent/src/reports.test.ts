import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createConditionLog } from './condition-log.ts';
import { readConfig } from './identity.ts';
import { type LastKnown, readLastKnown } from './last-known.ts';
import type { Condition } from './outcome.ts';
import { parseHeartbeatReply, parseRefusal, parseTokenReply } from './replies.ts';
import { settled } from './testing/fake-clock.ts';
import { recordedLog } from './testing/recorded-log.ts';
import { isUnitName } from './unit-report.ts';
import { createWishes } from './wishes.ts';

const heard: Condition = { kind: 'heard', code: 'heard', words: 'Heard.' };
const trouble = (code: string): Condition => ({ kind: 'refused', code, words: code });

describe('what is logged of the control plane', () => {
  it('is each trouble once, until we are heard again', () => {
    const log = recordedLog();
    const tell = createConditionLog(log);
    for (const condition of [
      heard,
      heard,
      trouble('a'),
      trouble('b'),
      trouble('a'),
      trouble('b'),
      heard,
      trouble('a'),
    ]) {
      tell(condition);
    }
    expect(log.lines.map((line) => line.split(' ')[1])).toEqual(['Heard.', 'a', 'b', 'Heard.', 'a']);
  });

  it('is a newer boot one time only, however often two copies of the host take turns', () => {
    const log = recordedLog();
    const tell = createConditionLog(log);
    for (let turns = 0; turns < 3; turns += 1) {
      tell(heard);
      tell(trouble('agent_boot_superseded'));
    }
    expect(log.lines).toEqual(['info Heard.', expect.stringMatching(/^error agent_boot_superseded/), 'info Heard.']);
  });

  it('is a key that nobody knows each time, loudly', () => {
    const log = recordedLog();
    const tell = createConditionLog(log);
    for (let times = 0; times < 3; times += 1) tell(trouble('agent_key_unknown'));
    expect(log.lines.filter((line) => line.startsWith('error'))).toHaveLength(3);
  });
});

describe('what the control plane wants', () => {
  function wishing() {
    const watched: (readonly string[])[] = [];
    const kept: LastKnown[] = [];
    const intervalsMs: number[] = [];
    const log = recordedLog();
    const wish = createWishes({
      log,
      keep: async (known) => void kept.push(known),
      lastKnown: null,
      setIntervalMs: (intervalMs) => void intervalsMs.push(intervalMs),
      serviceManager: {
        versionSuffix: '',
        watch: (units) => void watched.push(units),
        report: () => [],
        close: () => undefined,
      },
    });
    return { wish, watched, intervalsMs, log, kept };
  }
  const reply = { role: 'standby', epoch: 1, units: ['h.service'], intervalMs: 1_000, dropped: false } as const;

  it('is carried out, kept and said when it changes, and only then', async () => {
    const { wish, watched, log, kept } = wishing();
    wish(reply);
    wish(reply);
    wish({ ...reply, role: 'active', epoch: 2 });
    wish({ ...reply, role: 'active', epoch: 2, units: [] });
    await settled();
    expect(watched.at(-1)).toEqual([]);
    expect(kept.map(({ role, units }) => `${role} ${units.length}`)).toEqual(['standby 1', 'active 1', 'active 0']);
    expect(log.lines.filter((line) => line.includes('role'))).toHaveLength(2);
    expect(log.lines.filter((line) => line.includes('watching'))).toHaveLength(2);
  });

  it('is bounded where it would make us silent or a flood', () => {
    const { wish, intervalsMs } = wishing();
    for (const intervalMs of [0, -5, 1e9]) wish({ ...reply, intervalMs });
    expect(intervalsMs).toEqual([200, 200, 10_000]);
  });
});

describe('files that are damaged', () => {
  it('are an error in words for who we are, and nothing for what was wanted last', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sct-damaged-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'agent.json'), '{"memberId":"m-1","keyFile":"../../etc/shadow"}');
    await writeFile(join(directory, 'last-known.json'), '{"units":7');
    await expect(readConfig(directory)).rejects.toMatchObject({ code: 'state_unusable' });
    expect(await readLastKnown(directory)).toBeNull();
  });
});

describe('a reply', () => {
  const good = { role: 'none', epoch: 0, units: [], intervalMs: 1_000, dropped: false };

  it('may say more than we know', () => {
    expect(parseHeartbeatReply({ ...good, jobs: [] })).toEqual(good);
  });

  it.each([
    null,
    [],
    'x',
    { ...good, role: 'boss' },
    { ...good, epoch: -1 },
    { ...good, units: 'h.service' },
    { ...good, units: [1] },
    { ...good, units: Array(33).fill('h.service') },
    { ...good, intervalMs: Number.NaN },
  ])('%j is not one', (body) => {
    expect(parseHeartbeatReply(body)).toBeNull();
  });

  it.each([
    { token: 'a b', expiresInSeconds: 9, boot: 1 },
    { token: 'a\r\nx: y', expiresInSeconds: 9, boot: 1 },
    { token: 'a', expiresInSeconds: 0, boot: 1 },
    { token: 'a', expiresInSeconds: 9, boot: 0 },
    { token: 'a', expiresInSeconds: 9, boot: 1.5 },
  ])('%j is no token', (body) => {
    expect(parseTokenReply(body)).toBeNull();
  });

  it('that refuses without our code is not from a control plane', () => {
    expect(parseRefusal({ error: 'forbidden' })).toBeNull();
    const silent = { code: 'x', message: '', remedy: '', seen: null, allowed: null, retryAfterSeconds: null };
    expect(parseRefusal({ error: { code: 'x' } })).toEqual(silent);
    const strange = { code: 'x', details: { retryAfterSeconds: '9' } };
    expect(parseRefusal({ error: strange })).toEqual(silent);
  });
});

it.each([
  ['haproxy.service', true],
  ['haproxy@edge-1.service', true],
  ['dev-\\x2d.mount', true],
  ['haproxy', false],
  ['--help.service', false],
  ['a b.service', false],
  ['../a.service', false],
  ['a\n.service', false],
  ['', false],
])('%j is the name of a unit: %s', (name, is) => {
  expect(isUnitName(name)).toBe(is);
});
