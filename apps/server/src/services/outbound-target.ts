import { AppError } from '@serverctl/core';

/** Where a connection is made to. */
export interface CheckedTarget {
  readonly host: string;
  /** What `host` resolved to, once, and what must be connected to. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
}

/** An http or https address without user and password in it; throws `url_invalid`. */
export function parseHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new AppError('url_invalid', { because: 'it is no address' });
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new AppError('url_invalid', { because: `its scheme is ${url.protocol}` });
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('url_invalid', { because: 'it carries a user name or password' });
  }
  return url;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
