import type { AuditExportQuery } from '@serverctl/contract';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { writeAudit } from '../../db/repositories/audit.ts';
import { type AuditRange, type AuditRow, readAuditForwards } from '../../db/repositories/audit-read.ts';
import type { Database } from '../../db/schema.ts';
import type { Caller } from '../deps.ts';
import { inTransaction } from '../transaction.ts';
import { entryView, rangeOf } from './audit-log.ts';
import { csvHead, csvLine } from './csv.ts';

type Format = z.output<typeof AuditExportQuery>['format'];

export interface AuditExport {
  readonly contentType: string;
  readonly fileName: string;
  /** Oldest first. Rejects when the database fails on the way: what came until then is not whole. */
  readonly chunks: AsyncIterable<string>;
}

const formats: Readonly<Record<Format, { contentType: string; head: string; line: (row: AuditRow) => string }>> = {
  jsonl: {
    contentType: 'application/x-ndjson; charset=utf-8',
    head: '',
    line: (row) => `${JSON.stringify(entryView(row))}\n`,
  },
  csv: { contentType: 'text/csv; charset=utf-8', head: csvHead, line: (row) => csvLine(entryView(row)) },
};
const batchSize = 500;

/** Everything that fits and was there before this was asked. Who takes the log away is in the log itself. */
export async function exportAudit(
  db: Kysely<Database>,
  { actor, requestId }: Caller,
  { format, ...filter }: z.output<typeof AuditExportQuery>,
): Promise<AuditExport> {
  const range = await rangeOf(db, filter);
  const details = { format, ...filter };
  const own = await inTransaction(db, (trx) =>
    writeAudit(trx, { actor, requestId, action: 'audit.export', target: 'audit-log', details }),
  );
  const { contentType } = formats[format];
  return {
    contentType,
    fileName: `serverctl-audit-${own}.${format}`,
    chunks: lines(db, range, { format, below: own }),
  };
}

async function* lines(
  db: Kysely<Database>,
  range: AuditRange,
  { format, below }: { readonly format: Format; readonly below: number },
): AsyncGenerator<string> {
  const { head, line } = formats[format];
  if (head !== '') yield head;
  for (let above = 0; ; ) {
    const rows = await readAuditForwards(db, range, { above, below, limit: batchSize });
    if (rows.length > 0) yield rows.map(line).join('');
    if (rows.length < batchSize) return;
    above = rows.at(-1)?.seq ?? below;
  }
}
