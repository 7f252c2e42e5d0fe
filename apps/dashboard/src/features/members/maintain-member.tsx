import type { MemberMaintained, MemberStatus, MemberView, PoolView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { instantText } from '../../lib/words.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { Segments } from '../../ui/segments.tsx';
import { NoSuchMember, useMember } from './kept-member.tsx';
import { Minutes, minutesIn } from './minutes.tsx';
import { SwitchPreview } from './switch-preview.tsx';

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

/** Whatever the preview shows is what is confirmed: the member, not "next", which may be another by now. */
function useSwitchPreview({ pool, member }: Omit<MaintainProps, 'onClose'>, isAsked: boolean) {
  return useQuery({
    queryKey: ['members', pool.id, 'switch-preview', member.id, pool.epoch, pool.status.nextInLine],
    queryFn: () =>
      membersApi.maintain(pool.id, member.id, {
        minutes: 1,
        reason: 'a preview changes nothing',
        onActive: 'switch',
        preview: true,
      }),
    enabled: isAsked,
    staleTime: 0,
  });
}

function Maintain({ pool, member, onClose }: MaintainProps) {
  // What is asked is decided when it opens: the act itself makes a standby of the active member.
  const [{ wasActive, wasMaintained }] = useState({
    wasActive: pool.activeMemberId === member.id,
    wasMaintained: member.maintenance !== null,
  });
  const [mode, setMode] = useState<Mode>('extend');
  const [minutesText, setMinutesText] = useState('30');
  const [onActive, setOnActive] = useState<OnActive>('switch');
  const minutes = minutesIn(minutesText);
  const isEnding = wasMaintained && mode === 'end';
  const asksSwitch = wasActive && !wasMaintained;
  const isSwitching = asksSwitch && onActive === 'switch';
  const preview = useSwitchPreview({ pool, member }, isSwitching);
  const move = preview.data?.preview ?? null;
  const act = useAct(({ reason }: Said): Promise<Outcome> => {
    if (isEnding) return membersApi.endMaintenance(pool.id, member.id);
    return membersApi.maintain(pool.id, member.id, {
      minutes: minutes ?? 0,
      reason,
      ...(asksSwitch && { onActive }),
      ...(isSwitching && move !== null && { expectNext: move.toMemberId }),
    });
  });
  const title = wasMaintained ? `Change the maintenance of ${member.hostname}?` : `Maintain ${member.hostname}?`;
  const blocked = isEnding
    ? null
    : minutes === null
      ? 'From 1 minute to 7 days.'
      : isSwitching && move === null
        ? 'Nobody to switch over to is known.'
        : null;
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
      act={act}
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
              <SwitchPreview pool={pool} preview={preview} />
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
