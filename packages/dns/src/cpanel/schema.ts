import { AppError, type InstanceId } from '@serverctl/core';
import type { ApiHttp } from '../api-http.ts';
import type { Panel } from './envelope.ts';

/** An account, its token, and the way to the panel. */
export interface CpanelOptions {
  readonly http: ApiHttp;
  /** `cpanel`: an account's own token (UAPI). `whm`: one of root or a reseller (WHM API 1), which should have the right to edit DNS alone. */
  readonly panel: Panel;
  readonly user: string;
  readonly token: string;
  /** Whose marks are ours. */
  readonly instance: InstanceId;
  /** At least 0 and below 1: spreads the tries of those who write the same zone. */
  readonly random: () => number;
  /** Resolves after so many milliseconds, or earlier once the signal ends. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How many requests a call usually is (R22), for one name or for many: the zone is read before each write. */
export const cpanelRequestsPer = { read: 1, write: 2 } as const;

const longestWord = 512;

/** The header that signs a call. Throws `dns_panel_user_invalid` or `dns_token_malformed` for what would break out of it. */
export function authorizationOf({ panel, user, token }: Pick<CpanelOptions, 'panel' | 'user' | 'token'>): string {
  const [name, secret] = [user.trim(), token.trim()];
  const wrongUser = name.includes(':') ? 'it has a colon within' : problemOf(name);
  if (wrongUser !== null) throw new AppError('dns_panel_user_invalid', { because: wrongUser });
  const wrongToken = problemOf(secret);
  if (wrongToken !== null) throw new AppError('dns_token_malformed', { because: wrongToken });
  return `${panel} ${name}:${secret}`;
}

function problemOf(text: string): string | null {
  if (text === '') return 'it is empty';
  if (text.length > longestWord) return `it has ${text.length} characters, and ${longestWord} at most are taken`;
  if (/\s/.test(text)) return 'it has spaces or line ends within';
  return /^[\x21-\x7e]+$/.test(text) ? null : 'it has characters other than letters, digits and signs of ASCII';
}
