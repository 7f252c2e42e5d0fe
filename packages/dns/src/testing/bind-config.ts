import { randomBytes } from 'node:crypto';
import type { Rfc2136Key } from '../rfc2136/schema.ts';
import type { Endpoint } from '../transport/transport-error.ts';

/** The keys of a test server: three that may do everything, one for a single name's A and AAAA, one that may do nothing. */
export type BindKeyName = 'sha256' | 'sha384' | 'sha512' | 'narrow' | 'nothing';

/** The one name, in front of the zone, whose A and AAAA the key `narrow` may change; it has no right to a mark. */
export const narrowLabel = 'narrow';

/** New secrets for every key. */
export function makeKeys(): Readonly<Record<BindKeyName, Rfc2136Key>> {
  const key = (name: string, algorithm: string, bytes: number): Rfc2136Key => ({
    name: `test-${name}`,
    algorithm,
    secret: randomBytes(bytes).toString('base64'),
  });
  return {
    sha256: key('sha256', 'hmac-sha256', 32),
    sha384: key('sha384', 'hmac-sha384', 48),
    sha512: key('sha512', 'hmac-sha512', 64),
    narrow: key('narrow', 'hmac-sha256', 32),
    nothing: key('nothing', 'hmac-sha256', 32),
  };
}

/** A key as BIND, nsupdate and dig read it from a file. */
export function renderKey(key: Rfc2136Key): string {
  return `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret}"; };\n`;
}

/** The zone file: SOA, one name server at `address`, and these lines. */
export function renderZone(zone: string, address: string, records: readonly string[]): string {
  return [
    '$TTL 60',
    `@ IN SOA ns1.${zone}. hostmaster.${zone}. 1 3600 600 86400 60`,
    `@ IN NS ns1.${zone}.`,
    `ns1 IN A ${address}`,
    ...records,
    '',
  ].join('\n');
}

/** What named.conf is made of. */
export interface ConfigInput {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly keys: Readonly<Record<BindKeyName, Rfc2136Key>>;
  /** Null = it serves the zone itself. */
  readonly cacheOf: Endpoint | null;
}

/** A named.conf that keeps BIND in `directory` and lets each key do what its name says. */
export function renderConfig(input: ConfigInput): string {
  const { directory, address, port, keys, cacheOf } = input;
  return `${Object.values(keys).map(renderKey).join('')}
options {
  directory "${directory}";
  listen-on port ${port} { ${address}; };
  listen-on-v6 { none; };
  pid-file none;
  session-keyfile none;
  managed-keys-directory "${directory}";
  recursion ${cacheOf === null ? 'no' : 'yes'};
  dnssec-validation no;
  notify no;
  max-clients-per-query 0;
  update-quota 1000;
};
controls { };
${cacheOf === null ? renderPrimary(input) : renderCache(input.zone, cacheOf)}`;
}

function renderPrimary({ directory, zone, keys }: ConfigInput): string {
  const grants = [
    ...(['sha256', 'sha384', 'sha512'] as const).map((name) => `grant "${keys[name].name}" zonesub ANY;`),
    `grant "${keys.narrow.name}" name ${narrowLabel}.${zone}. A AAAA;`,
  ];
  return `zone "${zone}" {
  type primary;
  file "${directory}/zone.db";
  update-policy {
    ${grants.join('\n    ')}
  };
};
`;
}

/** It asks that one server alone, so that no packet leaves the test. */
function renderCache(zone: string, { address, port }: Endpoint): string {
  return `zone "${zone}" {
  type forward;
  forward only;
  forwarders { ${address} port ${port}; };
};
`;
}
