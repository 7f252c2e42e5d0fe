import { Removed, TokenInput, TokenList, TokenMade, TokenParams } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { addToken, listTokenViews, revokeToken } from '../../services/accounts/api-tokens.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { callerOf, principalOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['tokens'];

/** One's own tokens; the services let who may see or revoke everybody's do that. */
export const apiTokenRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/api-tokens',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'listApiTokens',
        summary: 'One’s own API tokens; with token:read everybody’s',
        tags,
        response: { 200: TokenList, ...failures },
      },
    },
    (request) => listTokenViews(deps, principalOf(request)),
  );
  app.post(
    '/api-tokens',
    {
      config: { permission: 'self', notForTokens: true, stepUp: true },
      schema: {
        operationId: 'addApiToken',
        summary: 'Make an API token, within what one may oneself',
        description: 'The secret is in this reply and never again.',
        tags,
        body: TokenInput,
        response: { 201: TokenMade, ...failures },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await addToken(deps, callerOf(request), principalOf(request), request.body)),
  );
  app.delete(
    '/api-tokens/:tokenId',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'revokeApiToken',
        summary: 'Revoke an API token of one’s own; with token:write anybody’s',
        description: 'It proves nothing from then on.',
        tags,
        params: TokenParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => revokeToken(deps, callerOf(request), principalOf(request), request.params.tokenId),
  );
};
