import type { TriedRecord } from '@serverctl/contract';
import { AppError, type DnsProvider, isAppError, type RecordType } from '@serverctl/core';
import { type BindingRow, listBindings } from '../../db/repositories/bindings.ts';
import type { CredentialRow } from '../../db/repositories/credentials.ts';
import type { ServiceDeps } from '../deps.ts';
import { recordRef } from './try-record.ts';

const zoneTimeoutMs = 10_000;
/** So many zones at once: a token may have hundreds, and their reads are one burst at the provider. */
const zonesAtOnce = 8;

/**
 * Tries what a credential is to become in each zone where managed names use it, on one name of each: a probe and a real read, which change
 * nothing (R23). Returns the records that were tried. Throws `credential_try_failed` for the first zone in which it does not work.
 */
export async function tryWhereUsed(
  deps: Pick<ServiceDeps, 'db' | 'clock'>,
  provider: DnsProvider,
  { id, name }: Pick<CredentialRow, 'id' | 'name'>,
): Promise<TriedRecord[]> {
  const used = (await listBindings(deps.db)).filter((binding) => binding.credential_id === id);
  const left = [...new Map(used.toReversed().map((binding) => [binding.zone, binding])).values()].toReversed();
  const tried: TriedRecord[] = [];
  while (left.length > 0) {
    const some = left.splice(0, zonesAtOnce);
    tried.push(...(await Promise.all(some.map((binding) => tryZone(deps, provider, name, binding)))));
  }
  return tried;
}

async function tryZone(
  { clock }: Pick<ServiceDeps, 'clock'>,
  provider: DnsProvider,
  credential: string,
  { zone, name, type }: BindingRow,
): Promise<TriedRecord> {
  const ref = recordRef({ zone, name, type });
  const deadline = new AbortController();
  const cancel = clock.after(zoneTimeoutMs, () => deadline.abort(new AppError('dns_unreachable', { name })));
  try {
    const { canEdit } = await provider.probe(ref, deadline.signal);
    if (!canEdit) throw new AppError('dns_not_allowed', { name, zone });
    await provider.read(ref, deadline.signal);
    return { zone, name, type: type as RecordType }; // by the table's own constraint
  } catch (error) {
    const cause: unknown = deadline.signal.aborted && !isAppError(error) ? deadline.signal.reason : error;
    if (!isAppError(cause)) throw cause;
    const because = `${cause.message} ${cause.remedy} (${cause.code})`;
    const { sha256 } = cause.details; // what a panel has shown: to be compared, and to be pinned
    const shown = sha256 === undefined ? {} : { sha256 };
    throw new AppError('credential_try_failed', { credential, zone, name, because, code: cause.code, ...shown }, cause);
  } finally {
    cancel();
  }
}
