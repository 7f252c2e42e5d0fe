import { isDeepStrictEqual } from 'node:util';
import type {
  CredentialInput,
  CredentialPatch,
  CredentialSaved,
  CredentialView,
  Removed,
  Rfc2136Settings,
  TestInput,
  TestView,
} from '@serverctl/contract';
import { AppError, type DnsProvider } from '@serverctl/core';
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
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { openSecret, secretPlace, settingsOf } from '../dns-providers.ts';
import { inTransaction } from '../transaction.ts';
import { recordRef, tryRecord } from './try-record.ts';

export async function listCredentialViews({ db }: ServiceDeps): Promise<{ credentials: CredentialView[] }> {
  const names = await namesByCredential(db);
  return { credentials: (await listCredentials(db)).map((row) => viewOf(row, names.get(row.id))) };
}

/** Tried first, when a name to try is given; a failure stores nothing. */
export async function addCredential(
  deps: ServiceDeps,
  caller: Caller,
  input: z.output<typeof CredentialInput>,
): Promise<CredentialSaved> {
  const { secret, ...settings } = input.settings;
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
  return { credential: viewOf(row), test };
}

/** Another server is never given a secret that was entered for this one: a new host or port needs the secret again. A patch that changes nothing leaves no trace. */
export async function setCredential(
  deps: ServiceDeps,
  caller: Caller,
  ref: string,
  patch: z.output<typeof CredentialPatch>,
): Promise<CredentialSaved> {
  const before = await getCredential(deps.db, ref);
  const { secret: newSecret, ...changes } = patch.settings ?? {};
  const old = settingsOf(before);
  const settings: Rfc2136Settings = {
    provider: old.provider,
    host: changes.host ?? old.host,
    port: changes.port ?? old.port,
    transport: changes.transport ?? old.transport,
    keyName: changes.keyName ?? old.keyName,
    algorithm: changes.algorithm ?? old.algorithm,
  };
  const moved = settings.host !== old.host || settings.port !== old.port;
  if (moved && newSecret === undefined) throw new AppError('credential_secret_required', { credential: before.name });
  const secret = newSecret ?? openSecret(deps.secrets, before);
  const test = await tryBeforeSaving(deps, settings, secret, patch.test);
  const name = patch.name ?? before.name;
  const view = async (row: CredentialRow) => viewOf(row, (await namesByCredential(deps.db)).get(row.id));
  const isSame = newSecret === undefined && name === before.name && isDeepStrictEqual(settings, old);
  if (isSame) return { credential: await view(before), test };
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
  return { credential: await view(row), test };
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
  return (await tryRecord(deps, provider, recordRef(input), deps.providers.instance)).test;
}

/** Checks the host (R40) and the key's form in any case, the rest on the name given. */
async function tryBeforeSaving(
  deps: ServiceDeps,
  settings: Rfc2136Settings,
  secret: string,
  input: z.output<typeof TestInput> | undefined,
): Promise<TestView | null> {
  const provider: DnsProvider = deps.providers.forSettings(settings, secret);
  await deps.outbound.check(settings.host, settings.port);
  if (input === undefined) return null;
  return (await tryRecord(deps, provider, recordRef(input), deps.providers.instance)).test;
}

function viewOf(row: CredentialRow, usedBy: readonly string[] = []): CredentialView {
  return {
    id: row.id,
    name: row.name,
    provider: 'rfc2136',
    settings: settingsOf(row),
    usedBy: [...usedBy],
    createdAt: row.created_at.toISOString(),
  };
}
