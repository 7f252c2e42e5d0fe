import { AppError, type DnsName, type DnsProvider, type Replaced } from '@serverctl/core';
import type { HeldWrite } from './held-write.ts';

/** What goes wrong in a cell of the matrix, and how many of our writes it needs beyond the switchover's. */
export const faults = {
  'lost-reply': 'the write is applied, its reply is lost',
  'error-after': 'the write is applied and answered 502, with a page',
  'lost-request': 'the write never arrives',
  page: 'a page comes with status 200 in place of the reply, nothing is applied',
  slow: 'the write is applied 6 s after it was sent, its caller has given up after 4',
  stale: 'a write of an older epoch is applied after the newer one’s',
  'rate-limited': 'the write is refused with 429; where the provider says for how long, for 5 s',
  'locked-out': 'everything is refused with 403 and a page for 5 s',
  'stale-id': 'somebody makes the record anew between our look and our write',
  'other-records': 'somebody changes another record of the zone between our look and our write',
  'busy-zone': 'the same between our look and each of our first five writes',
  lagging: 'the name server that clients ask gets the change 10 s after it was confirmed',
  deleted: 'somebody deletes the record',
  stranger: 'somebody sets it to an address of no member',
  doubled: 'somebody adds a second address',
  'mark-removed': 'somebody removes our mark',
} as const;
/** How long a provider that shuts us out does so. */
export const lockOutSeconds = 5;
/** One of `faults`. */
export type Fault = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly Fault[]; // its own keys, right here

/** Faults that meet the next write by themselves once they are armed. */
export type ArmedFault = Exclude<Fault, 'slow' | 'stale' | ForeignFault>;
/** Changes by somebody else after the switchover. */
export type ForeignFault = 'deleted' | 'stranger' | 'doubled' | 'mark-removed';
/** What needs no more than that somebody changes the zone, or that a write comes late: every provider can suffer it. */
export const everywhere: readonly Fault[] = ['slow', 'stale', 'deleted', 'stranger', 'doubled', 'mark-removed'];

/** One name at a provider of its own, and what anybody may do to it. */
export interface CellZone {
  readonly zone: DnsName;
  readonly name: DnsName;
  /** As the publisher has it. */
  readonly provider: DnsProvider;
  /** A write on a stale expectation is refused by the server itself (R18). */
  readonly comparesAndSets: boolean;
  /** The name's addresses now, past the provider. */
  answer(): Promise<readonly string[]>;
  /** How many of our writes took effect so far. */
  effects(): number;
  /** Arms what is armed at this kind of provider. */
  readonly armed: Partial<Readonly<Record<ArmedFault, () => void>>>;
  /** Whether the fault that was armed has met our writes, as often as it was to; false where none was armed. */
  met(): boolean;
  /** The next write is sent, and arrives when it is released: its caller may be gone by then. */
  holdNextWrite(): HeldWrite;
  /** Somebody else sets the addresses; none = deletes them. The mark stays where it has a place of its own. Returns whether that changed the zone. */
  put(addresses: readonly string[]): Promise<boolean>;
  removeMark(): Promise<boolean>;
  stop(): Promise<void>;
}

type Send = (signal: AbortSignal) => Promise<Replaced>;
type Meeting = (send: Send, signal: AbortSignal) => Promise<Replaced>;

/** A provider of which one write can be made to meet something on its way. */
export interface Interceptable {
  readonly provider: DnsProvider;
  meetNext(meeting: Meeting): void;
  holdNextWrite(): HeldWrite;
}

const deliveryLimitMs = 10_000;

/** `around` is run for every write that arrives, whoever waits for it. */
export function interceptable(
  inner: DnsProvider,
  around: (arrive: () => Promise<Replaced>) => Promise<Replaced>,
): Interceptable {
  let meeting: Meeting | null = null;
  const provider: DnsProvider = {
    ...inner,
    replace(request, signal) {
      const met = meeting;
      meeting = null;
      const send: Send = (until) => around(() => inner.replace(request, until));
      return met === null ? send(signal) : met(send, signal);
    },
  };
  const meetNext = (next: Meeting) => {
    meeting = next;
  };
  return { provider, meetNext, holdNextWrite: () => hold(meetNext) };
}

function hold(meetNext: Interceptable['meetNext']): HeldWrite {
  const sent = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  meetNext((send, signal) => {
    sent.resolve();
    // What comes of it nobody hears any more.
    void released.promise.then(() => send(AbortSignal.timeout(deliveryLimitMs))).catch(() => undefined);
    return new Promise((_, reject) => {
      const giveUp = () => reject(new AppError('dns_outcome_unknown', { because: 'no reply' }, signal.reason));
      signal.addEventListener('abort', giveUp, { once: true });
    });
  });
  return { sent: sent.promise, release: released.resolve };
}
