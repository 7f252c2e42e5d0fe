import type { Gate } from '../accounts/gate.ts';
import type { KeyStore } from './ports.ts';

/*
 * The look-up of a key takes its turn behind the gate of all look-ups, since anybody gets a nonce and may name any member: without it every
 * such request waits for one of the ten connections that the failover's own queries go through. Who signed with the key that we remember
 * (prove-key.ts) waits in the lane of agents, so that strangers, wherever from, do not hold a fleet out that starts; whoever else comes for a
 * token is a stranger until the key is proved. Not in the lane of people: 5,000 agents that started at once kept people who were signed in
 * from every fourth request there, and one stolen key could do the same.
 *
 * A fleet that comes at once is longer than the line of 256. The rest is refused with 429 and asks again by itself 1–3 s later (the agent's
 * outcome.ts); renewals go unnoticed, since the old token is good for five minutes more. Measured on two cores with other work (load 2), the
 * agents in this same process, until the last of a fleet that comes at once has its token; each gives a call up after 2 s. In brackets how
 * long another query waited at most:
 *
 *   fleet                           | without the gate           | with the strangers, quiet 5 s | a lane of its own, quiet 1–3 s
 *   --------------------------------|----------------------------|-------------------------------|-------------------------------
 *   1,000 starts                    | 1.3 s (0.6 s)              | 12 s (0.2 s)                  | 4 s (0.3 s); on one core 7 s
 *   and 2,000 strangers' requests/s | 499 in 25 s (3 s or fails) | 18 s (0.2 s)                  | 4 s (0.3 s); on one core 7 s
 *   5,000 renewals                  | 3 s (1.3 s)                | 18 s (1.1 s)                  | 7 s (1.1 s)
 *   5,000 starts                    |                            | 52 s (1.1 s)                  | 30 s (1.2 s)
 *   and 2,000 strangers' requests/s |                            | 3,880 in 60 s (1.2 s)         | 1,334 in 60 s (1.4 s)
 *
 * The last row is where we work for agents that have hung up: what waits must be reached within their 2 s, and here it is not. A longer line
 * does the same to a smaller fleet: with 1,024 places 297 of 1,000 were served in 40 s.
 */
export function keysInTurn(keys: KeyStore, lookUps: Gate): KeyStore {
  return { ...keys, currentKey: (memberId, lane) => lookUps.run(lane, () => keys.currentKey(memberId, lane)) };
}
