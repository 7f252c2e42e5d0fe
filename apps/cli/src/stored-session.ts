import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@serverctl/core';
import { stateHome } from './directories.ts';

/*
 * The session of `serverctl sign-in`, one for each control plane, in a file that its user alone can read. Beside the data directory of a control
 * plane, not in it: that one may belong to somebody else. A session is sent to the address it was made at and to no other.
 */

/** What is remembered of a sign-in. */
export interface StoredSession {
  readonly url: string;
  readonly email: string;
  readonly token: string;
}

/** The file of one control plane's session, whether it is there or not. */
export function sessionFile(url: string, environment: NodeJS.ProcessEnv): string {
  const address = addressOf(url);
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 12);
  const host = new URL(address).host.replaceAll(/[^\w.-]+/g, '-').slice(0, 80);
  return join(stateHome(environment), 'serverctl-cli', 'sessions', `${host}-${digest}.json`);
}

/** Null when nobody has signed in there. Throws `file_unreadable` when the file is there and holds no session for this address. */
export function readSession(url: string, environment: NodeJS.ProcessEnv): StoredSession | null {
  const file = sessionFile(url, environment);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AppError('file_unreadable', { file, because: String(code) }, cause);
  }
  const session = parsed(text);
  if (session !== null && session.url === addressOf(url)) return session;
  const because = 'it holds no session for this control plane; run serverctl sign-in again, or serverctl sign-out';
  throw new AppError('file_unreadable', { file, because });
}

/** Replaces an earlier one as a whole. Returns the file; throws `file_unwritable`. */
export function storeSession({ url, email, token }: StoredSession, environment: NodeJS.ProcessEnv): string {
  const file = sessionFile(url, environment);
  const draft = `${file}.${randomUUID()}.new`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify({ url: addressOf(url), email, token })}\n`;
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(draft, file);
    return file;
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new AppError('file_unwritable', { file, because: String((cause as NodeJS.ErrnoException).code) }, cause);
  }
}

/** Removes what is remembered; nothing there is fine. */
export function forgetSession(url: string, environment: NodeJS.ProcessEnv): void {
  const file = sessionFile(url, environment);
  try {
    rmSync(file, { force: true });
  } catch (cause) {
    throw new AppError('file_unwritable', { file, because: String((cause as NodeJS.ErrnoException).code) }, cause);
  }
}

/** One control plane has one address here, however it was typed: `https://CP:7400/` is `https://cp:7400`. */
function addressOf(url: string): string {
  return new URL(url).href.replace(/\/+$/, '');
}

function parsed(text: string): StoredSession | null {
  let value: Partial<Record<keyof StoredSession, unknown>> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { url, email, token } = value ?? {};
  if (typeof url !== 'string' || typeof email !== 'string' || typeof token !== 'string' || token === '') return null;
  return { url, email, token };
}
