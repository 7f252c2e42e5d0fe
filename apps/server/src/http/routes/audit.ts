import { Readable } from 'node:stream';
import { AuditExportQuery, AuditList, AuditQuery, AuditVerified, AuditVerifyQuery } from '@serverctl/contract';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { listAudit } from '../../services/audit/audit-log.ts';
import { exportAudit } from '../../services/audit/export.ts';
import { verifyAudit } from '../../services/audit/verify.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import { callerOf } from '../caller.ts';
import { failures } from './replies.ts';

const tags = ['audit'];
const config = { permission: 'audit:read' } as const;
/** Sent as it is read. */
const file = { schema: z.unknown().meta({ type: 'string' }) };

export const auditRoutes: FastifyPluginAsyncZod<{ deps: ServiceDeps }> = async (app, { deps }) => {
  app.get(
    '/audit',
    {
      config,
      schema: {
        operationId: 'listAudit',
        summary: 'Who did what, when and to what; newest first',
        tags,
        querystring: AuditQuery,
        response: { 200: AuditList, ...failures },
      },
    },
    (request) => listAudit(deps.db, request.query),
  );
  app.get(
    '/audit/verify',
    {
      config,
      schema: {
        operationId: 'verifyAudit',
        summary: 'Whether the audit log is as it was written; reads all of it',
        tags,
        querystring: AuditVerifyQuery,
        response: { 200: AuditVerified, ...failures },
      },
    },
    (request) => verifyAudit(deps, request.query, request.signal),
  );
  app.get(
    '/audit/export',
    {
      config,
      schema: {
        operationId: 'exportAudit',
        summary: 'All entries that fit as a file, oldest first; the export is audited itself',
        tags,
        querystring: AuditExportQuery,
        response: { 200: { content: { 'application/x-ndjson': file, 'text/csv': file } }, ...failures },
      },
    },
    async (request, reply) => {
      const { contentType, fileName, chunks } = await exportAudit(deps.db, callerOf(request), request.query);
      return reply
        .type(contentType)
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .header('cache-control', 'no-store')
        .send(Readable.from(chunks));
    },
  );
};
