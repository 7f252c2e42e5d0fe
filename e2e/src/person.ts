import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import type { LabStage } from './lab-stage.ts';
import { paths } from './paths.ts';
import type { Plane } from './plane.ts';
import { wallMs } from './platform/wall-clock.ts';
import { bashAtTerminal, type Terminal, terminalOf } from './terminal.ts';

/** Somebody with an account and a home of their own, who has nothing of the control plane but its address and its CA. */
export interface Person extends Pick<Plane, 'cli' | 'tryCli'> {
  readonly email: string;
  readonly password: string;
  /** A path in their home. */
  file(name: string): string;
  /** A shell in which `serverctl` is theirs. */
  terminal(): Terminal;
}

export function person(stage: LabStage, plane: Plane, name: string): Person {
  const home = join(stage.directory, 'people', name);
  mkdirSync(join(home, 'bin'), { recursive: true, mode: 0o700 });
  const program = `#!/bin/sh\nexec '${process.execPath}' '${paths.cli}' "$@"\n`;
  writeFileSync(join(home, 'bin/serverctl'), program, { mode: 0o755 });
  const env: NodeJS.ProcessEnv = {
    PATH: `${join(home, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: home,
    TERM: 'xterm',
    SERVERCTL_URL: plane.url,
    SERVERCTL_CA_FILE: plane.caFile,
  };
  const tryCli: Person['tryCli'] = (...args) => stage.runAtPlane(['serverctl', ...args], { env });
  return {
    email: `${name}@example.com`,
    password: randomBytes(12).toString('base64url'),
    file: (file) => join(home, file),
    terminal: () => terminalOf(stage.lab.plane.spawn(bashAtTerminal, { env, cwd: home })),
    tryCli,
    async cli(...args) {
      const finished = await tryCli(...args, '--json');
      if (finished.status !== 0)
        throw new Error(
          `${name}: serverctl ${args.join(' ')} (${finished.status}): ${finished.stderr}${finished.stdout}`,
        );
      return JSON.parse(finished.stdout);
    },
  };
}

/** An authenticator that was given the secret as it is shown: groups of letters and digits. */
export function authenticator(shown: string) {
  const totp = new TOTP({ secret: Secret.fromBase32(shown.replaceAll(' ', '')) });
  return {
    /** What it shows now, or so many steps of 30 s later. */
    code: (stepsLater = 0) => totp.generate({ timestamp: wallMs() + stepsLater * 30_000 }),
  };
}
