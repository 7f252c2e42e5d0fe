import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type TokenReply, type TokenRequest, tokenProofText } from '@serverctl/contract/agent';
import { AppError } from '@serverctl/core';
import type { Lane } from '../accounts/gate.ts';
import { assertProtocol } from '../agent-protocol.ts';
import type { Nonces } from './nonce.ts';
import type { CurrentKey, KeyStore } from './ports.ts';
import type { MemberRegistry } from './registry.ts';
import { type SessionTokens, sessionLifetimeSeconds } from './session-token.ts';

/*
 * The key proves itself (R35): nonce of ours, used up → lane → current key → signature → boot → token.
 *
 *   boot null                the agent has just started: the member's next boot is issued and logged
 *   the same, superseded     it runs, and was told that a newer boot exists: likewise, and two such runs in turn are a clone
 *   boot = newest issued     renewed within it
 *   boot older               agent_boot_superseded: a later start of this agent is known
 *   boot newer than issued   the database was restored from before that start (R25's cousin): the signed number is learnt, and what this
 *                            process remembers to have been issued, for boots of one member must never go back
 */

export interface ProofDeps {
  readonly keys: KeyStore;
  readonly nonces: Nonces;
  readonly tokens: SessionTokens;
  readonly registry: MemberRegistry;
}

/** A session token for whoever signs our nonce with the member's current key. */
export async function proveKey(deps: ProofDeps, request: TokenRequest): Promise<TokenReply> {
  assertProtocol(request.protocol);
  if (!deps.nonces.consume(request.nonce, request.memberId)) throw new AppError('agent_nonce_invalid');
  const key = await deps.keys.currentKey(request.memberId, laneOf(deps.registry, request));
  if (!isSignedBy(key.publicKey, request)) throw new AppError('agent_signature_invalid');
  const boot = await bootFor(deps, key, request);
  // The first heartbeat follows at once: this process must know the key by then.
  if (deps.registry.get(key.memberId)?.keyId !== key.keyId) await deps.registry.refresh();
  deps.registry.noteBoot(key.memberId, boot);
  return { token: deps.tokens.issue(key.memberId, key.keyId, boot), expiresInSeconds: sessionLifetimeSeconds, boot };
}

/**
 * An agent whose key we remember goes before strangers: the proof is right by what is in memory, before anything is asked of the store. That
 * key may have been replaced or revoked meanwhile, so this lets nobody in. A forged request costs us this one verification (R5 bounds them).
 */
function laneOf(registry: Pick<MemberRegistry, 'get'>, request: TokenRequest): Lane {
  const known = registry.get(request.memberId)?.publicKey ?? null;
  return known !== null && isSignedBy(known, request) ? 'agent' : 'stranger';
}

async function bootFor(
  { keys, registry }: ProofDeps,
  key: CurrentKey,
  { boot, superseded = null }: TokenRequest,
): Promise<number> {
  const { memberId, lastBoot } = key;
  const newest = Math.max(lastBoot, registry.get(memberId)?.lastBoot ?? 0);
  if (boot !== null && boot < newest) throw new AppError('agent_boot_superseded', { boot, newest });
  const learnt = Math.max(newest, boot ?? 0);
  if (learnt > lastBoot) await keys.raiseBoot(memberId, learnt);
  return boot ?? keys.startBoot(key, superseded);
}

function isSignedBy(publicKey: Uint8Array, { nonce, memberId, boot, signature }: TokenRequest): boolean {
  const text = Buffer.from(tokenProofText(nonce, memberId, boot));
  return verify(null, text, ed25519Key(publicKey), Buffer.from(signature, 'base64url'));
}

function ed25519Key(raw: Uint8Array): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') },
    format: 'jwk',
  });
}
