import type { ReactNode } from 'react';
import { type Shape, StateShape, toneOf } from './state.tsx';

/** A bar that says one thing, and what to do about it. `alert`: readers are told at once. */
export function Note({
  shape,
  alert = false,
  children,
}: {
  readonly shape: Shape;
  readonly alert?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <div className={`note ${toneOf[shape]}`} role={alert ? 'alert' : undefined}>
      <StateShape shape={shape} />
      <div className="grow">{children}</div>
    </div>
  );
}
