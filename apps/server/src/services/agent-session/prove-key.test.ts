import { generateKeyPairSync, sign } from 'node:crypto';
import { protocolVersion, type TokenRequest, tokenProofText } from '@serverctl/contract/agent';
import { AppError, type MemberId } from '@serverctl/core';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../../testkit/src/fake-clock.ts';
import { systemRandom } from '../../platform/random.ts';
import type { Lane } from '../accounts/gate.ts';
import { Nonces } from './nonce.ts';
import type { MemberRow } from './ports.ts';
import { proveKey } from './prove-key.ts';
import { MemberRegistry } from './registry.ts';
import { SessionTokens } from './session-token.ts';

const memberId = '0123456789ab' as MemberId;

interface Pair {
  readonly publicKey: Uint8Array;
  sign(text: string): string;
}

function newPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    publicKey: Buffer.from(x, 'base64url'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  };
}

/** The registry remembers one key, the store has another or none; null is none. */
async function meet({ remembered, stored }: { readonly remembered: Pair | null; readonly stored: Pair | null }) {
  const clock = createFakeClock();
  const row: MemberRow = {
    id: memberId,
    keyId: remembered === null ? null : 'k1',
    publicKey: remembered?.publicKey ?? null,
    hostname: 'lb1.example.com',
    previousHostname: null,
    previousHostnameLeftMs: null,
    allowedEgress: [],
    template: 'haproxy-balancer',
    monitored: true,
    units: [],
    lastBoot: 0,
    activeMemberId: null,
    epoch: 0,
  };
  const members = { read: async () => [row], onChange: () => () => {} };
  const registry = new MemberRegistry({ members, clock, onLoad() {}, onFailure() {}, onForgottenBoot() {} });
  await registry.start();
  const lanes: Lane[] = [];
  const keys = {
    async currentKey(_memberId: string, lane: Lane) {
      lanes.push(lane);
      if (stored === null) throw new AppError('agent_key_unknown');
      const { publicKey } = stored;
      return { memberId, poolId: 'p', hostname: row.hostname, keyId: 'k1', publicKey, lastBoot: 0 };
    },
    startBoot: async () => 1,
    raiseBoot: async () => {},
  };
  const nonces = new Nonces(clock, systemRandom);
  const tokens = new SessionTokens(new Uint8Array(32), clock);
  async function prove(pair: Pair, of: string = memberId): Promise<string> {
    const nonce = nonces.issue(of);
    const signature = pair.sign(tokenProofText(nonce, of, null));
    const request: TokenRequest = { protocol: protocolVersion, memberId: of, nonce, signature, boot: null };
    return proveKey({ keys, nonces, tokens, registry }, request).then(
      () => 'token',
      (error) => error.code,
    );
  }
  return { prove, lanes };
}

test('whoever signs with the key that we remember goes in the lane of agents, and nobody else does', async () => {
  const own = newPair();
  const { prove, lanes } = await meet({ remembered: own, stored: own });
  expect(await prove(own)).toBe('token');
  expect(await prove(newPair())).toBe('agent_signature_invalid');
  await prove(own, 'another member');
  expect(lanes).toEqual(['agent', 'stranger', 'stranger']);
});

test('a key that we do not remember yet goes with the strangers, and is proved all the same', async () => {
  const [first, fresh] = [newPair(), newPair()];
  for (const remembered of [null, first]) {
    const { prove, lanes } = await meet({ remembered, stored: fresh });
    expect(await prove(fresh)).toBe('token');
    expect(lanes).toEqual(['stranger']);
  }
});

test('a key that we remember lets nobody in that the store has replaced or revoked', async () => {
  const old = newPair();
  const replaced = await meet({ remembered: old, stored: newPair() });
  expect(await replaced.prove(old)).toBe('agent_signature_invalid');
  const revoked = await meet({ remembered: old, stored: null });
  expect(await revoked.prove(old)).toBe('agent_key_unknown');
  expect([replaced.lanes, revoked.lanes]).toEqual([['agent'], ['agent']]);
});
