import type { OpenChannel } from './channel-secret.ts';
import type { Answer, Message } from './message.ts';
import { sendMail } from './send-mail.ts';
import type { SendPorts } from './send-ports.ts';
import { sendSlack } from './send-slack.ts';
import { sendWebhook } from './send-webhook.ts';

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
