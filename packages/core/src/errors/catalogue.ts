import { accessErrors } from './catalogue-access.ts';
import { accountErrors } from './catalogue-account.ts';
import { dnsErrors } from './catalogue-dns.ts';
import { operationErrors } from './catalogue-operation.ts';
import { poolErrors } from './catalogue-pool.ts';
import { systemErrors } from './catalogue-system.ts';
import type { ErrorSpec } from './categories.ts';

/** Every failure that ServerCTL can report. docs/reference/errors.md is generated from it, and a test holds the two equal. */
export const errorCatalogue = {
  ...poolErrors,
  ...operationErrors,
  ...accessErrors,
  ...accountErrors,
  ...dnsErrors,
  ...systemErrors,
} as const satisfies Record<string, ErrorSpec>;

/** The code of one failure: the same in the API, the CLI, the log and the docs. */
export type ErrorCode = keyof typeof errorCatalogue;
/** Every code, in the catalogue's order. */
export const errorCodes = Object.keys(errorCatalogue) as readonly ErrorCode[];
