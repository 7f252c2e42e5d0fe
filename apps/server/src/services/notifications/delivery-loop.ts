import { minuteMs, secondMs } from '@serverctl/core';
import type { Kysely } from 'kysely';
import { type ChannelRow, getChannel } from '../../db/repositories/channels.ts';
import {
  type DeliveryRow,
  dropExcess,
  dueChannels,
  nextDueInMs,
  noteAttempt,
  takeDeliveries,
} from '../../db/repositories/deliveries.ts';
import type { Database } from '../../db/schema.ts';
import type { Random } from '../../platform/random.ts';
import type { SecretBox } from '../../platform/secrets.ts';
import { backOffMs } from '../../worker/back-off.ts';
import type { WorkerLog } from '../../worker/ports.ts';
import { createWake } from '../../worker/wake.ts';
import { openOrNull } from './channel-secret.ts';
import { tellFailing, tellRecovered } from './channel-trouble.ts';
import { type Answer, messageOf } from './message.ts';
import { failingAfterAttempts, pauseAfter } from './pauses.ts';
import { send } from './send.ts';
import type { SendPorts } from './send-ports.ts';

/*
 * Carries stored deliveries to their channels, in every replica: each takes what is due (SKIP LOCKED), so none is carried by two at once.
 *
 *   pending ─ attempt ─► delivered
 *      ▲         │
 *      └ pause ──┴────► failed, after the last pause (pauses.ts)
 *
 * Each channel has so many attempts under way at most, and none waits for another channel's. A replica that dies amid an attempt leaves the
 * row pending: another one takes it a minute later. Nothing here is waited for by anybody.
 */

export interface DeliveryPorts extends SendPorts {
  readonly db: Kysely<Database>;
  readonly secrets: SecretBox;
  readonly random: Random;
  readonly log: WorkerLog;
  /** Calls back when an event was written, in whatever process: its deliveries are there then. */
  readonly onEvent: (wake: () => void) => () => void;
}

export const mostUnderWay = 4;
/** Of one channel; a dead one must not fill the table. */
const mostWaiting = 1_000;
/** A notice of the database may be lost with its connection. */
const guardMs = 15 * secondMs;

/** Carries until the signal aborts; resolves when nothing is under way any more. */
export async function carryDeliveries(ports: DeliveryPorts, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = ports;
  const wake = createWake(clock);
  const underWay = new Set<Promise<void>>();
  const perChannel = new Map<string, number>();
  const stopListening = ports.onEvent(wake.ring);
  let failures = 0;
  let prunedAt = clock.now();

  function begin(row: DeliveryRow): void {
    const { channel_id: id } = row;
    perChannel.set(id, (perChannel.get(id) ?? 0) + 1);
    const one = attempt(ports, row, signal).finally(() => {
      perChannel.set(id, (perChannel.get(id) ?? 1) - 1);
      underWay.delete(one);
      wake.ring();
    });
    underWay.add(one);
  }

  async function turn(): Promise<number> {
    if (clock.now() - prunedAt > minuteMs) {
      prunedAt = clock.now();
      await dropExcess(ports.db, mostWaiting, 'Too many newer notices wait for this channel.');
    }
    for (const id of await dueChannels(ports.db)) {
      const room = mostUnderWay - (perChannel.get(id) ?? 0);
      if (room > 0) for (const row of await takeDeliveries(ports.db, id, room)) begin(row);
    }
    const dueInMs = await nextDueInMs(ports.db);
    // What is due and was not taken waits for room, and an attempt that ends rings.
    return dueInMs === null || dueInMs <= 0 ? guardMs : Math.min(guardMs, dueInMs);
  }

  while (!signal.aborted) {
    const restMs = await turn().then(
      (ms) => {
        failures = 0;
        return ms;
      },
      (error: unknown) => {
        failures += 1;
        if (failures === 1) log.warn({ err: error }, 'Deliveries could not be read; tried again.');
        return backOffMs(failures, random);
      },
    );
    await wake.sleep(restMs, signal);
  }
  stopListening();
  await Promise.all(underWay);
}

/** Never rejects: what cannot be noted is taken again. */
async function attempt(ports: DeliveryPorts, row: DeliveryRow, signal: AbortSignal): Promise<void> {
  try {
    const channel = await getChannel(ports.db, row.channel_id);
    const answer = await sendTo(ports, channel, row, signal);
    if (signal.aborted && !answer.delivered) return;
    await note(ports, row, channel, answer);
  } catch (error) {
    ports.log.warn({ err: error, channel: row.channel_id, delivery: row.id }, 'A delivery failed; tried again.');
  }
}

/** A secret that does not open is an answer like any other: it counts, and the channel is told to fail. */
async function sendTo(
  ports: DeliveryPorts,
  channel: ChannelRow,
  row: DeliveryRow,
  signal: AbortSignal,
): Promise<Answer> {
  const opened = openOrNull(ports.secrets, channel);
  return opened === null ? unreadable : send(ports, opened, messageOf(row), signal);
}

const unreadable: Answer = {
  delivered: false,
  status: null,
  sentence: 'The channel’s secret cannot be opened with our key.',
  retryAfterMs: null,
};

async function note(
  { db, random, log }: DeliveryPorts,
  { id, attempts }: DeliveryRow,
  channel: { readonly id: string; readonly name: string },
  { delivered, sentence, retryAfterMs }: Answer,
): Promise<void> {
  const pauseMs = pauseAfter(attempts, retryAfterMs, random);
  const next = delivered ? 'delivered' : pauseMs === null ? 'failed' : { inMs: pauseMs };
  await noteAttempt(db, id, { answer: sentence, next });
  if (delivered) return tellRecovered(db, channel);
  log.warn({ channel: channel.id, delivery: id, attempts, answer: sentence }, 'A notice was not delivered.');
  if (attempts >= failingAfterAttempts) await tellFailing(db, channel, sentence);
}
