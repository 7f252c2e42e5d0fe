import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@serverctl/core';
import { z } from 'zod';
import { combinationProblems } from './config-combinations.ts';
import { parseSettingsFile } from './config-file.ts';
import {
  absolutePath,
  addressPortList,
  databaseUrl,
  hostPort,
  hostPortList,
  masterKey,
  networkList,
  urlList,
  wholeNumber,
} from './config-values.ts';

/*
 * flag > environment > file > default. One table, parsed once at start, frozen; every value says where it came from. A secret may also be
 * given as `<NAME>_FILE`, the path of a file that holds it; its value is never printed.
 */

const settings = {
  role: {
    env: 'SERVERCTL_ROLE',
    about: 'all, api or worker: which parts this process runs',
    schema: z.enum(['all', 'api', 'worker']),
    default: 'all',
  },
  dataDir: {
    env: 'SERVERCTL_DATA_DIR',
    about: 'database, master key, TLS keys, administrator token',
    schema: absolutePath,
    default: null,
  },
  listen: { env: 'SERVERCTL_LISTEN', about: 'address and port', schema: hostPort, default: '127.0.0.1:7400' },
  publicUrls: {
    env: 'SERVERCTL_PUBLIC_URLS',
    about: 'addresses given to agents, in order',
    schema: urlList,
    default: null,
  },
  tls: {
    env: 'SERVERCTL_TLS',
    about: 'on or off; off only on loopback or with trusted proxies',
    schema: z.enum(['on', 'off']),
    default: 'on',
  },
  tlsCertFile: {
    env: 'SERVERCTL_TLS_CERT_FILE',
    about: 'your certificate with its chain; else a private CA makes one',
    schema: absolutePath.nullable(),
    default: null,
  },
  tlsKeyFile: {
    env: 'SERVERCTL_TLS_KEY_FILE',
    about: 'the key of your certificate',
    schema: absolutePath.nullable(),
    default: null,
  },
  tlsCaFile: {
    env: 'SERVERCTL_TLS_CA_FILE',
    about: 'the CA that agents shall trust for your certificate',
    schema: absolutePath.nullable(),
    default: null,
  },
  trustedProxies: {
    env: 'SERVERCTL_TRUSTED_PROXIES',
    about: 'addresses or CIDR ranges of proxies whose X-Forwarded-For counts',
    schema: networkList,
    default: '',
  },
  agentDir: {
    env: 'SERVERCTL_AGENT_DIR',
    about: 'where the agent’s files for hosts are',
    schema: absolutePath,
    default: null,
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    about: 'a PostgreSQL of yours; else the embedded one',
    schema: databaseUrl.nullable(),
    default: null,
    secret: true,
  },
  masterKey: {
    env: 'SERVERCTL_MASTER_KEY',
    about: 'opens stored secrets; else made at the first start',
    schema: masterKey.nullable(),
    default: null,
    secret: true,
  },
  dnsStartPoints: {
    env: 'SERVERCTL_DNS_START_POINTS',
    about: 'where the search for authoritative servers begins',
    schema: addressPortList(53),
    default: '',
  },
  allowPrivateTargets: {
    env: 'SERVERCTL_ALLOW_PRIVATE_TARGETS',
    about: 'host:port of your private name servers, resolvers, webhooks, mail servers',
    schema: hostPortList(),
    default: '',
  },
  logLevel: {
    env: 'SERVERCTL_LOG_LEVEL',
    about: 'trace, debug, info, warn, error or silent',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
  },
  leaseDivisor: {
    env: 'SERVERCTL_LEASE_DIVISOR',
    about: 'divides the lease’s times: for tests only',
    schema: wholeNumber(1, 20),
    default: '1',
  },
} as const satisfies Record<string, Setting>;

type Name = keyof typeof settings;
type Raw = (name: Name) => string | null;
interface Setting {
  readonly env: string;
  /** A few words for `--help`. */
  readonly about: string;
  readonly schema: z.ZodType;
  readonly default: string | null;
  readonly secret?: boolean;
}
export type Environment = Readonly<Record<string, string | undefined>>;
export type Config = { readonly [N in Name]: z.output<(typeof settings)[N]['schema']> };

export interface ConfigOrigin {
  readonly name: string;
  /** As text; a secret is never shown. */
  readonly value: string;
  /** `flag --listen`, `environment SERVERCTL_LISTEN`, `file /etc/…`, `default`. */
  readonly origin: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly origins: readonly ConfigOrigin[];
  readonly printConfig: boolean;
  readonly newAdminToken: boolean;
  readonly help: boolean;
}

const flagOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const names = Object.keys(settings) as Name[];

