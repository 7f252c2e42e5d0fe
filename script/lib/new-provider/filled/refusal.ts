import type { ErrorCode } from '@serverctl/core';
import type { RequestKind } from '../template/schema.ts';

/** 409 is the condition that does not hold; 403 is a write's after the same token has just read. */
export function refusalCode(kind: RequestKind, status: number, _body: unknown): ErrorCode {
  if (status === 409) return 'dns_rrset_drifted';
  if (status === 404) return 'dns_zone_not_served';
  if (status === 403) return kind === 'write' ? 'dns_not_allowed' : 'dns_token_lacks_scope';
  return 'dns_request_refused';
}
