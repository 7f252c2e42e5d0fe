import { AppError, type DnsName, isAppError, isInZone } from '@serverctl/core';
import type { Client } from './client.ts';
import type { HeldZone } from './reply.ts';

/*
 * A name can have several zones: one that was moved away stays listed beside the one that is served, in the same account or in another.
 *
 *   of this name                   | taken
 *   one is active                  | that one: only it answers clients
 *   none is active, there is one   | that one; the probe says what ails it
 *   anything else                  | none: a person says which by its id
 *   none                           | none: not served
 */

/** Ids of zones: given with the credential, or found by name once and kept while active. */
export interface Zones {
  /** Throws `dns_zone_not_served`, or `dns_zone_id_needed` where the token may not look it up, or the name alone does not tell which. */
  idOf(zone: DnsName, signal: AbortSignal): Promise<string>;
  /**
   * Throws `dns_zone_id_wrong` when an id that was given belongs to another zone, as far as a record there tells: a name that is not in its
   * zone would be created below it.
   */
  requireOwn(zone: DnsName, signal: AbortSignal): Promise<void>;
  /** The same, of the name of a record that was seen there anyway. */
  prove(zone: DnsName, held: string): void;
  /** The zone as it is now; null where the token may not look. */
  look(zone: DnsName, signal: AbortSignal): Promise<HeldZone | null>;
  /** Runs a call under the zone's id; an id that was found and is no longer one is forgotten. */
  under<T>(zone: DnsName, signal: AbortSignal, call: (zoneId: string) => Promise<T>): Promise<T>;
}

export function createZones(client: Client, given: Readonly<Record<string, string>>): Zones {
  const stored = new Map(Object.entries(given));
  const known = new Map<string, string>();
  const proven = new Set<string>();

  async function idOf(zone: DnsName, signal: AbortSignal): Promise<string> {
    const id = stored.get(zone) ?? known.get(zone);
    if (id !== undefined) return id;
    const found = theZone(zone, await client.findZones(zone, signal));
    known.set(zone, found.id);
    proven.add(zone);
    return found.id;
  }

  function prove(zone: DnsName, held: string): void {
    // Only its end is compared: what the provider holds need not be a name that we would take.
    if (!isInZone(held as DnsName, zone)) throw new AppError('dns_zone_id_wrong', { zone, holds: held });
    proven.add(zone);
  }

  return {
    idOf,
    prove,
    async requireOwn(zone, signal) {
      if (proven.has(zone)) return;
      const held = await client.anyName(await idOf(zone, signal), signal);
      if (held !== null) prove(zone, held);
    },
    async look(zone, signal) {
      const held = await client.zone(await idOf(zone, signal), signal);
      if (held !== null && held.status !== 'active') known.delete(zone); // another of this name may have become active
      return held;
    },
    async under(zone, signal, call) {
      const zoneId = await idOf(zone, signal);
      try {
        return await call(zoneId);
      } catch (error) {
        if (isAppError(error, 'dns_zone_id_wrong')) known.delete(zone);
        throw error;
      }
    },
  };
}

function theZone(zone: DnsName, listed: readonly HeldZone[]): HeldZone {
  const named = listed.filter(({ name }) => name === zone);
  const active = named.filter(({ status }) => status === 'active');
  const [found, ...more] = active.length > 0 ? active : named;
  if (found === undefined) throw new AppError('dns_zone_not_served', { zone });
  if (more.length === 0) return found;
  throw new AppError('dns_zone_id_needed', { zone, found: named.map(({ id, status }) => `${id} (${status})`) });
}
