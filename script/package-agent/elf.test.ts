import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { elfMachine, verifyMachine } from './elf.ts';
import { nativeArchitecture, targets } from './targets.ts';

const header = (machine: number, fileClass = 2, data = 1) => {
  const bytes = Buffer.alloc(64);
  bytes.write('\x7fELF', 'latin1');
  bytes.set([fileClass, data], 4);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
};

it('reads the machine of a 64-bit little-endian program only', () => {
  expect(elfMachine(header(62))).toBe(62);
  expect(elfMachine(header(183))).toBe(183);
  expect(elfMachine(header(62, 1))).toBeNull();
  expect(elfMachine(header(62, 2, 2))).toBeNull();
  expect(elfMachine(Buffer.from('#!/bin/sh\n# a script, not a program\n'))).toBeNull();
  expect(elfMachine(header(62).subarray(0, 19))).toBeNull();
});

it("knows this machine's own programs, and refuses one of the other architecture or none", async () => {
  const native = nativeArchitecture ?? expect.fail('this machine has an architecture that no agent is built for');
  await verifyMachine(process.execPath, targets[native].elfMachine);
  const folder = await mkdtemp(join(tmpdir(), 'serverctl-elf-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'program');
  await writeFile(file, header(native === 'x64' ? 183 : 62));
  await expect(verifyMachine(file, targets[native].elfMachine)).rejects.toThrow(/no ELF program for machine/);
  await writeFile(file, '');
  await expect(verifyMachine(file, targets[native].elfMachine)).rejects.toThrow(/no 64-bit ELF/);
});
