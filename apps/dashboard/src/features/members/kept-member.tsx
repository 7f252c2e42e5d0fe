import type { MemberStatus, PoolView } from '@serverctl/contract';
import { useState } from 'react';
import { CloseFoot, Dialog } from '../../ui/dialog.tsx';

/** By id or hostname, as it is now. */
export const memberOf = ({ status }: PoolView, ref: string | undefined): MemberStatus | null =>
  status.members.find(({ id, hostname }) => id === ref || hostname === ref) ?? null;

/** As it is now; once it is gone, as it was when the dialog opened: the result of a removal still has its name. */
export function useMember(pool: PoolView, ref: string | undefined): MemberStatus | null {
  const now = memberOf(pool, ref);
  const [first] = useState(now);
  return now ?? first;
}

export function NoSuchMember({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="There is no such member" foot={<CloseFoot onClose={onClose} />} onClose={onClose}>
      <p className="dim">It may have been removed meanwhile.</p>
    </Dialog>
  );
}
