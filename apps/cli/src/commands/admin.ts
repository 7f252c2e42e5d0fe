import { AppError, isAppError } from '@serverctl/core';
import { Command } from 'commander';
import { type Context, hostAction, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { outputOption, shownOnce } from '../shown-once.ts';
import { userDisable, userEnable } from './user.ts';
import { linkOutcome, userReset } from './user-link.ts';

/*
 * Break-glass: what works on the control plane's host when nobody can sign in. It proves itself by the administrator token in the data directory
 * alone, never by a session or an API token; the audit log names `host`.
 */

/** `serverctl admin …`. */
export function adminCommand(): Command {
  return new Command('admin')
    .description('The way in when nobody can sign in: on the control plane’s host only')
    .addCommand(adminSetupLink())
    .addCommand(userReset(onHost))
    .addCommand(userDisable(onHost))
    .addCommand(userEnable(onHost));
}

function adminSetupLink(): Command {
  return new Command('setup-link')
    .description('Make a link for the first administrator, or for one more')
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples([
        ['as the user that the control plane runs as', 'sudo -u serverctl serverctl admin setup-link'],
        ['into a file that only that user can read', 'serverctl admin setup-link --output link'],
      ]),
    )
    .action(
      onHost(async ({ client }, { output }: { output?: string }) =>
        shownOnce({
          output,
          make: () => client.invitations.setupLink(),
          secrets: ({ link }) => [link],
          outcome: (made, file) =>
            linkOutcome(
              'Whoever uses the link becomes an administrator everywhere. Earlier setup links are void.',
              made,
              file,
            ),
        }),
      ),
    );
}

/** Where the control plane does not run, its users cannot be changed: the words say what can be done all the same. */
function onHost<Arguments extends readonly unknown[]>(
  work: (context: Context, ...args: Arguments) => Promise<Outcome | null>,
) {
  return hostAction((context, ...args: Arguments) =>
    work(context, ...args).catch((error: unknown) => {
      if (!isAppError(error, 'control_plane_unreachable')) throw error;
      const users = 'they are in its database: start it first';
      const meanwhile = 'serverctl dns show POOL tells how to change a name by hand at its provider';
      throw new AppError(error.code, { ...error.details, users, meanwhile }, error);
    }),
  );
}
