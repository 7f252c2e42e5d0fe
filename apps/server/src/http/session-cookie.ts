import type { FastifyRequest } from 'fastify';

/*
 * The session's cookie of a browser (R39). Under TLS its name has the prefix `__Host-`, by which a browser takes it from this host alone, for
 * the whole of it, and never over plain HTTP: no neighbour in the same domain can plant one (RFC 6265bis section 4.1.3.2). Plain HTTP is
 * spoken on loopback only, where no such prefix may be used.
 */

export interface CookieOptions {
  /** Whether we are spoken to by TLS, ourselves or through a proxy. */
  readonly isSecure: boolean;
}

const nameOf = ({ isSecure }: CookieOptions) => (isSecure ? '__Host-sct' : 'sct');
const attributesOf = ({ isSecure }: CookieOptions) => `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;

/** The session that a request's cookie carries; null when it carries none, or two of one name: nobody could say which is meant. */
export function sessionSecretIn({ headers }: Pick<FastifyRequest, 'headers'>, options: CookieOptions): string | null {
  const name = nameOf(options);
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value = ''] = values;
  return values.length === 1 && value !== '' ? value : null;
}

/** A `Set-Cookie` that gives the browser a session until it is closed. The server ends it earlier when its time is over. */
export function sessionCookie(token: string, options: CookieOptions): string {
  return `${nameOf(options)}=${token}; ${attributesOf(options)}`;
}

/** A `Set-Cookie` that takes it away. */
export function noSessionCookie(options: CookieOptions): string {
  return `${nameOf(options)}=; ${attributesOf(options)}; Max-Age=0`;
}
