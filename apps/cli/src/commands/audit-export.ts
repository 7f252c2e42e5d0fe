import { once } from 'node:events';
import { Command, Option } from 'commander';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { readerIsGone } from '../platform/closed-pipe.ts';
import { type FilterOptions, filterOf, nothingFits, withFilter } from './audit-filter.ts';

interface Options extends FilterOptions {
  readonly format: 'jsonl' | 'csv';
}

/** `serverctl audit export`: all that fits, on standard output as it comes. The export is in the log itself. */
export function auditExportCommand(): Command {
  return withFilter(new Command('export'))
    .description('All entries that fit as a file on standard output, oldest first; the export is audited too')
    .addOption(
      new Option('--format <format>', 'one JSON object a line, or CSV').choices(['jsonl', 'csv']).default('jsonl'),
    )
    .addHelpText(
      'after',
      examples([
        ['for a spreadsheet', 'serverctl audit export --format csv --since 2026-01-01 > audit.csv'],
        ['for a program', 'serverctl audit export --pool edge | jq .actor'],
      ]),
    )
    .action(
      action(async ({ client }, { format, ...options }: Options) => {
        const decoder = new TextDecoder();
        let isEmpty = true;
        for await (const chunk of client.audit.export({ ...filterOf(options), format })) {
          isEmpty = false;
          await print(decoder.decode(chunk, { stream: true }));
          if (readerIsGone()) break;
        }
        if (isEmpty) process.stderr.write(`${nothingFits(options)}\n`);
        return null;
      }),
    );
}

/** No faster than it is read: the log may be longer than memory. */
async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  // A reader that closes the pipe is no failure of ours (closed-pipe.ts).
  await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(() => undefined);
}
