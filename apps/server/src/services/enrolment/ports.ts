import type { AppError, MemberId } from '@serverctl/core';

/** An enrolment secret that was neither used nor replaced, and whom it is for. */
export interface OpenEnrolment {
  readonly enrolmentId: string;
  readonly memberId: MemberId;
  readonly poolId: string;
  readonly poolName: string;
  readonly hostname: string;
  readonly allowedEgress: readonly string[];
  /** By the store's clock. */
  readonly isExpired: boolean;
}

/** One use of a secret: the key that is to be the member's, and what the log says of it. */
export interface EnrolmentUse {
  /** SHA-256: the secret itself is nowhere (R34). */
  readonly secretHash: Uint8Array;
  readonly keyId: string;
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly peer: string;
  readonly agentVersion: string;
  readonly requestId: string;
}

/** Why the right secret does not help this host, or null. */
export type JudgeEnrolment = (open: OpenEnrolment) => AppError | null;

/** `refusal` is the judge's: the secret stays usable. */
export interface EnrolmentOutcome {
  readonly open: OpenEnrolment;
  readonly refusal: AppError | null;
}

export interface EnrolmentStore {
  /**
   * Finds the open enrolment of the secret, asks the judge, and when that refuses nothing uses the secret up, revokes the member's old key,
   * keeps the new one and ends a quarantine: one act, so a secret yields one key however many use it at once (I15, R34).
   * Throws `enrolment_secret_invalid` when the secret is unknown, used, replaced or its member removed, `enrolment_expired` when it is late.
   */
  use(use: EnrolmentUse, judge: JudgeEnrolment): Promise<EnrolmentOutcome>;
  /** Tells people of a host that came with the right secret and was refused: they have something to mend. */
  noteRefusal(open: OpenEnrolment, refusal: AppError): Promise<void>;
}
