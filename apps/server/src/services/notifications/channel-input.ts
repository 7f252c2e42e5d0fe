import type { ChannelInput } from '@serverctl/contract';
import { AppError, isEventKind } from '@serverctl/core';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { getPool } from '../../db/repositories/pools.ts';
import type { Database } from '../../db/schema.ts';
import type { ServiceDeps } from '../deps.ts';
import { hostOf, parseHttpUrl, portOf } from '../outbound-target.ts';
import type { ChannelSecret, MailSecret } from './channel-secret.ts';
import { oneLine } from './message.ts';
import { signingSecretOf } from './send-webhook.ts';

type Input = z.output<typeof ChannelInput>;

/** What a new channel's envelope holds, and what may be shown of it. The target is looked up and checked at once (R40). */
export async function checkedSecret(
  { outbound, random }: Pick<ServiceDeps, 'outbound' | 'random'>,
  input: Input,
): Promise<{ readonly secret: ChannelSecret; readonly origin: string }> {
  if (input.kind === 'email') return checkedMail(outbound, input);
  const { kind } = input;
  const url = parseHttpUrl(input.url);
  await outbound.check(hostOf(url), portOf(url));
  const secret: ChannelSecret =
    kind === 'slack'
      ? { kind, url: url.href }
      : { kind, url: url.href, signingSecret: signingSecretOf(random.bytes(32)) };
  return { secret, origin: url.origin };
}

async function checkedMail(outbound: ServiceDeps['outbound'], input: Extract<Input, { kind: 'email' }>) {
  const { kind, host, port, security, user, password, from, to } = input;
  for (const field of ['host', 'from', 'user', 'password'] as const) {
    // What has more lines than one would be more than one header, or more than one command.
    if (oneLine(input[field] ?? '') !== (input[field] ?? '').replaceAll(/ {2,}/g, ' ').trim())
      throw invalid(field, 'it holds characters that are no text');
  }
  if (!/^[^@<>]*<[^@<>\s]+@[A-Za-z0-9.-]+>$|^[^@<>\s]+@[A-Za-z0-9.-]+$/.test(from))
    throw invalid('from', 'write address@example.com, or Name <address@example.com>');
  if ((user === null) !== (password === null)) throw invalid('password', 'user and password go together');
  if (security === 'none' && password !== null)
    throw invalid('password', 'without TLS no password is sent; choose starttls or tls');
  await outbound.check(host, port);
  const secret: MailSecret = { kind, host, port, security, user, password, from, to };
  return { secret, origin: `${host}:${port} → ${to.join(', ')}` };
}

/** Throws `event_kind_unknown`. */
export function checkedKinds(kinds: readonly string[] | null): string[] | null {
  const unknown = kinds?.find((kind) => !isEventKind(kind));
  if (unknown !== undefined) throw new AppError('event_kind_unknown', { kind: unknown });
  return kinds === null ? null : [...new Set(kinds)];
}

/** Ids of pools that were named by id or name. Throws `pool_not_found`. */
export async function checkedPools(db: Kysely<Database>, pools: readonly string[] | null): Promise<string[] | null> {
  if (pools === null) return null;
  const ids = [];
  for (const named of new Set(pools)) ids.push((await getPool(db, named)).id);
  return ids;
}

function invalid(field: string, because: string): AppError {
  return new AppError('request_invalid', { field, because });
}
