import type { Client, ResolversView } from '@serverctl/contract';
import { Command } from 'commander';
import { named } from '../arguments.ts';
import { action, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { clean } from '../output/table.ts';

const none = 'No resolver is asked. To see what caches hold: serverctl dns resolvers set ADDRESS …';

const meaning = `
For information only: no failover, alert or state depends on what they answer.
Written as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353; eight at most.
A private address must be in the server's SERVERCTL_ALLOW_PRIVATE_TARGETS, but
for one of its own host (loopback) on port 53.
`;

/** `serverctl dns resolvers`: the recursive resolvers whose answers `dns show` shows. */
export function dnsResolvers(): Command {
  const resolvers = new Command('resolvers').description('Recursive resolvers whose answers dns show shows');
  resolvers.addCommand(
    new Command('show')
      .description('Which are asked (also without the word show)')
      .argument('[words...]', 'none: show takes no words')
      .usage('[options]') // without the words, which are never right
      .hook('preAction', (_, { args, parent }) => refuseWords(args, parent))
      .action(action(async ({ client }) => told(await client.resolvers.get()))),
    { isDefault: true },
  );
  resolvers.addCommand(
    new Command('set')
      .description('Ask these and no others when a name is shown')
      .argument('<address...>', 'IP addresses, with a port where that is not 53', collected)
      .addHelpText(
        'after',
        examples([['your provider’s, and a public one', 'serverctl dns resolvers set 192.0.2.53 2001:db8::53']]) +
          meaning,
      )
      .action(action(({ client }, addresses: string[]) => replaced(client, addresses))),
  );
  resolvers.addCommand(
    new Command('clear').description('Ask none from now on').action(action(({ client }) => replaced(client, []))),
  );
  return resolvers;
}

/** Shows beside the list the one that it replaced, and replaces no other one: who sets a list may not know of somebody else's. */
async function replaced(client: Client, resolvers: string[]): Promise<Outcome> {
  const { resolvers: before } = await client.resolvers.get();
  const { json, text } = told(await client.resolvers.set({ resolvers, expect: before }));
  return { json, text: [text, `Before: ${before.join(', ') || 'none'}.`].join('\n') };
}

function told(view: ResolversView): Outcome {
  const { resolvers } = view;
  return { json: view, text: resolvers.length === 0 ? none : resolvers.join('\n') };
}

/** As the default, show is given every word that is no command. */
function refuseWords([word]: readonly string[], group: Command | null): void {
  if (word === undefined) return;
  const message = `error: unknown command '${clean(word)}'\n(There are show, set and clear; set takes the whole list.)`;
  group?.error(message, { code: 'commander.unknownCommand' });
}

/** An empty word is seldom meant: a variable of the shell that is not set. */
function collected(address: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), named(address)];
}
