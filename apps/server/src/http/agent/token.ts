import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type TokenReply, type TokenRequest, tokenProofText } from '@serverctl/contract/agent';
import { AppError, type MemberId } from '@serverctl/core';
import { type Kysely, sql } from 'kysely';
import { writeEvent } from '../../db/repositories/events.ts';
import type { Database } from '../../db/schema.ts';
import { assertProtocol } from './enrol.ts';
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

export interface TokenDeps {
  readonly db: Kysely<Database>;
  readonly nonces: Nonces;
  readonly tokens: SessionTokens;
  readonly registry: MemberRegistry;
}

interface CurrentKey {
  readonly memberId: MemberId;
  readonly poolId: string;
  readonly hostname: string;
  readonly keyId: string;
  readonly publicKey: Buffer;
  readonly lastBoot: number;
}

export async function proveKey(deps: TokenDeps, request: TokenRequest): Promise<TokenReply> {
  assertProtocol(request.protocol);
  if (!deps.nonces.consume(request.nonce, request.memberId)) throw new AppError('agent_nonce_invalid');
  const key = await currentKey(deps.db, request.memberId);
  const text = Buffer.from(tokenProofText(request.nonce, request.memberId, request.boot));
  if (!verify(null, text, ed25519Key(key.publicKey), Buffer.from(request.signature, 'base64url'))) {
    throw new AppError('agent_signature_invalid');
  }
  const boot = request.boot === null ? await issueBoot(deps.db, key) : await renewBoot(deps.db, key, request.boot);
  // The first heartbeat follows at once: this process must know the key by then.
  if (deps.registry.get(key.memberId)?.keyId !== key.keyId) await deps.registry.refresh();
  deps.registry.noteBoot(key.memberId, boot);
  return { token: deps.tokens.issue(key.memberId, key.keyId, boot), expiresInSeconds: sessionLifetimeSeconds, boot };
}

async function currentKey(db: Kysely<Database>, memberId: string): Promise<CurrentKey> {
  const key = await db
    .selectFrom('member as m')
    .innerJoin('member_key as k', 'k.member_id', 'm.id')
    .select([
      'm.pool_id as poolId',
      'm.hostname',
      'k.id as keyId',
      'k.public_key as publicKey',
      'm.last_boot as lastBoot',
    ])
    .where('m.id', '=', memberId)
    .where('m.removed_at', 'is', null)
    .where('k.revoked_at', 'is', null)
    .executeTakeFirst();
  if (key === undefined) throw new AppError('agent_key_unknown');
  return { ...key, memberId: memberId as MemberId };
}

function issueBoot(db: Kysely<Database>, { memberId, poolId, hostname }: CurrentKey): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const issued = await trx
      .updateTable('member')
      .set({ last_boot: sql<number>`last_boot + 1` })
      .where('id', '=', memberId)
      .where('removed_at', 'is', null)
      .returning('last_boot as boot')
      .executeTakeFirst();
    if (issued === undefined) throw new AppError('agent_key_unknown');
    const { boot } = issued;
    const sentence = `The agent on ${hostname} started (boot ${boot}).`;
    await writeEvent(trx, { kind: 'member.boot', severity: 'info', poolId, memberId, sentence, details: { boot } });
    return boot;
  });
}

async function renewBoot(db: Kysely<Database>, { memberId, lastBoot }: CurrentKey, boot: number): Promise<number> {
  if (boot < lastBoot) throw new AppError('agent_boot_superseded', { boot, newest: lastBoot });
  if (boot > lastBoot) {
    const raised = { last_boot: sql<number>`greatest(last_boot, ${boot})` };
    await db.updateTable('member').set(raised).where('id', '=', memberId).execute();
  }
  return boot;
}

function ed25519Key(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
}
