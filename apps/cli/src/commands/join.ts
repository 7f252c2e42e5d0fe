import { Email, type InvitationShown } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { connectUnknown, localAction, speaker } from '../context.ts';
import { examples } from '../help.ts';
import { linkKinds, linkRolesText } from '../output/account.ts';
import { clean, facts } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { type Answers, answersFrom, canAsk } from '../prompt.ts';
import { newPassword } from './account.ts';

interface Options {
  readonly linkFile?: string;
  readonly passwordFile?: string;
  readonly email?: string;
  readonly name?: string;
}

/**
 * `serverctl join`: uses an invitation, a setup link or a reset link without a browser. The link is asked for, never an argument: whoever sees
 * it in a list of processes could use it first.
 */
export function joinCommand(): Command {
  return new Command('join')
    .description('Use a link without a browser: an invitation, or for a new password')
    .option('--link-file <file>', 'file with the link; - for standard input; else it is asked for')
    .option('--password-file <file>', 'file with the password to set; - for standard input')
    .option('--email <address>', 'for the first administrator: the address to sign in with')
    .option('--name <name>', 'how you are called')
    .addHelpText(
      'after',
      examples([
        ['asks for the link, then for what it needs', 'serverctl join'],
        ['elsewhere than on the control plane’s host', 'serverctl join --ca-file ca.pem'],
      ]),
    )
    .action(
      localAction(async ({ flags, json }, options: Options) => {
        const link = linkIn(await answersFrom('--link-file', options.linkFile, json).secret('Link'));
        const { client, reach } = connectUnknown({ ...(link.url === null ? {} : { url: link.url }), ...flags });
        const shown = await client.invitations.show(link.secret);
        speaker(json)(`${describe(shown)}\n`);
        const who = await asked(shown, options, json);
        const answers = answersFrom('--password-file', options.passwordFile, json);
        const password = await newPassword(() => answers.newSecret('Password to sign in with (15 characters or more)'));
        const user = await client.invitations.accept({ secret: link.secret, ...who, password });
        const at = link.url === null && flags.url === undefined ? '' : ` --url ${reach.url}`;
        const done = shown.kind === 'reset' ? 'has a new password' : 'is a user now';
        // Without the address, which sign-in asks for: it may hold what a shell reads as more than text, or begin with a dash.
        return { json: user, text: `${clean(user.email)} ${done}.\nNext: serverctl sign-in${at}` };
      }),
    );
}

/** A link is the page's address with the secret behind `#`; the secret alone is fine too. The page is one segment below the control plane. */
function linkIn(text: string): { readonly url: string | null; readonly secret: string } {
  const link = text.trim();
  if (!URL.canParse(link)) return { url: null, secret: link };
  const { origin, pathname, hash } = new URL(link);
  if (hash.length < 2) throw new AppError('link_invalid', { because: 'the part behind # is missing' });
  return { url: `${origin}${pathname.replace(/\/[^/]*$/, '')}`, secret: hash.slice(1) };
}

function describe(shown: InvitationShown): string {
  return facts([
    ['link for', linkKinds[shown.kind]],
    ...(shown.email === null ? [] : [['who', clean(shown.email)] as const]),
    ...(shown.kind === 'reset' ? [] : [['roles', rolesText(shown)] as const]),
    ['by', clean(shown.invitedBy)],
    ['works until', localTime(shown.expiresAt)],
  ]);
}

function rolesText({ kind, grants }: InvitationShown): string {
  const names = new Map(grants.map(({ poolId, pool }) => [poolId, pool]));
  return linkRolesText(kind, grants, (id) => clean(names.get(id) ?? id));
}

/** Only what the link does not say itself; a name may be left to the control plane where nobody can be asked. */
async function asked({ kind, email }: InvitationShown, options: Options, json: boolean) {
  const answers: Answers = answersFrom('--email', undefined, json);
  const address = email === null ? { email: await checkedEmail(options.email, answers) } : {};
  if (kind === 'reset') return address;
  const name = options.name ?? (canAsk(json) ? await answers.line('Your name') : undefined);
  return { ...address, ...(name === undefined ? {} : { name }) };
}

/** Before the password is asked for twice. */
async function checkedEmail(given: string | undefined, answers: Answers): Promise<string> {
  const judged = Email.safeParse(given ?? (await answers.line('E-mail address to sign in with')));
  if (judged.success) return judged.data;
  throw new AppError('request_invalid', { fields: judged.error.issues.map(({ message }) => `email: ${message}`) });
}
