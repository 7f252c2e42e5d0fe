import type { PoolId } from '@serverctl/core';
import { type FaultKind, hostOf, type Place, powerClaim, seconds, stopHaproxy } from './fault.ts';
import type { Account, Trouble } from './provider.ts';

/** What happens at the providers and at the zones' servers. */
export const providerFaults: readonly FaultKind[] = [
  planned('provider-errors', 3, ['error', 'error', 'error-after'], [10, 180]),
  planned('provider-ambiguous', 4, ['error-after', 'no-answer', 'answer-lost'], [10, 120]),
  planned('provider-late', 8, ['late'], [10, 120]),
  planned('provider-lies', 2, ['lie'], [10, 120]),
  account('provider-exhausted', 2, [10, 150], (one) => {
    one.exhausted = true;
    return () => {
      one.exhausted = false;
    };
  }),
  account('credential-revoked', 3, [10, 200], (one) => {
    one.revoked = true;
    return () => {
      one.revoked = false;
    };
  }),
  account('provider-down', 2, [10, 200], (one) => {
    one.down = true;
    return () => {
      one.down = false;
    };
  }),
  account('server-lags', 2, [30, 300], ({ zone }, { random }) => {
    const server = random.pick(zone.servers);
    const usualMs = server.lagMs;
    server.lagMs = random.between(10_000, 120_000);
    return () => {
      server.lagMs = usualMs;
    };
  }),
  account('server-silent', 2, [10, 300], ({ zone }, { random }) => {
    const server = random.pick(zone.servers);
    server.silent = true;
    return () => {
      server.silent = false;
    };
  }),
];

function account(
  name: string,
  weight: number,
  [from, to]: readonly [number, number],
  act: (account: Account, place: Place) => () => void,
): FaultKind {
  return {
    kind: name,
    side: 'provider',
    weight,
    begin(place) {
      const { account: one } = place.random.pick(place.installation.providers);
      const claim = `account ${one.credentialId}`;
      if (!place.isFree(claim)) return null;
      return { forMs: seconds(place, from, to), end: act(one, place), claims: [claim] };
    },
  };
}

/**
 * Nothing happens to a write while there is none, and a late one is stale only after another: so HAProxy of an active member whose name is
 * at this provider stops while the plan is in force, and often that of its successor after it.
 */
function planned(
  name: string,
  weight: number,
  troubles: readonly Trouble[],
  span: readonly [number, number],
): FaultKind {
  return {
    kind: name,
    side: 'provider',
    weight,
    begin(place) {
      const { account: one } = place.random.pick(place.installation.providers);
      const claim = `account ${one.credentialId}`;
      if (!place.isFree(claim)) return null;
      const forMs = seconds(place, 2 * span[0], 2 * span[1]);
      one.plan = { share: place.random.pick([0.3, 0.7, 1]), troubles };
      const pool = poolAt(place, one);
      let recover = pool !== null && place.random.chance(0.7) ? stopActive(place, pool) : () => {};
      let isOver = false;
      place.installation.clock.schedule(forMs / 2, () => {
        if (isOver) return;
        one.plan = null;
        recover();
        recover = pool !== null && place.random.chance(0.6) ? stopActive(place, pool) : () => {};
      });
      const end = () => {
        isOver = true;
        one.plan = null;
        recover();
      };
      return { forMs, end, claims: [claim], ...(pool !== null && { poolId: pool }) };
    },
  };
}

/** A pool with a name at this provider. */
function poolAt(place: Place, { credentialId }: Account): PoolId | null {
  const { house } = place.installation.storage;
  const names = [...house.bindings.values()].filter((binding) => binding.credentialId === credentialId);
  return names.length === 0 ? null : place.random.pick(names).poolId;
}

function stopActive(place: Place, poolId: PoolId): () => void {
  const { house } = place.installation.storage;
  const host = hostOf(place.installation, house.pools.get(poolId)?.activeMemberId ?? null);
  if (host === null || !host.hasPower || !place.isFree(powerClaim(host))) return () => {};
  return stopHaproxy(place, host);
}
