import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plane } from '../src/plane.ts';
import type { Stage } from '../src/stage.ts';

/** Who looks at the demo: its first administrator. */
export interface Guest {
  readonly origin: string;
  readonly email: string;
  readonly password: string;
}

/** By the setup link that every control plane prints at its first start. */
export async function makeGuest(stage: Stage, plane: Plane, origin: string): Promise<Guest> {
  const guest = { origin, email: 'demo@example.com', password: randomBytes(12).toString('base64url') };
  const passwordFile = join(stage.directory, 'guest-password');
  await writeFile(passwordFile, guest.password, { mode: 0o600 });
  const linkFile = join(plane.dataDirectory, 'setup-link');
  await plane.cli('join', '--link-file', linkFile, '--password-file', passwordFile, '--email', guest.email);
  return guest;
}
