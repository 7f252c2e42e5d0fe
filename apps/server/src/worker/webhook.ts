import { secondMs } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import { newId, type Random } from '../platform/random.ts';
import { backOffMs } from './back-off.ts';
import type { Notice, WorkerLog } from './ports.ts';
import { withinLimit } from './time-limit.ts';

/** One JSON POST to an operator's address, checked and limited as R40 asks; the composition root brings services/outbound.ts. */
export type PostJson = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<{ readonly status: number }>;

export interface WebhookPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: WorkerLog;
  readonly post: PostJson;
}

export interface Channel {
  readonly id: string;
  readonly url: string;
}

/** Sends one notice to one channel, some day, or gives up with a word in the log. Never throws. */
export type SendWebhook = (channel: Channel, notice: Notice, at: Date) => void;

const postLimitMs = 5 * secondMs;
const mostTries = 4;
/** Deliveries under way to one channel; a dead one must not pile up memory. */
const mostUnderWay = 100;

/**
 * Headers as Standard Webhooks names them: `webhook-id` stays the same over retries, so a receiver can tell them; `webhook-timestamp` is
 * the attempt's. Deliveries to one channel run side by side: a late one is put right by its `at`.
 */
export function createWebhookSender(ports: WebhookPorts, signal: AbortSignal): SendWebhook {
  const underWay = new Map<string, number>();
  const count = (id: string, change: number) => underWay.set(id, (underWay.get(id) ?? 0) + change);

  return (channel, notice, at) => {
    if ((underWay.get(channel.id) ?? 0) >= mostUnderWay) {
      ports.log.error(
        { channel: channel.id, kind: notice.kind },
        'Too many deliveries wait for this channel; one is dropped.',
      );
      return;
    }
    count(channel.id, 1);
    void deliver(ports, channel, notice, at, signal).finally(() => count(channel.id, -1));
  };
}

async function deliver(
  ports: WebhookPorts,
  channel: Channel,
  notice: Notice,
  at: Date,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, log, post } = ports;
  const id = newId<string>(random);
  for (let tries = 1; tries <= mostTries && !signal.aborted; tries += 1) {
    try {
      const { body, headers } = webhookMessage(id, notice, at, clock.wallTime());
      const { status } = await withinLimit(
        clock,
        postLimitMs,
        (limit) => post(channel.url, body, headers, limit),
        signal,
      );
      if (status >= 200 && status < 300) return;
      log.warn({ channel: channel.id, status, tries }, 'A webhook was not accepted.');
    } catch (error) {
      log.warn({ err: error, channel: channel.id, tries }, 'A webhook could not be delivered.');
    }
    if (tries < mostTries) await clock.sleep(backOffMs(tries, random), signal);
  }
}

export interface WebhookMessage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What one attempt sends: the notice's payload, and the headers of Standard Webhooks. `id` and `at` are the notice's, `sentAt` the attempt's. */
export function webhookMessage(id: string, notice: Notice, at: Date, sentAt: Date): WebhookMessage {
  const { kind, severity, poolId, memberId, sentence, details } = notice;
  return {
    body: JSON.stringify({ id, at: at.toISOString(), kind, severity, poolId, memberId, sentence, details }),
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / secondMs)),
    },
  };
}
