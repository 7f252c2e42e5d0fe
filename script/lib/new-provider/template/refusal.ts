import type { ErrorCode } from '@serverctl/core';
import { NotWritten } from './not-written.ts';
import type { RequestKind } from './schema.ts';

/**
 * Which code a refusal is, by its status and by what its body is made of; never by words. `status` is from 400 to 499, without 401, 408 and
 * 429; `body` is the reply's JSON, undefined where it is none.
 */
export function refusalCode(kind: RequestKind, status: number, _body: unknown): ErrorCode {
  throw new NotWritten('refusals', `status ${status} to a ${kind}`);
}
