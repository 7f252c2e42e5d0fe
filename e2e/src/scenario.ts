import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labSupport } from '@serverctl/lab';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { addCredential } from './edge.ts';
import { type LabStage, type LabStageMember, labStage } from './lab-stage.ts';
import { type Plane, startPlane } from './plane.ts';
import { createPoolLooks, type PoolLooks } from './pool-looks.ts';
import { keepLogs } from './post-mortem.ts';
import type { ExpectedPromotion } from './promotion-balance.ts';
import { faultLog, type Liveness, readLiveness, settle, type Verdict } from './verdict.ts';

/** Why the scenarios cannot run here, in words, or null. In CI this is a failure, elsewhere the tests are skipped with it. */
export const labMissing: string | null = await labSupport().then((support) =>
  support.possible ? null : support.reason,
);
if (labMissing !== null && process.env['CI'] === 'true') throw new Error(`The lab is not possible here: ${labMissing}`);

/** What a scenario file stands on: hosts and a control plane with its DNS credential. Its fields are there once the tests run. */
export interface Scenario {
  readonly stage: LabStage;
  /** Set anew by whoever restarts it. */
  plane: Plane;
  readonly looks: PoolLooks;
  readonly faults: ReturnType<typeof faultLog>;
  /** By its name in the lab. */
  host(name: string): LabStageMember;
  /** A promotion that the file asks for: every other one is false. */
  expectMove(move: ExpectedPromotion): void;
  /** Before the control plane ends: what it counted is lost with it. */
  keepCounters(): Promise<void>;
  /** The file's figures, over all lives of the control plane. */
  settle(): Promise<Verdict>;
}

/** What the control plane is started with beside the usual, from what `prepare` sets up on the stage first. */
export type Prepare = (stage: LabStage) => Promise<NodeJS.ProcessEnv>;

/** Registers the hooks that open everything before the first test of a file, and end it after the last: with its logs kept unless all passed. */
export function scenario(name: string, members: number, prepare: Prepare = async () => ({})): Scenario {
  const expected: ExpectedPromotion[] = [];
  const earlier: Liveness[] = [];
  const faults = faultLog();
  let opened: { readonly stage: LabStage; plane: Plane } | null = null;
  let passed: boolean | null = null; // none has run: what opens before the tests failed
  const open = () => {
    if (opened === null) throw new Error(`the scenario ${name} is not open yet`);
    return opened;
  };

  beforeAll(async () => {
    opened = await openStage(name, members, prepare);
  });
  afterEach((context) => {
    passed = passed !== false && context.task.result?.state !== 'fail';
  });
  afterAll(async () => {
    if (opened === null) return;
    if (passed !== true) await keepLogs(name, opened.stage);
    await opened.plane.stop();
    await opened.stage.down();
  });

  return {
    faults,
    looks: createPoolLooks(() => open().plane),
    get stage() {
      return open().stage;
    },
    get plane() {
      return open().plane;
    },
    set plane(plane) {
      open().plane = plane;
    },
    host(wanted) {
      const found = open().stage.members.find((member) => member.name === wanted);
      if (found === undefined) throw new Error(`the lab has no host ${wanted}`);
      return found;
    },
    expectMove: (move) => void expected.push(move),
    async keepCounters() {
      earlier.push(await readLiveness(open().plane));
    },
    settle: () => settle(open().plane, name, expected, faults, earlier),
  };
}

async function openStage(
  name: string,
  members: number,
  prepare: Prepare,
): Promise<{ readonly stage: LabStage; plane: Plane }> {
  const stage = await labStage(members, () => undefined);
  try {
    const plane = await startPlane(stage, await prepare(stage));
    const secretFile = join(stage.directory, 'tsig-secret');
    await writeFile(secretFile, stage.dns.key.secret, { mode: 0o600 });
    await addCredential(plane, stage, secretFile);
    return { stage, plane };
  } catch (error) {
    await keepLogs(name, stage);
    await stage.down();
    throw error;
  }
}
