import { ErrorBody } from '@serverctl/contract';

/** Every operation's failures, by class; the code in the body tells them apart (docs/reference/errors.md). */
export const failures = { '4xx': ErrorBody, '5xx': ErrorBody } as const;
