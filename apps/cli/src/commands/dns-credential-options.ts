import { type CredentialInput, type CredentialPatch, providerKinds } from '@serverctl/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { hostAndPort } from '../options.ts';
import { readCertificates, readSecret } from '../secret-file.ts';
import { invalid, kindOf, type ProviderOptions, requireNeeded, type ZoneIds } from './dns-credential-kinds.ts';

/** `isNew`: of a credential that is being added. */
export function withProviderOptions(command: Command, isNew: boolean): Command {
  if (isNew) {
    const text = 'kind of provider; told by the other options where it is left out';
    command.addOption(new Option('--provider <kind>', text).choices([...providerKinds]));
  }
  return command
    .addOption(
      new Option(
        '--server <host[:port]>',
        'rfc2136: the zone’s primary name server; cpanel, whm: the panel, port 2083 or 2087 unless said',
      ).argParser(hostAndPort),
    )
    .option('--key <name>', 'rfc2136: name of the TSIG key')
    .option('--secret-file <file>', 'rfc2136: file with the base64 secret, - for standard input')
    .option('--algorithm <name>', 'rfc2136: hmac-sha256 (default), hmac-sha384 or hmac-sha512')
    .addOption(new Option('--transport <transport>', 'rfc2136: default tcp').choices(['tcp', 'udp']))
    .option('--provider-token-file <file>', 'cloudflare, cpanel, whm: file with the API token, - for standard input')
    .option(
      '--zone-id <zone=id>',
      `cloudflare: a zone’s id, so that the token needs no Zone Read; repeatable${isNew ? '' : ', none as the id takes it away'}`,
      zoneIdParser(isNew),
    )
    .option('--api-base <url>', 'cloudflare: of a gateway or proxy before its API')
    .addOption(
      new Option('--plan <plan>', 'cloudflare: the lowest of the zones’ plans, default free').choices([
        'free',
        'paid',
        'enterprise',
      ]),
    )
    .option('--user <name>', 'cpanel: the account of the token; whm: root (default) or the reseller')
    .option('--provider-ca-file <file>', `cpanel, whm: PEM file with the CA of the panel’s certificate${orNone(isNew)}`)
    .option('--pin <sha256>', `cpanel, whm: fingerprint of the panel’s certificate, in place of a CA${orNone(isNew)}`)
    .option('--server-name <name>', `cpanel, whm: the name that certificate is for, if not the host${orNone(isNew)}`)
    .option('--test-zone <zone>', 'try it on this zone before it is stored')
    .option('--test-name <name>', 'and this name');
}

/** Settings of a new credential. Throws `request_invalid` for options that do not go together, or that are missing. */
export function newSettings(options: ProviderOptions): CredentialInput['settings'] {
  const kind = kindOf(options);
  if (kind === null)
    throw invalid(
      'say which provider: --server, --key and --secret-file, or --provider cloudflare, cpanel or whm and --provider-token-file',
    );
  requireNeeded(kind, options);
  const { server, key = '', secretFile = '', providerTokenFile = '', apiBase, plan, zoneId, user } = options;
  const place = { host: server?.host ?? '', ...server };
  const token = () => readSecret('--provider-token-file', providerTokenFile);
  switch (kind) {
    case 'rfc2136': {
      const secret = readSecret('--secret-file', secretFile);
      return { provider: kind, ...place, keyName: key, secret, ...tsigChoices(options) };
    }
    case 'cpanel':
      return { provider: kind, ...place, user: user ?? '', token: token(), ...trustChoices(options) };
    case 'whm':
      return { provider: kind, ...place, ...given({ user }), token: token(), ...trustChoices(options) };
    case 'cloudflare': {
      const zoneIds = zoneId === undefined ? {} : { zoneIds: knownIds(zoneId) };
      return { provider: kind, ...given({ apiBase, plan }), ...zoneIds, token: token() };
    }
  }
}

/** What a change names. Throws `request_invalid` for options of several kinds; whether they fit the credential its server says. */
export function changedSettings(options: ProviderOptions): NonNullable<CredentialPatch['settings']> {
  kindOf(options);
  const { server, key, secretFile, providerTokenFile, apiBase, plan, zoneId, user } = options;
  return {
    ...server,
    ...given({ keyName: key, apiBase, plan, zoneIds: zoneId, user }),
    ...trustChoices(options),
    ...(secretFile === undefined ? {} : { secret: readSecret('--secret-file', secretFile) }),
    ...(providerTokenFile === undefined ? {} : { token: readSecret('--provider-token-file', providerTokenFile) }),
    ...tsigChoices(options),
  };
}

/** The name to try it on before it is stored. */
export function triedOn({ testZone, testName }: ProviderOptions) {
  if (testZone === undefined && testName === undefined) return {};
  if (testZone !== undefined && testName !== undefined) return { test: { zone: testZone, name: testName } };
  throw invalid('--test-zone and --test-name go together');
}

function tsigChoices({ algorithm, transport }: ProviderOptions) {
  return given({ algorithm, transport });
}

/** `none` takes one away. A pin and a CA stand in one another's place: the one that is given ends the other. */
function trustChoices({ providerCaFile, pin, serverName }: ProviderOptions) {
  const ca =
    providerCaFile === undefined || providerCaFile === 'none'
      ? providerCaFile
      : readCertificates('--provider-ca-file', providerCaFile);
  return {
    ...(ca !== undefined && ca !== 'none' && { pin: null }),
    ...(pin !== undefined && pin !== 'none' && { ca: null }),
    ...(ca !== undefined && { ca: orNull(ca) }),
    ...(pin !== undefined && { pin: orNull(pin) }),
    ...(serverName !== undefined && { serverName: orNull(serverName) }),
  };
}

function orNull(text: string): string | null {
  return text === 'none' ? null : text;
}

function orNone(isNew: boolean): string {
  return isNew ? '' : '; none takes it away';
}

/** Without what was left out: in a change that means "as it is". */
function given<Fields extends object>(fields: Fields): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Object.fromEntries forgets which fields there were.
  return Object.fromEntries(named) as { [Key in keyof Fields]?: NonNullable<Fields[Key]> };
}

/** `ZONE=ID`, as often as it is given. */
function zoneIdParser(isNew: boolean): (text: string, earlier?: ZoneIds) => ZoneIds {
  return (text, earlier = {}) => {
    const [, zone, id = ''] = /^([^=\s]+)=([0-9a-f]{32}|none)$/i.exec(text) ?? [];
    const isNone = id.toLowerCase() === 'none';
    if (zone === undefined || (isNew && isNone))
      throw new InvalidArgumentError('Write ZONE=ID, with the 32 hexadecimal digits of the zone’s overview page.');
    return { ...earlier, [zone]: isNone ? null : id };
  };
}

function knownIds(ids: ZoneIds): Record<string, string> {
  return Object.fromEntries(Object.entries(ids).flatMap(([zone, id]) => (id === null ? [] : [[zone, id]])));
}
