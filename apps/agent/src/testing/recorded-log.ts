import type { Log, LogFields } from '../platform/log.ts';

/** A log that keeps its lines. */
export interface RecordedLog extends Log {
  readonly lines: string[];
}

export function recordedLog(): RecordedLog {
  const lines: string[] = [];
  const keep = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push(`${level} ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`);
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
