import { type ProviderKind, providerKinds } from '@serverctl/contract';
import { AppError } from '@serverctl/core';

/*
 * Which options belong to which kinds of provider. The kind is as --provider says, else as the options tell:
 *
 *   kinds that have every option given | the kind
 *   none                               | refused, with two options that do not go together
 *   one                                | that one
 *   several, cloudflare or rfc2136 too | that: --provider-token-file or --server alone, as before there were panels
 *   cpanel and whm                     | refused for a new credential: nothing but --provider tells the two apart
 */

/*
 * Options of all kinds of provider in one place. The provider's token and CA have options of their own: --token-file and --ca-file, flags of
 * every command, are about the control plane, and a provider's token would be sent to it as who signs in here.
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
  readonly user?: string;
  readonly providerCaFile?: string;
  readonly pin?: string;
  readonly serverName?: string;
  readonly testZone?: string;
  readonly testName?: string;
}

/** Ids by zone; null takes one away. */
export type ZoneIds = Readonly<Record<string, string | null>>;

type Flag = readonly [flag: string, key: keyof ProviderOptions];

const [server, tokenFile, user]: readonly [Flag, Flag, Flag] = [
  ['--server', 'server'],
  ['--provider-token-file', 'providerTokenFile'],
  ['--user', 'user'],
];
const trust: readonly Flag[] = [
  ['--provider-ca-file', 'providerCaFile'],
  ['--pin', 'pin'],
  ['--server-name', 'serverName'],
];

/** Total: of a new kind this does not compile before its options are listed. The first ones are needed by a new credential. */
const flagsOf: Readonly<Record<ProviderKind, { readonly needed: readonly Flag[]; readonly others: readonly Flag[] }>> =
  {
    cloudflare: {
      needed: [tokenFile],
      others: [
        ['--zone-id', 'zoneId'],
        ['--api-base', 'apiBase'],
        ['--plan', 'plan'],
      ],
    },
    rfc2136: {
      needed: [server, ['--key', 'key'], ['--secret-file', 'secretFile']],
      others: [
        ['--algorithm', 'algorithm'],
        ['--transport', 'transport'],
      ],
    },
    cpanel: { needed: [server, user, tokenFile], others: trust },
    whm: { needed: [server, tokenFile], others: [user, ...trust] },
  };

/** Every option of the kind. */
function allOf(kind: ProviderKind): readonly Flag[] {
  return [...flagsOf[kind].needed, ...flagsOf[kind].others];
}

/** As said, else as the options tell; null = none was given, or both panels have all of them. Throws `request_invalid`. */
export function kindOf(options: ProviderOptions): ProviderKind | null {
  const named = new Map(providerKinds.flatMap((kind) => allOf(kind).filter(([, key]) => options[key] !== undefined)));
  const flags = [...named].map(([flag, key]) => ({ flag, kinds: kindsWith(key) }));
  const foreign = flags.find(({ kinds }) => options.provider !== undefined && !kinds.includes(options.provider));
  if (foreign !== undefined)
    throw invalid(`${foreign.flag} belongs to ${orList(foreign.kinds)}, and the provider is ${options.provider}`);
  if (options.provider !== undefined) return options.provider;
  const [first, ...others] = providerKinds.filter((kind) => flags.every(({ kinds }) => kinds.includes(kind)));
  if (first === undefined) throw invalid(`${conflictIn(flags)}: a credential is of one kind`);
  if (flags.length === 0) return null;
  return first === 'cpanel' && others.length > 0 ? null : first;
}

/** Throws `request_invalid` with what a new credential of the kind lacks. */
export function requireNeeded(kind: ProviderKind, options: ProviderOptions): void {
  const missing = flagsOf[kind].needed.filter(([, key]) => options[key] === undefined).map(([flag]) => flag);
  if (missing.length === 0) return;
  const isToken = missing.includes('--provider-token-file');
  throw invalid(`--provider ${kind} needs ${missing.join(', ')}${isToken ? '; --token-file is who you are here' : ''}`);
}

/** Throws `request_invalid`, with what can be changed, where nothing is named: it would be told as saved. */
export function requireChange(options: ProviderOptions & { readonly name?: string }): void {
  const isNamed = providerKinds.some((kind) => allOf(kind).some(([, key]) => options[key] !== undefined));
  if (isNamed || options.name !== undefined) return;
  const lists = providerKinds.map(
    (kind) =>
      `; ${kind}: ${allOf(kind)
        .map(([flag]) => flag)
        .join(', ')}`,
  );
  throw invalid(`name what shall change: --name${lists.join('')}. To try it only: serverctl dns credential test`);
}

/** What is wrong with the options, for whoever typed them. */
export function invalid(because: string): AppError {
  return new AppError('request_invalid', { because });
}

function kindsWith(key: Flag[1]): readonly ProviderKind[] {
  return providerKinds.filter((kind) => allOf(kind).some((flag) => flag[1] === key));
}

interface Given {
  readonly flag: string;
  readonly kinds: readonly ProviderKind[];
}

/** Two that have no kind in common; where each two have one, all of them. */
function conflictIn(flags: readonly Given[]): string {
  for (const [at, one] of flags.entries()) {
    const other = flags.slice(at + 1).find(({ kinds }) => !kinds.some((kind) => one.kinds.includes(kind)));
    if (other !== undefined)
      return `${one.flag} belongs to ${orList(one.kinds)} and ${other.flag} to ${orList(other.kinds)}`;
  }
  return `no kind of provider has all of ${flags.map(({ flag }) => flag).join(', ')}`;
}

function orList(kinds: readonly string[]): string {
  return [kinds.slice(0, -1).join(', '), ...kinds.slice(-1)].filter((part) => part !== '').join(' or ');
}
