import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderKind } from '@serverctl/contract';
import { type DnsProvider, secondMs } from '@serverctl/core';
import { startTestBind, startTestServer, type TestNameServer } from '@serverctl/dns/testing';
import { callLimits } from '../../apps/server/src/services/dns-providers/limits.ts';
import type { DnsProviders } from '../../apps/server/src/worker/ports.ts';
import {
  type ArmedFault,
  type CellZone,
  everywhere,
  type Fault,
  type ForeignFault,
  faultNames,
  lockOutSeconds,
} from './cell-zone.ts';
import type { Databases } from './databases.ts';
import { addressOf, furnish, instance, type Kysely, type Letter, moveAll } from './fleet.ts';
import { openHouse, resolverOf } from './house.ts';
import { until } from './until.ts';
import { openCloudflareZone } from './zone-cloudflare.ts';
import { openMemoryZone } from './zone-memory.ts';
import { openNameServerZone } from './zone-name-server.ts';
import { openPanelZone } from './zone-panel.ts';

/** Real name servers, by RFC 2136. */
const serverNames = ['bind', 'knot', 'powerdns'] as const;
type ServerName = (typeof serverNames)[number];
/** The providers of the matrix. */
export const kinds = ['memory', ...serverNames, 'cloudflare', 'cpanel', 'whm'] as const;
export type Kind = (typeof kinds)[number];

/** What was seen of one pool under one fault. */
export interface Cell {
  readonly kind: Kind;
  readonly fault: Fault;
  /** What the zone answered 35 s after the disturbance. */
  readonly answer: readonly string[];
  readonly wanted: string;
  /** From the disturbance until the zone answered the wanted address and stayed so; null = it never did. */
  readonly correctAfterMs: number | null;
  /** Of ours that took effect from the switchover on, and how many of them there had to be. */
  readonly writes: number;
  readonly needed: number;
  /** The fault did meet what it was to meet; else the cell shows an undisturbed switchover. */
  readonly met: boolean;
}

export interface Matrix {
  readonly cells: readonly Cell[];
  /** What is not armed at a provider; `left-out.ts` says why. */
  readonly leftOut: readonly { readonly kind: Kind; readonly fault: Fault }[];
  readonly complaints: readonly string[];
}

/** When a cell is judged. */
export const judgedAfterMs = 35 * secondMs;
/** Beyond the 4 s after which a call is given up (R15). */
const lateByMs = 6 * secondMs;
const lookEveryMs = 250;
/** A write that is to be late is sent long before: what is not by then was not held. */
const sentWithinMs = 30 * secondMs;

interface Place {
  readonly kind: Kind;
  readonly fault: Fault;
  readonly number: number;
  readonly zone: CellZone;
}

/** Every fault at every provider where it is armed, all at the same time, each in a pool of its own. */
export async function playMatrix(databases: Databases): Promise<Matrix> {
  const servers = {
    bind: await startTestBind(),
    knot: await startTestServer('knot'),
    powerdns: await startTestServer('powerdns'),
  };
  const database = await databases.open();
  const { places, leftOut } = await openPlaces(servers);
  const zoneOf = new Map(places.map(({ zone }) => [zone.name as string, zone]));
  const resolver = resolverOf(async (name) => (await zoneOf.get(name)?.answer()) ?? []);
  try {
    const pools = places.map((place) => ({ ...place.zone, number: place.number, credentialId: credentialOf(place) }));
    const credentials = places.map((place) => {
      const provider = providerOf[place.kind];
      return { id: credentialOf(place), provider, settings: { provider }, secret: Buffer.of(1) };
    });
    await furnish(database.kysely, pools, credentials, false);
    const house = await openHouse(database, providersOf(places), resolver);
    try {
      await until('every name is published', () => allAnswer(places, 'a'), 60_000, lookEveryMs);
      await sleep(secondMs); // their acknowledgements are stored
      return { cells: await playAll(database.kysely, places), leftOut, complaints: house.complaints };
    } finally {
      await house.end();
    }
  } finally {
    for (const { zone } of places) await zone.stop();
    for (const server of Object.values(servers)) await server.stop();
    await database.end();
  }
}

async function openPlaces(servers: Readonly<Record<ServerName, TestNameServer>>) {
  const open: Readonly<Record<Kind, (number: number) => Promise<CellZone>>> = {
    memory: openMemoryZone,
    bind: (number) => openNameServerZone(servers.bind, number),
    knot: (number) => openNameServerZone(servers.knot, number),
    powerdns: (number) => openNameServerZone(servers.powerdns, number),
    cloudflare: openCloudflareZone,
    cpanel: (number) => openPanelZone('cpanel', number),
    whm: (number) => openPanelZone('whm', number),
  };
  const places: Place[] = [];
  const leftOut: { kind: Kind; fault: Fault }[] = [];
  for (const kind of kinds)
    for (const fault of faultNames) {
      const number = places.length + 1;
      const zone = await open[kind](number);
      if (everywhere.includes(fault) || fault in zone.armed) places.push({ kind, fault, number, zone });
      else {
        leftOut.push({ kind, fault });
        await zone.stop();
      }
    }
  return { places, leftOut };
}

/** As what a kind's credential is stored. */
const providerOf = {
  ...{ memory: 'rfc2136', bind: 'rfc2136', knot: 'rfc2136', powerdns: 'rfc2136' },
  ...{ cloudflare: 'cloudflare', cpanel: 'cpanel', whm: 'whm' },
} as const satisfies Readonly<Record<Kind, ProviderKind>>;

