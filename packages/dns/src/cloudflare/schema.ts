import { AppError, type InstanceId } from '@serverctl/core';
import type { ApiHttp } from '../api-http.ts';

/** A token and the way to the API. */
export interface CloudflareOptions {
  readonly http: ApiHttp;
  /** An API token; global keys are not taken, since they may do everything everywhere. */
  readonly token: string;
  /** Whose marks are ours. */
  readonly instance: InstanceId;
  /** Ids of zones by name; a zone that is not among them is looked up by name, which needs the right Zone Read. */
  readonly zoneIds?: Readonly<Record<string, string>>;
  /** How long a comment may be: 100 on free zones (default), 500 on paid ones. A note and a mark must fit in it together (R18). */
  readonly commentLimit?: number;
  /** The lowest TTL: 60 s (default), 30 s on Enterprise zones. */
  readonly ttlFloorSeconds?: number;
  /** How many operations one batch may have: 200 on free zones (default), 3,500 on paid ones. */
  readonly batchLimit?: number;
}

/** How many requests a call for one name usually is (R22): a write looks first. */
export const cloudflareRequestsPer = { read: 1, write: 2 } as const;

/** Of free zones. */
export const freeBatchLimit = 200;

/** The limits of the zone's plan. */
export interface PlanLimits {
  readonly commentLimit: number;
  readonly ttlFloorSeconds: number;
}

const freePlan: PlanLimits = { commentLimit: 100, ttlFloorSeconds: 60 };
const longestToken = 512;

/** The limits, the free plan's unless said otherwise. */
export function limitsOf({ commentLimit, ttlFloorSeconds }: CloudflareOptions): PlanLimits {
  return {
    commentLimit: commentLimit ?? freePlan.commentLimit,
    ttlFloorSeconds: ttlFloorSeconds ?? freePlan.ttlFloorSeconds,
  };
}

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
