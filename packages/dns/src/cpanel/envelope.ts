/*
 * The envelopes around what the panel says. HTTP is 200 for failures too, so this alone tells them from successes:
 *
 *   UAPI        {status, errors, data}, at the top over HTTPS, under `result` as the command line and WHM's bridge show it
 *   WHM API 1   {metadata: {result, reason}, data}
 */

/** Which of the two programs is asked: cPanel for one account, WHM for the server or a reseller. */
export type Panel = 'cpanel' | 'whm';

/** One reply, out of its envelope. */
export interface Envelope {
  /** Whose envelope it is; the other program than the one that was asked has no right to answer. */
  readonly panel: Panel;
  readonly isDone: boolean;
  /** The panel's words for a failure, in whatever language it speaks. */
  readonly said: string;
  readonly data: unknown;
}

/** The envelope in a reply's text; null for a page, damaged JSON, or JSON that does not say whether it is a success. */
export function parseEnvelope(text: string): Envelope | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  return whmEnvelope(body) ?? uapiEnvelope(body) ?? uapiEnvelope(body['result']);
}

/** Whether the text is a page for people and no reply of an API. */
export function isPage(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype|html|head|body|script)\b/i.test(text);
}

/** Whether `value` is an object with named members. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function whmEnvelope(body: Record<string, unknown>): Envelope | null {
  const { metadata, data } = body;
  if (!isObject(metadata)) return null;
  const isDone = flagOf(metadata['result']);
  if (isDone === null) return null;
  const reason = metadata['reason'];
  return { panel: 'whm', isDone, said: typeof reason === 'string' ? reason : '', data: data ?? null };
}

function uapiEnvelope(body: unknown): Envelope | null {
  if (!isObject(body)) return null;
  const isDone = flagOf(body['status']);
  if (isDone === null) return null;
  return { panel: 'cpanel', isDone, said: textsIn(body['errors']).join('; '), data: body['data'] ?? null };
}

/** Perl writes numbers as texts now and then. */
function flagOf(value: unknown): boolean | null {
  if (value === 1 || value === '1') return true;
  return value === 0 || value === '0' ? false : null;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
