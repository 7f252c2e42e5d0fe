import type { Clock } from '../../platform/clock.ts';
import type { Outbound } from '../outbound.ts';
import type { OpenChannel } from './channel-secret.ts';
import type { Answer, Message } from './message.ts';
import { sendMail } from './send-mail.ts';
import { sendSlack } from './send-slack.ts';
import { sendWebhook } from './send-webhook.ts';

export interface SendPorts {
  readonly outbound: Outbound;
  readonly clock: Clock;
}

/** One attempt to tell one channel of one notice, limited as R40 asks. Never rejects. */
export function send(
  ports: SendPorts,
  { secret }: OpenChannel,
  message: Message,
  signal?: AbortSignal,
): Promise<Answer> {
  switch (secret.kind) {
    case 'webhook':
      return sendWebhook(ports, secret, message, signal);
    case 'slack':
      return sendSlack(ports, secret, message, signal);
    case 'email':
      return sendMail(ports, secret, message, signal);
  }
}
