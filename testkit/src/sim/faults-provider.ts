import { type FaultKind, hostOf, type Place, powerClaim, seconds } from './fault.ts';
import type { Account, Trouble } from './provider.ts';

/** What happens at the providers and at the zones' servers. */
export const providerFaults: readonly FaultKind[] = [
  planned('provider-errors', 3, ['error', 'error', 'error-after'], [10, 180]),
  planned('provider-ambiguous', 4, ['error-after', 'no-answer', 'answer-lost'], [10, 120]),
  planned('provider-late', 4, ['late'], [10, 120]),
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

function planned(
  name: string,
  weight: number,
  troubles: readonly Trouble[],
  span: readonly [number, number],
): FaultKind {
  return account(name, weight, span, (one, place) => {
    one.plan = { share: place.random.pick([0.3, 0.7, 1]), troubles };
    const recover = place.random.chance(0.7) ? causeWrites(place, one) : () => {};
    return () => {
      one.plan = null;
      recover();
    };
  });
}

/** Nothing happens to a write while there is none: HAProxy of an active member whose name is at this provider stops for the time. */
function causeWrites(place: Place, { credentialId }: Account): () => void {
  const { storage } = place.installation;
  const names = [...storage.house.bindings.values()].filter((binding) => binding.credentialId === credentialId);
  if (names.length === 0) return () => {};
  const pool = storage.house.pools.get(place.random.pick(names).poolId);
  const host = hostOf(place.installation, pool?.activeMemberId ?? null);
  if (host === null || !host.hasPower || !place.isFree(powerClaim(host))) return () => {};
  host.haproxy.stop();
  return () => host.haproxy.start();
}
