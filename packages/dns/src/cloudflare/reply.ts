import { parseIpv6 } from '@serverctl/core';

/*
 * What the API sends, parsed at the edge by hand: this package has no dependency. Only what is used is asked for; whatever lacks it is null.
 */

/** A record as the API holds it. */
export interface HeldRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Of an AAAA in canonical text, however the API writes it. */
  readonly content: string;
  /** 1 = automatic. */
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment: string | null;
}

/** What a batch has left behind, as far as the reply says. */
export interface BatchHeld {
  readonly patched: readonly HeldRecord[];
  readonly created: readonly HeldRecord[];
}

/** A zone as the API holds it. */
export interface HeldZone {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly paused: boolean;
}

/** One failure that the provider names. Codes are hints, the status is law. */
export interface NamedFailure {
  readonly code: number;
  readonly message: string;
}

/** The envelope around every reply. */
export interface Envelope {
  readonly success: boolean;
  /** With those of their chains. `messages` are never searched: a verified token carries an error’s code there. */
  readonly errors: readonly NamedFailure[];
  readonly result: unknown;
  /** How many there are in all pages, where it says. */
  readonly totalCount: number | null;
  /** How many pages there are, where it says. */
  readonly totalPages: number | null;
}

/** The envelope in a reply's text; null for a page, damaged JSON, or JSON without `success`, where it `isBare`: with neither that nor a result. */
export function parseEnvelope(text: string, isBare = false): Envelope | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  const success = body['success'] ?? (isBare && isObject(body['result']));
  if (typeof success !== 'boolean' || (body['success'] === undefined && !success)) return null;
  const info = isObject(body['result_info']) ? body['result_info'] : {};
  const countOf = (count: unknown) => (typeof count === 'number' ? count : null);
  return {
    success,
    errors: failuresIn(body['errors'], 2),
    result: body['result'] ?? null,
    totalCount: countOf(info['total_count']),
    totalPages: countOf(info['total_pages']),
  };
}

/** A record; null when something that is used is missing. */
export function parseRecord(value: unknown): HeldRecord | null {
  if (!isObject(value)) return null;
  const { id, name, type, content, ttl, proxied, comment } = value;
  if (!isText(id) || !isText(name) || !isText(type) || !isText(content) || typeof ttl !== 'number') return null;
  return {
    ...{ id, name: plainName(name), type, content: plainContent(type, content), ttl, proxied: proxied === true },
    comment: isText(comment) && comment !== '' ? comment : null,
  };
}

/** The name of a record of which nothing else may be readable; null when it is not either. */
export function nameIn(value: unknown): string | null {
  return isObject(value) && isText(value['name']) ? plainName(value['name']) : null;
}

/** A zone; null when something that is used is missing. */
export function parseZone(value: unknown): HeldZone | null {
  if (!isObject(value)) return null;
  const { id, name, status, paused } = value;
  if (!isText(id) || !isText(name) || !isText(status)) return null;
  return { id, name: plainName(name), status, paused: paused === true };
}

/** The id in a reply that tells of nothing else; null when it is missing. */
export function parseId(value: unknown): string | null {
  return isObject(value) && isText(value['id']) ? value['id'] : null;
}

/** What a reply to a batch tells of; null when it is no such reply. A list that it leaves out tells of nothing. */
export function parseBatch(value: unknown): BatchHeld | null {
  if (!isObject(value)) return null;
  const patched = parseList(value['patches'] ?? [], parseRecord);
  const created = parseList(value['posts'] ?? [], parseRecord);
  return patched === null || created === null ? null : { patched, created };
}

/** A list of which every entry can be read, or null. */
export function parseList<T>(value: unknown, parse: (entry: unknown) => T | null): readonly T[] | null {
  if (!Array.isArray(value)) return null;
  const list = value.map(parse).filter((entry) => entry !== null);
  return list.length === value.length ? list : null;
}

/** Whether `value` is an object with named members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** An IPv6 address has many texts and is compared by one (RFC 5952). */
function plainContent(type: string, content: string): string {
  return type === 'AAAA' ? (parseIpv6(content) ?? content) : content;
}

function failuresIn(value: unknown, depth: number): NamedFailure[] {
  if (!Array.isArray(value) || depth === 0) return [];
  return value.filter(isObject).flatMap(({ code, message, error_chain }) => {
    const own = typeof code === 'number' ? [{ code, message: isText(message) ? message : '' }] : [];
    return [...own, ...failuresIn(error_chain, depth - 1)];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
