/** What a token of the emulator may do. */
export type Right = 'edit' | 'read' | 'none';

/** A request as it arrived, with the right of a token that is known. */
export interface Arrived {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
  readonly right: Right;
}

/** JSON, and its status. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
