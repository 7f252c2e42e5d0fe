import { activeHost, type FaultKind, type Place, powerClaim, seconds } from './fault.ts';
import { imposeBoth } from './network.ts';

/** Faults that no world draws by chance: what they show needs an hour of tries, so a mutant asks for a world of them (ADR 0016). */
export const wishedFaults: readonly FaultKind[] = [
  { kind: 'cut-that-heals-amid-hung-database', side: 'network', weight: 1, begin: cutThatHealsAmidHungDatabase },
];

/**
 * An active member is silent until its failover is nearly due, the database hangs for a moment, and the member is heard again meanwhile: what
 * a process sent to the database before that is stored after it (I7).
 */
function cutThatHealsAmidHungDatabase(place: Place) {
  const { installation, random } = place;
  const { clock, replicas, storage, ways } = installation;
  const { database } = storage;
  const found = activeHost(place);
  if (found === null || !place.isFree('database') || database.state !== 'up') return null;
  const { pool, host } = found;
  const cuts = replicas.map(({ name }) => imposeBoth(ways.agent(host.name, name), { cut: true }));
  const heal = () => {
    for (const over of cuts.splice(0)) over();
  };
  const hangsAtMs = pool.failoverDelayMs - random.between(0, 3_000);
  const upAtMs = hangsAtMs + random.between(1_000, 4_500);
  let isOver = false;
  const at = (afterMs: number, act: () => void) => clock.schedule(afterMs, () => isOver || act());
  at(hangsAtMs, () => database.turn('silent'));
  at(upAtMs - random.between(0, 1_500), heal);
  at(upAtMs, () => database.turn('up'));
  const end = () => {
    isOver = true;
    heal();
    database.turn('up');
  };
  const forMs = upAtMs + seconds(place, 5, 20);
  return { forMs, end, poolId: pool.id, memberId: host.disk.memberId, claims: ['database', powerClaim(host)] };
}