const credentialOf = ({ kind, number }: Place): string => `${kind}-${number}`;

function providersOf(places: readonly Place[]): DnsProviders {
  const byCredential = new Map(places.map((place) => [credentialOf(place), place]));
  const placeOf = (credentialId: string): Place => {
    const place = byCredential.get(credentialId);
    if (place === undefined) throw new Error(`There is no credential ${credentialId}.`);
    return place;
  };
  return {
    instance,
    forCredential: async (credentialId): Promise<DnsProvider> => placeOf(credentialId).zone.provider,
    limitOf: (credentialId) => callLimits[providerOf[placeOf(credentialId).kind]],
  };
}

async function allAnswer(places: readonly Place[], letter: Letter): Promise<boolean> {
  const answers = await Promise.all(places.map((place) => answers1(place, letter)));
  return answers.every((isRight) => isRight);
}

async function answers1({ zone, number }: Place, letter: Letter): Promise<boolean> {
  const answer = await zone.answer().catch(() => []);
  return answer.length === 1 && answer[0] === addressOf(letter, number);
}

/** Arms the faults, moves all pools with one commit, and judges each cell in its time. */
async function playAll(kysely: Kysely, places: readonly Place[]): Promise<readonly Cell[]> {
  const scripts = places.map((place) => prepare(kysely, place));
  const numbers = places.map(({ number }) => number);
  const movedAt = await moveAll(kysely, numbers, { epoch: 2, from: 'a', to: 'b' });
  return Promise.all(scripts.map((play) => play(movedAt)));
}

/** What a cell's fault came to. */
interface Disturbance {
  readonly at: number;
  /** The member that the name is to lead to in the end. */
  readonly wanted: Letter;
  readonly needed: number;
  /** Asked when the cell is judged. */
  met(): boolean;
}

/** Everything that stands ready before the switchover; the function it returns goes on from there. */
function prepare(kysely: Kysely, place: Place): (movedAt: number) => Promise<Cell> {
  const { zone, fault, kind, number } = place;
  const before = zone.effects();
  const disturb = disturbanceOf(kysely, place);
  return async (movedAt) => {
    const { at, wanted, needed, met } = await disturb(movedAt);
    const correctAfterMs = await watch(place, wanted, at);
    const answer = await zone.answer();
    return {
      ...{ kind, fault, answer, correctAfterMs, needed },
      wanted: addressOf(wanted, number),
      writes: zone.effects() - before,
      met: met(),
    };
  };
}

function disturbanceOf(kysely: Kysely, place: Place): (movedAt: number) => Promise<Disturbance> {
  const { zone, fault } = place;
  if (fault === 'slow' || fault === 'stale') {
    const held = zone.holdNextWrite();
    return async () => {
      const isSent = await Promise.race([held.sent.then(() => true), sleep(sentWithinMs, false)]);
      const met = () => isSent;
      if (fault === 'stale') await moveAll(kysely, [place.number], { epoch: 3, from: 'b', to: 'c' });
      await sleep(lateByMs);
      if (fault === 'stale') await until('the newer epoch is published', () => answers1(place, 'c'));
      held.release();
      const at = performance.now();
      if (fault === 'slow') return { at, wanted: 'b', needed: 1, met };
      // Where the server compares, the stale one is refused. Else it takes effect, as it was asked to, and is to be repaired.
      return { at, wanted: 'c', needed: zone.comparesAndSets ? 1 : 3, met };
    };
  }
  if (isForeign(fault)) {
    return async () => {
      await until('the switchover is published', () => answers1(place, 'b'));
      await sleep(secondMs / 2);
      const isChanged = await changeByHand(place, fault);
      return { at: performance.now(), wanted: 'b', needed: 2, met: () => isChanged };
    };
  }
  zone.armed[fault]?.();
  // Whoever is refused asks again in 30 s, since as a rule only a person can mend that: judged from when asking can help.
  const lastsMs = fault === 'locked-out' ? lockOutSeconds * secondMs : 0;
  return async (movedAt) => ({ at: movedAt + lastsMs, wanted: 'b', needed: 1, met: zone.met });
}

function isForeign(fault: ForeignFault | ArmedFault): fault is ForeignFault {
  return fault === 'deleted' || fault === 'stranger' || fault === 'doubled' || fault === 'mark-removed';
}

function changeByHand({ zone, number }: Place, fault: ForeignFault): Promise<boolean> {
  const stranger = '192.0.2.66';
  switch (fault) {
    case 'deleted':
      return zone.put([]);
    case 'stranger':
      return zone.put([stranger]);
    case 'doubled':
      return zone.put([addressOf('b', number), stranger]);
    case 'mark-removed':
      return zone.removeMark();
  }
}

/** Looks until the cell is judged. Returns since when it was right, reckoned from the disturbance; null = it is not. */
async function watch(place: Place, wanted: Letter, at: number): Promise<number | null> {
  let rightAt: number | null = null;
  while (performance.now() - at < judgedAfterMs) {
    const isRight = await answers1(place, wanted);
    rightAt = isRight ? (rightAt ?? performance.now()) : null;
    await sleep(lookEveryMs);
  }
  return rightAt === null ? null : Math.max(0, rightAt - at);
}
