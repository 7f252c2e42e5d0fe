import { NewPassword, type PasswordChanged } from '@serverctl/contract';
import { AppError, exitCode } from '@serverctl/core';
import { Argument, Command } from 'commander';
import { named, yesOption } from '../arguments.ts';
import { renewSession } from '../config.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { meText, poolNames, poolsOf, sessionTable } from '../output/account.ts';
import { clean } from '../output/table.ts';
import { answersFrom, confirm } from '../prompt.ts';
import { accountRecoveryCodes, accountTotp } from './account-totp.ts';

/** `serverctl account …`: the signed-in user's own password, second factor and sessions. */
export function accountCommand(): Command {
  return new Command('account')
    .description('Your own account: password, second factor, sessions')
    .addCommand(accountShow())
    .addCommand(accountPassword())
    .addCommand(accountTotp())
    .addCommand(accountRecoveryCodes())
    .addCommand(accountSessions());
}

function accountShow(): Command {
  return new Command('show').description('Your account: roles, second factor, this session').action(
    action(async ({ client }) => {
      const me = await client.session.me();
      return { json: me, text: meText(me, await poolNames(client, poolsOf(me.grants)), []) };
    }),
  );
}

interface PasswordOptions {
  readonly passwordFile?: string;
  readonly endTokens?: boolean;
}

function accountPassword(): Command {
  return new Command('password')
    .description('Change your password; your other sessions end')
    .option('--password-file <file>', 'present password, and on a second line the new one; - for standard input')
    .option(
      '--end-tokens',
      'revoke your API tokens as well, and void the links that you made: somebody had the password',
    )
    .addHelpText('after', examples([['asks for both', 'serverctl account password']]))
    .action(
      action(async ({ client, config, json }, { passwordFile, endTokens = false }: PasswordOptions) => {
        const answers = answersFrom('--password-file', passwordFile, json);
        const current = await answers.secret('Present password');
        const next = await newPassword(() => answers.newSecret('New password (15 characters or more)'));
        const { token, ...changed } = await client.session.setPassword({ current, next, endTokens });
        const isKept = token === null || renewSession(config, token);
        const again = isKept
          ? ''
          : `\nThe session of ${config.proof.origin} is void with the old password: sign in again.`;
        const text = `The password is changed. ${endedText(changed.ended)}${tokensText(changed)}${again}`;
        return { json: changed, text };
      }),
    );
}

/** Refused here before it is asked for again, or sent. */
export async function newPassword(ask: () => Promise<string>): Promise<string> {
  const judged = NewPassword.safeParse(await ask());
  if (judged.success) return judged.data;
  throw new AppError('request_invalid', { fields: judged.error.issues.map(({ message }) => `password: ${message}`) });
}

/** How many sessions ended, in words; `none` is said when there was nothing to end. */
export function endedText(ended: number, none = 'No other session was open.'): string {
  if (ended === 0) return none;
  return ended === 1 ? 'One session was ended.' : `${ended} sessions were ended.`;
}

/** What became of the API tokens; nothing where there are none. */
function tokensText({ tokensEnded, tokensLeft }: Pick<PasswordChanged, 'tokensEnded' | 'tokensLeft'>): string {
  if (tokensEnded > 0)
    return tokensEnded === 1 ? ' One API token was revoked.' : ` ${tokensEnded} API tokens were revoked.`;
  if (tokensLeft === 0) return '';
  const live = tokensLeft === 1 ? 'One API token of yours lives' : `${tokensLeft} API tokens of yours live`;
  return `\n${live} on: serverctl token list shows them, serverctl token revoke ends one.`;
}

function accountSessions(): Command {
  const sessions = new Command('sessions').description('Where you are signed in, and ending it');
  sessions.addCommand(
    new Command('list').description('Your sessions, one line each (also without the word list)').action(
      action(async ({ client }) => {
        const { sessions: all } = await client.session.sessions();
        return { json: all, text: sessionTable(all) };
      }),
    ),
    { isDefault: true },
  );
  sessions.addCommand(
    new Command('end')
      .description('End one session: that browser or command line must sign in again')
      .addArgument(new Argument('<session>', 'id of the session, from the list').argParser(named))
      .action(
        action(async ({ client }, id: string) => {
          const { ended } = await client.session.endSession(id);
          if (ended > 0) return { json: { ended }, text: `Session ${clean(id)} is ended.` };
          process.exitCode = exitCode['not-found'];
          return { json: { ended }, text: `No session ${clean(id)} was open.` };
        }),
      ),
  );
  sessions.addCommand(
    new Command('end-others')
      .description('End every session but this one')
      .addOption(yesOption())
      .action(
        action(async ({ client, json }, { yes = false }: { yes?: boolean }) => {
          await confirm('Every other browser and command line of yours must sign in again. End them?', { yes, json });
          const { ended } = await client.session.endOtherSessions();
          return { json: { ended }, text: endedText(ended) };
        }),
      ),
  );
  return sessions;
}
