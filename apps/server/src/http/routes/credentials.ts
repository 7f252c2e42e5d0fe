import {
  CredentialInput,
  CredentialList,
  CredentialParams,
  CredentialPatch,
  CredentialSaved,
  PanelCertificate,
  PanelCertificateInput,
  Removed,
  TestInput,
  TestView,
} from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ServiceDeps } from '../../services/deps.ts';
import {
  addCredential,
  listCredentialViews,
  removeCredential,
  setCredential,
  testCredential,
} from '../../services/dns/credential-service.ts';
import { lookAtPanel } from '../../services/dns/panel-certificate.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['dns'];

export const credentialRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/dns-credentials',
    {
      config: { permission: 'dns:read' },
      schema: {
        operationId: 'listCredentials',
        summary: 'DNS credentials, without secrets',
        tags,
        response: { 200: CredentialList, ...failures },
      },
    },
    () => listCredentialViews(deps),
  );
  app.post(
    '/dns-credentials',
    {
      config: { permission: 'dns:write', stepUp: true },
      schema: {
        operationId: 'addCredential',
        summary: 'Add a DNS credential',
        description:
          'Of each kind of provider: `settings` say which. With `test` it is tried on that name before anything is stored.',
        tags,
        body: CredentialInput,
        response: { 201: CredentialSaved, ...failures },
      },
    },
    async (request, reply) => reply.code(201).send(await addCredential(deps, callerOf(request), request.body)),
  );
  app.patch(
    '/dns-credentials/:credentialId',
    {
      config: { permission: 'dns:write', stepUp: true },
      schema: {
        operationId: 'setCredential',
        summary: 'Change a DNS credential; a new server or API base needs the secret again',
        description:
          'Tried first in each zone where managed names use it, by a real read of one of them; `untested` stores it without.',
        tags,
        params: CredentialParams,
        body: CredentialPatch,
        response: { 200: CredentialSaved, ...failures },
      },
    },
    (request) => setCredential(deps, callerOf(request), request.params.credentialId, request.body),
  );
  app.delete(
    '/dns-credentials/:credentialId',
    {
      config: { permission: 'dns:write', stepUp: true },
      schema: {
        operationId: 'removeCredential',
        summary: 'Remove a DNS credential that no name uses',
        tags,
        params: CredentialParams,
        response: { 200: Removed, ...failures },
      },
    },
    (request) => removeCredential(deps, callerOf(request), request.params.credentialId),
  );
  await app.register(trialRoutes, { deps });
};

/** What is found out for people, and changes nothing. */
const trialRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.post(
    '/dns-credentials/:credentialId/test',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'testCredential',
        summary: 'Try a credential on a name; changes nothing',
        tags,
        params: CredentialParams,
        body: TestInput,
        response: { 200: TestView, ...failures },
      },
    },
    ({ params, body }) => testCredential(deps, params.credentialId, body),
  );
  app.post(
    '/dns/panel-certificate',
    {
      config: { permission: 'dns:write' },
      schema: {
        operationId: 'lookAtPanelCertificate',
        summary: 'The certificate that a panel shows, to be compared before it is pinned; changes nothing',
        description:
          'A TLS handshake with that host and port, and no more: no request is sent, nothing is believed, nothing is stored. Compare the fingerprint with the one that the panel’s administrator reads on the server itself.',
        tags,
        body: PanelCertificateInput,
        response: { 200: PanelCertificate, ...failures },
      },
    },
    ({ body }) => lookAtPanel(deps, body),
  );
};
