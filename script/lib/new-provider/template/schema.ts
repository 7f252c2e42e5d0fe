import { AppError, type InstanceId } from '@serverctl/core';
import type { ApiHttp } from '../../../../packages/dns/src/api-http.ts';

/** A token and the way to the API. */
export interface NextkindOptions {
  readonly http: ApiHttp;
  readonly token: string;
  /** Whose marks are ours. */
  readonly instance: InstanceId;
}

/** A read may be repeated; a write without a reply that settles it may have happened (R19). */
export type RequestKind = 'read' | 'write';

/** What the API holds for one name and type, and beside it. */
export interface Held {
  /** Every record of the type, as it is written there. */
  readonly addresses: readonly string[];
  /** The lowest of their TTLs; of no meaning where there is none. */
  readonly ttlSeconds: number;
  /** The texts of the TXT records at `markName(ref)`, one each. */
  readonly marks: readonly string[];
  readonly cname: boolean;
}

/** What a token may do with one name. */
export interface Rights {
  readonly canEdit: boolean;
  readonly canMark: boolean;
  /** Null where the API does not tell it. */
  readonly soaSerial: number | null;
}

/** How many requests a call for one name usually is (R22): a write looks first. The test counts them. */
export const nextkindRequestsPer = { read: 1, write: 2 } as const;

const longestToken = 512;

/** The token as it goes into a header. Throws `dns_token_malformed` for what would break out of one. */
export function requireToken(token: string): string {
  const text = token.trim();
  const because = tokenProblem(text);
  if (because !== null) throw new AppError('dns_token_malformed', { because });
  return text;
}

function tokenProblem(text: string): string | null {
  if (text === '') return 'it is empty';
  if (text.length > longestToken) return `it has ${text.length} characters, and ${longestToken} at most are taken`;
  if (/\s/.test(text)) return 'it has spaces or line ends within';
  return /^[\x21-\x7e]+$/.test(text) ? null : 'it has characters other than letters, digits and signs of ASCII';
}
