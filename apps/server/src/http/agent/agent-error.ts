import { AppError, httpStatus } from '@serverctl/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { errorBody } from '../plugins/errors.ts';

/** Answers a failed agent request from the catalogue. What is not in it is logged with its structure and shown as `internal` only. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = error instanceof AppError ? error : translate(error as FastifyError, request);
  if (failure.category === 'internal') request.log.error({ error: structureOf(error) }, 'an agent request failed');
  const { retryAfterSeconds } = failure.details;
  if (typeof retryAfterSeconds === 'number') reply.header('retry-after', String(retryAfterSeconds));
  return reply.code(httpStatus[failure.category]).send(errorBody(failure, request.id));
}

/** Fastify's own refusals, by code and status, never by text. */
function translate(error: FastifyError, request: FastifyRequest): AppError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new AppError('request_too_large', { limitBytes: request.routeOptions.bodyLimit }, error);
  }
  if (error.validation !== undefined) {
    const fields = error.validation.map(
      ({ instancePath, message }) => `body${instancePath}: ${message ?? 'not valid'}`,
    );
    return new AppError('request_invalid', { fields }, error);
  }
  const status = error.statusCode ?? 500;
  return new AppError(status >= 400 && status < 500 ? 'request_invalid' : 'internal', {}, error);
}

/** A foreign error's values may hold what was sent to us: only its kind, code and place are logged (I16). */
function structureOf(error: unknown) {
  if (!(error instanceof Error)) return { name: typeof error };
  const place = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return { name: error.name, code: 'code' in error ? error.code : undefined, place };
}
