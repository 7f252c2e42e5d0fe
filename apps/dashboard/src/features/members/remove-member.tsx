import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { membersApi } from '../../lib/api/members.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { NoSuchMember, useMember } from './kept-member.tsx';
import { costText } from './member-words.ts';

/** A member goes: its key is void, its history stays. The active one only with its records let go. */
export function RemoveMember({ pool, member: ref, onClose }: ActProps) {
  const member = useMember(pool, ref);
  const [isReleased, setReleased] = useState(false);
  const isActive = member !== null && pool.activeMemberId === member.id;
  const act = useAct((_: Said) => membersApi.remove(pool.id, member?.id ?? '', isActive && isReleased));
  if (member === null) return <NoSuchMember onClose={onClose} />;
  const { hostname } = member;
  return (
    <ActDialog
      title={`Remove ${hostname}?`}
      needsReason={false}
      typeName={hostname}
      keep={`Keep ${shortName(hostname)}`}
      verb={`Remove ${shortName(hostname)}`}
      destroys
      blocked={
        isActive && !isReleased ? 'It is active: make another member active first, or let the records go.' : null
      }
      act={act}
      onClose={onClose}
      done={() => (
        <div className="grid gap-3">
          <p>{hostname} is removed. On the host, as root:</p>
          <p>
            <Copy text="serverctl-agent uninstall" name="the line that removes the agent" />
          </p>
        </div>
      )}
    >
      <Part title="What will change">
        <p className="dim">Its key is revoked, its agent is heard no more, its history is kept.</p>
      </Part>
      {isActive && (
        <Part title="What it costs">
          <CheckField
            label="Let the records go as they are"
            hint="They keep naming this host, nobody is active any more, and nothing moves them: the failover of this pool ends."
            checked={isReleased}
            onChecked={setReleased}
          />
        </Part>
      )}
      {!isActive && (
        <Part title="What it costs">
          <p className="dim">{costText(pool, member)}</p>
        </Part>
      )}
    </ActDialog>
  );
}

/** A button's word stays short; the title has the whole. */
const shortName = (hostname: string): string => (hostname.length > 28 ? 'it' : hostname);
