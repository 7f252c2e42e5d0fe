import { type EventSeverity, hears, secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { type ChannelRow, listChannels } from '../../db/repositories/channels.ts';
import { deliveryId } from '../../db/repositories/deliveries-queue.ts';
import type { Database } from '../../db/schema.ts';
import type { SecretBox } from '../../platform/secrets.ts';
import type { DirectWay, Telling } from '../../worker/direct-telling.ts';
import type { WorkerLog } from '../../worker/ports.ts';
import { type OpenChannel, openOrNull } from './channel-secret.ts';
import type { Message } from './message.ts';
import { send } from './send.ts';
import type { SendPorts } from './send-ports.ts';

/*
 * The way to people when the database does not answer: to the channels as they were last read, kept opened in memory. A notice has the id
 * that its delivery gets once it can be stored, so that a receiver that is told twice knows it. From then on the delivery is tried again
 * (delivery-loop.ts), and here nothing is any more.
 */

export interface DirectPorts extends SendPorts {
  readonly db: Kysely<Database>;
  readonly secrets: SecretBox;
  readonly log: WorkerLog;
}

interface Known {
  readonly row: ChannelRow;
  readonly channel: OpenChannel;
}

const readEveryMs = 15 * secondMs;
const pausesMs = [2 * secondMs, 10 * secondMs, 30 * secondMs];
/** Attempts under way to one channel; a dead one must not pile up memory. */
const mostUnderWay = 50;

export interface RunningDirectWay extends DirectWay {
  /** Keeps what is known fresh until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function createDirectWay(ports: DirectPorts): RunningDirectWay {
  const { clock, log } = ports;
  const underWay = new Map<string, number>();
  const stopping = new AbortController();
  /** Channels that were said not to open. */
  const closed = new Set<string>();
  let known: readonly Known[] = [];

  async function read(): Promise<void> {
    const rows = await listChannels(ports.db);
    const enabled = rows.filter(({ disabled_at }) => disabled_at === null);
    known = enabled.flatMap((row) => {
      const channel = openOrNull(ports.secrets, row);
      if (channel === null && !closed.has(row.id))
        log.warn({ channel: row.id }, 'The channel’s secret cannot be opened with our key.');
      if (channel === null) closed.add(row.id);
      else closed.delete(row.id);
      return channel === null ? [] : [{ row, channel }];
    });
  }

  async function carry({ channel }: Known, message: Message, telling: Telling): Promise<void> {
    for (const pauseMs of [...pausesMs, null]) {
      if (!telling.begins(channel.id)) return;
      const { delivered, sentence } = await send(ports, channel, message, stopping.signal);
      telling.ended(channel.id, delivered ? sentence : null);
      if (delivered) return;
      log.warn({ channel: channel.id, answer: sentence }, 'A notice was not delivered while the database is away.');
      if (pauseMs === null || stopping.signal.aborted) return;
      await clock.sleep(pauseMs, stopping.signal);
    }
  }

  return {
    tell({ notice, noticeId, at }, telling) {
      for (const one of known) {
        const { id } = one.row;
        const count = underWay.get(id) ?? 0;
        if (hears(choiceOf(one.row), notice) !== 'yes' || count >= mostUnderWay) continue;
        underWay.set(id, count + 1);
        const message = {
          id: deliveryId(noticeId, id),
          happenedAt: at,
          notice: { ...notice, pool: null, member: null },
        };
        void carry(one, message, telling).finally(() => underWay.set(id, (underWay.get(id) ?? 1) - 1));
      }
    },
    async run(signal) {
      while (!signal.aborted) {
        await read().catch((error: unknown) =>
          log.warn({ err: error }, 'The notification channels could not be read.'),
        );
        await clock.sleep(readEveryMs, signal);
      }
      stopping.abort();
    },
  };
}

function choiceOf({ id, least_severity, kinds, pool_ids }: ChannelRow) {
  return { id, leastSeverity: least_severity as EventSeverity, kinds, poolIds: pool_ids };
}
