import { randomBytes } from 'node:crypto';

export interface Random {
  /** Uniform in [0, 1). For jitter, never for secrets. */
  fraction(): number;
}

export const systemRandom: Random = {
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
