import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type TokenReply, type TokenRequest, tokenProofText } from '@serverctl/contract/agent';
import { AppError } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { writeEvent } from '../../db/repositories/events.ts';
import { type CurrentKey, currentKey, issueBoot, raiseBoot } from '../../db/repositories/member-keys.ts';
import type { Database } from '../../db/schema.ts';
import { assertProtocol } from '../agent-protocol.ts';
import { inTransaction } from '../transaction.ts';
import type { Nonces } from './nonce.ts';
import type { MemberRegistry } from './registry.ts';
import { type SessionTokens, sessionLifetimeSeconds } from './session-token.ts';

/*
 * The key proves itself (R35): nonce of ours, used up → current key → signature → boot → token.
 *
 *   boot null                the agent has just started: the member's next boot is issued and logged
 *   boot = newest issued     renewed within it
 *   boot older               agent_boot_superseded: a later start of this agent is known
 *   boot newer than issued   the database was restored from before that start (R25's cousin): the signed number is learnt, for boots of
 *                            one member must never go back
 */

export interface ProofDeps {
  readonly db: Kysely<Database>;
  readonly nonces: Nonces;
  readonly tokens: SessionTokens;
  readonly registry: MemberRegistry;
}

/** A session token for whoever signs our nonce with the member's current key. */
export async function proveKey(deps: ProofDeps, request: TokenRequest): Promise<TokenReply> {
  assertProtocol(request.protocol);
  if (!deps.nonces.consume(request.nonce, request.memberId)) throw new AppError('agent_nonce_invalid');
  const key = await currentKey(deps.db, request.memberId);
  const text = Buffer.from(tokenProofText(request.nonce, request.memberId, request.boot));
  if (!verify(null, text, ed25519Key(key.publicKey), Buffer.from(request.signature, 'base64url'))) {
    throw new AppError('agent_signature_invalid');
  }
  const boot = request.boot === null ? await startBoot(deps.db, key) : await renewBoot(deps.db, key, request.boot);
  // The first heartbeat follows at once: this process must know the key by then.
  if (deps.registry.get(key.memberId)?.keyId !== key.keyId) await deps.registry.refresh();
  deps.registry.noteBoot(key.memberId, boot);
  return { token: deps.tokens.issue(key.memberId, key.keyId, boot), expiresInSeconds: sessionLifetimeSeconds, boot };
}

function startBoot(db: Kysely<Database>, { memberId, poolId, hostname }: CurrentKey): Promise<number> {
  return inTransaction(db, async (trx) => {
    const boot = await issueBoot(trx, memberId);
    const sentence = `The agent on ${hostname} started (boot ${boot}).`;
    await writeEvent(trx, { kind: 'member.boot', severity: 'info', poolId, memberId, sentence, details: { boot } });
    return boot;
  });
}

async function renewBoot(db: Kysely<Database>, { memberId, lastBoot }: CurrentKey, boot: number): Promise<number> {
  if (boot < lastBoot) throw new AppError('agent_boot_superseded', { boot, newest: lastBoot });
  if (boot > lastBoot) await inTransaction(db, (trx) => raiseBoot(trx, memberId, boot));
  return boot;
}

function ed25519Key(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}
