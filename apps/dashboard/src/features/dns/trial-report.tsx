import type { TestView } from '@serverctl/contract';
import type { ReactNode } from 'react';
import { measuredText } from '../../lib/words.ts';
import { StateShape, StateWord } from '../../ui/state.tsx';
import type { Trial } from './queries.ts';
import { TestServers } from './test-servers.tsx';
import { addressesText } from './words.ts';

/** What was tried, what came of it, and what it could not read or may not do. */
export function TrialReport({ trial }: { readonly trial: Omit<Trial, 'atMs'> }) {
  const { test, name, zone, tookMs } = trial;
  const isWhole = test.canMark && test.warnings.length === 0;
  return (
    <div className="trial">
      <div className="row wrap">
        <StateWord shape={isWhole ? 'healthy' : 'needs-you'}>{isWhole ? 'It works' : 'It works; read on'}</StateWord>
        <span className="small dim">
          <span className="mono wrap-anywhere">{name}</span> {test.type} in <span className="mono">{zone}</span>, by a
          real read that changes nothing, in {measuredText(tookMs)}
        </span>
      </div>
      <TrialFacts test={test} />
      <TestServers test={test} />
      <Warnings warnings={test.warnings} />
    </div>
  );
}

function TrialFacts({ test }: { readonly test: TestView }) {
  const { record, effectiveTtlSeconds } = test;
  return (
    <dl className="facts">
      <Fact word="May edit">{test.canEdit ? 'yes' : 'no'}</Fact>
      <Fact word="May mark">{test.canMark ? 'yes' : 'no: writes are fenced by the value alone'}</Fact>
      <Fact word="Holds" mono>
        {record.cname ? 'a CNAME' : addressesText(record.addresses)}
      </Fact>
      <Fact word="TTL">{record.ttlSeconds === null ? '–' : `${record.ttlSeconds} s`}</Fact>
      {effectiveTtlSeconds !== null && <Fact word="TTL to be">{`${effectiveTtlSeconds} s`}</Fact>}
      {record.proxied && <Fact word="Proxied">yes: the provider’s edge answers</Fact>}
      <Fact word="Mark" mono>
        {record.mark ?? 'none'}
      </Fact>
      {record.note !== null && <Fact word="Comment">{record.note}</Fact>}
    </dl>
  );
}

interface FactProps {
  readonly word: string;
  readonly mono?: boolean;
  readonly children: ReactNode;
}

export function Fact({ word, mono = false, children }: FactProps) {
  return (
    <div>
      <dt>{word}</dt>
      <dd className={mono ? 'mono wrap-anywhere' : 'wrap-anywhere'}>{children}</dd>
    </div>
  );
}

/** What a person should know, in the server’s words. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className="to-know">
      {warnings.map((warning) => (
        <li key={warning}>
          <StateShape shape="needs-you" />
          <span className="wrap-anywhere">{warning}</span>
        </li>
      ))}
    </ul>
  );
}
