import { activeHost, type FaultKind, leader, type Place, powerClaim, seconds } from './fault.ts';
import { imposeBoth } from './network.ts';

/** Faults that no world draws by chance: what they show needs hundreds of tries, so a mutant asks for a world of them (ADR 0016). */
export const wishedFaults: readonly FaultKind[] = [
  { kind: 'heard-amid-late-database-write', side: 'network', weight: 1, begin: heardAmidLateDatabaseWrite },
];

/** A write that is sent while its way is cut arrives with the try after 1.4 s (network.ts): so long is the cut about. */
const cutForMs = 1_300;

/**
 * An active member is silent until its failover is about due. Then one process, which does not lead, hears it again, while a write that it sent
 * to the database right before is still on its way: that one comes late and tells of nobody (I7).
 */
function heardAmidLateDatabaseWrite(place: Place) {
  const { installation, random } = place;
  const { clock, replicas, ways } = installation;
  const found = activeHost(place);
  const led = leader(place);
  const others = replicas.filter((one) => one !== led && one.edge?.clock.isRunning === true && place.isFree(one.name));
  if (found === null || led === null || others.length === 0) return null;
  const { pool, host } = found;
  const hearing = random.pick(others);
  const cuts = new Map(replicas.map(({ name }) => [name, imposeBoth(ways.agent(host.name, name), { cut: true })]));
  let restore = () => {};
  let isOver = false;
  const at = (afterMs: number, act: () => void) => clock.schedule(afterMs, () => isOver || act());
  const lateAtMs = pool.failoverDelayMs - random.between(0, 2_600);
  at(lateAtMs, () => {
    restore = ways.database(hearing.name).there.impose({ cut: true });
  });
  at(lateAtMs + random.between(0, 500), () => cuts.get(hearing.name)?.());
  at(lateAtMs + cutForMs, () => restore());
  const end = () => {
    isOver = true;
    restore();
    for (const over of cuts.values()) over();
  };
  const forMs = lateAtMs + seconds(place, 5, 20);
  const claims = [hearing.name, powerClaim(host)];
  return { forMs, end, poolId: pool.id, memberId: host.disk.memberId, replica: hearing.name, claims };
}
