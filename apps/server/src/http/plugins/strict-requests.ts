import { AppError } from '@serverctl/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fieldName } from './errors.ts';

/** More than any route's input has; what is looked through by recursion must not use the stack up. */
const deepestInput = 32;

/**
 * What no route may be given, looked at once for all of them before their own schemas: bytes that are no UTF-8, text that PostgreSQL and
 * JSON cannot hold (NUL, half of a surrogate pair), values nested without end, and a query or body where none is expected. Refusing beats
 * ignoring: a misspelt filter would show everything.
 */
export function refuseUnfitRequests(app: FastifyInstance): void {
  readOnlyUtf8(app);
  app.addHook('preValidation', async (request) => {
    const { params, query, body } = request;
    const fields = [...unfitText('path', params), ...unfitText('query', query), ...unfitText('body', body)];
    if (fields.length === 0) fields.push(...unexpected(request));
    if (fields.length > 0) throw new AppError('request_invalid', { fields });
  });
}

/** By itself the framework puts U+FFFD in the place of such bytes: what is stored would not be what was sent. */
function readOnlyUtf8(app: FastifyInstance): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    let text: string;
    try {
      text = utf8.decode(body);
    } catch {
      return done(new AppError('request_invalid', { fields: ['body: is not UTF-8'] }));
    }
    parse(request, text, done);
  });
}

function unfitText(place: string, value: unknown, path = '', depth = 0): string[] {
  if (typeof value === 'string') return isFit(value) ? [] : [`${fieldName(place, path)}: ${unfitWords}`];
  if (typeof value !== 'object' || value === null) return [];
  if (depth >= deepestInput) return [`${place}: is nested more than ${deepestInput} levels deep`];
  return Object.entries(value).flatMap(([key, inner]) =>
    isFit(key)
      ? unfitText(place, inner, `${path}/${key}`, depth + 1)
      : [`${fieldName(place, path)}: the name of a field ${unfitWords}`],
  );
}

const unfitWords = 'must not contain a NUL character or half of a surrogate pair';

function isFit(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Names of what was sent where the route has no schema for it. */
function unexpected({ routeOptions, query, body }: FastifyRequest): string[] {
  const { querystring, body: bodySchema } = routeOptions.schema ?? {};
  const names = (schema: unknown, sent: unknown) =>
    schema === undefined && typeof sent === 'object' && sent !== null ? Object.keys(sent) : [];
  const words = (place: string, sent: readonly string[]) =>
    sent.length === 0 ? [] : [`${place}: does not know ${sent.join(', ')}; nothing is expected here`];
  return [...words('query', names(querystring, query)), ...words('body', names(bodySchema, body))];
}
