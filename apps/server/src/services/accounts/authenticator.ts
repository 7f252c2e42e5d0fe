import { fullAccess, minuteMs, type TokenScope } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { findApiToken, touchApiToken } from '../../db/repositories/api-tokens.ts';
import { readGrants } from '../../db/repositories/grants.ts';
import { findSession, touchSession } from '../../db/repositories/sessions.ts';
import { touchUser } from '../../db/repositories/users.ts';
import type { Database } from '../../db/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import type { AdminTokens } from '../admin-token.ts';
import type { Gate } from './gate.ts';
import { type Authenticator, type Credential, type Principal, secretPrefixes } from './principal.ts';
import { sha256Of } from './secret.ts';

export interface AuthenticatorOptions {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly adminTokens: AdminTokens;
  /** With `lookUpLimits`; shared with whatever else looks up what strangers send. */
  readonly lookUps: Gate;
  /** The use of a secret could not be noted; whoever sent it is proven all the same. */
  readonly onFailure: (error: unknown) => void;
}

/** 32 bytes in base64url behind a prefix: nothing else is worth a look-up. */
const secretForm = /^sc[sk]_[A-Za-z0-9_-]{43}$/;
/** Secrets remembered as proven, by their hash: they wait in a line of their own, and are noted as used once a minute. */
const mostKnown = 10_000;

/**
 * Proves who sent a secret, by a look-up for each request, so that an end or a revocation counts at once:
 *
 *   sct_  by bearer                       the host's administrator token (admin-token.ts)
 *   scs_  by cookie from a browser, by    a session of a user; one of a browser proves nobody as a bearer token, nor the other way round
 *         bearer from a command line
 *   sck_  by bearer                       an API token, with what its maker may now, narrowed to its scope
 *
 * Look-ups go through the gate: who was proven before, or has just signed in, is not kept waiting by strangers; strangers beyond the line are
 * told to come again. What a proven request does afterwards goes through no gate.
 */
export function createAuthenticator({
  db,
  clock,
  adminTokens,
  lookUps,
  onFailure,
}: AuthenticatorOptions): Authenticator {
  /** Hash of a proven secret → when its use was last noted. */
  const known = new Map<string, number>();

  /** True when the use is to be noted now. */
  function remember(key: string): boolean {
    const notedAt = known.get(key);
    const isDue = notedAt === undefined || clock.now() - notedAt >= minuteMs;
    known.delete(key);
    known.set(key, isDue ? clock.now() : notedAt);
    if (known.size > mostKnown) known.delete(known.keys().next().value ?? '');
    return isDue;
  }

  return {
    async prove({ from, secret, peer, isUse = true }) {
      if (secret.startsWith(secretPrefixes.host)) {
        const isHost = from === 'bearer' && (await adminTokens.accepts(secret));
        return isHost ? { kind: 'host', actor: 'host', access: fullAccess } : null;
      }
      if (!secretForm.test(secret)) return null;
      const hash = sha256Of(secret);
      const key = keyOf(hash);
      return lookUps.run(known.has(key) ? 'proven' : 'stranger', async () => {
        const proven = secret.startsWith(secretPrefixes.session)
          ? await proveSession(db, hash, from)
          : await proveToken(db, hash, from);
        if (proven === null) {
          known.delete(key);
          return null;
        }
        // A database that is full or read-only still proves who asks: reading goes on, and the next note is tried in a minute.
        if (isUse && remember(key)) await noteUse(db, proven, peer).catch(onFailure);
        return proven;
      });
    },
    isKnown: (secret) => secretForm.test(secret) && known.has(keyOf(sha256Of(secret))),
    noteBegun: (token) => void remember(keyOf(sha256Of(token))),
  };
}

function keyOf(hash: Buffer): string {
  return hash.toString('base64');
}

async function proveSession(db: Kysely<Database>, hash: Buffer, from: Credential['from']): Promise<Principal | null> {
  const session = await findSession(db, hash);
  if (session === null || (session.kind === 'browser') !== (from === 'cookie')) return null;
  return {
    kind: 'user',
    actor: `user:${session.email}`,
    access: { grants: await readGrants(db, session.user_id), scope: null },
    userId: session.user_id,
    sessionId: session.id,
    isSteppedUp: session.proof_ends_at !== null,
  };
}

async function proveToken(db: Kysely<Database>, hash: Buffer, from: Credential['from']): Promise<Principal | null> {
  const token = from === 'bearer' ? await findApiToken(db, hash) : null;
  if (token === null || token.ownerDisabled) return null;
  const scope: TokenScope = {
    permissions: new Set(token.permissions),
    pools: token.poolIds === null ? null : new Set(token.poolIds),
  };
  const grants = token.userId === null ? fullAccess.grants : await readGrants(db, token.userId);
  const actor = `token:${token.name} of ${token.ownerEmail ?? 'host'}`;
  return { kind: 'token', actor, access: { grants, scope }, tokenId: token.id };
}

async function noteUse(db: Kysely<Database>, principal: Principal, peer: string): Promise<void> {
  if (principal.kind === 'user') {
    await touchSession(db, principal.sessionId);
    await touchUser(db, principal.userId);
  }
  if (principal.kind === 'token') await touchApiToken(db, principal.tokenId, peer);
}
