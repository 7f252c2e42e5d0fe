import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@serverctl/core';

/** Where the control plane is, whom we trust for it, and how we prove who we are. Flag > environment > default (STYLE.md). */
export interface CliConfig {
  readonly url: string;
  /** PEM of the authority to trust beside the system's; null = the system's alone. */
  readonly ca: { readonly file: string; readonly pem: string } | null;
  readonly token: string;
  /** True when colours may be used: a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
}

export interface CliFlags {
  readonly url?: string;
  readonly caFile?: string;
  readonly tokenFile?: string;
}

/** One setting as `config show` tells it: never a secret. */
export interface Setting {
  readonly name: string;
  readonly value: string | null;
  /** `flag --url`, `environment SERVERCTL_URL`, `default`. */
  readonly origin: string;
}

interface Found extends Omit<Setting, 'name'> {
  /** What the file holds, or the value itself; null = nothing was found. */
  readonly content: string | null;
  readonly lookedIn: readonly string[];
}

export const defaultUrl = 'https://127.0.0.1:7400';

/** Throws `url_invalid` (also for plain http to another host), `file_unreadable`, `token_missing`. */
export function readConfig(flags: CliFlags, environment = process.env): CliConfig {
  const url = checkedUrl(findUrl(flags, environment).value ?? defaultUrl);
  const ca = findCa(flags, environment);
  const token = findToken(flags, environment);
  if (token.content === null) throw new AppError('token_missing', { lookedIn: token.lookedIn });
  return {
    url,
    ca: ca.content === null || ca.value === null ? null : { file: ca.value, pem: ca.content },
    token: token.content,
    colour: findColour(environment).value === 'yes',
  };
}

/** Every setting and where it came from; nothing is refused here. */
export function readSettings(flags: CliFlags, environment = process.env): readonly Setting[] {
  const url = findUrl(flags, environment);
  const ca = findCa(flags, environment, () => null);
  const token = findToken(flags, environment);
  return [
    { name: 'url', value: url.value, origin: url.origin },
    { name: 'ca file', value: ca.value, origin: ca.origin },
    { name: 'access token', value: token.value, origin: token.origin },
    { name: 'colour', ...findColour(environment) },
  ];
}

function findUrl(flags: CliFlags, environment: NodeJS.ProcessEnv): Omit<Setting, 'name'> {
  if (flags.url !== undefined) return { value: flags.url, origin: 'flag --url' };
  const set = environment['SERVERCTL_URL'];
  return set ? { value: set, origin: 'environment SERVERCTL_URL' } : { value: defaultUrl, origin: 'default' };
}

/** Plain http would show the token to everybody on the way (R34): it is for this host only. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new AppError('url_invalid', { url: text });
  if (url.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return text;
  const because = `plain http would let others read the access token on its way to ${url.hostname}; write https://…`;
  throw new AppError('url_invalid', { url: text, because });
}

function findCa(flags: CliFlags, environment: NodeJS.ProcessEnv, refuse = unreadable): Found {
  const origin = flags.caFile === undefined ? 'environment SERVERCTL_CA_FILE' : 'flag --ca-file';
  const named = flags.caFile ?? (environment['SERVERCTL_CA_FILE'] || undefined);
  if (named === undefined) return firstOf(dataDirectories(environment).map((one) => join(one, 'tls/ca.pem')));
  const content = read(named, (cause) => refuse(origin.split(' ').at(-1) ?? '', named, cause));
  return { value: named, origin, content, lookedIn: [named] };
}

/** The token itself comes from the environment or a file, never from an argument that `ps` would show. */
function findToken(flags: CliFlags, environment: NodeJS.ProcessEnv): Found {
  const direct = environment['SERVERCTL_TOKEN'];
  if (flags.tokenFile === undefined && direct) {
    return { value: 'set', origin: 'environment SERVERCTL_TOKEN', content: direct.trim(), lookedIn: [] };
  }
  const chosen = flags.tokenFile ?? (environment['SERVERCTL_TOKEN_FILE'] || undefined);
  if (chosen === undefined) return firstOf(dataDirectories(environment).map((one) => join(one, 'admin-token')));
  const origin = flags.tokenFile === undefined ? 'environment SERVERCTL_TOKEN_FILE' : 'flag --token-file';
  return { value: chosen, origin, content: read(chosen)?.trim() ?? null, lookedIn: [chosen] };
}

function findColour(environment: NodeJS.ProcessEnv): { value: string; origin: string } {
  if (environment['NO_COLOR']) return { value: 'no', origin: 'environment NO_COLOR' };
  return process.stdout.isTTY === true
    ? { value: 'yes', origin: 'default: a terminal' }
    : { value: 'no', origin: 'default: not a terminal' };
}

/** Where a control plane on this host keeps its administrator token and its CA. */
function dataDirectories(environment: NodeJS.ProcessEnv): readonly string[] {
  const state = environment['XDG_STATE_HOME'] ?? join(homedir(), '.local/state');
  const directories = [environment['SERVERCTL_DATA_DIR'], '/var/lib/serverctl', join(state, 'serverctl')];
  return directories.filter((directory) => directory !== undefined && directory !== '') as readonly string[];
}

function firstOf(files: readonly string[]): Found {
  for (const file of files) {
    const content = read(file);
    if (content !== null) return { value: file, origin: 'default', content: content.trim(), lookedIn: files };
  }
  return { value: null, origin: 'default: none found', content: null, lookedIn: files };
}

/** Null when it is not there or not ours to read. */
function read(file: string, refuse: (cause: unknown) => null = () => null): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    return refuse(cause);
  }
}

function unreadable(option: string, file: string, cause: unknown): null {
  const because = String((cause as NodeJS.ErrnoException).code);
  throw new AppError('file_unreadable', { option, file, because }, cause);
}
