import type { Begun } from './begun.ts';
import { type FaultKind, freeReplica, leader, type Place, seconds } from './fault.ts';
import type { Replica } from './replica.ts';

const yearMs = 365 * 86_400_000;

/** What happens to the control plane's own processes, machines and database: none of it may move a record (I10). */
export const controlPlaneFaults: readonly FaultKind[] = [
  kind('replica-killed', 4, (place) => killed(freeReplica(place), seconds(place, 0.5, 40))),
  kind('leader-killed', 4, (place) => killed(leader(place), seconds(place, 0.5, 40))),
  kind('all-replicas-killed', 1, (place) => {
    const up = place.installation.replicas.filter(({ isUp, name }) => isUp && place.isFree(name));
    for (const replica of up) replica.kill();
    return { forMs: seconds(place, 1, 60), end: () => startAll(up), claims: up.map(({ name }) => name) };
  }),
  kind('rolling-upgrade', 1.5, rollingUpgrade),
  kind('leader-stopped', 2, (place) => {
    const replica = leader(place);
    if (replica === null) return null;
    replica.stop();
    return {
      forMs: seconds(place, 1, 20),
      end: () => startOrWait(place, replica),
      replica: replica.name,
      claims: [replica.name],
    };
  }),
  kind('leader-frozen', 4, (place) => paused(leader(place), 'stop', seconds(place, 1, 60))),
  kind('replica-frozen', 2, (place) => paused(freeReplica(place), 'stop', seconds(place, 1, 60))),
  kind('leader-suspended', 3, (place) => paused(leader(place), 'suspend', seconds(place, 1, 90))),
  kind('replica-suspended', 1, (place) => paused(freeReplica(place), 'suspend', seconds(place, 1, 90))),
  kind('event-loop-blocked', 4, (place) => paused(leader(place), 'stop', 1_000 * place.random.between(0.2, 8))),
  kind('wall-clock-jumps', 2, (place) => {
    const replica = place.random.pick(place.installation.replicas).name;
    place.installation.walls.get(replica)?.jump(jumpMs(place));
    return { forMs: 0, replica };
  }),
  kind('database-clock-jumps', 2, (place) => {
    place.installation.storage.jumpWallTime(jumpMs(place));
    return { forMs: 0 };
  }),
  database('database-stopped', 4, [5, 300], (db) => {
    db.turn('refusing');
    return () => db.turn('up');
  }),
  database('database-silent', 3, [1, 120], (db) => {
    db.turn('silent');
    return () => db.turn('up');
  }),
  kind('database-crashed', 1, (place) => {
    const { database: db, liveness } = place.installation.storage;
    if (!place.isFree('database') || db.state !== 'up') return null;
    db.turn('refusing');
    liveness.empty();
    return { forMs: seconds(place, 2, 30), end: () => db.turn('up'), claims: ['database'] };
  }),
  database('database-slow', 3, [10, 180], (db, { random }) => {
    db.slowMs = random.pick([50, 300, 1_000, 3_000]);
    return () => {
      db.slowMs = 0;
    };
  }),
  database('database-replies-lost', 2, [10, 120], (db, { random }) => {
    db.lostReplies = random.pick([0.05, 0.3]);
    return () => {
      db.lostReplies = 0;
    };
  }),
  database('notices-lost', 2, [20, 200], (db, { random }) => {
    db.lostNotices = random.pick([0.3, 1]);
    return () => {
      db.lostNotices = 0;
    };
  }),
];

function kind(name: string, weight: number, begin: FaultKind['begin']): FaultKind {
  return { kind: name, side: 'control-plane', weight, begin };
}

function database(
  name: string,
  weight: number,
  [from, to]: readonly [number, number],
  act: (db: Place['installation']['storage']['database'], place: Place) => () => void,
): FaultKind {
  return kind(name, weight, (place) => {
    const { database: db } = place.installation.storage;
    if (!place.isFree('database') || db.state !== 'up') return null;
    return { forMs: seconds(place, from, to), end: act(db, place), claims: ['database'] };
  });
}

function killed(replica: Replica | null, forMs: number): Begun | null {
  if (replica === null) return null;
  replica.kill();
  return { forMs, end: () => replica.start(), replica: replica.name, claims: [replica.name] };
}

function paused(replica: Replica | null, how: 'stop' | 'suspend', forMs: number): Begun | null {
  if (replica === null) return null;
  replica.pause(how);
  return { forMs, end: () => replica.resume(), replica: replica.name, claims: [replica.name] };
}

function startAll(replicas: readonly Replica[]): void {
  for (const replica of replicas) replica.start();
}

/** A clean stop may take a while longer than we waited. */
function startOrWait({ installation }: Place, replica: Replica): void {
  if (replica.isUp && replica.edge === null)
    installation.clock.schedule(1_000, () => startOrWait({ installation } as Place, replica));
  else replica.start();
}

/** One after the other is stopped and started again. */
function rollingUpgrade(place: Place): Begun | null {
  const { replicas, clock } = place.installation;
  if (replicas.some(({ name, isUp }) => !isUp || !place.isFree(name))) return null;
  const eachMs = place.random.between(3_000, 20_000);
  let isOver = false;
  const startAgain = (replica: Replica) => {
    if (!replica.isUp) replica.start();
  };
  for (const [index, replica] of replicas.entries())
    clock.schedule(index * eachMs, () => {
      const restMs = place.random.between(200, 2_000);
      if (!isOver) replica.stop(() => clock.schedule(restMs, () => startAgain(replica)));
    });
  return {
    forMs: replicas.length * eachMs + 5_000,
    end() {
      isOver = true;
      startAll(replicas);
    },
    claims: replicas.map(({ name }) => name),
  };
}

function jumpMs({ random }: Place): number {
  return random.pick([10 * yearMs, -10 * yearMs, 3_600_000, -3_600_000, 15_000, -15_000]);
}
