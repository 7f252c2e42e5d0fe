import { type Access, mayDo } from '../access/access.ts';
import { dnsEvents } from './catalogue-dns.ts';
import { houseEvents } from './catalogue-house.ts';
import { memberEvents } from './catalogue-member.ts';
import { poolEvents } from './catalogue-pool.ts';
import type { EventSpec } from './event-spec.ts';

const parts = { ...poolEvents, ...memberEvents, ...dnsEvents, ...houseEvents };

/** The name of one kind of event: what it is about, and what happened. */
export type EventKind = keyof typeof parts;

/** Every kind of event that there is. docs/reference/events.md is generated from it; each warning and critical kind has a runbook. */
export const eventCatalogue: Readonly<Record<EventKind, EventSpec>> = parts;

/** All kinds, pools first. */
export const eventKinds = Object.keys(parts) as readonly EventKind[];

/** Whether this is the name of a kind. */
export function isEventKind(text: string): text is EventKind {
  return Object.hasOwn(parts, text);
}

/** Path of the page that says what to do, from the root of the documentation's repository; for what asks for nothing, the list of events. */
export function runbookOf(kind: EventKind): string {
  if (eventCatalogue[kind].severity === 'info') return 'docs/reference/events.md';
  return `docs/runbooks/${kind.replaceAll('.', '-')}.md`;
}

/**
 * The kinds that the event log shows to this caller, whichever pool they are of; `all` = every one. Events of pools that may not be seen are to
 * be left out besides (`poolsWith` for `event:read`).
 */
export function kindsSeen(access: Access): 'all' | readonly EventKind[] {
  const seen = eventKinds.filter((kind) => {
    const { seenWith } = eventCatalogue[kind];
    return seenWith === undefined || mayDo(access, seenWith, null);
  });
  return seen.length === eventKinds.length ? 'all' : seen;
}

/** The kinds that this one says to be over; empty = it is no recovery. */
export function endedBy(kind: EventKind): readonly EventKind[] {
  return eventKinds.filter((one) => eventCatalogue[one].recoveredBy === kind);
}
