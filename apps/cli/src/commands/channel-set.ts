import { Command, Option } from 'commander';
import { named, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { choiceText } from '../output/channel.ts';
import { clean } from '../output/table.ts';
import { confirm } from '../prompt.ts';
import { outputOption, shownOnce } from '../shown-once.ts';
import { signingOutcome } from './channel-add.ts';
import { type Choice, chosen, withChoice } from './channel-choice.ts';

const channel = ['<channel>', 'id of the channel, from the list', named] as const;

type SetOptions = Choice & { readonly allKinds?: boolean; readonly allPools?: boolean };

export function channelSet(): Command {
  return withChoice(new Command('set').description('Change what a channel is told of').argument(...channel))
    .addOption(new Option('--all-kinds', 'every kind of event again').conflicts('kind'))
    .addOption(new Option('--all-pools', 'every pool again, and what belongs to none').conflicts('pool'))
    .addHelpText(
      'after',
      examples([['only what wakes somebody', 'serverctl channel set 0123456789ab --least-severity critical']]),
    )
    .action(
      action(async ({ client }, id: string, options: SetOptions) => {
        const view = await client.channels.set(id, {
          ...chosen(options),
          ...(options.allKinds ? { kinds: null } : {}),
          ...(options.allPools ? { pools: null } : {}),
        });
        return { json: view, text: `${clean(view.name)} is told of ${choiceText(view)}.` };
      }),
    );
}

export function channelEnable(): Command {
  return new Command('enable')
    .description('Tell a channel again')
    .argument(...channel)
    .action(
      action(async ({ client }, id: string) => {
        const view = await client.channels.set(id, { enabled: true });
        return { json: view, text: `${clean(view.name)} is told of ${choiceText(view)}.` };
      }),
    );
}

export function channelDisable(): Command {
  return new Command('disable')
    .description('Tell a channel nothing; it keeps its settings and secrets')
    .argument(...channel)
    .action(
      action(async ({ client }, id: string) => {
        const view = await client.channels.set(id, { enabled: false });
        const text = `${clean(view.name)} is told nothing now; what waited for it is dropped.`;
        return { json: view, text };
      }),
    );
}

export function channelNewSecret(): Command {
  return new Command('new-secret')
    .description('Make a new signing secret for a webhook; the old one ends at once')
    .argument(...channel)
    .addOption(outputOption())
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, id: string, { output, yes = false }: { output?: string; yes?: boolean }) => {
        const question = `The receiver refuses notices to channel ${id} until it has the new secret. Make it?`;
        await confirm(question, { yes, json });
        return shownOnce({
          output,
          make: () => client.channels.newSecret(id),
          secrets: ({ signingSecret }) => [signingSecret ?? ''],
          outcome: signingOutcome,
        });
      }),
    );
}

export function channelRemove(): Command {
  return new Command('remove')
    .description('Remove a channel: nothing more is sent there')
    .argument(...channel)
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, id: string, { yes = false }: { yes?: boolean }) => {
        const question = `Notices will no longer go to channel ${id}, and its address must be entered again to add it. Remove it?`;
        await confirm(question, { yes, json });
        return { json: await client.channels.remove(id), text: `Channel ${id} is removed.` };
      }),
    );
}
