import type { ResolversInput, ResolversView } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { keepSetting, lockSetting, readSetting } from '../../db/repositories/settings.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { hostPort } from '../host-port.ts';
import { inTransaction } from '../transaction.ts';
import { mayAskResolver, parseResolver, parseResolvers, type ResolverEndpoint, resolverText } from './resolver-list.ts';

const settingKey = 'dns_resolvers';

/** In canonical text, as it is written below. */
const Stored = z.array(z.string());

/** The recursive resolvers that are set up; none unless somebody did. */
export async function readResolvers(db: Kysely<Database>): Promise<readonly ResolverEndpoint[]> {
  return Stored.parse((await readSetting(db, settingKey)) ?? []).map(parseResolver);
}

export async function viewResolvers({ db }: ServiceDeps): Promise<ResolversView> {
  return { resolvers: (await readResolvers(db)).map(resolverText) };
}

/** Replaces the whole list; one that is as before leaves no trace. Throws `dns_resolvers_changed` where it is not as the caller was shown. */
export async function setResolvers(
  { db, outbound }: ServiceDeps,
  caller: Caller,
  { resolvers, expect }: z.output<typeof ResolversInput>,
): Promise<ResolversView> {
  const wished = parseResolvers(resolvers);
  const mayAsk = mayAskResolver(outbound);
  for (const one of wished) if (!mayAsk(one.address, one.port)) throw forbidden(one);
  const to = wished.map(resolverText);
  await inTransaction(db, async (trx) => {
    const from = Stored.parse((await lockSetting(trx, settingKey)) ?? []);
    if (expect !== undefined && expect.join() !== from.join())
      throw new AppError('dns_resolvers_changed', { now: from });
    if (from.join() === to.join()) return;
    await keepSetting(trx, settingKey, to, { replace: true });
    await writeAudit(trx, { ...caller, action: 'dns-resolvers.update', target: settingKey, details: { from, to } });
    const sentence = `Recursive resolvers whose answers are shown: ${listed(to)}; before: ${listed(from)}.`;
    await writeEvent(trx, { kind: 'resolvers.changed', severity: 'info', sentence, details: { from, to } });
  });
  return { resolvers: to };
}

function listed(resolvers: readonly string[]): string {
  return resolvers.join(', ') || 'none';
}

/** As `Outbound.check` says it: `target` is what the setting that allows it takes. */
function forbidden({ address, port }: ResolverEndpoint): AppError {
  return new AppError('outbound_forbidden', { host: address, port, address, target: hostPort(address, port) });
}
