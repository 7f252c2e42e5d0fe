import { AppError, type BoundRecord, type DnsName, isAppError } from '@serverctl/core';
import type { BindingRow } from '../../db/repositories/bindings.ts';
import type { ServiceDeps } from '../deps.ts';
import { recordRef } from '../dns/try-record.ts';

const readTimeoutMs = 8_000;

/** What each name's provider holds now, in the bindings' order. Throws the provider's own error; `dns_unreachable` after 8 s. */
export async function readRecords(
  { clock, providers }: Pick<ServiceDeps, 'clock' | 'providers'>,
  bindings: readonly BindingRow[],
): Promise<BoundRecord[]> {
  const deadline = new AbortController();
  const cancel = clock.after(readTimeoutMs, () => deadline.abort(new AppError('dns_unreachable')));
  try {
    return await Promise.all(
      bindings.map(async (binding): Promise<BoundRecord> => {
        const provider = await providers.forCredential(binding.credential_id);
        const ref = recordRef(binding);
        return { name: binding.name as DnsName, type: ref.type, view: await provider.read(ref, deadline.signal) };
      }),
    );
  } catch (error) {
    if (deadline.signal.aborted && !isAppError(error)) throw deadline.signal.reason;
    throw error;
  } finally {
    cancel();
  }
}
