import { Done, RecoveryCodes, TotpBegun, TotpConfirmInput } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AccountDeps } from '../../services/accounts/deps.ts';
import { beginTotp, confirmTotp, makeRecoveryCodes, removeTotp } from '../../services/accounts/own-account-totp.ts';
import type { SignInDesk } from '../../services/accounts/sign-in-desk.ts';
import { ownRequest } from '../asked-from.ts';
import { failures } from './replies.ts';

const tags = ['session'];

export interface SecondFactorRouteOptions {
  readonly deps: AccountDeps;
  readonly desk: SignInDesk;
}

/** One's own authenticator and recovery codes. What shows a secret, or takes a factor away, asks for a new proof. */
export const secondFactorRoutes: FastifyPluginAsyncZod<SecondFactorRouteOptions> = async (app, { deps, desk }) => {
  app.post(
    '/me/totp',
    {
      config: { permission: 'self', stepUp: true },
      schema: {
        operationId: 'beginTotp',
        summary: 'Begin to add an authenticator; its secret is shown once',
        tags,
        response: { 200: TotpBegun, ...failures },
      },
    },
    (request) => beginTotp(deps, ownRequest(request)),
  );
  app.post(
    '/me/totp/confirm',
    {
      config: { permission: 'self' },
      schema: {
        operationId: 'confirmTotp',
        summary: 'Prove the authenticator by a code: in force from then on',
        description: 'The recovery codes are shown once.',
        tags,
        body: TotpConfirmInput,
        response: { 200: RecoveryCodes, ...failures },
      },
    },
    (request) => confirmTotp(deps, desk, ownRequest(request), request.body.code),
  );
  app.delete(
    '/me/totp',
    {
      config: { permission: 'self', stepUp: true },
      schema: {
        operationId: 'removeTotp',
        summary: 'Remove the authenticator and the recovery codes',
        tags,
        response: { 200: Done, ...failures },
      },
    },
    (request) => removeTotp(deps, ownRequest(request)),
  );
  app.post(
    '/me/recovery-codes',
    {
      config: { permission: 'self', stepUp: true },
      schema: {
        operationId: 'newRecoveryCodes',
        summary: 'New recovery codes; all before are void',
        tags,
        response: { 200: RecoveryCodes, ...failures },
      },
    },
    (request) => makeRecoveryCodes(deps, ownRequest(request)),
  );
};
