import { open } from 'node:fs/promises';
import { PackageFailure } from './failure.ts';

const headerBytes = 20;
const magic = Buffer.from('\x7fELF', 'latin1');
const class64 = 2;
const littleEndian = 1;

/** e_machine of a 64-bit little-endian ELF file, or null when the bytes begin no such file. */
export function elfMachine(header: Buffer): number | null {
  if (header.length < headerBytes || !header.subarray(0, 4).equals(magic)) return null;
  return header[4] === class64 && header[5] === littleEndian ? header.readUInt16LE(18) : null;
}

/** Throws unless the file is a program for this machine: a runtime mixed up would else be noticed on the hosts only. */
export async function verifyMachine(file: string, expected: number): Promise<void> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    const found = elfMachine(buffer.subarray(0, bytesRead));
    if (found !== expected) {
      throw new PackageFailure(
        `${file} is no ELF program for machine ${expected} (found: ${found ?? 'no 64-bit ELF'}).`,
      );
    }
  } finally {
    await handle.close();
  }
}
