import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError } from '@serverctl/core';
import { dataDirectories } from './directories.ts';
import { isThisHost } from './own-addresses.ts';
import { findProof, hostProof, namedToken, type Proof, tellProof } from './proof.ts';
import { forgetSession, readSession, type StoredSession, sessionFile, storeSession } from './stored-session.ts';

/** Where the control plane is, and whom we trust for it. Flag > environment > default (STYLE.md). */
export interface Reach {
  readonly url: string;
  /** PEM of the authority to trust beside the system's; null = the system's alone. */
  readonly ca: { readonly file: string; readonly pem: string } | null;
  /** True when colours may be used: a terminal, and NO_COLOR is not set. */
  readonly colour: boolean;
}

/** The same, and how we prove who we are. */
export interface CliConfig extends Reach {
  readonly proof: Proof;
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
}

export const defaultUrl = 'https://127.0.0.1:7400';

/** Throws `url_invalid` (also for plain http to another host), `file_unreadable`. */
export function readReach(flags: CliFlags, environment = process.env): Reach {
  const url = checkedUrl(findUrl(flags, environment).value);
  const ca = findCa(flags, environment);
  return {
    url,
    ca: ca.content === null || ca.value === null ? null : { file: ca.value, pem: ca.content },
    colour: findColour(environment).value === 'yes',
  };
}

/** Throws what `readReach` throws, and `token_missing`. */
export function readConfig(flags: CliFlags, environment = process.env): CliConfig {
  const reach = readReach(flags, environment);
  return { ...reach, proof: findProof(flags, reach.url, environment) };
}

/** The same with the administrator token of this host and nothing else: `serverctl admin`. Throws `only_on_host`. */
export function readHostConfig(flags: CliFlags, environment = process.env): CliConfig {
  const reach = readReach(flags, environment);
  return { ...reach, proof: hostProof(reach.url, environment) };
}

/** The token that is named for this call or this shell, which goes before any session; null when there is none. */
export function namedProof(flags: CliFlags, environment = process.env): Proof | null {
  return namedToken(flags, environment);
}

/** Where a session of `sign-in` is, whose it is, and how it is forgotten; a damaged one is nobody's, and can be forgotten too. */
export function signedIn(flags: CliFlags, environment = process.env) {
  const url = checkedUrl(findUrl(flags, environment).value);
  return {
    file: sessionFile(url, environment),
    session: readable(url, environment),
    keep: (session: Omit<StoredSession, 'url'>) => storeSession({ url, ...session }, environment),
    forget: () => forgetSession(url, environment),
  };
}

/**
 * Keeps the token that takes the place of the session's own. False when nobody keeps it: the session was not one of `sign-in`, or its file
 * cannot be written. The control plane has done its part by then, so that this is no failure of the command.
 */
export function renewSession({ url, proof }: CliConfig, token: string, environment = process.env): boolean {
  if (proof.kind !== 'session') return false;
  try {
    const session = readSession(url, environment);
    if (session !== null) storeSession({ ...session, token }, environment);
    return session !== null;
  } catch (error) {
    if (isAppError(error, 'file_unreadable') || isAppError(error, 'file_unwritable')) return false;
    throw error;
  }
}

function readable(url: string, environment: NodeJS.ProcessEnv): StoredSession | null {
  try {
    return readSession(url, environment);
  } catch (error) {
    if (isAppError(error, 'file_unreadable')) return null;
    throw error;
  }
}

/** Where a control plane on this host may keep its files, the first choice first. */
export function dataPlaces(environment = process.env): readonly string[] {
  return dataDirectories(environment);
}

/** Every setting and where it came from; nothing is refused here. */
export function readSettings(flags: CliFlags, environment = process.env): readonly Setting[] {
  const url = findUrl(flags, environment);
  const ca = findCa(flags, environment, () => null);
  return [
    { name: 'url', ...url },
    { name: 'ca file', value: ca.value, origin: ca.origin },
    { name: 'access token', ...toldProof(flags, url.value, environment) },
    { name: 'colour', ...findColour(environment) },
  ];
}

function toldProof(flags: CliFlags, url: string, environment: NodeJS.ProcessEnv): Omit<Setting, 'name'> {
  const proof = URL.canParse(url) ? tellProof(flags, url, environment) : null;
  if (proof === null) return { value: null, origin: 'default: none found' };
  if (typeof proof === 'string') return { value: null, origin: `not usable: ${proof}` };
  return { value: proof.file ?? 'set', origin: proof.origin };
}

function findUrl(flags: CliFlags, environment: NodeJS.ProcessEnv): { value: string; origin: string } {
  if (flags.url !== undefined) return { value: flags.url, origin: 'flag --url' };
  const set = environment['SERVERCTL_URL'];
  return set ? { value: set, origin: 'environment SERVERCTL_URL' } : { value: defaultUrl, origin: 'default' };
}

/** Plain http would show the token to everybody on the way (R34): it is for this host only. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new AppError('url_invalid', { url: text });
  if (url.protocol === 'https:' || isThisHost(text)) return text;
  const because = `plain http would let others read the access token on its way to ${url.hostname}; write https://…`;
  throw new AppError('url_invalid', { url: text, because });
}

function findCa(flags: CliFlags, environment: NodeJS.ProcessEnv, refuse = unreadable): Found {
  const origin = flags.caFile === undefined ? 'environment SERVERCTL_CA_FILE' : 'flag --ca-file';
  const named = flags.caFile ?? (environment['SERVERCTL_CA_FILE'] || undefined);
  if (named === undefined) return firstOf(dataDirectories(environment).map((one) => join(one, 'tls/ca.pem')));
  const content = read(named, (cause) => refuse(origin.split(' ').at(-1) ?? '', named, cause));
  return { value: named, origin, content };
}

function findColour(environment: NodeJS.ProcessEnv): { value: string; origin: string } {
  if (environment['NO_COLOR']) return { value: 'no', origin: 'environment NO_COLOR' };
  return process.stdout.isTTY === true
    ? { value: 'yes', origin: 'default: a terminal' }
    : { value: 'no', origin: 'default: not a terminal' };
}

function firstOf(files: readonly string[]): Found {
  for (const file of files) {
    const content = read(file);
    if (content !== null) return { value: file, origin: 'default', content: content.trim() };
  }
  return { value: null, origin: 'default: none found', content: null };
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
