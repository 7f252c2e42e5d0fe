import type { HostPort } from './config-values.ts';
import { isLoopback } from './platform/loopback.ts';

/*
 * What settings must be together. Each problem says the setting, what is wrong and why; values that are bad by themselves are missing here and were
 * named before.
 */

/** Those of the settings that depend on each other. */
interface Settings {
  readonly role: 'all' | 'api' | 'worker';
  readonly listen: HostPort;
  readonly publicUrls: readonly string[];
  readonly tls: 'on' | 'off';
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
  readonly tlsCaFile: string | null;
  readonly trustedProxies: readonly string[];
}

export function combinationProblems(
  config: Partial<Settings>,
  { publicUrlsGiven }: { readonly publicUrlsGiven: boolean },
): readonly string[] {
  if (config.role === 'worker') return [];
  return [
    ...(publicUrlsGiven ? publicUrlProblems(config) : missingUrlProblems(config)),
    ...certificateProblems(config),
    ...plainHttpProblems(config),
  ];
}

/** Agents are told the public URLs: one made from "every address of this host" would send each to itself. */
function missingUrlProblems({ listen, tls }: Partial<Settings>): readonly string[] {
  if (listen !== undefined && tls === 'off' && !isLoopback(listen.host))
    return ['SERVERCTL_PUBLIC_URLS must be set when a proxy ends TLS: agents need its https:// address'];
  if (listen === undefined || !['0.0.0.0', '::'].includes(listen.host)) return [];
  return [
    `SERVERCTL_PUBLIC_URLS must be set when listening on ${listen.host}: agents need an address that leads to this host`,
  ];
}

function publicUrlProblems({ publicUrls = [], listen, tls }: Partial<Settings>): readonly string[] {
  return publicUrls.flatMap((text) => {
    const url = new URL(text);
    if (url.protocol === 'https:') return [];
    if (!isLoopback(url.hostname))
      return [`SERVERCTL_PUBLIC_URLS: ${text} must be https://: agents speak plain http to their own host only`];
    if (tls === 'on' && Number(url.port || 80) === listen?.port)
      return [`SERVERCTL_PUBLIC_URLS: ${text} must be https://, since TLS is on there (SERVERCTL_TLS)`];
    return [];
  });
}

function certificateProblems({ tls, tlsCertFile, tlsKeyFile, tlsCaFile }: Partial<Settings>): readonly string[] {
  if (tlsCertFile === undefined || tlsKeyFile === undefined || tlsCaFile === undefined) return [];
  if (tls === 'off')
    return tlsCertFile === null && tlsKeyFile === null
      ? []
      : [
          'SERVERCTL_TLS_CERT_FILE and SERVERCTL_TLS_KEY_FILE have no use while SERVERCTL_TLS is off: remove them, or turn it on',
        ];
  if (tlsCertFile !== null && tlsKeyFile === null)
    return ['SERVERCTL_TLS_KEY_FILE must be set together with SERVERCTL_TLS_CERT_FILE: the key of that certificate'];
  if (tlsCertFile === null && tlsKeyFile !== null)
    return ['SERVERCTL_TLS_CERT_FILE must be set together with SERVERCTL_TLS_KEY_FILE: the certificate of that key'];
  if (tlsCertFile === null && tlsCaFile !== null)
    return [
      'SERVERCTL_TLS_CA_FILE needs SERVERCTL_TLS_CERT_FILE, whose CA it is, or SERVERCTL_TLS=off behind a proxy: the private CA is given to agents by itself',
    ];
  return [];
}

/** Plain HTTP leaves this host only on its way to a proxy that is known: tokens travel in it. */
function plainHttpProblems({ tls, listen, trustedProxies = [] }: Partial<Settings>): readonly string[] {
  if (tls !== 'off' || listen === undefined || isLoopback(listen.host) || trustedProxies.length > 0) return [];
  return [
    `SERVERCTL_TLS=off needs a loopback SERVERCTL_LISTEN (now ${listen.host}), or SERVERCTL_TRUSTED_PROXIES that end TLS before us`,
  ];
}
