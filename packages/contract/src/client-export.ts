import type { AuditExportQuery } from './api/audit.ts';
import { type CallOptions, type ClientOptions, streamFile } from './client-request.ts';

const types = ['application/x-ndjson', 'text/csv'];

/** What comes as a file and not as one value: nothing of it is held in memory. */
export function exportCalls(options: ClientOptions) {
  return {
    /** The audit log, oldest first, in pieces as they come; a piece may end within a line. */
    export: (query: AuditExportQuery = {}, call: CallOptions = {}): AsyncIterable<Uint8Array> =>
      streamFile(options, { path: ['audit', 'export'], query, types, ...call }),
  };
}
