import { Command } from 'commander';
import { action } from '../context.ts';
import { meText, poolNames, poolsOf } from '../output/account.ts';

/** `serverctl whoami`: as whom this command line acts, what that one may, and what proved it. */
export function whoamiCommand(): Command {
  return new Command('whoami').description('As whom commands act, with which roles, and what proved it').action(
    action(async ({ client, config }) => {
      const me = await client.session.me();
      const { kind, origin, file } = config.proof;
      const kinds = {
        token: 'a token',
        session: 'the session of serverctl sign-in',
        host: 'the administrator token of this host’s control plane',
      } as const;
      const text = meText(me, await poolNames(client, poolsOf(me.grants)), [
        ['proved by', kinds[kind]],
        ['found in', file === null ? origin : origin === 'default' ? file : `${file} (${origin})`],
        ['control plane', config.url],
      ]);
      return { json: { ...me, url: config.url, provedBy: { kind, origin, file } }, text };
    }),
  );
}
