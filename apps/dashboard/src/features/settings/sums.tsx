import type { ReactNode } from 'react';
import { type Shape, StateShape } from '../../ui/state.tsx';

/** Consequences, a line each. */
export function Sums({ children }: { readonly children: ReactNode }) {
  return <ul className="sums">{children}</ul>;
}

export function Sum({ shape, children }: { readonly shape: Shape; readonly children: ReactNode }) {
  return (
    <li>
      <StateShape shape={shape} />
      <span>{children}</span>
    </li>
  );
}
