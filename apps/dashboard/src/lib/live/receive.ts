import type { LiveBeats, LiveMessages, LiveStrips, PoolBeats, PoolView } from '@serverctl/contract';
import type { Heard, LiveState, TrafficReading } from './live-state.ts';
import { type Bar, barOf, extendStrip, stripOf, unwatchedFor } from './strip.ts';

export const liveNames = [
  'snapshot',
  'pool',
  'gone',
  'beats',
  'plane',
  'event',
  'bye',
] as const satisfies readonly (keyof LiveMessages)[];
export type LiveName = (typeof liveNames)[number];
type Message = { readonly [Name in LiveName]: { readonly name: Name; readonly body: LiveMessages[Name] } }[LiveName];

/** Events that are kept beside what the API can be asked for. */
const keptEvents = 200;

/** What is known after one message that came at `nowMs`, of the page's clock. Pure: the same message lays the same things over. */
export function receive(state: LiveState, message: Message, nowMs: number): LiveState {
  const known: LiveState = {
    ...state,
    link: state.link.kind === 'ended' ? state.link : { kind: 'live' },
    heardAtMs: nowMs,
    serverOffsetMs: Date.parse(message.body.at) - nowMs,
  };
  switch (message.name) {
    case 'snapshot':
      return pruned(
        withStrips(withPools(forgetting(known, message.body), message.body.pools, nowMs), message.body.strips),
      );
    case 'pool':
      return pruned(withPool(known, message.body.pool, nowMs));
    case 'gone':
      return pruned({ ...known, pools: without(known.pools, message.body.poolId) });
    case 'beats':
      return withBeats(known, message.body, nowMs);
    case 'plane':
      return { ...known, plane: message.body };
    case 'event':
      return { ...known, events: [...known.events, message.body.event].slice(-keptEvents) };
    case 'bye':
      return endedBy(known, message.body);
  }
}

/** A stream that ends because the server stops or we were slow goes on later: that it broke is seen by its end. */
function endedBy(state: LiveState, { because, sentence }: LiveMessages['bye']): LiveState {
  const isForPeople = because === 'session-ended' || because === 'permission-denied';
  return isForPeople ? { ...state, link: { kind: 'ended', because, sentence } } : state;
}

/** Where events were missed, those that are known and those that come have a gap between them: what lies before it is asked for. */
const forgetting = (state: LiveState, { eventsMissed }: LiveMessages['snapshot']): LiveState =>
  eventsMissed ? { ...state, events: [] } : state;

/** Without what was known of members that are no more, or may no longer be read. */
function pruned(state: LiveState): LiveState {
  const ids = new Set([...(state.pools?.values() ?? [])].flatMap(({ status }) => status.members.map(({ id }) => id)));
  const left = <Known>(map: ReadonlyMap<string, Known>): ReadonlyMap<string, Known> =>
    [...map.keys()].every((id) => ids.has(id)) ? map : new Map([...map].filter(([id]) => ids.has(id)));
  return { ...state, heard: left(state.heard), traffic: left(state.traffic), strips: left(state.strips) };
}

function withPools(state: LiveState, all: readonly PoolView[], nowMs: number): LiveState {
  const pools = new Map(all.map((pool) => [pool.id, pool]));
  const read: Read = { heard: new Map(), traffic: new Map() };
  for (const pool of all) readMembers(read, pool, nowMs);
  return { ...state, pools, ...read };
}

function withPool(state: LiveState, pool: PoolView, nowMs: number): LiveState {
  const read: Read = { heard: new Map(state.heard), traffic: new Map(state.traffic) };
  readMembers(read, pool, nowMs);
  return { ...state, pools: new Map(state.pools ?? []).set(pool.id, pool), ...read };
}

/** The server's minute takes the place of ours, which has a gap where the stream was away; what it does not know of stays, up to the same second. */
function withStrips(state: LiveState, read: LiveStrips | null): LiveState {
  if (read === null) return state;
  const beatsReadMs = Date.parse(read.at);
  const goneSeconds = Math.round((beatsReadMs - (state.beatsReadMs ?? beatsReadMs)) / 1_000);
  const strips = new Map<string, readonly Bar[]>();
  for (const [id, strip] of state.strips) strips.set(id, unwatchedFor(strip, goneSeconds));
  for (const [id, row] of Object.entries(read.rows)) {
    const strip = stripOf(row);
    if (strip.length > 0) strips.set(id, strip);
  }
  return { ...state, strips, beatsReadMs };
}

interface Read {
  readonly heard: Map<string, Heard>;
  readonly traffic: Map<string, TrafficReading>;
}

function readMembers({ heard, traffic }: Read, { status }: PoolView, nowMs: number): void {
  for (const { id, heartbeatAgeMs, traffic: reading } of status.members) {
    heard.set(id, heardAt(heartbeatAgeMs, nowMs));
    if (reading === null) traffic.delete(id);
    else traffic.set(id, { ...reading, readAtMs: nowMs - reading.ageMs });
  }
}

function without(pools: LiveState['pools'], poolId: string): LiveState['pools'] {
  const left = new Map(pools ?? []);
  left.delete(poolId);
  return left;
}

function withBeats(state: LiveState, beats: LiveBeats, nowMs: number): LiveState {
  const beatsReadMs = Date.parse(beats.at);
  const since = state.beatsReadMs ?? beatsReadMs;
  const looked: Looked = {
    nowMs,
    isListening: state.plane?.listening.ok ?? true,
    gapSeconds: Math.round((beatsReadMs - since) / 1_000) - 1,
  };
  const heard = new Map(state.heard);
  const strips = new Map(state.strips);
  for (const pool of Object.values(beats.pools)) layOver({ heard, strips }, pool, looked);
  const traffic = withReadings(state.traffic, beats, nowMs);
  return { ...state, heard, strips, traffic, beatsAtMs: nowMs, beatsReadMs };
}

interface Looked {
  readonly nowMs: number;
  readonly isListening: boolean;
  /** Seconds of which the page knows nothing, before this one. */
  readonly gapSeconds: number;
}
interface Drawn {
  readonly heard: Map<string, Heard>;
  readonly strips: Map<string, readonly Bar[]>;
}

function layOver({ heard, strips }: Drawn, { ages }: PoolBeats, { nowMs, isListening, gapSeconds }: Looked): void {
  for (const [id, ageMs] of Object.entries(ages)) {
    heard.set(id, heardAt(ageMs, nowMs));
    strips.set(id, extendStrip(strips.get(id) ?? [], barOf(ageMs, isListening), gapSeconds));
  }
}

/** Readings come about every 5 s: in between it stays the same map, so that nothing is drawn for it. */
function withReadings(known: LiveState['traffic'], beats: LiveBeats, nowMs: number): LiveState['traffic'] {
  const readings = Object.values(beats.pools).flatMap(({ traffic = {} }) => Object.entries(traffic));
  if (readings.length === 0) return known;
  const traffic = new Map(known);
  for (const [id, reading] of readings) {
    if (reading === null) traffic.delete(id);
    else traffic.set(id, { ...reading, readAtMs: nowMs - reading.ageMs });
  }
  return traffic;
}

const heardAt = (ageMs: number | null, nowMs: number): Heard => ({ atMs: ageMs === null ? null : nowMs - ageMs });
