import type { Access } from '@serverctl/core';

/** Who asks, proven. */
export type Principal =
  /** The administrator token, which is on the control plane's host only: the way in when nothing else works. */
  | { readonly kind: 'host'; readonly actor: 'host'; readonly access: Access }
  | {
      readonly kind: 'user';
      /** `user:<e-mail address>` */
      readonly actor: string;
      readonly access: Access;
      readonly userId: string;
      readonly sessionId: string;
      /** A dangerous action needs no new proof: the last is at most ten minutes old (R39). */
      readonly isSteppedUp: boolean;
    }
  | {
      readonly kind: 'token';
      /** `token:<name> of <owner>` */
      readonly actor: string;
      readonly access: Access;
      readonly tokenId: string;
    };

/** What came with a request. */
export interface Credential {
  readonly from: 'cookie' | 'bearer';
  readonly secret: string;
  /** Where from, for what is shown of its last use. */
  readonly peer: string;
  /** False: nobody does anything with it now, so a session that idles goes on idling. Left out, it is a use. */
  readonly isUse?: false;
}

export interface Authenticator {
  /** Null when it proves nobody: unknown, expired, revoked, of a disabled user. Rejects when the database does not answer. */
  prove(credential: Credential): Promise<Principal | null>;
  /** Whether the secret was proven lately, or begun. Looks nothing up, and is no proof: it may have ended since. */
  isKnown(secret: string): boolean;
  /** A session has begun under this token: nobody's flood keeps its first request waiting. */
  noteBegun(token: string): void;
}

/** What tells the kinds of secrets apart before anything is looked up. */
export const secretPrefixes = { host: 'sct_', session: 'scs_', token: 'sck_', link: 'scl_' } as const;
