import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPackageLockHeld, parseLocks } from './package-lock.ts';
import { parseShow } from './systemctl-show.ts';
import { unitPath } from './unit-path.ts';

describe('the object path of a unit', () => {
  it.each([
    ['haproxy.service', 'haproxy_2eservice'],
    ['haproxy@edge-1.service', 'haproxy_40edge_2d1_2eservice'],
    ['0day.service', '_30day_2eservice'],
    ['a_b.service', 'a_5fb_2eservice'],
    ['dev-\\x2d.mount', 'dev_2d_5cx2d_2emount'],
  ])('of %s ends in %s', (unit, escaped) => {
    expect(unitPath(unit)).toBe(`/org/freedesktop/systemd1/unit/${escaped}`);
  });
});

describe('the output of systemctl show', () => {
  const block = (state: string, job: string) => `LoadState=loaded\nActiveState=${state}\nSubState=x\nJob=${job}\n`;

  it('has a block a unit in the order asked', () => {
    const states = parseShow(['a.service', 'b.service'], `${block('active', '')}\n${block('inactive', '812')}`);
    expect(states?.get('a.service')).toMatchObject({ activeState: 'active', job: null });
    expect(states?.get('b.service')).toMatchObject({ activeState: 'inactive', job: 'unknown' });
  });

  it.each(['', 'Failed to connect to bus', block('active', ''), `${block('active', '')}\nLoadState=x\n`])(
    'of another form is no answer',
    (output) => {
      expect(parseShow(['a.service', 'b.service'], output)).toBeNull();
    },
  );
});

describe('the lock of a package manager', () => {
  async function lockFile() {
    const directory = await mkdtemp(join(tmpdir(), 'sct-locks-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'lock');
    await writeFile(file, '');
    const { ino, dev } = await stat(file);
    const device = [(dev >>> 8) & 0xfff, (dev & 0xff) | ((dev >>> 12) & 0xfff00)];
    const listed = async (line: string) => {
      await writeFile(join(directory, 'locks'), line);
      return isPackageLockHeld([join(directory, 'missing'), file], join(directory, 'locks'));
    };
    const hex = (numbers: number[]) => numbers.map((number) => number.toString(16).padStart(2, '0')).join(':');
    return { ino, device: hex(device), other: hex([(device[0] ?? 0) + 1, 9]), listed };
  }

  it('is held when the kernel lists its inode', async () => {
    const { ino, device, listed } = await lockFile();
    expect(await listed(`1: POSIX  ADVISORY  WRITE 811 ${device}:${ino} 0 EOF\n`)).toBe(true);
  });

  it('is not held when somebody only waits for it, reads it, or holds another file', async () => {
    const { ino, device, listed } = await lockFile();
    expect(await listed(`1: -> POSIX  ADVISORY  WRITE 811 ${device}:${ino} 0 EOF\n`)).toBe(false);
    expect(await listed(`1: POSIX  ADVISORY  READ 811 ${device}:${ino} 0 EOF\n`)).toBe(false);
    expect(await listed(`1: POSIX  ADVISORY  WRITE 811 ${device}:${ino + 1} 0 EOF\n`)).toBe(false);
  });

  it('counts on a virtual device, where stat and the kernel may name different ones (overlayfs, btrfs)', async () => {
    const { ino, listed } = await lockFile();
    expect(await listed(`1: POSIX  ADVISORY  WRITE 811 00:7f:${ino} 0 EOF\n`)).toBe(true);
  });

  it('is not held when nothing can be read', async () => {
    expect(await isPackageLockHeld(['/nowhere'], '/nowhere/locks')).toBe(false);
  });

  it('is read from lines of any kind', () => {
    expect(parseLocks('rubbish\n12: OFDLCK ADVISORY  WRITE -1 fe:00:99 0 EOF\n')).toEqual([
      { device: 'fe:00', inode: 99 },
    ]);
  });
});
