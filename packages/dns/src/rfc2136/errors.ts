import { AppError, type ErrorCode, type ErrorDetails, isAppError } from '@serverctl/core';
import { TransportError } from '../transport/transport-error.ts';
import type { Message } from '../wire/message.ts';
import { opcode, rcodeName } from '../wire/registry.ts';
import type { Proof } from '../wire/tsig.ts';
import { WireError } from '../wire/wire-error.ts';

/** A read may be repeated; an update without a believable reply may have happened (R19). */
export type RequestKind = 'read' | 'update';

/** Extended response codes in a TSIG (RFC 8945 section 3). */
export const tsigError = { badSig: 16, badKey: 17, badTime: 18 } as const;

/*
 *   rcode, signed                                | code
 *   REFUSED                                      | dns_not_allowed
 *   NOTAUTH                                      | dns_zone_not_served
 *   NOTZONE                                      | dns_name_not_in_zone
 *   NXRRSET, YXRRSET, NXDOMAIN, YXDOMAIN         | dns_rrset_drifted (to an update)
 *   SERVFAIL, NOTIMP, FORMERR and everything else| dns_server_failure
 */
const codeByRcode: Readonly<Record<string, ErrorCode>> = {
  REFUSED: 'dns_not_allowed',
  NOTAUTH: 'dns_zone_not_served',
  NOTZONE: 'dns_name_not_in_zone',
  NXRRSET: 'dns_rrset_drifted',
  YXRRSET: 'dns_rrset_drifted',
  NXDOMAIN: 'dns_rrset_drifted',
  YXDOMAIN: 'dns_rrset_drifted',
};

/** The failure that a proven reply with this rcode is. */
export function rcodeError(rcode: number, details: ErrorDetails): AppError {
  const name = rcodeName(rcode);
  return new AppError(codeByRcode[name] ?? 'dns_server_failure', { ...details, rcode: name, proven: true });
}

/** Whether the server itself, by its signature, forbade what was asked: only that may change what we do. */
export function isProvenRefusal(error: unknown): boolean {
  return isAppError(error, 'dns_not_allowed') && error.details['proven'] === true;
}

/**
 * The failure that a reply without a valid signature is. It says what is wrong with the key where the server told us, although nobody
 * vouches for it: nothing is done on its strength but telling a person.
 */
export function unprovenError(
  kind: RequestKind,
  reply: Pick<Message, 'opcode' | 'rcode'>,
  proof: Proof,
  details: ErrorDetails,
): AppError {
  const seen = { ...details, rcode: rcodeName(reply.rcode), proven: false };
  if (proof.kind === 'unsigned') {
    if (proof.error === tsigError.badKey) return new AppError('dns_tsig_unknown_key', seen);
    if (proof.error === tsigError.badSig) return new AppError('dns_tsig_wrong_secret', seen);
    if (proof.error === tsigError.badTime) return new AppError('dns_tsig_clock_skew', { ...seen, skewSeconds: null });
    const code = codeOfUnsigned(seen.rcode, reply.opcode === opcode.update);
    if (code !== null) return new AppError(code, seen);
  }
  const unproven = new AppError('dns_reply_unproven', { ...seen, because: proof.kind });
  return kind === 'update' ? new AppError('dns_outcome_unknown', { ...seen, because: 'unproven' }, unproven) : unproven;
}

/**
 * Servers that do not know the key, or no TSIG at all, cannot sign; a plain refusal is what some of them say (PowerDNS). NOTAUTH is Knot's
 * word for a zone that it does not serve, to an UPDATE; to a query it is PowerDNS's for a signature that it does not like.
 */
function codeOfUnsigned(rcode: string, isUpdate: boolean): ErrorCode | null {
  if (rcode === 'REFUSED') return 'dns_not_allowed';
  if (rcode === 'NOTAUTH' && isUpdate) return 'dns_zone_not_served';
  return rcode === 'SERVFAIL' || rcode === 'NOTIMP' || rcode === 'FORMERR' ? 'dns_server_failure' : null;
}

/** Translates what ended an exchange without a reply; anything else is a bug and is passed on as it is. */
export function exchangeError(kind: RequestKind, error: unknown, details: ErrorDetails): unknown {
  if (error instanceof TransportError) {
    const open = kind === 'update' && error.sent;
    return new AppError(open ? 'dns_outcome_unknown' : 'dns_unreachable', { ...details, because: error.words }, error);
  }
  if (!(error instanceof WireError)) return error;
  const malformed = new AppError('dns_reply_malformed', { ...details, because: error.message }, error);
  // Whoever answers nonsense to an update has received it, and may be a name server behind something that garbles.
  return kind === 'update'
    ? new AppError('dns_outcome_unknown', { ...details, because: 'malformed' }, malformed)
    : malformed;
}
