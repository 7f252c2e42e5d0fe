import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { parseEgressEntry } from '@serverctl/core';
import { z } from 'zod';

/** The shapes that settings may have as text: each turns one string into a value, or says what it must be. */

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const list = (text: string) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** `127.0.0.1:7400`, `[::1]:7400`, `example.com:53`; the port may be left out where there is a usual one. */
export function parseHostPort(text: string, defaultPort?: number): HostPort | null {
  const match = /^(?:\[(?<six>[0-9a-fA-F:.]+)\]|(?<host>[^\s:[\]/]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const { six, host = six, port: digits } = match?.groups ?? {};
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === undefined || port > 65_535) return null;
  if (six !== undefined && isIP(six) !== 6) return null;
  return { host: host.toLowerCase(), port };
}

export const hostPort = z.string().transform((text, context): HostPort => {
  const parsed = parseHostPort(text);
  if (parsed !== null) return parsed;
  context.addIssue('must be address:port, for example 127.0.0.1:7400 or [::1]:7400');
  return z.NEVER;
});

export const hostPortList = (defaultPort?: number) =>
  z.string().transform((text, context): readonly HostPort[] => {
    const parsed = list(text).map((entry) => parseHostPort(entry, defaultPort));
    if (parsed.every((entry) => entry !== null)) return parsed;
    context.addIssue(
      `must be a list like 10.0.0.3:53,[2001:db8::53]:53${defaultPort ? ` (port ${defaultPort} when left out)` : ''}`,
    );
    return z.NEVER;
  });

/** Like `hostPortList`, addresses only: nobody resolves where resolving begins. */
export const addressPortList = (defaultPort: number) =>
  hostPortList(defaultPort).refine(
    (points) => points.every(({ host }) => isIP(host) !== 0),
    'must be IP addresses, not names',
  );

/** No user, query or fragment, and nothing that a shell or a web page would read as more than text. */
const plainUrl = /^https?:\/\/[\w.:[\]-]+(\/[\w.~%/-]*)?$/i;

export const urlList = z.string().transform((text, context): readonly string[] => {
  const urls = list(text);
  const good = urls.every((entry) => plainUrl.test(entry) && URL.canParse(entry));
  if (good && urls.length > 0) return urls.map((entry) => entry.replace(/\/+$/, ''));
  context.addIssue('must be a list of http or https addresses, for example https://control.example.com');
  return z.NEVER;
});

export const absolutePath = z.string().refine(isAbsolute, 'must be an absolute path');

/** A shorter prefix would let strangers say who they are: whoever is trusted writes the address that counts (R36). */
const shortestPrefix = { 4: 8, 6: 16 } as const;

/** `10.0.0.1,192.0.2.0/24,2001:db8::/32`, as text that `egressAllows` of core reads. */
export const networkList = z.string().transform((text, context): readonly string[] => {
  const entries = list(text);
  const ranges = entries.map(parseEgressEntry);
  if (ranges.some((range) => range === null))
    context.addIssue('must be a list of addresses or networks like 10.0.0.1,192.0.2.0/24');
  const tooWide = ranges.filter((range) => range !== null && range.prefixLength < shortestPrefix[range.family]);
  if (tooWide.length > 0) context.addIssue('must not trust more than a /8 of IPv4 or a /16 of IPv6: name your proxies');
  return entries;
});

/** 32 bytes in base64 or in hex. */
export const masterKey = z.string().transform((text, context): Buffer => {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length === 32) return key;
  context.addIssue('must be 32 bytes in base64 or hex, for example from `openssl rand -base64 32`');
  return z.NEVER;
});

export const databaseUrl = z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://');

export const wholeNumber = (min: number, max: number) =>
  z.string().transform((text, context): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    context.addIssue(`must be a whole number from ${min} to ${max}`);
    return z.NEVER;
  });