/** Reads every setting. Throws `setting_invalid` that names each bad one, where it came from and what it must be. */
export function loadConfig(
  argv: readonly string[] = process.argv.slice(2),
  env: Environment = process.env,
): LoadedConfig {
  const flags = parseFlags(argv);
  const { SERVERCTL_CONFIG: configured } = env;
  const { config: filePath = configured } = flags;
  const { values: file, problems: fileProblems } = readSettingsFile(filePath);
  const sources = new Map(names.map((name) => [name, sourceOf(name, flags, env, file, String(filePath))]));
  const raw: Raw = (name) => sources.get(name)?.text ?? defaultOf(name, raw, env);
  const problems = [...fileProblems];
  const values: Record<string, unknown> = {};
  const origins = names.map((name): ConfigOrigin => {
    const text = raw(name);
    const origin = sources.get(name)?.origin ?? 'default';
    const parsed = settings[name].schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    // A default that is made from a bad setting is that setting's fault.
    else if (origin !== 'default') problems.push(problemOf(settings[name].env, origin, parsed.error));
    return { name, value: shown(name, text), origin };
  });
  const isDefault = (name: Name) => !sources.get(name);
  problems.push(...combinationProblems(values as Partial<Config>, { publicUrlsGiven: !isDefault('publicUrls') }));
  if (problems.length > 0) throw new AppError('setting_invalid', { fields: problems });
  const { 'print-config': printConfig, 'new-admin-token': newAdminToken, help } = flags;
  return {
    config: Object.freeze(values) as Config,
    origins,
    printConfig: printConfig === true,
    newAdminToken: newAdminToken === true,
    help: help === true,
  };
}

function readSettingsFile(path: string | boolean | undefined): ReturnType<typeof parseSettingsFile> {
  if (typeof path !== 'string') return { values: {}, problems: [] };
  const known = names.flatMap((name) => [
    settings[name].env,
    ...(isSecret(name) ? [`${settings[name].env}_FILE`] : []),
  ]);
  return parseSettingsFile(path, readText('config', path), new Set(known));
}

function problemOf(env: string, origin: string, error: z.ZodError): string {
  return `${env} (from ${origin}): ${error.issues.map((issue) => issue.message).join('; ')}`;
}

function parseFlags(argv: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const options = Object.fromEntries(
    names.filter((name) => !isSecret(name)).map((name) => [flagOf(name), { type: 'string' as const }]),
  );
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...options,
        config: { type: 'string' },
        'print-config': { type: 'boolean' },
        'new-admin-token': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new AppError('setting_invalid', { fields: [cause instanceof Error ? cause.message : String(cause)] }, cause);
  }
}

/** Secrets have no flag: arguments are visible to every user of the host. */
function isSecret(name: Name): boolean {
  return (settings[name] as Setting).secret === true;
}

function sourceOf(
  name: Name,
  flags: ReturnType<typeof parseFlags>,
  env: Environment,
  file: Environment,
  filePath: string,
) {
  const key = settings[name].env;
  const flag = flags[flagOf(name)];
  if (typeof flag === 'string') return { text: flag, origin: `flag --${flagOf(name)}` };
  for (const [place, values] of [
    [`environment`, env],
    [`file ${filePath}`, file],
  ] as const) {
    const secretFile = values[`${key}_FILE`];
    if (values[key]) return { text: values[key], origin: `${place} ${key}` };
    if (isSecret(name) && secretFile)
      return { text: readText(`${key}_FILE`, secretFile).trim(), origin: `${place} ${key}_FILE` };
  }
  return undefined;
}

function defaultOf(name: Name, raw: Raw, env: Environment): string | null {
  if (name === 'dataDir') return defaultDataDir(env);
  if (name === 'publicUrls') return `${raw('tls') === 'off' ? 'http' : 'https'}://${raw('listen')}`;
  // Where script/package puts them in this checkout.
  if (name === 'agentDir') return resolve(import.meta.dirname, '../../../dist/agent');
  return settings[name].default;
}

function readText(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('setting_invalid', { fields: [`${setting}: the file ${path} cannot be read`] }, cause);
  }
}

function shown(name: Name, text: string | null): string {
  if (text === null) return '(not set)';
  return isSecret(name) ? '(secret)' : text;
}

/** An unprivileged user cannot reach below another's 0700 home, so root gets a directory of the system (ARCHITECTURE.md). */
function defaultDataDir(env: Environment): string {
  if (process.getuid?.() === 0) return '/var/lib/serverctl';
  const { XDG_STATE_HOME: stateHome } = env;
  return join(resolve(stateHome || join(homedir(), '.local', 'state')), 'serverctl');
}

/** Two lines a setting, for `--help`: how it is given, and what it is. */
export function settingLines(): readonly string[] {
  return names.flatMap((name) => {
    const { env, about, secret } = settings[name] as Setting;
    const given = secret === true ? `${env}, or ${env}_FILE` : `--${flagOf(name)} VALUE, or ${env}`;
    return [`  ${given}`, `      ${about}`];
  });
}
