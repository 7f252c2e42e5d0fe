import { type CpanelOptions, createCpanelProvider, createTrustedAgent } from '@serverctl/dns';
import { hostPort } from '../host-port.ts';
import { httpOver } from './http-over.ts';
import type { Kind, KindPorts } from './kind.ts';
import { type PanelSettings, trustOf } from './panel-settings.ts';

export type CreatePanel = (options: CpanelOptions) => ReturnType<typeof createCpanelProvider>;

/**
 * Zones of cPanel or of WHM, which one the settings say. Each credential has connections of its own: looked up and checked like any other
 * (R40), and handed to a request once the certificate is what the settings believe.
 */
export function panelKind(
  { clock, random, outbound, instance }: KindPorts,
  create: CreatePanel = createCpanelProvider,
): Kind<PanelSettings> {
  return {
    open(settings, token) {
      const trust = trustOf(settings);
      const api = outbound.openApi(baseOf(settings), (limits) => createTrustedAgent(trust, limits));
      return create({
        http: httpOver(api),
        ...{ panel: settings.provider, user: settings.user, token, instance },
        random: () => random.fraction(),
        wait: (ms, signal) => clock.sleep(ms, signal),
      });
    },
    check: (settings) => outbound.openApi(baseOf(settings)).check(),
  };
}

function baseOf({ host, port }: PanelSettings): string {
  return `https://${hostPort(host, port)}`;
}
