import { randomBytes } from 'node:crypto';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { createSecretBox, type SecretBox } from '../../apps/server/src/platform/secrets.ts';
import { secretPlace } from '../../apps/server/src/services/dns-providers/stored.ts';
import { createProviderDesk, type ProviderDesk } from '../../apps/server/src/services/dns-providers.ts';
import { createOutbound } from '../../apps/server/src/services/outbound.ts';
import type { OpenedDatabase } from './databases.ts';
import type { EmulatedCloudflare } from './emulated.ts';
import { type FleetCredential, instance } from './fleet.ts';

/** The server's own desk of providers: the stored credential, its sealed token, the checked way out (R40). */
export function deskOf(
  { kysely }: OpenedDatabase,
  { emulator }: EmulatedCloudflare,
): { readonly desk: ProviderDesk; readonly secrets: SecretBox } {
  const [clock, random] = [systemClock, systemRandom];
  const secrets = createSecretBox(randomBytes(32));
  const port = Number(new URL(emulator.apiBase).port);
  const outbound = createOutbound({ clock, allowPrivate: [{ host: '127.0.0.1', port }] });
  return { desk: createProviderDesk({ db: kysely, secrets, instance, outbound, clock, random }), secrets };
}

/** The one credential of a fleet. */
export const credentialId = 'credential';

/** The emulator's token as it is stored, for a zone of that plan. */
export function sealedCredential(
  secrets: SecretBox,
  { emulator, token }: EmulatedCloudflare,
  plan: 'free' | 'paid',
): FleetCredential {
  const id = credentialId;
  const settings = { provider: 'cloudflare', apiBase: emulator.apiBase, zoneIds: {}, plan };
  return { id, provider: 'cloudflare', settings, secret: secrets.seal(token, secretPlace(id, 1)) };
}
