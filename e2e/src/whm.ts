import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CredentialView, PanelCertificate } from '@serverctl/contract';
import { startEmulator } from './emulator-process.ts';
import type { Plane } from './plane.ts';
import type { Stage, StageKey } from './stage.ts';

/** What the process is started with, in a file: it holds a key. */
export interface WhmSettings {
  readonly zone: string;
  readonly user: string;
  readonly token: string;
  /** The name server of the zone, and a key that may change everything there. */
  readonly nameServer: { readonly address: string; readonly port: number };
  readonly key: StageKey;
}

/** The one line it prints when it listens. */
export interface WhmListens {
  /** `host:port`, as `--server` and SERVERCTL_ALLOW_PRIVATE_TARGETS have it. */
  readonly target: string;
  /** Of its certificate, as its administrator reads it on the server itself. */
  readonly sha256: string;
}

/** An emulated WHM beside the control plane, whose zone the stage's name server answers. */
export interface Whm extends WhmListens {
  /** The certificate that it shows to the control plane. */
  certificate(plane: Plane): Promise<PanelCertificate>;
  /** Adds a credential that believes this one certificate. */
  addCredential(plane: Plane, name: string, pin: string): Promise<CredentialView>;
}

/** Starts it on a free port where the control plane stands; it ends with the stage. */
export async function startWhm(stage: Stage): Promise<Whm> {
  const { address, port, zone, hand: key } = stage.dns;
  const [user, token] = ['root', 'STAGETOKEN0123456789ABCDEFGHIJKL'];
  const settings: WhmSettings = { zone, user, token, nameServer: { address, port }, key };
  const listens = await startEmulator<WhmListens>(stage, import.meta.resolve('./whm-main.ts'), settings);
  return {
    ...listens,
    certificate: (plane) => plane.cli('dns', 'credential', 'certificate', listens.target),
    async addCredential(plane, name, pin) {
      const file = join(stage.directory, 'whm-token');
      await writeFile(file, `${token}\n`, { mode: 0o600 });
      const where = ['--provider', 'whm', '--server', listens.target, '--user', user, '--provider-token-file', file];
      const test = ['--test-zone', zone, '--test-name', `any.${zone}`];
      return plane.cli('dns', 'credential', 'add', name, ...where, '--pin', pin, ...test);
    },
  };
}
