import type { ReactNode } from 'react';

/** A short fact in a frame. `active`: the one filled with ink, a role and never a colour. */
export function Tag({ active = false, children }: { readonly active?: boolean; readonly children: ReactNode }) {
  return <span className={active ? 'tag active' : 'tag'}>{children}</span>;
}
