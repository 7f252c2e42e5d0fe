import { type InstanceId, parseMark, type RecordRef, type RecordView } from '@serverctl/core';
import type { WorldClock } from './world-clock.ts';

/** What a zone holds for one record of a managed name: its addresses and the text where the mark belongs. */
export interface Held {
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
  readonly text: string | null;
}

const aaaaEnding = ' AAAA';

/** Under what a zone holds a record: an A by its name alone. */
export function recordKey({ name, type }: Pick<RecordRef, 'name' | 'type'>): string {
  return type === 'A' ? name : `${name}${aaaaEnding}`;
}

export const nothingHeld: Held = { addresses: [], ttlSeconds: 60, text: null };

/** One authoritative server of a zone: it follows with its own lag, and may not answer at all. */
export interface NameServer {
  readonly name: string;
  readonly address: string;
  lagMs: number;
  silent: boolean;
  readonly answers: Map<string, Held>;
}

/** The provider's data. Every server follows what it holds, each with its own lag. */
export class Zone {
  readonly servers: readonly NameServer[];
  readonly #clock: WorldClock;
  readonly #held = new Map<string, Held>();
  /** One mark for both records of a name, beside it (RFC 2136); else each record has its own, which goes with it. */
  readonly sharesMarks: boolean;
  #version = 0;
  readonly #followed = new Map<string, number>();

  constructor(clock: WorldClock, servers: readonly NameServer[], sharesMarks = false) {
    this.#clock = clock;
    this.sharesMarks = sharesMarks;
    this.servers = servers;
  }

  get(name: string): Held {
    return this.#held.get(name) ?? nothingHeld;
  }

  put(name: string, held: Held): void {
    this.#held.set(name, held);
    if (this.sharesMarks) this.#markSibling(name, held.text);
    const version = ++this.#version;
    for (const server of this.servers)
      this.#clock.schedule(server.lagMs, () => this.#follow(server, name, held, version));
  }

  /** The name's other record, where it shares a mark with this one; null = none. */
  siblingOf(key: string): string | null {
    const sibling = key.endsWith(aaaaEnding) ? key.slice(0, -aaaaEnding.length) : `${key}${aaaaEnding}`;
    return this.sharesMarks && this.#held.has(sibling) ? sibling : null;
  }

  /** What the provider's interface shows to the control plane of that instance. */
  view(name: string, instance: InstanceId): RecordView {
    const { addresses, ttlSeconds, text } = this.get(name);
    return {
      rrset: addresses.length === 0 ? null : { addresses: [...addresses].sort(), ttlSeconds },
      mark: markIn(text, instance),
      cname: false,
    };
  }

  #markSibling(key: string, text: string | null): void {
    const sibling = this.siblingOf(key);
    if (sibling !== null) this.#held.set(sibling, { ...this.get(sibling), text });
  }

  #follow(server: NameServer, name: string, held: Held, version: number): void {
    const key = `${server.name} ${name}`;
    if ((this.#followed.get(key) ?? 0) > version) return; // a transfer that was asked for earlier came later
    this.#followed.set(key, version);
    server.answers.set(name, held);
  }
}

function markIn(text: string | null, instance: InstanceId): RecordView['mark'] {
  if (text === null) return { kind: 'none' };
  const mark = parseMark(text);
  if (mark === null) return { kind: 'unreadable', text };
  return { kind: mark.instance === instance ? 'ours' : 'foreign', mark };
}

/** The epoch in a mark of that instance and pool; null for any other text. */
export function epochIn(text: string | null, instance: InstanceId, pool: string): number | null {
  const mark = text === null ? null : parseMark(text);
  return mark !== null && mark.instance === instance && mark.pool === pool ? mark.epoch : null;
}
