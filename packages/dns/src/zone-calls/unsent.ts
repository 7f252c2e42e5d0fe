import { AppError, type ErrorCode, isAppError } from '@serverctl/core';

/** Of a write these codes leave open whether it happened (R19). */
const openToWrites: ReadonlySet<ErrorCode> = new Set(['dns_server_failure', 'dns_reply_malformed']);

/** The failure of a look before a write: whatever the reply was like, no write was sent. */
export function asUnsent(error: unknown): unknown {
  if (!isAppError(error) || !openToWrites.has(error.code)) return error;
  return new AppError(
    'dns_unreachable',
    { ...error.details, because: 'the look before the write failed', look: error.code },
    error,
  );
}
