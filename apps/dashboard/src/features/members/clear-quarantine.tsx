import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { utcText } from '../../lib/words.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { ActLink } from '../../ui/act-link.tsx';
import { Part } from '../../ui/dialog.tsx';
import { NoSuchMember, useMember } from './kept-member.tsx';

/** A person found out which of two hosts is the member (R35). */
export function ClearQuarantine({ pool, member: ref, onClose }: ActProps) {
  const member = useMember(pool, ref);
  const act = useAct(({ reason }: Said) => membersApi.clearQuarantine(pool.id, member?.id ?? '', { reason }));
  if (member === null) return <NoSuchMember onClose={onClose} />;
  const { hostname, quarantined } = member;
  return (
    <ActDialog
      title={`Clear the quarantine of ${hostname}?`}
      needsReason
      keep="Keep it in quarantine"
      verb="Clear the quarantine"
      blocked={quarantined === null ? 'It is not in quarantine.' : null}
      act={act}
      onClose={onClose}
      done={() => <p>{hostname} is out of quarantine and is judged like any other again.</p>}
    >
      {quarantined !== null && (
        <Part title="Why it is there">
          <p className="dim">
            {quarantined.reason ?? 'Two hosts were heard with its key.'} Since {utcText(quarantined.since)}.
          </p>
        </Part>
      )}
      <p className="dim">
        Do it only when the other host with its key is gone for good. If both are still there, enrol the right one anew:
        that makes a new key and ends the quarantine.{' '}
        <ActLink act="enrol-member" member={member.id} size="tiny">
          New install line…
        </ActLink>
      </p>
    </ActDialog>
  );
}
