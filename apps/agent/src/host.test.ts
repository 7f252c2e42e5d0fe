import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHost } from './host.ts';
import { readHost } from './host-state.ts';
import { fullName } from './hostname.ts';
import { isUnreachableFromOutside } from './public-address.ts';
import { createSimulated } from './simulated/simulated.ts';
import { FakeClock, settled } from './testing/fake-clock.ts';
import { recordedLog } from './testing/recorded-log.ts';
import type { UnitReport } from './unit-report.ts';

async function folder() {
  const directory = await mkdtemp(join(tmpdir(), 'sct-host-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('the full name of the host', () => {
  it.each([
    ['m1.example.com', '', 'm1.example.com'],
    ['m1', '127.0.1.1 m1.example.com m1 # here', 'm1.example.com'],
    ['m1', '10.0.0.1 m10.example.com m10\n10.0.0.2\tm1.example.com\tm1', 'm1.example.com'],
    ['m1', '127.0.0.1 localhost m1', 'm1'],
    ['m1', '10.0.0.9 other.example.com m1', 'm1'],
    ['m1', '', 'm1'],
  ])('of %s with hosts %j is %s', (short, hosts, full) => {
    expect(fullName(short, hosts)).toBe(full);
  });
});

it.each([
  ['203.0.113.9', false],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['100.128.0.1', false],
  ['127.0.0.1', true],
  ['169.254.1.1', true],
  ['2001:db8::1', false],
  ['fd00::1', true],
  ['::1', true],
])('%s cannot be reached from outside: %s', (address, expected) => {
  expect(isUnreachableFromOutside(address)).toBe(expected);
});

it('HAProxy is asked only for units that are stopping or reloading', async () => {
  const asked = { times: 0 };
  const read = (activeState: string) => {
    const unit: UnitReport = {
      unit: 'h.service',
      loadState: 'loaded',
      activeState,
      subState: 'x',
      job: null,
      answers: null,
    };
    return readHost({
      hostname: () => 'm1',
      publicIpv4: null,
      publicIpv6: null,
      serviceManager: { versionSuffix: '', watch: () => undefined, report: () => [unit], close: () => undefined },
      packageLock: async () => false,
      answers: async () => {
        asked.times += 1;
        return false;
      },
      takeTraffic: () => null,
    });
  };
  expect(await read('active')).toMatchObject({ publicIpv4: null, publicIpv6: null, units: [{ answers: null }] });
  expect(asked.times).toBe(0);
  expect((await read('deactivating')).units[0]?.answers).toBe(false);
  expect((await read('reloading')).units[0]?.answers).toBe(false);
  expect(asked.times).toBe(2);
});

describe('a simulated service manager', () => {
  async function simulated(content: string) {
    const path = join(await folder(), 'state.json');
    await writeFile(path, content);
    const changed: { wake: () => void; times: number } = { wake: () => undefined, times: 0 };
    const host = createSimulated(path, recordedLog(), () => {
      changed.times += 1;
      changed.wake();
    });
    onTestFinished(() => host.close());
    host.watch(['haproxy.service']);
    const untilChanged = () =>
      new Promise<void>((resolve) => {
        changed.wake = resolve;
      });
    return { path, host, untilChanged };
  }

  it('reports what the file says, and what it leaves out by rule', async () => {
    const { host } = await simulated('{"units":{"haproxy.service":{}},"packageLock":true}');
    const report = { unit: 'haproxy.service', loadState: 'loaded', activeState: 'active', subState: 'running' };
    expect(host.report()).toEqual([{ ...report, job: null, answers: null }]);
    expect(await host.packageLock()).toBe(true);
    expect(host.versionSuffix).toBe('+simulated');
  });

  it('carries the traffic that the file gives, and none that a heartbeat could not carry', async () => {
    const traffic = { version: '3.0', uptimeSeconds: 1, sessions: 2, sessionRate: 3, requestRate: 4 };
    const saying = (given: unknown) => simulated(JSON.stringify({ units: {}, traffic: given }));
    expect((await saying({ ...traffic, note: 'x' })).host.traffic()).toEqual(traffic);
    expect((await saying({ ...traffic, sessions: -1 })).host.traffic()).toBeNull();
    expect((await simulated('{"units":{}}')).host.traffic()).toBeNull();
  });

  it('reports a unit that is not in the file as not there', async () => {
    const { host } = await simulated('{"units":{}}');
    expect(host.report()[0]).toMatchObject({ loadState: 'not-found', activeState: 'inactive' });
  });

  it('reports nothing while the file cannot be understood', async () => {
    const { host } = await simulated('{"units":');
    expect(host.report()).toEqual([]);
    expect(await host.packageLock()).toBe(false);
  });

  it('lets one beat carry a reading of the traffic, and the beats behind it none', async () => {
    const path = join(await folder(), 'state.json');
    const traffic = { version: '3.0', uptimeSeconds: 1, sessions: 2, sessionRate: 3, requestRate: 4 };
    await writeFile(path, JSON.stringify({ units: {}, traffic }));
    const clock = new FakeClock();
    const quietly = { log: recordedLog(), onChange: () => undefined };
    const host = openHost(`simulated:${path}`, { clock, random: { fraction: () => 0.5 }, ...quietly });
    onTestFinished(() => host.close());
    await settled();
    const read = async () => (await host.read({ hostname: () => 'm1', publicIpv4: null, publicIpv6: null })).haproxy;
    expect([await read(), await read()]).toEqual([traffic, null]);
    await writeFile(path, JSON.stringify({ units: {}, traffic: { ...traffic, sessions: 9 } }));
    await clock.advance(5_000);
    expect([(await read())?.sessions, await read()]).toEqual([9, null]);
  });

  it('tells of a change at once, also of a file put in its place', async () => {
    const { path, host, untilChanged } = await simulated('{"units":{"haproxy.service":{}}}');
    const written = untilChanged();
    await writeFile(`${path}.new`, '{"units":{"haproxy.service":{"activeState":"failed"}}}');
    await rename(`${path}.new`, path);
    await written;
    expect(host.report()[0]).toMatchObject({ activeState: 'failed', subState: 'dead' });
  });
});
