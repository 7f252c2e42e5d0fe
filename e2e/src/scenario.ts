import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labSupport } from '@serverctl/lab';
import { addCredential } from './edge.ts';
import { type LabStage, labStage } from './lab-stage.ts';
import { type Plane, startPlane } from './plane.ts';
import { keepLogs } from './post-mortem.ts';

/** Why the scenarios cannot run here, in words, or null. In CI this is a failure, elsewhere the tests are skipped with it. */
export const labMissing: string | null = await labSupport().then((support) =>
  support.possible ? null : support.reason,
);
if (labMissing !== null && process.env['CI'] === 'true') throw new Error(`The lab is not possible here: ${labMissing}`);

export interface Scene {
  readonly stage: LabStage;
  /** Set anew by whoever restarts it. */
  plane: Plane;
  end(failed: boolean): Promise<void>;
}

/** Boots hosts, starts the control plane, connects its DNS credential. */
export async function openScene(name: string, members: number): Promise<Scene> {
  const stage = await labStage(members, () => undefined);
  try {
    const plane = await startPlane(stage);
    const secretFile = join(stage.directory, 'tsig-secret');
    await writeFile(secretFile, stage.dns.key.secret, { mode: 0o600 });
    await addCredential(plane, stage, secretFile);
    const scene: Scene = { stage, plane, end: (failed) => end(name, stage, scene.plane, failed) };
    return scene;
  } catch (error) {
    await keepLogs(name, stage);
    await stage.down();
    throw error;
  }
}

async function end(name: string, stage: LabStage, plane: Plane, failed: boolean): Promise<void> {
  if (failed) await keepLogs(name, stage);
  await plane.stop();
  await stage.down();
}
