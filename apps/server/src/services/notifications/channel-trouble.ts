import type { Kysely } from 'kysely';
import { writeEvent } from '../../db/repositories/events.ts';
import { dropSetting, keepSetting } from '../../db/repositories/settings.ts';
import type { Database } from '../../db/schema.ts';
import { inTransaction } from '../transaction.ts';

/** What is stored while a channel fails: one row, so that of many replicas one tells it, and its end is told after a restart too. */
export function failingKey(channelId: string): string {
  return `channel_failing ${channelId}`;
}

interface Channel {
  readonly id: string;
  readonly name: string;
}

/** Tells once that notices do not arrive: the other channels, and the event log. */
export function tellFailing(db: Kysely<Database>, { id, name }: Channel, answer: string): Promise<void> {
  return inTransaction(db, async (trx) => {
    if (!(await keepSetting(trx, failingKey(id), true, { replace: false }))) return;
    const sentence = `Notices to the channel ${name} do not arrive: ${answer}`;
    await writeEvent(trx, { kind: 'channel.failing', severity: 'warning', sentence, details: { channelId: id } });
  });
}

/** Tells once that they arrive again; nothing when nothing was told. */
export function tellRecovered(db: Kysely<Database>, { id, name }: Channel): Promise<void> {
  return inTransaction(db, async (trx) => {
    if (!(await dropSetting(trx, failingKey(id)))) return;
    const sentence = `Notices to the channel ${name} arrive again.`;
    await writeEvent(trx, { kind: 'channel.recovered', severity: 'info', sentence, details: { channelId: id } });
  });
}
