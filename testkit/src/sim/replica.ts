import type { BindingId, InstanceId, PoolId } from '@serverctl/core';
import { createListener, type Listener } from '../../../apps/server/src/liveness/listener.ts';
import { newId, type Random } from '../../../apps/server/src/platform/random.ts';
import { createAgentSessions } from '../../../apps/server/src/services/agent-session/agent-sessions.ts';
import { enrol } from '../../../apps/server/src/services/enrolment/enrol.ts';
import { createEventLoopMonitor } from '../../../apps/server/src/worker/event-loop-monitor.ts';
import { createLease } from '../../../apps/server/src/worker/lease.ts';
import type { DnsProviders, Lease, Resolver } from '../../../apps/server/src/worker/ports.ts';
import { createWorker, type Worker } from '../../../apps/server/src/worker/worker.ts';
import { DatabaseClient } from './database.ts';
import { createEdge, type Edge, type EdgeParts } from './edge.ts';
import type { Events } from './events.ts';
import type { Connection } from './network.ts';
import type { DnsCall, ReplicaState } from './observer.ts';
import { poolsReading } from './pools-reading.ts';
import { ProcessClock, type WallClock } from './process-clock.ts';
import { type ReplicaPorts, replicaPorts } from './replica-ports.ts';
import type { Storage } from './storage.ts';
import type { ReplicaTruth } from './truth.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * One process of the control plane, composed as apps/server/src/{control-plane,parts,parts-http}.ts compose it, for the role `all`:
 *
 *   dead ──start──→ starting ──the members are read──→ running ──stop: HTTP, worker, listener, in this order──→ dead
 *                      └── they cannot be read for a minute: ends, and is started again after 2 s, as systemd does ──→ starting
 *   any ──kill──→ dead
 */

export interface ReplicaParts {
  readonly name: string;
  readonly clock: WorldClock;
  readonly random: (name: string) => Random & { between(from: number, to: number): number };
  readonly wall: WallClock;
  readonly storage: Storage;
  readonly toDatabase: Connection;
  readonly sessionKey: Uint8Array;
  readonly instance: InstanceId;
  readonly urls: readonly string[];
  readonly providers: (process: ReplicaProcess) => DnsProviders;
  readonly resolver: (process: ReplicaProcess) => Resolver;
  readonly reachesProviders: () => boolean;
  readonly events: Events;
}

/** What a process's way to the providers needs of it. */
export interface ReplicaProcess {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly database: DatabaseClient;
  readonly lease: Lease;
  readonly wishes: ReadonlyMap<BindingId, NonNullable<DnsCall['wish']>>;
  /** The pool's epoch as its loop last read it; null = not yet. */
  readonly epochOf: (poolId: PoolId) => number | null;
}

interface Running {
  readonly clock: ProcessClock;
  readonly database: DatabaseClient;
  readonly listener: Listener;
  readonly lease: Lease;
  readonly worker: Worker;
  readonly stopping: AbortController;
  readonly ended: Promise<unknown>;
  readonly stopRegistry: () => Promise<void>;
  edge: Edge | null;
}

const restartMs = 2_000;
const longestStopMs = 30_000;

