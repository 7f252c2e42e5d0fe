import type { ReactNode } from 'react';

/** For things of one kind; boxes never nest. */
export function Box({ children, className = '' }: { readonly children: ReactNode; readonly className?: string }) {
  return <div className={`box ${className}`}>{children}</div>;
}

export interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
  /** At the right edge of the title's line. */
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A title, and what belongs to it: separated from others by space. */
export function Section({ id, title, hint, aside, className = '', children }: SectionProps) {
  return (
    <section className={className} aria-labelledby={id}>
      <div className="sec-h">
        <h2 id={id}>{title}</h2>
        {hint !== undefined && <span className="small dimmer hint">{hint}</span>}
        {aside}
      </div>
      {children}
    </section>
  );
}
