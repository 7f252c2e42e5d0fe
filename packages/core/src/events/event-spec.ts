import type { Permission } from '../access/permission.ts';

/** How urgent an event is: nothing to do, look at it by day, look at it now. */
export type EventSeverity = 'info' | 'warning' | 'critical';

/** What is true of every event of one kind. */
export interface EventSpec {
  /** The worst that it comes with: the same event is less urgent where less hangs on it. */
  readonly severity: EventSeverity;
  readonly summary: string;
  /** What one must be allowed to see it in the event log; left out, `event:read`, for its pool where it has one. */
  readonly seenWith?: Permission;
  /** The kind that says it is over; told to whom this one was told. */
  readonly recoveredBy?: string;
  /** Trouble of a member or pool: in its maintenance the loop tells nobody of it; the end of what was told before is told. */
  readonly isHealth?: true;
  /** For the event log only, always. */
  readonly isQuiet?: true;
}
