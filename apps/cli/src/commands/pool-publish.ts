import type { FirstPublishView, MemberView } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { named, poolArgument, reasonOption, yesOption } from '../arguments.ts';
import { action } from '../context.ts';
import { examples } from '../help.ts';
import { firstPublishText, moveLines, noteLines } from '../output/first-publish.ts';
import { clean } from '../output/table.ts';
import { confirm } from '../prompt.ts';

interface Options {
  readonly preview?: boolean;
  readonly takeOver?: boolean;
  readonly confirmNotReady?: boolean;
  readonly yes?: boolean;
  readonly reason?: string;
}

/** `serverctl pool publish POOL [MEMBER]`: the first publish, previewed and confirmed (PRODUCT.md section 4). */
export function poolPublish(): Command {
  return new Command('publish')
    .description('First publish: read the records, propose a member, write on confirmation')
    .addArgument(poolArgument())
    .argument('[member]', 'another member than the proposed one', named)
    .option('--preview', 'show the proposal and change nothing')
    .option('--take-over', 'yes, replace a record that is not ours')
    .option('--confirm-not-ready', 'yes, also when the member is not ready')
    .addOption(reasonOption())
    .addOption(yesOption())
    .addHelpText(
      'after',
      examples([
        ['look first: reads the records, writes nothing', 'serverctl pool publish edge --preview'],
        ['the record held something else: replace it', 'serverctl pool publish edge lb1.example.com --take-over'],
      ]),
    )
    .action(
      action(async ({ client, json, say }, pool: string, named: string | undefined, options: Options) => {
        // A member that does not exist is refused before another one is proposed.
        const chosen = named === undefined ? null : await client.members.get(pool, named);
        const proposal = await client.firstPublish.preview(pool);
        const proposed =
          proposal.proposedMemberId === null ? null : await client.members.get(pool, proposal.proposedMemberId);
        const member = chosen ?? proposed;
        const text = firstPublishText(proposal, proposed, member);
        if (options.preview) return { json: { ...proposal, memberId: member?.id ?? null }, text };
        say(text);
        const target = confirmable(proposal, proposed, member, options.takeOver ?? false);
        const shown = [...noteLines(proposal), ...moveLines(proposal, target)];
        await confirm(`Publish ${target.hostname} now?`, { yes: options.yes ?? false, json, shown });
        const result = await client.firstPublish.confirm(pool, {
          memberId: target.id,
          takeOver: options.takeOver ?? false,
          // What was shown is what is confirmed: another mark may stand there by now.
          expectMarks: proposal.records.map(({ name, type, mark }) => ({ name, type, mark })),
          confirmNotReady: options.confirmNotReady ?? false,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        });
        return { json: result, text: `${clean(result.preview.sentence)}\nWatch it: serverctl watch ${pool}` };
      }),
    );
}

/** Whom a yes would publish; what the server would refuse after the question is refused before it. */
function confirmable(
  { kind, sentence }: FirstPublishView,
  proposed: MemberView | null,
  member: MemberView | null,
  takeOver: boolean,
): MemberView {
  if (kind === 'impossible') throw new AppError('dns_cname_in_the_way', { because: sentence });
  if (kind === 'take-over' && !takeOver) throw new AppError('record_not_ours', { because: sentence });
  if (member === null) throw new AppError('no_ready_standby', { because: sentence });
  if (kind === 'adopt' && proposed !== null && proposed.id !== member.id && !takeOver)
    throw new AppError('record_names_another_member', {
      member: proposed.hostname,
      address: proposed.status.address,
    });
  return member;
}
