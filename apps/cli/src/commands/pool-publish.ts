import type { FirstPublishView } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { action } from '../context.ts';
import { clean, table } from '../output/table.ts';
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
    .argument('<pool>')
    .argument('[member]', 'another member than the proposed one')
    .option('--preview', 'show the proposal and change nothing')
    .option('--take-over', 'yes, replace a record that is not ours')
    .option('--confirm-not-ready', 'yes, also when the member is not ready')
    .option('--reason <text>', 'why, for the audit log')
    .option('-y, --yes', 'do not ask')
    .action(
      action(async ({ client, json, say }, pool: string, member: string | undefined, options: Options) => {
        const proposal = await client.firstPublish.preview(pool);
        if (options.preview) return { json: proposal, text: describe(proposal) };
        say(describe(proposal));
        if (proposal.kind === 'take-over' && !options.takeOver)
          throw new AppError('record_not_ours', { because: proposal.sentence });
        const memberId = member ?? proposal.proposedMemberId;
        if (memberId === null) throw new AppError('no_ready_standby', { because: proposal.sentence });
        await confirm(`Publish ${member ?? 'this member'} now?`, { yes: options.yes ?? false, json });
        const result = await client.firstPublish.confirm(pool, {
          memberId,
          takeOver: options.takeOver ?? false,
          confirmNotReady: options.confirmNotReady ?? false,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        });
        return { json: result, text: `${result.preview.sentence}\nWatch it: serverctl watch ${pool}` };
      }),
    );
}

function describe(proposal: FirstPublishView): string {
  const rows = proposal.records.map((record) => [
    record.name,
    record.cname ? 'CNAME' : record.addresses.join(', ') || 'no record',
    record.ttlSeconds === null ? '' : `${record.ttlSeconds} s`,
    record.mark ?? '',
  ]);
  return `${clean(proposal.sentence)}\n\n${table(['name', 'holds now', 'TTL', 'mark'], rows)}`;
}
