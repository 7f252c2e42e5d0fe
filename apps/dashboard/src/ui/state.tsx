import type { ReactNode } from 'react';

/** What a state is drawn as: its outline says it without colour (DESIGN.md, section 5). */
export type Shape =
  | 'healthy'
  | 'lost'
  | 'inactive'
  | 'unknown'
  | 'refused'
  | 'maintenance'
  | 'needs-you'
  | 'not-applicable'
  | 'running'
  /** Not done, and what comes next. */
  | 'current';

/** The role of a colour; each shape has its own. */
export type Tone = 'ok' | 'warn' | 'fail' | 'maint' | 'unknown' | 'run';

export const toneOf: Readonly<Record<Shape, Tone>> = {
  healthy: 'ok',
  lost: 'fail',
  inactive: 'fail',
  unknown: 'unknown',
  refused: 'warn',
  maintenance: 'maint',
  'needs-you': 'warn',
  'not-applicable': 'unknown',
  running: 'run',
  current: 'run',
};

const round = { strokeLinecap: 'round', strokeLinejoin: 'round' } as const;
const cutOut = { fill: 'none', stroke: 'var(--surface)', ...round } as const;
const outline = { fill: 'none', stroke: 'currentColor', ...round } as const;

const drawings: Readonly<Record<Shape, ReactNode>> = {
  healthy: (
    <>
      <circle cx="7" cy="7" r="6.5" fill="currentColor" />
      <path d="M4.2 7.2 6.2 9.2 9.9 5.2" strokeWidth="1.6" {...cutOut} />
    </>
  ),
  lost: (
    <>
      <path d="M4.3.7h5.4l3.6 3.6v5.4l-3.6 3.6H4.3L.7 9.7V4.3z" fill="currentColor" />
      <path d="M4.8 4.8l4.4 4.4M9.2 4.8 4.8 9.2" strokeWidth="1.6" {...cutOut} />
    </>
  ),
  inactive: (
    <>
      <rect x=".8" y=".8" width="12.4" height="12.4" rx="3" fill="currentColor" />
      <path d="M7 3.8v3.9M7 10.1v.1" strokeWidth="1.8" {...cutOut} />
    </>
  ),
  unknown: (
    <circle cx="7" cy="7" r="5.7" strokeWidth="1.6" {...outline} strokeLinecap="butt" strokeDasharray="2.6 1.9" />
  ),
  refused: (
    <>
      <circle cx="7" cy="7" r="6.5" fill="currentColor" />
      <path d="M4 7h6" strokeWidth="1.9" {...cutOut} />
    </>
  ),
  maintenance: (
    <>
      <rect x=".8" y=".8" width="12.4" height="12.4" rx="6.2" strokeWidth="1.5" {...outline} />
      <path d="M5.4 4.6v4.8M8.6 4.6v4.8" strokeWidth="1.7" {...outline} />
    </>
  ),
  'needs-you': (
    <>
      <path d="M7 .9 13.4 12.4a.6.6 0 0 1-.5.8H1.1a.6.6 0 0 1-.5-.8z" fill="currentColor" />
      <path d="M7 5.2v3.4M7 10.7v.1" strokeWidth="1.5" {...cutOut} />
    </>
  ),
  'not-applicable': <circle cx="7" cy="7" r="5.7" strokeWidth="1.6" {...outline} />,
  current: (
    <>
      <circle cx="7" cy="7" r="5.7" strokeWidth="1.6" {...outline} />
      <circle cx="7" cy="7" r="2.7" fill="currentColor" />
    </>
  ),
  running: (
    <>
      <circle cx="7" cy="7" r="5.7" strokeWidth="1.8" opacity=".28" {...outline} />
      <path d="M7 1.3A5.7 5.7 0 0 1 12.7 7" strokeWidth="1.8" {...outline} />
    </>
  ),
};

/** The lines of a shape, for a drawing that has its own frame of 14 by 14. */
export const StateDrawing = ({ shape }: { readonly shape: Shape }) => drawings[shape];

/** The shape alone, for where the word stands beside it. */
export function StateShape({ shape, className = '' }: { readonly shape: Shape; readonly className?: string }) {
  return (
    <svg className={`glyph ${toneOf[shape]} ${className}`} viewBox="0 0 14 14" aria-hidden="true">
      {drawings[shape]}
    </svg>
  );
}

export interface StateWordProps {
  readonly shape: Shape;
  readonly children: ReactNode;
  /** The word in ink, for what is merely as it should be. */
  readonly calm?: boolean;
  readonly className?: string;
}

/** A state in words, with its shape. Colour is the third sign. */
export function StateWord({ shape, children, calm = false, className = '' }: StateWordProps) {
  return (
    <span className={`st ${toneOf[shape]} ${calm ? 'calm' : ''} ${className}`}>
      <StateShape shape={shape} />
      {children}
    </span>
  );
}
