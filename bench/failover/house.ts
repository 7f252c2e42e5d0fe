import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolView } from '@serverctl/contract';
import { addCredential } from '@serverctl/e2e/edge';
import { type LabStage, type LabStageMember, labStage } from '@serverctl/e2e/lab-stage';
import { type Plane, startPlane } from '@serverctl/e2e/plane';
import { plan } from './figures.ts';
import { placeWatcher } from './keepalived.ts';
import { virtualAddress } from './keepalived-conf.ts';
import { type PoolRunner, startPool } from './pool-runner.ts';
import { startResolver, stopResolver } from './resolver.ts';

/*
 * Seven lab hosts: three for the pool with the default grace, three for the pool with grace 0, one for the clients' resolver. Three to a
 * pool, so that one is ready while the last one recovers. keepalived runs on the standbys of the second pool, in turns.
 */
export interface House {
  readonly stage: LabStage;
  readonly plane: Plane;
  readonly patient: PoolRunner;
  readonly instant: PoolRunner;
  readonly resolver: string;
  /** Names that clients use. */
  readonly names: { readonly patient: string; readonly virtual: string };
  /** Ticks in which nobody aged since the control plane's start, as the pools' status tells (R2). */
  frozenTicks(): Promise<number>;
}

const hostsEach = 3;

/** Boots the hosts only, so that whoever interrupts has something to take down. */
export function openStage(say: (line: string) => void): Promise<LabStage> {
  return labStage(hostsEach * 2 + 1, say, { packages: ['keepalived', 'unbound'] });
}

/** Control plane, pools, resolver and keepalived's files on a stage. Resolves when the first round may begin. */
export async function furnish(stage: LabStage, watcherMs: number, say: (line: string) => void): Promise<House> {
  const plane = await startPlane(stage);
  const secretFile = join(stage.directory, 'tsig-secret');
  await writeFile(secretFile, stage.dns.key.secret, { mode: 0o600 });
  await addCredential(plane, stage, secretFile);
  const first = stage.members.slice(0, hostsEach);
  const second = stage.members.slice(hostsEach, hostsEach * 2);
  const resolver = stage.members[hostsEach * 2]!;
  await Promise.all([...first, ...second].map(stopResolver));
  await Promise.all(second.map((host) => placeWatcher(host, watcherMs)));
  await startResolver(stage, resolver);
  const virtual = `virtual.${stage.dns.zone}`;
  const added = await stage.lab.dns.nsupdate(`update add ${virtual} ${plan.ttlSeconds} A ${virtualAddress}`);
  if (added.status !== 0) throw new Error(`${virtual} could not be added: ${added.stderr}`);
  say('Two pools of three hosts; a new member becomes a candidate after 30 s of unbroken health …');
  const start = (name: string, graceSeconds: number, hosts: readonly LabStageMember[]) =>
    startPool({ plane, stage, plan: { ...plan, name, label: name, graceSeconds }, hosts });
  const [patient, instant] = await Promise.all([
    start('patient', plan.graceDefaultSeconds, first),
    start('instant', 0, second),
  ]);
  return {
    stage,
    plane,
    patient,
    instant,
    resolver: resolver.address,
    names: { patient: `patient.${stage.dns.zone}`, virtual },
    async frozenTicks() {
      const pools = await plane.cli<readonly PoolView[]>('pool', 'list');
      return Math.max(0, ...pools.map(({ status }) => status.frozenTicks)); // one loop counts for all pools
    },
  };
}
