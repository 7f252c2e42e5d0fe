import type { AuditVerified } from '@serverctl/contract';
import { Command, InvalidArgumentError } from 'commander';
import { action, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { clean } from '../output/table.ts';
import { hanging } from '../output/width.ts';

/** `serverctl audit verify`: exit status 1 when the chain does not hold. */
export function auditVerifyCommand(): Command {
  return new Command('verify')
    .description('Whether the audit log is as it was written; exit status 1 when it is not')
    .option('--expect <position:hash>', 'a head that an earlier verify printed: the chain must pass through it', noted)
    .addHelpText(
      'after',
      examples([
        ['every entry, every link', 'serverctl audit verify'],
        ['also that nothing was cut off since the head was noted', 'serverctl audit verify --expect 4711:5f2c…'],
      ]),
    )
    .action(
      action(async ({ client }, { expect }: { expect?: string }) => {
        const verified = await client.audit.verify(expect === undefined ? {} : { expect });
        if (!verified.holds) process.exitCode = 1;
        return { json: verified, ...(verified.holds ? holdingText(verified) : brokenText(verified)) };
      }),
    );
}

function noted(text: string): string {
  const head = text.trim().toLowerCase();
  if (/^\d{1,15}:[0-9a-f]{64}$/.test(head)) return head;
  throw new InvalidArgumentError('Write POSITION:HASH as an earlier verify printed it, the hash with its 64 digits.');
}

function holdingText({ sentence, retired, unsealed, head }: AuditVerified): Pick<Outcome, 'text' | 'whole'> {
  const waiting = `${unsealed === 1 ? '1 entry is' : `${unsealed} entries are`} not in the chain yet: that takes two seconds.`;
  const lines = [
    sentence,
    ...(retired === 0 ? [] : [`${retired} more seals are of entries that are past their 400 days.`]),
    ...(unsealed === 0 ? [] : [waiting]),
  ];
  if (head === null) return { text: [...lines, 'Nothing is sealed yet, so there is no head to note.'].join('\n') };
  const line = `serverctl audit verify --expect ${head.position}:${head.hash}`;
  return {
    text: [
      ...lines,
      'Note this line where the control plane cannot write; only by it an end that is cut off is found:',
      `  ${line}`,
    ].join('\n'),
    whole: { line },
  };
}

function brokenText({ sentence, problems }: AuditVerified): Pick<Outcome, 'text'> {
  const list = problems.map((one) => `  - ${hanging(clean(one.sentence), 4)}`);
  return { text: [sentence, ...list, 'What to do: docs/runbooks/audit-chain-broken.md'].join('\n') };
}
