import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError } from '@serverctl/core';
import { dataDirectories } from './directories.ts';
import { addressesOf, isSamePlace, isThisHost } from './own-addresses.ts';
import { readSession, sessionFile } from './stored-session.ts';

/*
 * How this command line proves who asks, the first that there is:
 *
 *   1  --token-file, SERVERCTL_TOKEN, SERVERCTL_TOKEN_FILE   an API token, named for this call or this shell
 *   2  the session of `serverctl sign-in` at this address
 *   3  admin-token in the data directory                     the way in on the control plane's host; sent to its own addresses alone
 *
 * What is named and cannot be read, and a session that is damaged or has ended, is an error, never a reason to go on to the next: nobody
 * shall act with other rights than they think.
 */

/** One proof, and where it came from. */
export interface Proof {
  readonly kind: 'token' | 'session' | 'host';
  readonly secret: string;
  /** `flag --token-file`, `environment SERVERCTL_TOKEN`, `sign-in as ann@example.com`, `default`. */
  readonly origin: string;
  /** The file it was read from; null = the environment itself. */
  readonly file: string | null;
}

export interface ProofFlags {
  readonly tokenFile?: string;
}

export const adminTokenFile = 'admin-token';

/** What proves who asks at this address. Throws `token_missing` when nothing does, `file_unreadable` for a damaged session. */
export function findProof(flags: ProofFlags, url: string, environment: NodeJS.ProcessEnv): Proof {
  const named = namedToken(flags, environment) ?? sessionProof(url, environment);
  if (named !== null) return named;
  const found = administratorToken(url, environment);
  if (isProof(found)) return found;
  const lookedIn = [sessionFile(url, environment), ...administratorFiles(environment)];
  throw new AppError('token_missing', { ...found, lookedIn });
}

/** The same for `config show`, which refuses nothing: null when there is none; words when what there is cannot be used. */
export function tellProof(flags: ProofFlags, url: string, environment: NodeJS.ProcessEnv): Proof | null | string {
  try {
    return findProof(flags, url, environment);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { because } = error.details;
    if (error.code === 'token_missing' && because === undefined) return null;
    return String(because ?? 'cannot be read');
  }
}

/** What is named for this call or this shell and goes before a session; null when nothing is. Throws when it cannot be a token. */
export function namedToken({ tokenFile }: ProofFlags, environment: NodeJS.ProcessEnv): Proof | null {
  if (tokenFile !== undefined) return tokenIn(tokenFile, 'flag --token-file');
  const secret = environment['SERVERCTL_TOKEN']?.trim();
  if (secret !== undefined) {
    const because = notToken(secret);
    if (because !== null) throw new AppError('request_invalid', { option: 'SERVERCTL_TOKEN', because });
    return { kind: 'token', secret, origin: 'environment SERVERCTL_TOKEN', file: null };
  }
  const file = environment['SERVERCTL_TOKEN_FILE'];
  return file === undefined ? null : tokenIn(file, 'environment SERVERCTL_TOKEN_FILE');
}

function tokenIn(file: string, origin: string): Proof {
  const option = origin.split(' ').at(-1) ?? '';
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const because = file === '' ? empty : String((cause as NodeJS.ErrnoException).code);
    throw new AppError('file_unreadable', { option, file, because }, cause);
  }
  const because = notToken(secret);
  if (because !== null) throw new AppError('file_unreadable', { option, file, because });
  return { kind: 'token', secret, origin, file };
}

/** Set, as by a variable of the shell that is not. */
const empty = 'it is empty; leave it out, and what comes next is used';

/** Why this is no token, whoever makes it: no header could carry it, and the call would fail as if nobody answered. Null when it may be one. */
function notToken(text: string): string | null {
  if (text === '') return empty;
  return /^[\x21-\x7e]+$/.test(text) ? null : 'a token is one word, of ASCII letters, digits and signs';
}

/** The administrator token of this host. Throws `only_on_host`, and why, where it cannot be read or does not go to this address. */
export function hostProof(url: string, environment: NodeJS.ProcessEnv): Proof {
  const found = administratorToken(url, environment);
  if (isProof(found)) return found;
  if (found !== null) throw new AppError('only_on_host', { ...found });
  const files = administratorFiles(environment);
  const others = files.map(ownerOfUnreadable).find((one) => one !== null);
  if (others !== undefined && others !== null) throw new AppError('only_on_host', others);
  const because = 'there is no administrator token here; name the data directory by SERVERCTL_DATA_DIR';
  throw new AppError('only_on_host', { because, lookedIn: files });
}

function sessionProof(url: string, environment: NodeJS.ProcessEnv): Proof | null {
  const session = readSession(url, environment);
  if (session === null) return null;
  const origin = `sign-in as ${session.email}`;
  return { kind: 'session', secret: session.token, origin, file: sessionFile(url, environment) };
}

/** There is a token, and it stays here. */
interface Withheld {
  readonly url: string;
  readonly because: string;
  readonly addresses?: readonly string[];
}

const isProof = (found: Proof | Withheld | null): found is Proof => found !== null && 'secret' in found;

/**
 * It may do everything, and nobody named it for this call: it is sent to the control plane that it belongs to, never to another one, whose
 * people could take it for their own use (R44).
 */
function administratorToken(url: string, environment: NodeJS.ProcessEnv): Proof | Withheld | null {
  let withheld: Withheld | null = null;
  for (const directory of dataDirectories(environment)) {
    const file = join(directory, adminTokenFile);
    const secret = readable(file);
    if (secret === null) continue;
    const addresses = isThisHost(url) ? [url] : addressesOf(directory);
    if (addresses.some((one) => isSamePlace(one, url))) return { kind: 'host', secret, origin: 'default', file };
    withheld ??= notFor(url, file, addresses);
  }
  return withheld;
}

/** Null when it is not there, or not ours to read. */
function readable(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

/** Told with the addresses that would do, where the control plane has written them down. */
function notFor(url: string, file: string, known: readonly string[]): Withheld {
  const because = `${file} goes to its own control plane alone, at loopback or an address of its SERVERCTL_PUBLIC_URLS`;
  const addresses = known.filter((one) => !isThisHost(one));
  return { url, because, ...(addresses.length > 0 && { addresses }) };
}

function administratorFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  return dataDirectories(environment).map((one) => join(one, adminTokenFile));
}

/** Whose a file of a control plane is, when it is there and we may not read it: the file, or its 0700 directory, tells its owner. */
export function ownerOfUnreadable(file: string): { readonly file: string; readonly because: string } | null {
  const uid = ownerOf(file) ?? ownerOf(join(file, '..'));
  if (uid === null || uid === process.getuid?.()) return null;
  const because =
    uid === 0
      ? 'it belongs to root: put sudo before the command'
      : `it belongs to the user with number ${uid}: put sudo -u '#${uid}' before the command, or run it as root`;
  return { file, because };
}

function ownerOf(path: string): number | null {
  try {
    return statSync(path).uid;
  } catch {
    return null;
  }
}
