import { randomBytes } from 'node:crypto';
import { idFromBytes, idLength } from '@serverctl/core';

export interface Random {
  bytes(size: number): Uint8Array;
  /** Uniform in [0, 1). For jitter, never for secrets. */
  fraction(): number;
}

export const systemRandom: Random = {
  bytes: (size) => randomBytes(size),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};

export function newId<Id extends string>(random: Random): Id {
  return idFromBytes<Id>(random.bytes(idLength));
}
