import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, isAppError } from '@serverctl/core';
import { dataDirectories } from './directories.ts';
import { readSession, sessionFile } from './stored-session.ts';

/*
 * How this command line proves who asks, the first that there is:
 *
 *   1  --token-file, SERVERCTL_TOKEN, SERVERCTL_TOKEN_FILE   an API token, named for this call or this shell
 *   2  the session of `serverctl sign-in` at this address
 *   3  admin-token in the data directory                     the way in on the control plane's host
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
  const found = namedToken(flags, environment) ?? sessionProof(url, environment) ?? administratorToken(environment);
  if (found !== null) return found;
  const lookedIn = [sessionFile(url, environment), ...administratorFiles(environment)];
  throw new AppError('token_missing', { lookedIn });
}

/** The same for `config show`, which refuses nothing: null when there is none; words when what there is cannot be used. */
export function tellProof(flags: ProofFlags, url: string, environment: NodeJS.ProcessEnv): Proof | null | string {
  try {
    return findProof(flags, url, environment);
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'token_missing') return null;
    return String(error.details['because'] ?? 'cannot be read');
  }
}

/** What is named for this call or this shell and goes before a session; null when nothing is. */
export function namedToken(flags: ProofFlags, environment: NodeJS.ProcessEnv): Proof | null {
  const direct = environment['SERVERCTL_TOKEN'];
  if (flags.tokenFile === undefined && direct) {
    return { kind: 'token', secret: direct.trim(), origin: 'environment SERVERCTL_TOKEN', file: null };
  }
  const file = flags.tokenFile ?? (environment['SERVERCTL_TOKEN_FILE'] || undefined);
  if (file === undefined) return null;
  const origin = flags.tokenFile === undefined ? 'environment SERVERCTL_TOKEN_FILE' : 'flag --token-file';
  try {
    return { kind: 'token', secret: readFileSync(file, 'utf8').trim(), origin, file };
  } catch (cause) {
    const because = String((cause as NodeJS.ErrnoException).code);
    throw new AppError('file_unreadable', { option: origin.split(' ').at(-1) ?? '', file, because }, cause);
  }
}

/** The administrator token of this host. Throws `only_on_host`, with what to do about it, where it cannot be read. */
export function hostProof(environment: NodeJS.ProcessEnv): Proof {
  const found = administratorToken(environment);
  if (found !== null) return found;
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

function administratorToken(environment: NodeJS.ProcessEnv): Proof | null {
  for (const file of administratorFiles(environment)) {
    try {
      return { kind: 'host', secret: readFileSync(file, 'utf8').trim(), origin: 'default', file };
    } catch {
      // Not there, or not ours to read: the next place.
    }
  }
  return null;
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
