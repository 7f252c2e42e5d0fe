import { domainToASCII } from 'node:url';
import { AppError, parseZoneName } from '@serverctl/core';

/** `dns_name_invalid`, which says why where that is known: a name with other letters is told its ASCII form (IDNA), and is not changed to it. */
export function invalidName(field: string, value: string): AppError {
  const because = reasonOf(value);
  return new AppError('dns_name_invalid', { field, value, ...(because === null ? {} : { because }) });
}

function reasonOf(value: string): string | null {
  if (value.split('.').includes('*')) return 'a wildcard is not managed: give each name that clients use';
  if (/^\p{ASCII}*$/u.test(value)) return null;
  const ascii = parseZoneName(domainToASCII(value));
  return ascii === null ? 'it has characters that no name can have' : `its ASCII form is ${ascii}: give that`;
}
