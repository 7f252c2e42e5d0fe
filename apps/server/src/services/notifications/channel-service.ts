import type { ChannelInput, ChannelMade, ChannelPatch, ChannelView, DeliveryView, Removed } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import {
  type ChannelRow,
  deleteChannel,
  getChannel,
  insertChannel,
  listChannels,
  lockChannel,
  updateChannel,
} from '../../db/repositories/channels.ts';
import { dropPending, lastDeliveries, listDeliveries } from '../../db/repositories/deliveries.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { dropSetting } from '../../db/repositories/settings.ts';
import { newId } from '../../platform/random.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { checkedKinds, checkedPools, checkedSecret } from './channel-input.ts';
import { openChannel, sealChannel } from './channel-secret.ts';
import { failingKey } from './channel-trouble.ts';
import { channelView, deliveryView } from './channel-view.ts';
import { signingSecretOf } from './send-webhook.ts';

export async function listChannelViews({ db }: ServiceDeps): Promise<{ channels: ChannelView[] }> {
  const last = await lastDeliveries(db);
  return { channels: (await listChannels(db)).map((row) => channelView(row, last.get(row.id))) };
}

/**
 * The whole address may be a secret (chat services put a token into it), so it is sealed and shown by its origin only. A webhook's signing
 * secret is shown here, and never again.
 */
export async function addChannel(
  deps: ServiceDeps,
  caller: Caller,
  input: z.output<typeof ChannelInput>,
): Promise<ChannelMade> {
  const kinds = checkedKinds(input.kinds);
  const { secret, origin } = await checkedSecret(deps, input);
  const id = newId<string>(deps.random);
  const version = 1;
  const row = await inTransaction(deps.db, async (trx) => {
    const made = await insertChannel(trx, {
      id,
      kind: input.kind,
      name: input.name ?? origin,
      origin,
      secret: sealChannel(deps.secrets, id, version, secret),
      version,
      least_severity: input.leastSeverity,
      kinds,
      pool_ids: await checkedPools(trx, input.pools),
    });
    const { least_severity: leastSeverity, pool_ids: poolIds } = made;
    const details = { kind: input.kind, origin, name: made.name, leastSeverity, kinds, poolIds };
    await writeAudit(trx, { ...caller, action: 'channel.create', target: id, details });
    await tell(trx, 'channel.added', made, `Notices now go to the channel ${made.name} (${origin}).`);
    return made;
  });
  return {
    channel: channelView(row, undefined),
    signingSecret: secret.kind === 'webhook' ? secret.signingSecret : null,
  };
}

/** Whom it tells of what. What waits for a channel that is disabled ends there: nobody wants it later. */
export async function setChannel(
  deps: ServiceDeps,
  caller: Caller,
  id: string,
  { name, leastSeverity, kinds, pools, enabled }: z.output<typeof ChannelPatch>,
): Promise<ChannelView> {
  const row = await inTransaction(deps.db, async (trx) => {
    const before = await lockChannel(trx, id);
    const change = {
      ...(name !== undefined && { name }),
      ...(leastSeverity !== undefined && { least_severity: leastSeverity }),
      ...(kinds !== undefined && { kinds: checkedKinds(kinds) }),
      ...(pools !== undefined && { pool_ids: await checkedPools(trx, pools) }),
      ...(enabled === true && { disabled_at: null }),
      ...(enabled === false && before.disabled_at === null && { disabled_at: deps.clock.wallTime() }),
    };
    if (Object.keys(change).length === 0) return before;
    const after = await updateChannel(trx, id, change);
    const { least_severity, pool_ids: poolIds } = after;
    const isEnabled = after.disabled_at === null;
    const details = {
      name: after.name,
      leastSeverity: least_severity,
      kinds: after.kinds,
      poolIds,
      enabled: isEnabled,
    };
    await writeAudit(trx, { ...caller, action: 'channel.update', target: id, details });
    await tell(trx, 'channel.changed', after, changeSentence(before, after));
    if (!isEnabled) await dropPending(trx, id, 'The channel was disabled.');
    return after;
  });
  return channelView(row, (await lastDeliveries(deps.db)).get(id));
}

export async function removeChannel(deps: ServiceDeps, caller: Caller, id: string): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    const row = await getChannel(trx, id);
    await deleteChannel(trx, row.id);
    await dropSetting(trx, failingKey(row.id));
    const details = { name: row.name, origin: row.origin };
    await writeAudit(trx, { ...caller, action: 'channel.remove', target: row.id, details });
    await tell(trx, 'channel.removed', row, `Notices no longer go to the channel ${row.name} (${row.origin}).`);
    return { removed: row.id };
  });
}

/** A new signing secret, shown here and never again; the old one ends at once. Throws `channel_cannot_sign`. */
export async function renewSigningSecret(deps: ServiceDeps, caller: Caller, id: string): Promise<ChannelMade> {
  const signingSecret = signingSecretOf(deps.random.bytes(32));
  const row = await inTransaction(deps.db, async (trx) => {
    const before = await lockChannel(trx, id);
    const { secret } = openChannel(deps.secrets, before);
    if (secret.kind !== 'webhook') throw new AppError('channel_cannot_sign', { channel: id, kind: secret.kind });
    const version = before.version + 1;
    const sealed = sealChannel(deps.secrets, id, version, { ...secret, signingSecret });
    const after = await updateChannel(trx, id, { secret: sealed, version });
    await writeAudit(trx, { ...caller, action: 'channel.new-secret', target: id, details: { name: after.name } });
    await tell(trx, 'channel.changed', after, `Notices to the channel ${after.name} are signed with a new secret.`);
    return after;
  });
  return { channel: channelView(row, (await lastDeliveries(deps.db)).get(id)), signingSecret };
}

export async function readDeliveries(
  { db }: ServiceDeps,
  id: string,
  limit: number,
): Promise<{ deliveries: DeliveryView[] }> {
  await getChannel(db, id);
  return { deliveries: (await listDeliveries(db, id, limit)).map(deliveryView) };
}

function tell(
  trx: Parameters<typeof writeEvent>[0],
  kind: 'channel.added' | 'channel.changed' | 'channel.removed',
  { id: channelId }: ChannelRow,
  sentence: string,
): Promise<number> {
  return writeEvent(trx, { kind, severity: 'info', sentence, details: { channelId } });
}

function changeSentence(before: ChannelRow, { name, disabled_at }: ChannelRow): string {
  if ((before.disabled_at === null) === (disabled_at === null)) return `The channel ${name} was changed.`;
  return disabled_at === null ? `Notices go to the channel ${name} again.` : `Nothing goes to the channel ${name} now.`;
}
