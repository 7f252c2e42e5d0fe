import type { ErrorBody } from '@serverctl/contract';
import { AppError, httpStatus, isAppError } from '@serverctl/core';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { knownPrincipal } from '../caller.ts';
import { concealPool } from './conceal.ts';
import { issueWords } from './issue-words.ts';
import { securityHeaders } from './security-headers.ts';

/** Every failure leaves as one `ErrorBody`: the catalogue's words, safe details, the request's id. What is unknown is logged, never shown. */
export function answerErrors(app: FastifyInstance): void {
  z.config({ localeError: issueWords });
  app.setErrorHandler((error: unknown, request, reply) => {
    const known = knownError(error, request);
    if (known.category === 'internal') request.log.error({ err: error }, 'a request failed inside');
    return sendError(concealPool(known, knownPrincipal(request)?.access ?? null), request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    return sendError(new AppError('route_not_found', { method: request.method, path }), request, reply);
  });
}

/** What the framework refuses before there is a route, and so before any hook. */
export function answerFrameworkError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(knownError(error, request), request, reply.headers(securityHeaders));
}

function sendError(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { retryAfterSeconds } = error.details;
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  if (error.category === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  return reply
    .code(httpStatus[error.category])
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(errorBody(error, request.id));
}

export function errorBody(error: AppError, requestId: string): ErrorBody {
  const { code, message, remedy } = error;
  const details: ErrorBody['error']['details'] = {};
  // An internal failure's details may name our own parts: the log has them, the request's id finds them there.
  for (const [key, value] of error.category === 'internal' ? [] : Object.entries(error.details)) {
    details[key] = typeof value === 'object' && value !== null ? [...value] : value;
  }
  return { error: { code, message, remedy, details, requestId } };
}

function knownError(error: unknown, request: FastifyRequest): AppError {
  if (isAppError(error)) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const place = placeNames[(error as { readonly validationContext?: string }).validationContext ?? ''] ?? 'request';
    const fields = error.validation.map(
      (issue) => `${fieldName(place, issue.instancePath)}: ${issue.message ?? 'not valid'}`,
    );
    return new AppError('request_invalid', { fields });
  }
  const { code, statusCode = 500 } = (error ?? {}) as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new AppError('request_too_large', { limitBytes: request.routeOptions.bodyLimit });
  }
  if (code?.startsWith('FST_') && statusCode >= 400 && statusCode < 500) {
    return new AppError('request_invalid', { fields: [frameworkWords[code] ?? 'body: must be JSON'] }, error);
  }
  return new AppError('internal', {}, error);
}

const placeNames: Readonly<Record<string, string>> = {
  body: 'body',
  params: 'path',
  querystring: 'query',
  headers: 'header',
};

const frameworkWords: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type: must be application/json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body: is not valid JSON',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body: is empty, and must be JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'content-length: does not match the body',
  FST_ERR_MAX_PARAM_LENGTH: 'path: a part of it is too long',
  FST_ERR_BAD_URL: 'path: cannot be decoded',
};

/** `/settings/port` in the body → `body.settings.port`. */
export function fieldName(place: string, instancePath: string): string {
  return [place, ...instancePath.split('/').filter((part) => part !== '')].join('.');
}
