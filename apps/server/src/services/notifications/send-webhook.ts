import { createHmac } from 'node:crypto';
import { secondMs } from '@serverctl/core';
import type { WebhookSecret } from './channel-secret.ts';
import type { Answer, Message } from './message.ts';
import { postAnswer } from './post-answer.ts';
import type { SendPorts } from './send-ports.ts';

/*
 * Standard Webhooks (standardwebhooks.com): `webhook-id` stays the same over retries, `webhook-timestamp` is the attempt's, and
 * `webhook-signature` is HMAC-SHA-256 over id, timestamp and body, so that the receiver can refuse what is not ours or is old.
 */

const secretPrefix = 'whsec_';

/** From 32 bytes of chance. */
export function signingSecretOf(bytes: Uint8Array): string {
  return secretPrefix + Buffer.from(bytes).toString('base64');
}

export async function sendWebhook(
  { outbound, clock, runbooks }: SendPorts,
  { url, signingSecret }: WebhookSecret,
  message: Message,
  signal?: AbortSignal,
): Promise<Answer> {
  const body = webhookBody(message, runbooks.linkOf(message.notice.kind));
  const timestamp = String(Math.floor(clock.wallTime().getTime() / secondMs));
  const headers = {
    'content-type': 'application/json',
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    ...(signingSecret !== null && { 'webhook-signature': sign(signingSecret, `${message.id}.${timestamp}.${body}`) }),
  };
  return postAnswer(outbound, url, body, headers, signal);
}

function webhookBody({ id, happenedAt, notice }: Message, runbook: string): string {
  const { kind, severity, poolId, memberId, pool, member, sentence, details } = notice;
  const about = { poolId, memberId, pool, member };
  return JSON.stringify({ id, at: happenedAt.toISOString(), kind, severity, ...about, sentence, details, runbook });
}

function sign(secret: string, content: string): string {
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
