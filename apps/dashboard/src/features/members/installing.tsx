import type { EnrolmentView, MemberView, PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useStale } from '../../lib/act/use-stale.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { systemClock } from '../../platform/clock.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import { progressQuery } from './queries.ts';
import { isThere } from './steps.ts';
import { WhatWeSee } from './what-we-see.tsx';

export interface InstallingProps {
  readonly title: string;
  readonly pool: PoolView;
  readonly member: MemberView;
  readonly enrolment: EnrolmentView;
  readonly another: ReactNode;
  /** Where a new line is made once this one does not work any more. */
  readonly renew: ReactNode;
  readonly onClose: () => void;
}

/** The line, its secret apart from it (R34), and what we see of the host meanwhile. */
export function Installing({ title, pool, member, enrolment, another, renew, onClose }: InstallingProps) {
  const [isWaiting, setWaiting] = useState(true);
  const progress = useQuery(progressQuery(pool.id, member.id, isWaiting));
  const stale = useStale();
  const isDone = progress.data !== undefined && isThere(progress.data);
  if (isDone === isWaiting) setWaiting(!isDone);
  const foot = (
    <>
      <span className="small dim grow">
        {isDone
          ? 'It is there.'
          : (stale ?? 'You may close this. The card turns live by itself; the secret is not shown again.')}
      </span>
      {another}
      <Button kind={isDone ? 'prime' : 'plain'} onClick={onClose}>
        {isDone ? 'Done' : 'Close'}
      </Button>
    </>
  );
  return (
    <Dialog
      title={title}
      lede="Paste a line and a secret on the host. This page notices by itself."
      foot={foot}
      onClose={onClose}
    >
      <Facts member={member} />
      {[...enrolment.warnings, ...member.warnings].map((warning) => (
        <Note key={warning} shape="needs-you">
          {warning}
        </Note>
      ))}
      <Line enrolment={enrolment} isUsed={progress.data?.line?.usedAt != null} renew={renew} />
      <WhatWeSee pool={pool} memberId={member.id} progress={progress} />
    </Dialog>
  );
}

function Facts({ member }: { readonly member: MemberView }) {
  const { hostname, allowedEgress, publicIpv4, publicIpv6, template } = member;
  return (
    <dl className="facts3">
      <div>
        <dt>Hostname</dt>
        <dd className="mono">{hostname}</dd>
      </div>
      <div>
        <dt>May call from</dt>
        <dd className="mono">{allowedEgress.join(', ')}</dd>
      </div>
      <div>
        <dt>Public address</dt>
        <dd className="mono">{[publicIpv4, publicIpv6].filter((one) => one !== null).join(', ') || 'as it is seen'}</dd>
      </div>
      <div>
        <dt>Role</dt>
        <dd>{template === 'haproxy-balancer' ? 'HAProxy balancer' : 'Linux server'}</dd>
      </div>
    </dl>
  );
}

interface LineProps {
  readonly enrolment: EnrolmentView;
  readonly isUsed: boolean;
  readonly renew: ReactNode;
}

/** What was used or has ended is worth nothing any more, and is on the page no longer. */
function Line({ enrolment: { command, secret, expiresAt }, isUsed, renew }: LineProps) {
  const script = scriptPathIn(command);
  const isOver = useIsPast(expiresAt);
  if (isUsed) return <p className="dim">The secret was used, and is shown no more.</p>;
  if (isOver)
    return (
      <Note shape="needs-you" alert>
        <b>The secret has ended unused.</b> The line does not work any more. {renew}
      </Note>
    );
  return (
    <div>
      <div className="lbl2">
        <h3>1. Run this on the host as root</h3>
        <CopyButton text={command} size="tiny">
          Copy line
        </CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box takes the focus (WCAG 2.1.1) */}
      {/* biome-ignore lint/a11y/useSemanticElements: it is no set of form fields */}
      <pre className="code line" tabIndex={0} role="group" aria-label="The install line">
        {command}
      </pre>
      <Secret secret={secret} expiresAt={expiresAt} />
      <p className="tiny dimmer mt-2">
        It downloads the agent from this control plane, checks its SHA-256, makes a key on the host, and starts a
        systemd unit.{' '}
        {script !== null && (
          <a href={`${script}?read`} target="_blank" rel="noreferrer">
            Read the script first
          </a>
        )}
      </p>
    </div>
  );
}

function Secret({ secret, expiresAt }: Pick<EnrolmentView, 'secret' | 'expiresAt'>) {
  const { store } = useLiveStore();
  const [offsetMs] = useState(() => store.get().serverOffsetMs);
  const [isShown, setShown] = useState(false);
  return (
    <>
      <div className="lbl2 mt-3">
        <h3>2. Paste this when it asks</h3>
        <span>
          one use, ends in <Countdown at={expiresAt} serverOffsetMs={offsetMs} />
        </span>
        <span className="grow" />
        <Button size="tiny" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
        </Button>
        <CopyButton text={secret} size="tiny">
          Copy secret
        </CopyButton>
      </div>
      <pre className="code" data-secret={isShown ? 'shown' : 'hidden'}>
        {isShown ? secret : `${secret.slice(0, 4)}…hidden…${secret.slice(-4)}`}
      </pre>
    </>
  );
}

const mostMs = 2 ** 31 - 1;

/** Whether an instant of the server's clock has passed. */
function useIsPast(at: string): boolean {
  const { store } = useLiveStore();
  const [isPast, setPast] = useState(() => Date.parse(at) <= store.serverNowMs());
  useEffect(() => {
    const leftMs = Math.max(0, Date.parse(at) - store.serverNowMs());
    return systemClock.after(Math.min(mostMs, leftMs), () => setPast(leftMs <= mostMs));
  }, [at, store]);
  return isPast;
}

/** Where the line downloads its script from, at this control plane. */
function scriptPathIn(command: string): string | null {
  const [address] = /https?:\/\/[^\s'"]+/.exec(command) ?? [];
  return address === undefined ? null : new URL(address).pathname;
}
