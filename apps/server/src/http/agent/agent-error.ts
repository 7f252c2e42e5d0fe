import type { ErrorReply } from '@serverctl/contract/agent';
import { AppError, httpStatus } from '@serverctl/core';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** Answers a failed agent request from the catalogue. What is not in it is logged with its structure and shown as `internal` only. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = error instanceof AppError ? error : translate(error as FastifyError);
  if (failure.category === 'internal') request.log.error({ error: structureOf(error) }, 'an agent request failed');
  if (failure.code === 'rate_limited')
    reply.header('retry-after', Math.ceil(Number(failure.details['retryAfterMs']) / 1_000));
  return reply.code(httpStatus[failure.category]).send(errorReply(failure, request.id));
}

export function errorReply(error: AppError, requestId: string): ErrorReply {
  const { code, message, remedy, details } = error;
  return { error: { code, message, remedy, details, requestId } };
}

/** Fastify's own refusals, by code and status, never by text. */
function translate(error: FastifyError): AppError {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AppError('request_too_large', {}, error);
  if (error.validation !== undefined) {
    const fields = error.validation.map(
      ({ instancePath, message }) => `${instancePath || '/'} ${message ?? 'is wrong'}`,
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
