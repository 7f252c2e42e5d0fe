import { AppError } from '@serverctl/core';
import pg from 'pg';

/** SQLSTATE classes and codes that say "not now": connection, resources, shutdown, time-out, a lock not had in time, read-only after a change of primary. */
const unavailableStates = [/^55P03$/, /^08/, /^53/, /^57/, /^58/, /^25006$/, /^3D000$/, /^28/];

/**
 * Translates at the border what means that the database does not answer (by SQLSTATE and structure, never by text); everything else is
 * returned as it is, since it is a mistake of ours or a constraint that a repository knows by name.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    const state = error.code ?? '';
    return unavailableStates.some((pattern) => pattern.test(state)) ? unavailable(error, state) : error;
  }
  if (!(error instanceof Error) || error instanceof AppError) return error;
  if ('syscall' in error) return unavailable(error, (error as NodeJS.ErrnoException).code ?? 'network');
  // pg reports a lost connection and its own time-outs as a plain Error without any code; mistakes in a query's values are TypeErrors.
  return error.constructor === Error || error instanceof AggregateError ? unavailable(error, 'connection') : error;
}

function unavailable(cause: unknown, because: string): AppError {
  return new AppError('database_unavailable', { because }, cause);
}

/** Whether a lock was not to be had within `lock_timeout`. */
export function isLockNotHad(error: unknown): boolean {
  return error instanceof AppError && error.cause instanceof pg.DatabaseError && error.cause.code === '55P03';
}

/** The name of the constraint that a statement violated, or null when it failed for another reason. */
export function violatedConstraint(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code?.startsWith('23') ? (error.constraint ?? null) : null;
}
