import { Command } from 'commander';
import { wideOption } from '../arguments.ts';
import { action } from '../context.ts';
import { table } from '../output/table.ts';

/** `serverctl event kinds`: what there is to be told of. `serverctl events` shows what happened. */
export function eventCommand(): Command {
  return new Command('event').description('Kinds of events: what there is to be told of').addCommand(
    new Command('kinds')
      .description('Every kind of event, how urgent it is at worst, and its page')
      .addOption(wideOption())
      .action(
        action(async ({ client }, { wide = false }: { wide?: boolean }) => {
          const { kinds } = await client.channels.eventKinds();
          const rows = kinds.map(({ kind, severity, summary, runbook }) => [
            kind,
            severity,
            ...(wide ? [runbook] : []),
            summary,
          ]);
          const head = ['event', 'severity', ...(wide ? ['page'] : []), 'what happened'];
          return {
            json: kinds,
            text: table(head, rows, [], { wide, whole: ['event', 'severity'], last: 24 }),
            ...(wide ? { whole: 'all' as const } : {}),
          };
        }),
      ),
  );
}
