import type { Client } from '@serverctl/contract';
import { AppError, isAppError } from '@serverctl/core';
import { Command } from 'commander';
import { clientAt } from '../client-at.ts';
import { type CliFlags, namedProof, signedIn } from '../config.ts';
import { connectUnknown, localAction } from '../context.ts';
import { examples } from '../help.ts';
import { facts } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { type Answers, answersFrom } from '../prompt.ts';
import { withSecondFactor } from '../second-factor.ts';

interface Options {
  readonly passwordFile?: string;
  readonly recoveryCode?: boolean;
}

/** `serverctl sign-in`: a session of a user at this control plane, kept in a file of theirs. */
export function signInCommand(): Command {
  return new Command('sign-in')
    .description('Sign in at the control plane; later commands act as this user')
    .argument('[email]', 'address of the account; asked for when it is not named')
    .option('--recovery-code', 'prove yourself by a recovery code: the authenticator is lost')
    .option('--password-file <file>', 'password, and on a second line the code; - for standard input')
    .addHelpText(
      'after',
      examples([
        ['asks for the password, and the code where there is one', 'serverctl sign-in ann@example.com'],
        ['at another control plane', 'serverctl sign-in --url https://cp.example.com:7400 --ca-file ca.pem'],
      ]),
    )
    .action(
      localAction(async ({ flags, json }, named: string | undefined, options: Options) => {
        const { client, reach } = connectUnknown(flags);
        const email = named ?? (await answersFrom('[email]', undefined, json).line('E-mail address'));
        const answers = answersFrom('--password-file', options.passwordFile, json);
        const { session, token } = await begun(client, email, answers, options);
        if (token === null) throw new AppError('reply_unexpected', { url: reach.url });
        const { session: earlier, keep } = signedIn(flags);
        const file = keep({ email, token });
        if (earlier !== null) await endQuietly(clientAt(reach.url, earlier.token));
        const text = facts([
          ['signed in', `${email} at ${reach.url}`],
          ['until', `${localTime(session.expiresAt)}, later when it is used`],
          ['kept in', file],
          ...otherProof(flags),
        ]);
        return { json: { url: reach.url, email, session, file }, text };
      }),
    );
}

async function begun(client: Client, email: string, answers: Answers, { recoveryCode = false }: Options) {
  const who = { email, password: await answers.secret('Password'), kind: 'command-line' as const };
  if (recoveryCode) return client.session.signIn({ ...who, recoveryCode: await answers.secret('Recovery code') });
  return withSecondFactor(answers, (factor) => client.session.signIn({ ...who, ...factor }));
}

/** Said at once: the session would never be used, and nobody would know why. The sign-in is done by then, and fails by no other token. */
function otherProof(flags: CliFlags): readonly (readonly [string, string])[] {
  try {
    const named = namedProof(flags);
    return named === null ? [] : [['but', `${named.origin} is set and goes before it`]];
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { option, because } = error.details;
    return [['but', `${String(option)} goes before it, and cannot be used: ${String(because)}`]];
  }
}

/** `serverctl sign-out`: the session ends, here and there. */
export function signOutCommand(): Command {
  return new Command('sign-out').description('End the session of sign-in, here and at the control plane').action(
    localAction(async ({ flags }) => {
      const { url } = connectUnknown(flags).reach;
      const { file, session, forget } = signedIn(flags);
      forget();
      if (session === null) return { json: { url, signedOut: false }, text: `Nobody was signed in at ${url}.` };
      await clientAt(url, session.token).session.signOut().catch(stillThere);
      const text = `${session.email} is signed out at ${url}.`;
      return { json: { url, email: session.email, file, signedOut: true }, text };
    }),
  );
}

/** One that has ended already is as good as ended now; else it lives on there, and its user must know. */
function stillThere(error: unknown): void {
  if (!isAppError(error)) throw error;
  if (error.category === 'unauthenticated') return;
  const session = 'forgotten here; at the control plane it lives on until it expires, or is ended in another one';
  throw new AppError(error.code, { ...error.details, session }, error);
}

/** The session that a new one replaces; that it lives on for some days is no reason to refuse the new one. */
async function endQuietly(client: Client): Promise<void> {
  try {
    await client.session.signOut();
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}
