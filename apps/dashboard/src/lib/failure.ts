import type { ErrorBody } from '@serverctl/contract';

/** A refusal of the API, in the catalogue's words; or what the page itself says when nobody answered. */
export class Failure extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly details: ErrorBody['error']['details'];
  /** 0 = nothing answered. */
  readonly status: number;
  /** For whoever reads the server's log; null where nothing answered. */
  readonly requestId: string | null;

  constructor(error: ErrorBody['error'], status: number) {
    super(error.message);
    this.name = 'Failure';
    this.code = error.code;
    this.remedy = error.remedy;
    this.details = error.details;
    this.status = status;
    this.requestId = error.requestId === '' ? null : error.requestId;
  }
}

/** Nobody who asks like this is known: the session is over, or there never was one. */
export const needsSignIn = (error: unknown): boolean =>
  error instanceof Failure && ['token_missing', 'token_invalid', 'session_ended'].includes(error.code);

/** Known, and not allowed. */
export const isRefused = (error: unknown): boolean => error instanceof Failure && error.status === 403;

/** Nothing answered: neither yes nor no. */
export const unreachable = (): Failure =>
  new Failure(
    {
      code: 'control_plane_unreachable',
      message: 'The control plane does not answer.',
      remedy: 'Your pools keep serving. Check the network between you and it, then try again.',
      details: {},
      requestId: '',
    },
    0,
  );

/** A change was asked for, and no word of it came back: it may have happened all the same. */
export const outcomeUnknown = (): Failure =>
  new Failure(
    {
      code: 'outcome_unknown',
      message: 'It is not known whether this was done.',
      remedy: 'Look at the events before you try again.',
      details: {},
      requestId: '',
    },
    0,
  );

/** Something answered, and not as a control plane does: a proxy, most likely. */
export const unexpectedReply = (status: number): Failure =>
  new Failure(
    {
      code: 'reply_unexpected',
      message: `The reply is not one of a control plane (HTTP ${status}).`,
      remedy: 'Look at what stands between you and it: a proxy may have answered in its place.',
      details: {},
      requestId: '',
    },
    status,
  );
