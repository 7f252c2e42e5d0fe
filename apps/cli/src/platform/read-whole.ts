import { closeSync, openSync, readSync } from 'node:fs';

const standardInput = 0;
const pieceBytes = 65_536;
/** Between two looks at a pipe that has nothing yet. */
const lookMs = 10;

/**
 * What a file or standard input (`-`) holds, as text, read until its end; null where that is more than `mostBytes`. Throws what the system
 * says. A pipe may be one that does not wait for its writer, and says EAGAIN instead: then we wait.
 */
export function readWhole(file: string, mostBytes: number): string | null {
  const descriptor = file === '-' ? standardInput : openSync(file, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let bytes = 0; ; ) {
      const piece = nextPiece(descriptor);
      if (piece.length === 0) return Buffer.concat(pieces).toString('utf8');
      bytes += piece.length;
      if (bytes > mostBytes) return null;
      pieces.push(piece);
    }
  } finally {
    if (descriptor !== standardInput) closeSync(descriptor);
  }
}

/** Empty at the end. */
function nextPiece(descriptor: number): Buffer {
  const piece = Buffer.alloc(pieceBytes);
  for (;;) {
    try {
      return piece.subarray(0, readSync(descriptor, piece));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookMs);
    }
  }
}
