import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { memberArgument, poolArgument, reasonOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { memberDone } from '../output/member.ts';
import { clean } from '../output/table.ts';
import { confirm } from '../prompt.ts';

/** `serverctl member clear-quarantine`: a person found out which of two hosts is the member (R35). */
export function memberClearQuarantine(): Command {
  return new Command('clear-quarantine')
    .description('End a quarantine: two hosts used its key, and a person found out which is right')
    .addArgument(poolArgument())
    .addArgument(memberArgument())
    .addOption(reasonOption().makeOptionMandatory())
    .addHelpText(
      'after',
      examples([
        [
          'the copy is switched off',
          "serverctl member clear-quarantine edge lb2.example.com \\\n    --reason 'cloned VM deleted'",
        ],
      ]),
    )
    .action(
      action(async ({ client }, pool: string, id: string, { reason }: { reason: string }) => {
        const member = await client.members.clearQuarantine(pool, id, { reason });
        const text = `${member.hostname} is out of quarantine and is judged like any other again.`;
        return { json: member, text: memberDone(text, member, pool) };
      }),
    );
}

/** `serverctl member allow`: the address that its refused heartbeats come from is allowed from now on (R5, R36). */
export function memberAllow(): Command {
  return new Command('allow')
    .description('Allow the address that its refused heartbeats come from, after showing it')
    .addArgument(poolArgument())
    .addArgument(memberArgument())
    .addOption(yesOption())
    .action(
      action(async ({ client, json }, pool: string, id: string, { yes = false }: { yes?: boolean }) => {
        const { hostname, status } = await client.members.get(pool, id);
        if (status.refusedSeen === null) throw new AppError('member_not_refused', { member: hostname, seen: null });
        const address = clean(status.refusedSeen);
        if (status.refusedBecause === 'hostname')
          throw new AppError('member_refused_for_hostname', { member: hostname, seen: address });
        await confirm(`${hostname} is seen from ${address}. Allow that address beside the others?`, { yes, json });
        // What was shown is what is allowed, though the host may be seen from yet another one by now.
        const member = await client.members.allow(pool, id, { address });
        const text = `${hostname} may be seen from ${address} from now on.`;
        return { json: member, text: memberDone(text, member, pool) };
      }),
    );
}
