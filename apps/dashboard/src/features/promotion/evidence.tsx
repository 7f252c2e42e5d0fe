import type { PromotionDetail } from '@serverctl/contract';
import { EmptyState } from '../../ui/absent.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { StateShape } from '../../ui/state.tsx';
import { rulesOf } from './rules.ts';

type Input = NonNullable<PromotionDetail['why']>['inputs'][number];

/** What the decision looked at, with the rules that look at it. The evidence is of one moment: what would have come later is not in it. */
export function Evidence({ promotion: { why, actor } }: { readonly promotion: PromotionDetail }) {
  const settled = new Set(why?.rules);
  const columns: readonly Column<Input>[] = [
    {
      title: 'Looked at',
      cell: ({ name }) => (
        <span className="yn dim">
          <StateShape shape={isSettling(name, settled) ? 'healthy' : 'not-applicable'} />
          {name.slice(0, 1).toUpperCase() + name.slice(1)}
          {isSettling(name, settled) && <span className="vh">, settled it</span>}
        </span>
      ),
    },
    { title: 'What it was', cell: ({ value }) => <span className="wrap-anywhere">{value}</span> },
    {
      title: 'Rule',
      isNumber: true,
      cell: ({ name }) => <span className="dimmer nowrap">{rulesOf(name).join(', ')}</span>,
    },
  ];
  return (
    <Section id="evidence" title="Evidence" {...(why !== null && { hint: replayText(why.replayed) })} className="sec">
      <Box>
        {why === null ? (
          <EmptyState title="Not kept any more">
            Evidence has a retention of its own; what was measured stays.
          </EmptyState>
        ) : (
          <DataTable
            className="evt"
            caption="Evidence"
            columns={columns}
            rows={why.inputs}
            keyOf={({ name }) => name}
          />
        )}
        {why !== null && <p className="cutline">{settledText(why.rules, actor)}</p>}
      </Box>
    </Section>
  );
}

const isSettling = (name: string, settled: ReadonlySet<string>): boolean =>
  rulesOf(name).some((rule) => settled.has(rule));

const replayText = (replayed: boolean): string =>
  replayed
    ? 'stored with the decision; decided on once more, it gives the same decision'
    : 'stored with the decision; decided on once more by this release, it gives another decision';

function settledText(rules: readonly string[], actor: string): string {
  if (rules.length > 0)
    return `Settled by ${rules.join(', ')}: the rows with a tick. The others were looked at and stood in no way.`;
  return actor === 'loop'
    ? 'No rule settled it.'
    : 'A person decided: no rule settled it. This is what was known then.';
}