export class Replica {
  readonly name: string;
  readonly #parts: ReplicaParts;
  #run: Running | null = null;
  readonly #begun: Pick<Running, 'clock' | 'database' | 'stopping'>[] = [];
  #judgedAt: number | null = null;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
    this.name = parts.name;
  }

  get isUp(): boolean {
    return this.#run !== null;
  }

  /** Null when nobody listens at its port. */
  get edge(): { readonly clock: ProcessClock; readonly answer: Edge } | null {
    const run = this.#run;
    return run === null || run.edge === null ? null : { clock: run.clock, answer: run.edge };
  }

  truth(): ReplicaTruth {
    const run = this.#run;
    const isRunning = run?.clock.isRunning === true;
    const { there, back } = this.#parts.toDatabase;
    return {
      name: this.name,
      state: run === null ? 'dead' : isRunning ? 'running' : 'paused',
      fence: isRunning ? (run?.lease.held() ?? null) : null,
      databaseReachable: this.#parts.storage.database.state === 'up' && !there.isCut && !back.isCut,
      providerReachable: this.#parts.reachesProviders(),
      judgedAt: this.#judgedAt,
      statistics: run?.worker.statistics ?? null,
    };
  }

  start(): void {
    if (this.#run !== null) return;
    this.#run = this.#begin();
    this.#tell('started');
  }

  kill(): void {
    if (this.#run === null) return;
    this.#end(this.#run);
    this.#tell('killed');
  }

  /** Resolves nothing: the world goes on. `then` is called when it has ended. */
  stop(then: () => void = () => {}): void {
    const run = this.#run;
    if (run === null || !run.clock.isRunning) return;
    run.edge = null;
    const over = () => {
      if (this.#run !== run) return;
      this.#end(run);
      this.#tell('stopped');
      then();
    };
    this.#parts.clock.schedule(longestStopMs, over);
    void run
      .stopRegistry()
      .then(() => run.stopping.abort())
      .then(() => run.ended)
      .then(() => run.listener.stop())
      .then(() => this.#parts.clock.schedule(0, over));
  }

  /** SIGSTOP, a blocked event loop, or a virtual machine that stands still. */
  pause(how: 'stop' | 'suspend'): void {
    if (this.#run === null || !this.#run.clock.isRunning) return;
    this.#run.clock[how]();
    this.#tell(how === 'stop' ? 'frozen' : 'suspended');
  }

  resume(): void {
    if (this.#run === null || this.#run.clock.isRunning) return;
    this.#run.clock.resume();
    this.#tell('resumed');
  }

  /** Node keeps a signal of several, and all behind it, until it is aborted or nobody listens to it. */
  discard(): void {
    for (const { clock, database, stopping } of this.#begun) {
      clock.kill();
      database.close();
      stopping.abort();
    }
  }

  #measure(delayMs: number): number {
    this.#judgedAt = this.#parts.clock.now();
    return delayMs;
  }

  #tell(state: ReplicaState): void {
    this.#parts.events.tell('onReplica', [this.name, state], this.name, state);
  }

  #end(run: Running): void {
    run.clock.kill();
    run.database.close();
    this.#run = null;
  }

  #begin(): Running {
    const { clock: world, wall, storage, toDatabase, events, name } = this.#parts;
    this.#judgedAt = null;
    const random = this.#parts.random(`replica ${name} ${this.#begun.length + 1}`);
    const clock = new ProcessClock(world, { startMs: random.between(1e3, 1e8), wall });
    const database = new DatabaseClient(storage.database, clock, toDatabase);
    const wishes = new Map<BindingId, NonNullable<DnsCall['wish']>>();
    const reading = poolsReading(() => world.now());
    const ports = replicaPorts({ name, storage, database, events, random, clock: world, wishes, reading });
    const listenerId = newId(random);
    const listener = createListener({ ...ports.listener, clock, listenerId });
    const lease = createLease({ holder: newId(random), row: ports.leaseRow, clock, onRelease: ports.onRelease });
    lease.onChange(() => events.tell('onLease', [name, lease.held()?.term ?? 0], name, lease.held()));
    listener.start();
    const process = { name, clock, database, lease, wishes, epochOf: reading.epochOf };
    const { worker, stopping, ended } = this.#startWorker(process, random, ports, listener);
    this.#begun.push({ clock, database, stopping });
    const run: Running = {
      clock,
      database,
      listener,
      lease,
      worker,
      stopping,
      ended,
      stopRegistry: async () => {},
      edge: null,
    };
    return Object.assign(run, this.#listen(run, ports, random));
  }

  #startWorker(process: ReplicaProcess, random: Random, ports: ReplicaPorts, listener: Listener) {
    const { clock, lease } = process;
    const eventLoop = createEventLoopMonitor(clock);
    eventLoop.start();
    const measured = { worstDelayMs: () => this.#measure(eventLoop.worstDelayMs()) };
    const stopping = new AbortController();
    const worker = createWorker({
      clock,
      random,
      store: ports.store,
      liveness: ports.liveness(listener),
      lease,
      providers: this.#parts.providers(process),
      resolver: this.#parts.resolver(process),
      notifier: ports.notifier,
      eventLoop: measured,
      log: ports.log,
    });
    return { worker, stopping, ended: worker.run(stopping.signal) };
  }

  /** HTTP begins when the members are known; a process that cannot read them ends. */
  #listen({ clock, listener }: Running, ports: ReplicaPorts, random: Random): Pick<Running, 'stopRegistry'> {
    const sessions = createAgentSessions({
      ...ports.sessions,
      clock,
      random,
      listener,
      sessionKey: this.#parts.sessionKey,
      onFailure: (error) => ports.log.warn({ err: error }, 'the members could not be read again'),
    });
    const { name, events } = this.#parts;
    const enrolling = { enrolments: ports.enrolments, random, urls: this.#parts.urls };
    const enrolAt: EdgeParts['enrol'] = (request, peer) =>
      enrol(enrolling, request, { peer, proxiesKnown: false, requestId: 'sim' });
    const onHeard: EdgeParts['onHeard'] = ({ origin }, { memberId, boot, seq, refusal }, verdict) => {
      const heard = { memberId, host: origin.host, boot, seq, replica: name, verdict, refusal, sentAt: origin.sentAt };
      events.tell('onBeatHeard', [memberId, boot, seq, name, verdict], heard);
    };
    const edge = createEdge({ clock, listener, sessions, enrol: enrolAt, onHeard });
    sessions.registry.start().then(
      () => {
        if (this.#run?.clock === clock) this.#run.edge = edge;
      },
      () => this.#parts.clock.schedule(0, () => this.#failed(clock)),
    );
    return { stopRegistry: () => sessions.registry.stop() };
  }

  #failed(clock: ProcessClock): void {
    if (this.#run?.clock !== clock) return;
    this.kill();
    this.#parts.clock.schedule(restartMs, () => this.start());
  }
}
