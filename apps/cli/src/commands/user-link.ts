import type { InvitationMade } from '@serverctl/contract';
import { Argument, Command } from 'commander';
import { named, userArgument, yesOption } from '../arguments.ts';
import { action, type Outcome, type Wrap } from '../context.ts';
import { examples } from '../help.ts';
import { count } from '../options.ts';
import { grantsText, invitationTable, linkKinds, poolNames, poolsOf } from '../output/account.ts';
import { clean } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { outputOption, shownOnce } from '../shown-once.ts';
import { grantsIn, type Place, withPlace } from './user-roles.ts';

/** `serverctl user invite EMAIL`: a link that one person can use once. */
export function userInvite(): Command {
  return withPlace(
    new Command('invite')
      .description('Invite a user: prints a link that works once')
      .argument('<email>', 'the address that they will sign in with', named),
  )
    .option('--hours <number>', 'how long the link works (default 48)', count(168))
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples([
        ['runs two pools', 'serverctl user invite ann@example.com --role operator --pool edge,core'],
        ['sees everything', 'serverctl user invite bob@example.com --role viewer'],
      ]),
    )
    .action(
      action(async ({ client }, email: string, options: Place & { hours?: number; output?: string }) =>
        shownOnce({
          output: options.output,
          make: async () => {
            const { hours, pool } = options;
            const names = await poolNames(client, pool ?? []); // before: once the link is there nothing may fail
            const made = await client.invitations.invite({
              email,
              grants: grantsIn(options),
              ...(hours === undefined ? {} : { hours }),
            });
            return { made, names };
          },
          secrets: ({ made }) => [made.link],
          outcome: ({ made, names }, file) => {
            const roles = grantsText(made.invitation.grants, names);
            return linkOutcome(`${clean(email)} is invited as ${roles}.`, made, file);
          },
        }),
      ),
    );
}

/** `reset USER`: a link to choose a new password; of users, and on the host of `serverctl admin`. */
export function userReset(wrap: Wrap): Command {
  return new Command('reset')
    .description('Make a link to choose a new password')
    .addArgument(userArgument())
    .option('--remove-second-factor', 'take the authenticator away as well: it is lost too')
    .addOption(outputOption())
    .addOption(yesOption())
    .action(
      wrap(
        async (
          { client, json },
          id: string,
          options: { removeSecondFactor?: boolean; output?: string; yes?: boolean },
        ) => {
          const { removeSecondFactor: twoFactor = false, output, yes = false } = options;
          const question = `Whoever has the link signs in as ${clean(id)} without the authenticator. Be sure who asked for it. Make it?`;
          if (twoFactor) await confirm(question, { yes, json });
          return shownOnce({
            output,
            make: () => client.users.reset(id, { twoFactor }),
            secrets: ({ link }) => [link],
            outcome: (made, file) =>
              linkOutcome(`${clean(made.invitation.email ?? id)} can choose a new password.`, made, file),
          });
        },
      ),
    );
}

/** What a link leaves on the screen. It is a secret: whoever has it first becomes that user. */
export function linkOutcome(done: string, made: InvitationMade, file: string | null): Outcome {
  const until = `It works once, until ${localTime(made.invitation.expiresAt)}.`;
  if (file !== null) {
    const text = `${done} The link is in ${file}. ${until}`;
    return { json: { ...made, link: null, output: file }, text };
  }
  const text = `${done} Pass this link on over a way that only they can read:\n\n  ${clean(made.link)}\n\n${until} It is not shown again.\nIt opens in a browser, or at a terminal: serverctl join`;
  return { json: made, text, whole: { line: clean(made.link) } };
}

/** `serverctl user invitations`: links that nobody has used yet. */
export function userInvitations(): Command {
  return new Command('invitations').description('Links that nobody has used yet').action(
    action(async ({ client }) => {
      const { invitations } = await client.invitations.list();
      const names = await poolNames(
        client,
        invitations.flatMap(({ grants }) => poolsOf(grants)),
      );
      const text = invitations.length === 0 ? 'No link is open.' : invitationTable(invitations, names);
      return { json: invitations, text };
    }),
  );
}

/** `serverctl user uninvite ID`: a link stops working. */
export function userUninvite(): Command {
  return new Command('uninvite')
    .description('Void a link that nobody has used yet')
    .addArgument(
      new Argument('<invitation>', `id of the link, from the list: ${Object.values(linkKinds).join(', ')}`).argParser(
        named,
      ),
    )
    .action(
      action(async ({ client }, id: string) => {
        const removed = await client.invitations.remove(id);
        return { json: removed, text: `The link ${id} does not work any more.` };
      }),
    );
}
