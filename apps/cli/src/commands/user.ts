import { Command } from 'commander';
import { named, userArgument, wideOption, yesOption } from '../arguments.ts';
import { action, type Context, type Outcome, type Wrap } from '../context.ts';
import { grantsText, poolNames, poolsOf, userDetail, userTable } from '../output/account.ts';
import { clean } from '../output/table.ts';
import { confirm } from '../prompt.ts';
import { endedText } from './account.ts';
import { userInvitations, userInvite, userReset, userUninvite } from './user-link.ts';
import { userGrant, userRevoke } from './user-roles.ts';

/** `serverctl user …`: who can sign in, and with which roles. */
export function userCommand(): Command {
  const user = new Command('user').description('Users: who can sign in, and with which roles');
  const commands = [
    userList(),
    userShow(),
    userInvite(),
    userInvitations(),
    userUninvite(),
    userGrant(),
    userRevoke(),
    userRename(),
    userDisable(action),
    userEnable(action),
    userReset(action),
    userEndSessions(),
    userRemove(),
  ];
  for (const command of commands) user.addCommand(command);
  return user;
}

function userList(): Command {
  return new Command('list')
    .description('All users, one line each')
    .addOption(wideOption())
    .action(
      action(async ({ client }, { wide = false }: { wide?: boolean }) => {
        const { users } = await client.users.list();
        const names = await poolNames(
          client,
          users.flatMap(({ grants }) => poolsOf(grants)),
        );
        const none = 'No user yet. The first one is an administrator: serverctl admin setup-link';
        return {
          json: users,
          text: users.length === 0 ? none : userTable(users, names, { wide }),
          ...(wide ? { whole: 'all' as const } : {}),
        };
      }),
    );
}

function userShow(): Command {
  return new Command('show')
    .description('One user: roles, second factor, sessions')
    .addArgument(userArgument())
    .action(
      action(async ({ client }, id: string) => {
        const user = await client.users.get(id);
        return { json: user, text: userDetail(user, await poolNames(client, poolsOf(user.grants))) };
      }),
    );
}

function userRename(): Command {
  return new Command('rename')
    .description('Change the name that a user is shown by')
    .addArgument(userArgument())
    .argument('<name>', 'the new name, not the address', named)
    .action(
      action(async ({ client }, id: string, name: string) => {
        const user = await client.users.set(id, { name });
        return { json: user, text: `${clean(user.email)} is called ${clean(user.name)} now.` };
      }),
    );
}

/** `disable USER`: of users, and on the host of `serverctl admin`. */
export function userDisable(wrap: Wrap): Command {
  return new Command('disable')
    .description('Keep a user out: ends sessions, suspends tokens, keeps the roles')
    .addArgument(userArgument())
    .addOption(yesOption())
    .action(
      wrap(async (context, id: string, options: { yes?: boolean }) => {
        const consequence = 'is signed out everywhere, and their API tokens stop. Disable';
        return afterYes(context, id, options, consequence, async () => {
          const user = await context.client.users.set(id, { disabled: true });
          const text = `${clean(user.email)} is disabled: every session is ended, every token suspended.`;
          return { json: user, text };
        });
      }),
    );
}

/** `enable USER`: the way back. */
export function userEnable(wrap: Wrap): Command {
  return new Command('enable')
    .description('Let a disabled user sign in again; their tokens work again')
    .addArgument(userArgument())
    .action(
      wrap(async ({ client }, id: string) => {
        const user = await client.users.set(id, { disabled: false });
        return { json: user, text: `${clean(user.email)} can sign in again.` };
      }),
    );
}

function userEndSessions(): Command {
  return new Command('end-sessions')
    .description('End every session of a user: they must sign in again')
    .addArgument(userArgument())
    .addOption(yesOption())
    .action(
      action(async (context, id: string, options: { yes?: boolean }) =>
        afterYes(context, id, options, 'must sign in again wherever they work. End the sessions of', async () => {
          const { ended } = await context.client.users.endSessions(id);
          return { json: { ended }, text: endedText(ended, 'No session was open.') };
        }),
      ),
    );
}

function userRemove(): Command {
  return new Command('remove')
    .description('Remove a user with their sessions and tokens; the audit log stays')
    .addArgument(userArgument())
    .addOption(yesOption())
    .action(
      action(async (context, id: string, options: { yes?: boolean }) =>
        afterYes(context, id, options, 'loses every role, session and API token for good. Remove', async () => {
          const removed = await context.client.users.remove(id);
          return { json: removed, text: `User ${clean(id)} is removed.` };
        }),
      ),
    );
}

/** Names the person and the roles first: an id alone is easily another's. */
async function afterYes(
  { client, json }: Context,
  id: string,
  { yes = false }: { readonly yes?: boolean },
  consequence: string,
  act: () => Promise<Outcome>,
): Promise<Outcome> {
  if (!yes) {
    const user = await client.users.get(id);
    const roles = grantsText(user.grants, await poolNames(client, poolsOf(user.grants)));
    await confirm(`${clean(user.name)} (${roles}) ${consequence} ${clean(user.email)}?`, { yes, json });
  }
  return act();
}
