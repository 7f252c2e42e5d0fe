import { describe, expect, it } from 'vitest';
import { AppError, isAppError } from './app-error.ts';
import { errorCatalogue, errorCodes } from './catalogue.ts';
import { accessErrors } from './catalogue-access.ts';
import { accountErrors } from './catalogue-account.ts';
import { dnsErrors } from './catalogue-dns.ts';
import { operationErrors } from './catalogue-operation.ts';
import { poolErrors } from './catalogue-pool.ts';
import { systemErrors } from './catalogue-system.ts';
import { errorCategories, exitCode, httpStatus } from './categories.ts';

describe('the error catalogue', () => {
  it.each(errorCodes)('%s says what happened and what to do, each in a sentence', (code) => {
    const { category, summary, remedy } = errorCatalogue[code];
    expect(code).toMatch(/^[a-z]+(_[a-z]+)+$|^internal$/);
    expect(errorCategories).toContain(category);
    expect(summary).toMatch(/^[A-Z].{8,}\.$/);
    expect(remedy).toMatch(/^.{8,}\.$/);
    expect(remedy).not.toBe(summary);
  });

  it('names no code twice over its parts', () => {
    const parts = [poolErrors, operationErrors, accessErrors, accountErrors, dnsErrors, systemErrors].flatMap((part) =>
      Object.keys(part),
    );
    expect(new Set(parts).size).toBe(parts.length);
    expect(parts.toSorted()).toEqual([...errorCodes].toSorted());
  });

  it.each(errorCategories)('%s has a status that is an error and an exit code that is none of success', (category) => {
    expect(httpStatus[category]).toBeGreaterThanOrEqual(400);
    expect(exitCode[category]).toBeGreaterThan(0);
  });
});

describe('AppError', () => {
  it('carries code, category, remedy, details and cause', () => {
    const cause = new Error('socket');
    const error = new AppError('pool_not_found', { pool: 'x' }, cause);
    expect(error).toMatchObject({ category: 'not-found', details: { pool: 'x' }, cause, name: 'AppError' });
    expect(error.message).toBe(errorCatalogue.pool_not_found.summary);
    expect(error.remedy).toBe(errorCatalogue.pool_not_found.remedy);
  });

  it('is recognised by code', () => {
    const error = new AppError('pool_not_found');
    expect([isAppError(error), isAppError(error, 'pool_not_found'), isAppError(error, 'internal')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isAppError(new Error('pool_not_found'))).toBe(false);
  });
});
