import { Command } from 'commander';
import { yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { table } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { readSecret } from '../secret-file.ts';

/** `serverctl channel …`: where notices go beside the event log. */
export function channelCommand(): Command {
  const channel = new Command('channel').description('Notification channels: who is told beside the event log');
  channel.addCommand(
    new Command('add')
      .description('Add a webhook; its address may carry a token, so it comes from a file')
      .addHelpText('after', examples([['the address, typed or pasted', 'serverctl channel add --url-file -']]))
      .requiredOption('--url-file <file>', 'file with the address, - for standard input')
      .action(
        action(async ({ client }, { urlFile }: { urlFile: string }) => {
          const added = await client.channels.add({ kind: 'webhook', url: readSecret('--url-file', urlFile) });
          return {
            json: added,
            text: `Notices go to ${added.origin} (${added.id}). Try it: serverctl channel test ${added.id}`,
          };
        }),
      ),
  );
  channel.addCommand(
    new Command('list').description('All channels').action(
      action(async ({ client }) => {
        const { channels } = await client.channels.list();
        const rows = channels.map((one) => [one.id, one.kind, localTime(one.createdAt), one.origin]);
        return {
          json: channels,
          text:
            rows.length === 0
              ? 'No channel yet: notices go to the event log only.'
              : table(['id', 'kind', 'since', 'to'], rows),
        };
      }),
    ),
  );
  channel.addCommand(
    new Command('test')
      .description('Send a test notice now, and say how it went')
      .argument('<channel>', 'id of the channel, from the list')
      .action(
        action(async ({ client }, id: string) => {
          const test = await client.channels.test(id);
          return { json: test, text: test.sentence };
        }),
      ),
  );
  channel.addCommand(
    new Command('remove')
      .description('Remove a channel: nothing more is sent there')
      .argument('<channel>', 'id of the channel, from the list')
      .addOption(yesOption())
      .action(
        action(async ({ client, json }, id: string, { yes = false }: { yes?: boolean }) => {
          await confirm(
            `Notices will no longer go to channel ${id}, and its address must be entered again to add it. Remove it?`,
            { yes, json },
          );
          return { json: await client.channels.remove(id), text: `Channel ${id} is removed.` };
        }),
      ),
  );
  return channel;
}
