import { randomBytes } from 'node:crypto';

export interface TsigKey {
  readonly name: string;
  readonly algorithm: string;
  readonly secret: string;
}

/** The algorithms a provider must speak, a key with too few rights, one of another zone, and the tests' own hand. */
const algorithms = {
  serverctl: 'hmac-sha256',
  sha384: 'hmac-sha384',
  sha512: 'hmac-sha512',
  narrow: 'hmac-sha256',
  'other-zone': 'hmac-sha256',
  hand: 'hmac-sha256',
} as const;
export type KeyName = keyof typeof algorithms;
export type TsigKeys = Readonly<Record<KeyName, TsigKey>>;

/** New secrets for each run: none is ever written into the work tree. */
export function makeKeys(): TsigKeys {
  const key = (name: KeyName): TsigKey => ({
    name: `${name}-key`,
    algorithm: algorithms[name],
    secret: randomBytes(32).toString('base64'),
  });
  return {
    serverctl: key('serverctl'),
    sha384: key('sha384'),
    sha512: key('sha512'),
    narrow: key('narrow'),
    'other-zone': key('other-zone'),
    hand: key('hand'),
  };
}

export interface NamedSettings {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  readonly keys: TsigKeys;
}

/** A second zone of the same server, where `other-zone-key` may write and nowhere else. */
export const otherZone = 'other.test';

export function renderNamedConf({ directory, address, port, zone, keys }: NamedSettings): string {
  const may = (key: KeyName, rule: string): string => `    grant ${keys[key].name} ${rule};`;
  const primary = (name: string, rules: readonly string[]): string =>
    [
      `zone "${name}" {`,
      '  type primary;',
      `  file "${zoneFileName(name)}";`,
      ...['  update-policy {', ...rules, '  };', '};', ''],
    ].join('\n');
  const own = (['serverctl', 'sha384', 'sha512'] as const).map((key) => may(key, 'zonesub A AAAA TXT'));
  return [
    ...Object.values(keys).map(renderKey),
    'options {',
    `  directory "${directory}";`,
    `  listen-on port ${port} { ${address}; };`,
    '  listen-on-v6 { none; };',
    '  pid-file none; lock-file none; session-keyfile none;',
    '  recursion no; dnssec-validation no; empty-zones-enable no;',
    '  notify-delay 0; minimal-responses no;',
    `  allow-transfer { key ${keys.hand.name}; };`,
    '};',
    'controls { };', // no rndc: two of them would meet on one port
    '',
    primary(zone, [...own, may('narrow', `name other.${zone} A`), may('hand', 'zonesub ANY')]),
    primary(otherZone, [may('other-zone', 'zonesub A AAAA TXT'), may('hand', 'zonesub ANY')]),
  ].join('\n');
}

/** The form that named.conf and `nsupdate -k` both read. */
export function renderKey({ name, algorithm, secret }: TsigKey): string {
  return `key "${name}" {\n  algorithm ${algorithm};\n  secret "${secret}";\n};\n`;
}

export const zoneFileName = (zone: string): string => `${zone}.zone`;

/** A negative answer lives one second, so a test that looked too early sees the record at once. */
export function renderZone(zone: string, nameServerAddress: string, records: readonly string[] = []): string {
  return [
    '$TTL 30',
    `@ IN SOA ns1.${zone}. hostmaster.${zone}. 1 3600 600 86400 1`,
    `@ IN NS ns1.${zone}.`,
    `ns1.${zone}. IN A ${nameServerAddress}`,
    ...records,
    '',
  ].join('\n');
}
