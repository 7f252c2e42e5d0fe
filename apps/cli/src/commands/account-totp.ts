import type { Client, RecoveryCodes } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { renderUnicodeCompact } from 'uqr';
import { yesOption } from '../arguments.ts';
import { action, type Outcome } from '../context.ts';
import { clean } from '../output/table.ts';
import { isAskedOnly } from '../platform/terminal.ts';
import { type Answers, answersFrom, canAsk, confirm, untilRight } from '../prompt.ts';
import { outputOption, shownOnce } from '../shown-once.ts';

/** `serverctl account totp …`: the authenticator as second factor. */
export function accountTotp(): Command {
  return new Command('totp')
    .description('Your authenticator: six digits beside the password')
    .addCommand(totpEnable())
    .addCommand(totpRemove());
}

function totpEnable(): Command {
  return new Command('enable')
    .description('Add an authenticator: shows its QR code, asks for a code')
    .addOption(outputOption('the recovery codes'))
    .action(
      action(async ({ client, json }, { output }: { output?: string }) => {
        // What is scanned is shown to a person, who then types: there is no other way to do it.
        const because = 'a person scans the code and types what the authenticator shows';
        if (!canAsk(json)) throw new AppError('answer_needed', { because });
        // Its secret is shown with the questions, and must not be kept in a log either (R44).
        if (!isAskedOnly()) throw new AppError('answer_needed', { because: 'standard error is no terminal' });
        return shownOnce({
          output,
          make: async () => {
            process.stderr.write(invitation(await client.session.beginTotp()));
            return confirmed(client, answersFrom(null, undefined, json));
          },
          secrets: ({ recoveryCodes }) => recoveryCodes,
          outcome: (made, file) => codesOutcome('The authenticator is on.', made, file),
        });
      }),
    );
}

/** On standard error, with the questions: a terminal that reads no result there sees it all the same. */
function invitation({ uri, secret }: { readonly uri: string; readonly secret: string }): string {
  // White on black whatever the terminal's own colours are: a scanner wants the dark modules dark.
  const rows = renderUnicodeCompact(uri, { border: 2 })
    .split('\n')
    .map((row) => `\u001b[97;40m${row}\u001b[0m`);
  const groups = clean(secret).replaceAll(/(.{4})(?=.)/g, '$1 ');
  return `${rows.join('\n')}\n\nScan it with an authenticator, or type its secret there:\n\n  ${groups}\n\n`;
}

function confirmed(client: Client, answers: Answers): Promise<RecoveryCodes> {
  const words = 'That is not its code. Wait for the next one, and check the clock of the device.';
  return untilRight(['second_factor_wrong'], words, async () => {
    const code = await answers.secret('Code that it shows now');
    return client.session.confirmTotp(code.replaceAll(' ', ''));
  });
}

function totpRemove(): Command {
  return new Command('remove')
    .description('Remove the authenticator and its recovery codes')
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, { yes = false }: { yes?: boolean }) => {
        await confirm('From then on the password alone signs in. Remove the authenticator?', { yes, json });
        const done = await client.session.removeTotp();
        return { json: done, text: 'The authenticator is removed: the password alone signs in.' };
      }),
    );
}

/** `serverctl account recovery-codes`: new ones, in place of all earlier. */
export function accountRecoveryCodes(): Command {
  return new Command('recovery-codes')
    .description('Make new recovery codes; the earlier ones are void')
    .addOption(outputOption('the recovery codes'))
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, { output, yes = false }: { output?: string; yes?: boolean }) => {
        await confirm('The earlier recovery codes are void then. Make new ones?', { yes, json });
        return shownOnce({
          output,
          make: () => client.session.newRecoveryCodes(),
          secrets: ({ recoveryCodes }) => recoveryCodes,
          outcome: (made, file) => codesOutcome('The earlier recovery codes are void.', made, file),
        });
      }),
    );
}

function codesOutcome(done: string, made: RecoveryCodes, file: string | null): Outcome {
  const where = 'Each signs in once in place of a code, when the authenticator is lost.';
  if (file !== null) {
    const text = `${done} The recovery codes are in ${file}. ${where}`;
    return { json: { recoveryCodes: null, output: file }, text };
  }
  const warning = `They are shown this once. ${where} Keep them where the authenticator is not.`;
  const codes = made.recoveryCodes.map((code) => `  ${clean(code)}`).join('\n');
  return { json: made, text: `${done} Your recovery codes:\n\n${codes}\n\n${warning}` };
}
