import { type FaultKind, type Place, seconds } from './fault.ts';
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

function planned(name: string, weight: number, troubles: readonly Trouble[], span: readonly [number, number]): FaultKind {
  return account(name, weight, span, (one, { random }) => {
    one.plan = { share: random.pick([0.3, 0.7, 1]), troubles };
    return () => {
      one.plan = null;
    };
  });
}
