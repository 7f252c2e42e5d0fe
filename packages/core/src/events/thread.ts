import { type EventKind, eventCatalogue } from './catalogue.ts';

/** What names the thing that an event is about. */
export interface EventSubject {
  readonly kind: EventKind;
  readonly poolId: string | null;
  readonly memberId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * What an event shares with those that it ends, or that end it: a member's trouble and its recovery have one thread, and nothing else has it.
 */
export function threadOf(event: EventSubject): string {
  const end = eventCatalogue[event.kind].recoveredBy ?? event.kind;
  return `${end} ${idOf(event)}`;
}

/** A pool's trouble is the pool's, whoever was active when it began and is when it ends. */
function idOf({ kind, poolId, memberId, details }: EventSubject): string {
  const [about] = kind.split('.');
  if (about === 'member') return memberId ?? '';
  if (about === 'pool') return poolId ?? '';
  if (about === 'dns') return dnsIdOf(details);
  if (about === 'channel') return String(details['channelId'] ?? '');
  return '';
}

/** A name's trouble is the name's; a credential's is of one zone: it may fail in another one all the same. */
function dnsIdOf({ bindingId, credentialId, zone }: EventSubject['details']): string {
  return credentialId === undefined ? String(bindingId ?? '') : `${credentialId} ${zone}`;
}
