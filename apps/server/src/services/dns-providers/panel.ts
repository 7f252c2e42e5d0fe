import {
  type CpanelHttp,
  type CpanelOptions,
  createCpanelProvider,
  createTrustedAgent,
  TransportError,
} from '@serverctl/dns';
import { hostPort } from '../host-port.ts';
import { type OutboundApi, OutboundSilence } from '../outbound-api.ts';
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

/** The adapter's port: whether a request was sent is told in its own words (R19), and what was wrong with a certificate stays its cause. */
function httpOver(api: OutboundApi): CpanelHttp {
  return {
    request: ({ headers, ...asked }) =>
      api.request({ ...asked, headers: { 'user-agent': 'serverctl', ...headers } }).catch((error: unknown) => {
        throw error instanceof OutboundSilence
          ? new TransportError(error.because, error.sent, error, error.message)
          : error;
      }),
  };
}
