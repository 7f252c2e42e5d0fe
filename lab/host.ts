import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import { type LossWay, setLoss } from './loss.ts';
import { enterNetwork, setCable } from './network.ts';
import type { Plan, PlannedHost } from './plan.ts';
import { type Finished, open, type RunOptions, run } from './shell.ts';
import { dieWithUs, identify, remember } from './started.ts';

/** A place on the lab's network without a machine around it: programs of this machine run there. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  run(argv: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Runs until it ends, until down(), or until the process that owns the lab dies. */
  spawn(argv: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Pulls the cable: packets are lost in silence both ways. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** Loses that percentage of its packets until set to 0; one way only with 'sent' or 'received', seen from the host. */
  lose(percent: number, way?: LossWay): Promise<void>;
}

export function labHost(plan: Plan, host: PlannedHost, pidDirectory: string): LabHost {
  const prefix = enterNetwork(host.namespace);
  let spawned = 0;
  return {
    name: host.name,
    address: host.address,
    namespace: host.namespace,
    run: (argv, options) => run([...prefix, ...argv], options),
    spawn(argv, options = {}) {
      const child = open([...dieWithUs, ...prefix, ...argv], options);
      const started = child.pid === undefined ? null : identify(child.pid);
      spawned += 1;
      if (started) remember(join(pidDirectory, `${host.name}-${process.pid}-${spawned}`), started);
      return child;
    },
    cut: () => setCable(plan, host, 'down'),
    heal: () => setCable(plan, host, 'up'),
    lose: (percent, way) => setLoss(plan, host, percent, way),
  };
}
