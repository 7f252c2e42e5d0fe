import { createLink } from '@tanstack/react-router';
import type { ComponentProps, MouseEvent } from 'react';

export interface WayProps extends ComponentProps<'a'> {
  /** Why it cannot be opened now, in words; null = it can. */
  readonly why: string | null;
}

/**
 * A link that is shown and off, with the reason, where what it leads to cannot be had. On or off it is the same element: another one would
 * lose the focus each time that the stream is lost.
 */
export const WayLink = createLink(function Way({ why, children, ...rest }: WayProps) {
  return (
    <a {...rest} {...(why !== null && { 'aria-disabled': true, title: why, onClick: stay })}>
      {children}
      {why !== null && <span className="vh">. {why}</span>}
    </a>
  );
});

const stay = (event: MouseEvent) => event.preventDefault();
