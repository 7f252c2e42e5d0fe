import { isAppError } from '@serverctl/core';
import type { SecretBox } from '../../platform/secrets.ts';

/*
 * What of a channel is secret, in one envelope (R38): an address may carry a token, mail a password. A webhook from before its notices were
 * signed has its bare address there; it is signed from `newSecret` on.
 */

export interface WebhookSecret {
  readonly kind: 'webhook';
  readonly url: string;
  /** `whsec_` and 32 bytes in base64; null = not signed. */
  readonly signingSecret: string | null;
}

export interface SlackSecret {
  readonly kind: 'slack';
  readonly url: string;
}

export interface MailSecret {
  readonly kind: 'email';
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

export type ChannelSecret = WebhookSecret | SlackSecret | MailSecret;

/** A channel that can be spoken to. */
export interface OpenChannel {
  readonly id: string;
  readonly name: string;
  readonly secret: ChannelSecret;
}

interface Sealed {
  readonly id: string;
  readonly name: string;
  readonly secret: Buffer;
  readonly version: number;
}

export function sealChannel(secrets: SecretBox, id: string, version: number, secret: ChannelSecret): Buffer {
  return secrets.seal(JSON.stringify(secret), placeOf(id, version));
}

/** Throws `secret_unreadable`. */
export function openChannel(secrets: SecretBox, { id, name, secret, version }: Sealed): OpenChannel {
  const text = secrets.open(secret, placeOf(id, version));
  const isBareAddress = !text.startsWith('{');
  // Only what `sealChannel` wrote opens: the envelope proves it.
  const opened = isBareAddress ? { kind: 'webhook', url: text, signingSecret: null } : JSON.parse(text);
  return { id, name, secret: opened as ChannelSecret };
}

/** Null for one whose secret was sealed with another key, or is damaged. */
export function openOrNull(secrets: SecretBox, channel: Sealed): OpenChannel | null {
  try {
    return openChannel(secrets, channel);
  } catch (error) {
    if (isAppError(error, 'secret_unreadable')) return null;
    throw error;
  }
}

function placeOf(id: string, version: number) {
  return { table: 'notification_channel', row: id, column: 'secret', version };
}
