import { AppError } from '@serverctl/core';
import type { Insertable, Kysely, Selectable, Transaction, Updateable } from 'kysely';
import type { Database } from '../schema.ts';

export type ChannelRow = Selectable<Database['notification_channel']>;

export function listChannels(db: Kysely<Database>): Promise<ChannelRow[]> {
  return db.selectFrom('notification_channel').selectAll().orderBy('created_at').orderBy('id').execute();
}

/** Throws `channel_not_found`. */
export async function getChannel(db: Kysely<Database>, id: string): Promise<ChannelRow> {
  const row = await db.selectFrom('notification_channel').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new AppError('channel_not_found', { channel: id });
  return row;
}

/**
 * For a change that rests on what is read: two of them follow each other. Notices that are written meanwhile take the channel as it was
 * (FOR KEY SHARE), and wait for neither. Throws `channel_not_found`.
 */
export async function lockChannel(trx: Transaction<Database>, id: string): Promise<ChannelRow> {
  const query = trx.selectFrom('notification_channel').selectAll().where('id', '=', id).forNoKeyUpdate();
  const row = await query.executeTakeFirst();
  if (row === undefined) throw new AppError('channel_not_found', { channel: id });
  return row;
}

export function insertChannel(
  trx: Transaction<Database>,
  row: Insertable<Database['notification_channel']>,
): Promise<ChannelRow> {
  return trx.insertInto('notification_channel').values(row).returningAll().executeTakeFirstOrThrow();
}

/** Throws `channel_not_found`. */
export async function updateChannel(
  trx: Transaction<Database>,
  id: string,
  change: Updateable<Database['notification_channel']>,
): Promise<ChannelRow> {
  const row = await trx
    .updateTable('notification_channel')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new AppError('channel_not_found', { channel: id });
  return row;
}

/** Its deliveries go with it. */
export async function deleteChannel(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.deleteFrom('notification_channel').where('id', '=', id).execute();
}
