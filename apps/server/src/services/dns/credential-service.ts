import { isDeepStrictEqual } from 'node:util';
import type {
  CredentialInput,
  CredentialPatch,
  CredentialSaved,
  CredentialView,
  ProviderSettings,
  Removed,
  TestInput,
  TestView,
} from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import {
  type CredentialRow,
  deleteCredential,
  getCredential,
  insertCredential,
  listCredentials,
  namesByCredential,
  updateCredential,
} from '../../db/repositories/credentials.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { preflightsByCredential, type ShownPreflightRow } from '../../db/repositories/preflights.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { limitView } from '../dns-providers/limits.ts';
import { openSecret, secretPlace, settingsOf } from '../dns-providers/stored.ts';
import { inTransaction } from '../transaction.ts';
import { patchSettings, splitSettings } from './credential-settings.ts';
import { tryWhereUsed } from './credential-trial.ts';
import { preflightView } from './preflight-view.ts';
import { recordRef, tryRecord } from './try-record.ts';
import type { TryContext } from './try-warnings.ts';
import { requireProxy, requireTtl } from './usable-credential.ts';

export async function listCredentialViews({ db }: ServiceDeps): Promise<{ credentials: CredentialView[] }> {
  const names = await namesByCredential(db);
  const looks = await preflightsByCredential(db);
  const rows = await listCredentials(db);
  return { credentials: rows.map((row) => viewOf(row, names.get(row.id), looks.get(row.id))) };
}

/** Tried first, when a name to try is given; a failure stores nothing. */
export async function addCredential(
  deps: ServiceDeps,
  caller: Caller,
  input: z.output<typeof CredentialInput>,
): Promise<CredentialSaved> {
  const { settings, secret } = splitSettings(input.settings);
  const test = await tryBeforeSaving(deps, settings, secret, input.test);
  const id = newId(deps.random);
  const version = 1;
  const row = await inTransaction(deps.db, async (trx) => {
    const added = await insertCredential(trx, {
      id,
      name: input.name,
      provider: settings.provider,
      settings: JSON.stringify(settings),
      secret: deps.secrets.seal(secret, secretPlace(id, version)),
      version,
    });
    await writeAudit(trx, {
      ...caller,
      action: 'credential.create',
      target: id,
      details: { name: input.name, settings },
    });
    const sentence = `The DNS credential ${input.name} was added.`;
    await writeEvent(trx, { kind: 'credential.added', severity: 'info', sentence });
    return added;
  });
  return { credential: viewOf(row), test, tried: [] };
}

/**
 * Another server is never given a secret that was entered for this one: where it would be sent elsewhere it is needed again. What managed
 * names use is tried first where they use it, unless the person says `untested`. A patch that changes nothing leaves no trace.
 */
export async function setCredential(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  patch: z.output<typeof CredentialPatch>,
): Promise<CredentialSaved> {
  const before = await getCredential(deps.db, ref);
  const old = settingsOf(before);
  const { settings, secret: newSecret, isMoved } = patchSettings(before.name, old, patch.settings ?? {});
  if (isMoved && newSecret === undefined) throw new AppError('credential_secret_required', { credential: before.name });
  const secret = newSecret ?? openSecret(deps.secrets, before);
  const test = await tryBeforeSaving(deps, settings, secret, patch.test);
  const name = patch.name ?? before.name;
  const view = async (row: CredentialRow) => {
    const looks = await preflightsByCredential(deps.db);
    return viewOf(row, (await namesByCredential(deps.db)).get(row.id), looks.get(row.id));
  };
  const isSameUse = newSecret === undefined && isDeepStrictEqual(settings, old);
  if (isSameUse && name === before.name) return { credential: await view(before), test, tried: [] };
  const isTried = !isSameUse && !patch.untested;
  const tried = isTried ? await tryWhereUsed(deps, deps.providers.forSettings(settings, secret), before) : [];
  const version = before.version + 1;
  const row = await inTransaction(deps.db, async (trx) => {
    const changed = await updateCredential(trx, before, {
      name,
      settings: JSON.stringify(settings),
      secret: deps.secrets.seal(secret, secretPlace(before.id, version)),
      version,
    });
    await writeAudit(trx, {
      ...caller,
      action: 'credential.update',
      target: before.id,
      details: {
        before: { name: before.name, settings: old },
        after: { name, settings },
        secretChanged: newSecret !== undefined,
      },
    });
    const sentence = `The DNS credential ${name} was changed.`;
    await writeEvent(trx, { kind: 'credential.changed', severity: 'info', sentence });
    return changed;
  });
  return { credential: await view(row), test, tried };
}

export async function removeCredential(deps: ServiceDeps, caller: Caller, ref: string): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    const row = await getCredential(trx, ref);
    await deleteCredential(trx, row.id);
    await writeAudit(trx, { ...caller, action: 'credential.remove', target: row.id, details: { name: row.name } });
    const sentence = `The DNS credential ${row.name} was removed.`;
    await writeEvent(trx, { kind: 'credential.removed', severity: 'info', sentence });
    return { removed: row.id };
  });
}

export async function testCredential(
  deps: ServiceDeps,
  ref: string,
  input: z.output<typeof TestInput>,
): Promise<TestView> {
  const row = await getCredential(deps.db, ref);
  const provider = await deps.providers.forCredential(row.id);
  return (await tryRecord(deps, provider, recordRef(input), deps.providers.instance, contextOf(row.provider, input)))
    .test;
}

/** What a wished TTL comes to is said where one is named: before the name is managed, and so before anything is written. */
function contextOf(kind: string, { ttlSeconds, proxied = null }: z.output<typeof TestInput>): TryContext {
  if (ttlSeconds === undefined) return { kind };
  requireTtl(ttlSeconds);
  requireProxy({ provider: kind }, proxied);
  return { kind, wish: { ttlSeconds, proxied } };
}

/** Checks where the secret is sent to (R40) and its form in any case, the rest on the name given. */
async function tryBeforeSaving(
  deps: ServiceDeps,
  settings: ProviderSettings,
  secret: string,
  input: z.output<typeof TestInput> | undefined,
): Promise<TestView | null> {
  const provider = deps.providers.forSettings(settings, secret);
  await deps.providers.check(settings);
  if (input === undefined) return null;
  const context = contextOf(settings.provider, input);
  return (await tryRecord(deps, provider, recordRef(input), deps.providers.instance, context)).test;
}

function viewOf(
  row: CredentialRow,
  usedBy: readonly string[] = [],
  looks: readonly ShownPreflightRow[] = [],
): CredentialView {
  const settings = settingsOf(row);
  return {
    id: row.id,
    name: row.name,
    provider: settings.provider,
    settings,
    usedBy: [...usedBy],
    limit: limitView(settings.provider),
    preflight: looks.map((look) => preflightView(settings.provider, look)),
    createdAt: row.created_at.toISOString(),
  };
}
