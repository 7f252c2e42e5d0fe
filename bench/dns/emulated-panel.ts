import type { DnsName, DnsProvider } from '@serverctl/core';
import { type CpanelEmulator, type EmulatedZone, type Service, startCpanelEmulator } from '@serverctl/testkit/cpanel';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { panelKind } from '../../apps/server/src/services/dns-providers/panel.ts';
import { createOutbound } from '../../apps/server/src/services/outbound.ts';
import { instance } from './fleet.ts';

/** An emulated server with cPanel and WHM, one zone, and the server's own way to it by one of the two. */
export interface EmulatedPanel {
  readonly emulator: CpanelEmulator;
  readonly zone: EmulatedZone;
  /** A provider with connections of its own: over TLS, and to the one certificate that is pinned. */
  open(): DnsProvider;
}

const user = 'bench';
const token = 'BenchToken0123456789';

export async function startEmulatedPanel(service: Service, zoneName: DnsName): Promise<EmulatedPanel> {
  const emulator = await startCpanelEmulator();
  const zone = emulator.addZone(zoneName);
  emulator.addToken({ service, user, value: token });
  const host = '127.0.0.1';
  const port = Number(new URL(emulator.bases[service]).port);
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host, port }] });
  const kind = panelKind({ clock: systemClock, random: systemRandom, outbound, instance });
  const trust = { pin: emulator.certificate.sha256, ca: null, serverName: null };
  return { emulator, zone, open: () => kind.open({ provider: service, host, port, user, ...trust }, token) };
}
