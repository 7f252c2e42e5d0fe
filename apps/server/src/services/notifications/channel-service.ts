import type { ChannelInput, ChannelTest, ChannelView, Removed } from '@serverctl/contract';
import { isAppError } from '@serverctl/core';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import {
  type ChannelRow,
  deleteChannel,
  getChannel,
  insertChannel,
  listChannels,
} from '../../db/repositories/channels.ts';
import { writeEvent } from '../../db/repositories/events.ts';
import { newId } from '../../platform/random.ts';
import type { Notice } from '../../worker/ports.ts';
import { type Channel, webhookMessage } from '../../worker/webhook.ts';
import type { Caller, ServiceDeps } from '../deps.ts';
import { hostOf, parseHttpUrl, portOf } from '../outbound.ts';
import { inTransaction } from '../transaction.ts';

export async function listChannelViews({ db }: ServiceDeps): Promise<{ channels: ChannelView[] }> {
  return { channels: (await listChannels(db)).map(viewOf) };
}

/** The whole address may be a secret (chat services put a token into it), so it is sealed and shown by its origin only. */
export async function addChannel(
  deps: ServiceDeps,
  caller: Caller,
  input: z.output<typeof ChannelInput>,
): Promise<ChannelView> {
  const url = parseHttpUrl(input.url);
  await deps.outbound.check(hostOf(url), portOf(url));
  const id = newId(deps.random);
  const version = 1;
  return inTransaction(deps.db, async (trx) => {
    const row = await insertChannel(trx, {
      id,
      kind: input.kind,
      origin: url.origin,
      secret: deps.secrets.seal(url.href, channelPlace(id, version)),
      version,
    });
    const details = { kind: input.kind, origin: url.origin };
    await writeAudit(trx, { ...caller, action: 'channel.create', target: id, details });
    const sentence = `Notices are now sent to ${url.origin}.`;
    await writeEvent(trx, { kind: 'channel.added', severity: 'info', sentence });
    return viewOf(row);
  });
}

export async function removeChannel(deps: ServiceDeps, caller: Caller, id: string): Promise<Removed> {
  return inTransaction(deps.db, async (trx) => {
    const row = await getChannel(trx, id);
    await deleteChannel(trx, row.id);
    await writeAudit(trx, { ...caller, action: 'channel.remove', target: row.id, details: { origin: row.origin } });
    const sentence = `Notices are no longer sent to ${row.origin}.`;
    await writeEvent(trx, { kind: 'channel.removed', severity: 'info', sentence });
    return { removed: row.id };
  });
}

const testNotice: Notice = {
  kind: 'channel.test',
  severity: 'info',
  poolId: null,
  memberId: null,
  sentence: 'This is a test notice from ServerCTL.',
  details: {},
};

/** Sends one notice now, in the form that every notice has, and says what came back. */
export async function testChannel(deps: ServiceDeps, id: string): Promise<ChannelTest> {
  const row = await getChannel(deps.db, id);
  const url = deps.secrets.open(row.secret, channelPlace(row.id, row.version));
  const at = deps.clock.wallTime();
  const { body, headers } = webhookMessage(newId(deps.random), testNotice, at, at);
  try {
    const { status } = await deps.outbound.post(url, body, headers);
    const delivered = status >= 200 && status < 300;
    const sentence = delivered ? `${row.origin} took the notice.` : `${row.origin} answered ${status}.`;
    return { delivered, status, sentence };
  } catch (error) {
    // Our own refusals have words; the platform's network errors only mean that nobody answered.
    const sentence = isAppError(error) ? error.message : `${row.origin} did not answer.`;
    return { delivered: false, status: null, sentence };
  }
}

/** Every channel with its address opened, for the notifier. */
export async function openChannels({ db, secrets }: Pick<ServiceDeps, 'db' | 'secrets'>): Promise<readonly Channel[]> {
  const rows = await listChannels(db);
  return rows.map((row) => ({ id: row.id, url: secrets.open(row.secret, channelPlace(row.id, row.version)) }));
}

/** Where a channel's envelope belongs (R38). */
function channelPlace(id: string, version: number) {
  return { table: 'notification_channel', row: id, column: 'secret', version };
}

function viewOf(row: ChannelRow): ChannelView {
  return { id: row.id, kind: 'webhook', origin: row.origin, createdAt: row.created_at.toISOString() };
}
