import { agentPaths, protocolVersion, type TokenRequest, tokenProofText } from '@serverctl/contract/agent';
import type { Plane, PlaneTrouble } from './plane.ts';
import type { Clock } from './platform/clock.ts';
import { parseNonceReply, parseTokenReply } from './replies.ts';

/*
 * The proof of who we are, kept short-lived (R35).
 *
 *   none --open()--> held: nonce, signature over it, token; boot is asked as `null` first,
 *                    later with the number we have, so that a renewal goes on in the same boot
 *   held --two thirds of its life--> held, and renewed in the background; beats go on with the old token
 *   held --its life is over, or forget(token)--> none
 *   any --forgetBoot(boot)--> none, and boot is asked as `null` anew, with the forgotten one beside it: so the control plane can tell this
 *                    run, which goes on, from a start; a reply about the forgotten boot changes nothing
 *
 * `seq` starts at 1 in each boot and rises with each beat that is made, sent or not.
 */
export interface Session {
  /** The present token, while it is valid. Starts a renewal when one is due. */
  current(): string | null;
  /** Proves the key. One at a time: a second caller gets the first one's outcome. Never rejects. */
  open(): Promise<OpenOutcome>;
  /** The control plane refused this token. Ignored when it is not the present one any more. */
  forget(token: string): void;
  /**
   * A newer boot than this one was issued: the next token is asked for a boot of its own. Without a number, the present boot is meant;
   * ignored for one that is not the present one any more.
   */
  forgetBoot(forgotten?: number): void;
  /** Numbers the next beat. */
  nextBeat(): { readonly boot: number; readonly seq: number };
}

export type OpenOutcome = { readonly kind: 'opened'; readonly boot: number } | PlaneTrouble;

export interface Signer {
  readonly memberId: string;
  /** Ed25519 signature of the UTF-8 bytes, base64url. */
  sign(text: string): string;
}

interface Held {
  readonly token: string;
  readonly renewAtMs: number;
  readonly expiresAtMs: number;
}

const longestTokenSeconds = 900;
const renewAtShare = 2 / 3;
/** A renewal that failed is tried again after this long; until the token ends, beats need none. */
const renewAgainMs = 5_000;

export function createSession(plane: Plane, signer: Signer, clock: Clock): Session {
  let held: Held | null = null;
  let boot: number | null = null;
  let superseded: number | null = null;
  let seq = 0;
  let opening: Promise<OpenOutcome> | null = null;
  let renewNotBeforeMs = 0;

  async function prove(): Promise<OpenOutcome> {
    const { memberId } = signer;
    const asked = await plane.call({ path: agentPaths.nonce, body: { memberId }, parse: parseNonceReply });
    if (asked.kind !== 'ok') return asked;
    const { nonce } = asked.reply;
    const wanted = boot;
    const signature = signer.sign(tokenProofText(nonce, memberId, wanted));
    const body: TokenRequest = {
      protocol: protocolVersion,
      memberId,
      nonce,
      signature,
      boot: wanted,
      ...(wanted === null && superseded !== null && { superseded }),
    };
    // Its life is counted from before the request, so that we never think it longer than the control plane does.
    const askedAtMs = clock.nowMs();
    const given = await plane.call({ path: agentPaths.token, body, parse: parseTokenReply }, asked.url);
    if (given.kind !== 'ok') return given;
    const { reply } = given;
    if (boot !== wanted) return { kind: 'opened', boot: reply.boot }; // forgotten meanwhile
    const lifeMs = Math.min(reply.expiresInSeconds, longestTokenSeconds) * 1_000;
    held = { token: reply.token, renewAtMs: askedAtMs + lifeMs * renewAtShare, expiresAtMs: askedAtMs + lifeMs };
    if (reply.boot !== boot) seq = 0;
    boot = reply.boot;
    superseded = null;
    return { kind: 'opened', boot };
  }

  function open(): Promise<OpenOutcome> {
    opening ??= prove().finally(() => {
      opening = null;
    });
    return opening;
  }

  return {
    open,
    current() {
      const nowMs = clock.nowMs();
      if (held === null || nowMs >= held.expiresAtMs) return null;
      if (nowMs >= held.renewAtMs && nowMs >= renewNotBeforeMs) {
        renewNotBeforeMs = nowMs + renewAgainMs;
        void open();
      }
      return held.token;
    },
    forget(token) {
      if (held?.token === token) held = null;
    },
    forgetBoot(forgotten) {
      if (forgotten !== undefined && forgotten !== boot) return;
      held = null;
      superseded = boot ?? superseded;
      boot = null;
    },
    nextBeat() {
      if (boot === null) throw new Error('a beat was numbered before the first token');
      seq += 1;
      return { boot, seq };
    },
  };
}
