import type { ChannelInput, ChannelMade, ChannelView } from '@serverctl/contract';
import { Command, Option } from 'commander';
import { named } from '../arguments.ts';
import { action, type Context, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { hostAndPort, list } from '../options.ts';
import { clean } from '../output/table.ts';
import { answersFrom } from '../prompt.ts';
import { outputOption, shownOnce } from '../shown-once.ts';
import { type Choice, chosen, withChoice } from './channel-choice.ts';

/** `serverctl channel add …`: an address or a password comes from a file or a prompt, since arguments are seen by everybody on the host. */
export function channelAdd(): Command {
  return new Command('add')
    .description('Add a webhook, a chat or a mail channel')
    .addCommand(addWebhook())
    .addCommand(addSlack())
    .addCommand(addEmail());
}

type AddressOptions = Choice & { readonly urlFile?: string; readonly output?: string };

function addWebhook(): Command {
  return withAddress(
    new Command('webhook').description(
      'Signed requests as Standard Webhooks has them; the signing secret is shown once',
    ),
  )
    .addOption(outputOption())
    .addHelpText(
      'after',
      examples([
        ['asks for the address', 'serverctl channel add webhook --name pager --least-severity critical'],
        ['keeps the signing secret', 'serverctl channel add webhook --url-file url --output signing-secret'],
      ]),
    )
    .action(
      action(async ({ client, json }, options: AddressOptions) => {
        const url = await addressFrom(options, json);
        return shownOnce({
          output: options.output,
          make: () => client.channels.add({ kind: 'webhook', url, ...chosen(options) }),
          secrets: ({ signingSecret }) => [signingSecret ?? ''],
          outcome: signingOutcome,
        });
      }),
    );
}

function addSlack(): Command {
  return withAddress(new Command('slack').description('An incoming webhook of Slack, or of a chat that takes the same'))
    .addHelpText('after', examples([['the address from a file', 'serverctl channel add slack --url-file url']]))
    .action(
      action(async ({ client, json }, options: AddressOptions) => {
        const url = await addressFrom(options, json);
        return addedOutcome(await client.channels.add({ kind: 'slack', url, ...chosen(options) }));
      }),
    );
}

interface MailOptions extends Choice {
  readonly server: { readonly host: string; readonly port?: number };
  readonly security?: 'starttls' | 'tls' | 'none';
  readonly user?: string;
  readonly passwordFile?: string;
  readonly from: string;
  readonly to: readonly string[];
}

function addEmail(): Command {
  return withChoice(new Command('email').description('Mail through an SMTP server'))
    .addOption(
      new Option('--server <host[:port]>', 'the mail server, port 587 unless named')
        .argParser(hostAndPort)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--security <how>', 'none sends in clear, and never a password (default starttls)').choices([
        'starttls',
        'tls',
        'none',
      ]),
    )
    .option('--user <user>', 'to sign in there; the password is asked for', named)
    .option('--password-file <file>', 'file with the password, - for standard input')
    .requiredOption('--from <address>', 'sender: alerts@example.com, or "Name <alerts@example.com>"', named)
    .addOption(
      new Option('--to <address>', 'who gets it, comma-separated or repeated').argParser(list).makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      examples([
        [
          'what is urgent, to two people',
          'serverctl channel add email --server mail.example.com --user alerts \\\n    --from alerts@example.com --to one@example.com,two@example.com \\\n    --least-severity warning',
        ],
      ]),
    )
    .action(action((context, options: MailOptions) => addMail(context, options)));
}

async function addMail({ client, json }: Context, options: MailOptions): Promise<Outcome> {
  const { server, security, user, passwordFile, from, to } = options;
  const needsPassword = user !== undefined || passwordFile !== undefined;
  const input: ChannelInput = {
    kind: 'email',
    ...server,
    ...(security === undefined ? {} : { security }),
    ...(user === undefined ? {} : { user }),
    ...(needsPassword ? { password: await answersFrom('--password-file', passwordFile, json).secret('Password') } : {}),
    from,
    to: [...to],
    ...chosen(options),
  };
  return addedOutcome(await client.channels.add(input));
}

function withAddress(command: Command): Command {
  return withChoice(command).option('--url-file <file>', 'file with the address, - for standard input');
}

async function addressFrom({ urlFile }: AddressOptions, json: boolean): Promise<string> {
  return (await answersFrom('--url-file', urlFile, json).secret('Address of the webhook')).trim();
}

function addedOutcome({ channel }: ChannelMade): Outcome {
  return { json: channel, text: addedText(channel) };
}

/** A webhook with its secret, which is in the file, or printed this once. */
export function signingOutcome({ channel, signingSecret }: ChannelMade, file: string | null): Outcome {
  if (file !== null)
    return {
      json: { channel, signingSecret: null, output: file },
      text: `${addedText(channel)}\nIts signing secret is in ${file}.`,
    };
  const secret = clean(signingSecret ?? '');
  const text = `${addedText(channel)}\n\nIts signing secret, shown this once:\n\n  ${secret}`;
  return { json: { channel, signingSecret }, text, whole: { line: secret } };
}

function addedText({ id, name, origin }: ChannelView): string {
  return `Notices go to ${clean(name)}: ${clean(origin)}. Try it: serverctl channel test ${id}`;
}
