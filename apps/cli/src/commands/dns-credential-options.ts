import { type CredentialInput, type CredentialPatch, type ProviderKind, providerKinds } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { hostAndPort } from '../options.ts';
import { readSecret } from '../secret-file.ts';

/*
 * Options of both kinds of provider in one place. The provider's token has an option of its own: --token-file, a flag of every command, is
 * who signs in here, and would send a provider's token to the control plane as that.
 */
export interface ProviderOptions {
  readonly provider?: ProviderKind;
  readonly server?: { readonly host: string; readonly port?: number };
  readonly key?: string;
  readonly algorithm?: string;
  readonly transport?: 'tcp' | 'udp';
  readonly secretFile?: string;
  readonly providerTokenFile?: string;
  readonly zoneId?: ZoneIds;
  readonly apiBase?: string;
  readonly plan?: 'free' | 'paid' | 'enterprise';
  readonly testZone?: string;
  readonly testName?: string;
}

type ZoneIds = Readonly<Record<string, string | null>>;
type Flag = readonly [flag: string, key: keyof ProviderOptions];

/** Total: of a new kind this does not compile before its options are listed. The first ones are needed by a new credential. */
const flagsOf: Readonly<Record<ProviderKind, { readonly needed: readonly Flag[]; readonly others: readonly Flag[] }>> =
  {
    cloudflare: {
      needed: [['--provider-token-file', 'providerTokenFile']],
      others: [
        ['--zone-id', 'zoneId'],
        ['--api-base', 'apiBase'],
        ['--plan', 'plan'],
      ],
    },
    rfc2136: {
      needed: [
        ['--server', 'server'],
        ['--key', 'key'],
        ['--secret-file', 'secretFile'],
      ],
      others: [
        ['--algorithm', 'algorithm'],
        ['--transport', 'transport'],
      ],
    },
  };

/** `isNew`: of a credential that is being added. */
export function withProviderOptions(command: Command, isNew: boolean): Command {
  if (isNew) {
    const text = 'kind of provider; told by the other options where it is left out';
    command.addOption(new Option('--provider <kind>', text).choices([...providerKinds]));
  }
  return command
    .addOption(new Option('--server <host[:port]>', 'rfc2136: the zone’s primary name server').argParser(hostAndPort))
    .option('--key <name>', 'rfc2136: name of the TSIG key')
    .option('--secret-file <file>', 'rfc2136: file with the base64 secret, - for standard input')
    .option('--algorithm <name>', 'rfc2136: hmac-sha256 (default), hmac-sha384 or hmac-sha512')
    .addOption(new Option('--transport <transport>', 'rfc2136: default tcp').choices(['tcp', 'udp']))
    .option('--provider-token-file <file>', 'cloudflare: file with its API token, - for standard input')
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
    .option('--test-zone <zone>', 'try it on this zone before it is stored')
    .option('--test-name <name>', 'and this name');
}

/** Settings of a new credential. Throws `request_invalid` for options that do not go together, or that are missing. */
export function newSettings(options: ProviderOptions): CredentialInput['settings'] {
  const kind = kindOf(options);
  if (kind === null)
    throw invalid(
      'say which provider: --server, --key and --secret-file, or --provider cloudflare and --provider-token-file',
    );
  const missing = flagsOf[kind].needed.filter(([, key]) => options[key] === undefined).map(([flag]) => flag);
  if (missing.length > 0)
    throw invalid(
      `--provider ${kind} needs ${missing.join(', ')}${kind === 'cloudflare' ? '; --token-file is who you are here' : ''}`,
    );
  const { server, key = '', secretFile = '', providerTokenFile = '', apiBase, plan, zoneId } = options;
  if (kind === 'rfc2136')
    return {
      provider: kind,
      host: server?.host ?? '',
      ...server,
      keyName: key,
      secret: readSecret('--secret-file', secretFile),
      ...tsigChoices(options),
    };
  return {
    provider: kind,
    ...given({ apiBase, plan }),
    ...(zoneId === undefined ? {} : { zoneIds: knownIds(zoneId) }),
    token: readSecret('--provider-token-file', providerTokenFile),
  };
}

/** What a change names. Throws `request_invalid` for options of both kinds; whether they fit the credential its server says. */
export function changedSettings(options: ProviderOptions): NonNullable<CredentialPatch['settings']> {
  kindOf(options);
  const { server, key, secretFile, providerTokenFile, apiBase, plan, zoneId } = options;
  return {
    ...server,
    ...given({ keyName: key, apiBase, plan, zoneIds: zoneId }),
    ...(secretFile === undefined ? {} : { secret: readSecret('--secret-file', secretFile) }),
    ...(providerTokenFile === undefined ? {} : { token: readSecret('--provider-token-file', providerTokenFile) }),
    ...tsigChoices(options),
  };
}

/** Throws `request_invalid`, with what can be changed, where nothing is named: it would be told as saved. */
export function requireChange(options: ProviderOptions & { readonly name?: string }): void {
  const ofKinds = providerKinds.map((kind) => ({ kind, flags: [...flagsOf[kind].needed, ...flagsOf[kind].others] }));
  const isNamed = ofKinds.some(({ flags }) => flags.some(([, key]) => options[key] !== undefined));
  if (isNamed || options.name !== undefined) return;
  const lists = ofKinds.map(({ kind, flags }) => `; ${kind}: ${flags.map(([flag]) => flag).join(', ')}`);
  throw invalid(`name what shall change: --name${lists.join('')}. To try it only: serverctl dns credential test`);
}

/** The name to try it on before it is stored. */
export function triedOn({ testZone, testName }: ProviderOptions) {
  if (testZone === undefined && testName === undefined) return {};
  if (testZone !== undefined && testName !== undefined) return { test: { zone: testZone, name: testName } };
  throw invalid('--test-zone and --test-name go together');
}

/** As said, else as the options tell; null = none was given. */
function kindOf(options: ProviderOptions): ProviderKind | null {
  const [first, ...others] = providerKinds.flatMap((kind) => {
    const flag = [...flagsOf[kind].needed, ...flagsOf[kind].others].find(([, key]) => options[key] !== undefined);
    return flag === undefined || kind === options.provider ? [] : [{ kind, flag: flag[0] }];
  });
  if (options.provider !== undefined && first !== undefined)
    throw invalid(`${first.flag} belongs to ${first.kind}, and the provider is ${options.provider}`);
  const [other] = others;
  if (first !== undefined && other !== undefined)
    throw invalid(
      `${first.flag} belongs to ${first.kind} and ${other.flag} to ${other.kind}: a credential is of one kind`,
    );
  return options.provider ?? first?.kind ?? null;
}

function tsigChoices({ algorithm, transport }: ProviderOptions) {
  return given({ algorithm, transport });
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

function invalid(because: string): AppError {
  return new AppError('request_invalid', { because });
}
