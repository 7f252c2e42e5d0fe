import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { ActDialog, RecordChange, type Said } from '../../ui/act-dialog.tsx';
import { NoSuchMember, useMember } from './kept-member.tsx';

/** The host is seen from a new address, as after a change of its NAT: exactly that one is allowed beside the others. */
export function AllowAddress({ pool, member: ref, onClose }: ActProps) {
  const member = useMember(pool, ref);
  // What was shown is what is allowed, though the host may be seen from yet another one by now.
  const [seen] = useState(member?.refusedBecause === 'ip' ? member.refusedSeen : null);
  const act = useAct((_: Said) => membersApi.allow(pool.id, member?.id ?? '', { address: seen ?? '' }));
  if (member === null) return <NoSuchMember onClose={onClose} />;
  const { hostname } = member;
  return (
    <ActDialog
      title={seen === null ? `Allow an address of ${hostname}?` : `Allow ${seen} for ${hostname}?`}
      lede={member.healthSentence}
      needsReason={false}
      keep="Keep refusing it"
      verb={seen === null ? 'Allow it' : `Allow ${seen}`}
      blocked={seen === null ? 'No heartbeat of it is refused for its address.' : null}
      act={act}
      onClose={onClose}
      done={() => (
        <p>
          {hostname} may be seen from {seen} from now on.
        </p>
      )}
    >
      {seen !== null && (
        <>
          <RecordChange lines={[{ sign: '+', text: seen, note: 'allowed beside the others' }]} />
          <p className="dim">
            Allow it only when this is the same host: after a change of its NAT, for example. Another host with its key
            would be let in.
          </p>
        </>
      )}
    </ActDialog>
  );
}
