import type { MemberMaintained, MemberStatus, MemberView, PoolView } from '@serverctl/contract';
import { useEffect, useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { type ActState, useAct } from '../../lib/act/use-act.ts';
import { useFresh } from '../../lib/act/use-fresh.ts';
import { useStale } from '../../lib/act/use-stale.ts';
import { membersApi } from '../../lib/api/members.ts';
import { Failure } from '../../lib/failure.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { minutesIn } from '../../lib/pool/maintenance-minutes.ts';
import { instantText } from '../../lib/words.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { Segments } from '../../ui/segments.tsx';
import { NoSuchMember, useMember } from './kept-member.tsx';
import { Minutes } from './minutes.tsx';
import { SwitchPreview } from './switch-preview.tsx';
import { useSwitchPreview } from './use-switch-preview.ts';

type OnActive = 'switch' | 'stay';
type Mode = 'extend' | 'end';

const onActiveChoices = [
  { value: 'switch', word: 'Switch over first' },
  { value: 'stay', word: 'Leave the records here' },
] as const;
const modes = [
  { value: 'extend', word: 'Extend it' },
  { value: 'end', word: 'End it now' },
] as const;

/** Seen and not acted on, until a time (R13). Of the active member the records move first, or stay: that is asked. */
export function MaintainMember({ pool, member: ref, onClose }: ActProps) {
  const member = useMember(pool, ref);
  if (member === null) return <NoSuchMember onClose={onClose} />;
  return <Maintain pool={pool} member={member} onClose={onClose} />;
}

interface MaintainProps {
  readonly pool: PoolView;
  readonly member: MemberStatus;
  readonly onClose: () => void;
}

function Maintain({ pool, member, onClose }: MaintainProps) {
  const [mode, setMode] = useState<Mode>('extend');
  const [minutesText, setMinutesText] = useState('30');
  const [onActive, setOnActive] = useState<OnActive>('switch');
  const minutes = minutesIn(minutesText);
  // What was shown as it was confirmed is what is sent, also after a proof that took a minute.
  const act = useAct((request: () => Promise<Outcome>) => request());
  const { wasActive, wasMaintained } = useWhatIsAsked(pool, member, act.state.kind);
  const isEnding = wasMaintained && mode === 'end';
  const asksSwitch = wasActive && !wasMaintained;
  const isSwitching = asksSwitch && onActive === 'switch';
  const preview = useSwitchPreview(pool, member.id, isSwitching);
  const question = useFresh([`${wasActive} ${wasMaintained}`]);
  const stale = useStale();
  useLooksAgain(act.state, preview.again);
  function send(reason: string): Promise<Outcome> {
    if (isEnding) return membersApi.endMaintenance(pool.id, member.id);
    return membersApi.maintain(pool.id, member.id, {
      minutes: minutes ?? 0,
      reason,
      ...(asksSwitch && { onActive }),
      // Whatever the preview shows is what is confirmed: that member, not "next", which may be another by now.
      ...(isSwitching && preview.toMemberId !== null && { expectNext: preview.toMemberId }),
    });
  }
  const title = wasMaintained ? `Change the maintenance of ${member.hostname}?` : `Maintain ${member.hostname}?`;
  const lack = isEnding ? null : minutes === null ? 'From 1 minute to 7 days.' : isSwitching ? preview.lack : null;
  const blocked = stale ?? (question.isJustNow ? 'What is asked changed just now.' : lack);
  return (
    <ActDialog
      title={title}
      lede="While it lasts it is no candidate, and nothing moves away from it. It ends by itself."
      needsReason={!isEnding}
      keep="Keep it as it is"
      verb={
        isEnding
          ? 'End the maintenance'
          : wasMaintained
            ? 'Extend the maintenance'
            : isSwitching
              ? 'Switch over, then maintain'
              : 'Begin the maintenance'
      }
      blocked={blocked}
      act={{ ...act, run: ({ reason }) => act.run(() => send(reason)) }}
      onClose={onClose}
      done={(outcome) => <Done outcome={outcome} hostname={member.hostname} isEnded={isEnding} />}
    >
      {wasMaintained && <Segments label="What shall become of it" choices={modes} chosen={mode} onChoose={setMode} />}
      {!isEnding && <Minutes text={minutesText} onText={setMinutesText} />}
      {asksSwitch && (
        <Part title="It is active: where shall clients go?">
          <Segments label="Where clients go" choices={onActiveChoices} chosen={onActive} onChoose={setOnActive} />
          <div className="mt-3">
            {isSwitching ? (
              <SwitchPreview preview={preview} />
            ) : (
              <p className="dim">
                Clients are still sent to {member.hostname}. If it stops serving meanwhile, nothing moves them away.
              </p>
            )}
          </div>
        </Part>
      )}
    </ActDialog>
  );
}

/** As the member is now: what no longer holds must not be asked. Once it is sent it stays, since the act itself makes a standby of the active one. */
function useWhatIsAsked(pool: PoolView, member: MemberStatus, kind: ActState<Outcome>['kind']) {
  const [asked, setAsked] = useState({ wasActive: false, wasMaintained: false });
  const now = { wasActive: pool.activeMemberId === member.id, wasMaintained: member.maintenance !== null };
  const isOpen = kind === 'ready' || kind === 'failed';
  const isOther = asked.wasActive !== now.wasActive || asked.wasMaintained !== now.wasMaintained;
  if (isOpen && isOther) setAsked(now);
  return isOpen ? now : asked;
}

/** Refused since the pool is another by now: what is shown has to be the present. */
function useLooksAgain(state: ActState<Outcome>, again: () => void): void {
  const isChanged = state.kind === 'failed' && state.error instanceof Failure && state.error.code === 'pool_changed';
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal, whatever `again` is by then
  useEffect(() => {
    if (isChanged) again();
  }, [isChanged]);
}

type Outcome = MemberMaintained | MemberView;

function Done({
  outcome,
  hostname,
  isEnded,
}: {
  readonly outcome: Outcome;
  readonly hostname: string;
  readonly isEnded: boolean;
}) {
  const { store } = useLiveStore();
  if (isEnded || !('member' in outcome))
    return <p>The maintenance of {hostname} is over; it is judged like any other again.</p>;
  const { member, promotion } = outcome;
  const until = member.status.maintenance?.until;
  return (
    <div className="grid gap-2">
      <p>
        {hostname} is in maintenance{until !== undefined && ` until ${instantText(until, store.serverNowMs())}`}.
      </p>
      {promotion !== null && <p className="dim">{promotion.sentence}</p>}
    </div>
  );
}
