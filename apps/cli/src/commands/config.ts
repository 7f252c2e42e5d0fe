import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { localAction } from '../context.ts';
import { table } from '../output/table.ts';

/** `serverctl config show`: what this command line would use, and why; never the token itself. */
export function configCommand(): Command {
  return new Command('config').description('Settings of this command line').addCommand(
    new Command('show')
      .description('Which control plane, authority and token are used')
      .option('--origin', 'also where each value came from')
      .action(
        localAction(async ({ flags }, { origin = false }: { origin?: boolean }) => {
          const settings = readSettings(flags);
          const head = ['setting', ...(origin ? ['from'] : []), 'value'];
          const rows = settings.map((one) => [one.name, ...(origin ? [one.origin] : []), one.value ?? 'none']);
          return { json: settings, text: table(head, rows) };
        }),
      ),
  );
}
