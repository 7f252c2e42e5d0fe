import { formatMark, markName } from '@serverctl/core';
import { type ManualStep, type MoveByHand, onlyOneOf } from '../manual-step.ts';

/** Where the primary is and which key signs, as far as it is no secret. */
export interface Rfc2136Place {
  readonly host: string;
  readonly port: number;
  readonly keyName: string;
  readonly algorithm: string;
}

/**
 * The record moved by nsupdate, one script a member. The mark is left as it is and is the condition of the write: so nothing of a promotion
 * that this knows nothing of is written over, and the control plane takes the change for a person's (R18, R21).
 */
export function rfc2136ManualSteps(place: Rfc2136Place, move: MoveByHand): readonly ManualStep[] {
  const key = `${place.keyName} (${place.algorithm})`;
  return [
    {
      text: `Have the TSIG key ${key} in a file, as tsig-keygen prints it: its secret is not kept here. In what follows the file is called KEYFILE. nsupdate and dig belong to the package bind9-dnsutils.`,
      commands: [],
    },
    { text: 'Look at what stands there now: the address, and our mark beside it.', commands: lookups(place, move) },
    ...move.targets.map(({ hostname, address }) => ({
      text: `${onlyOneOf(move)}The ${move.ref.type} record of ${move.ref.name} to ${hostname}, ${address}. The mark stays as it is. nsupdate says nothing when it is done; clients follow within the TTL.`,
      commands: script(place, move, address),
    })),
    { text: whenRefused(move), commands: [] },
  ];
}

function lookups(place: Rfc2136Place, { ref }: MoveByHand): readonly string[] {
  const ask = `dig +short -p ${place.port} @${hostOf(place)}`;
  return [`${ask} ${ref.name} ${ref.type}`, `${ask} ${markName(ref)} TXT`];
}

/** The end of the here-document must begin its line, so nothing is indented. */
function script(place: Rfc2136Place, { ref, ttlSeconds, mark }: MoveByHand, address: string): readonly string[] {
  const condition =
    mark === null
      ? `prereq nxrrset ${markName(ref)}. TXT`
      : `prereq yxrrset ${markName(ref)}. TXT "${formatMark(mark)}"`;
  return [
    "nsupdate -v -k KEYFILE <<'END'",
    `server ${hostOf(place)} ${place.port}`,
    `zone ${ref.zone}.`,
    condition,
    `update delete ${ref.name}. ${ref.type}`,
    `update add ${ref.name}. ${ttlSeconds} ${ref.type} ${address}`,
    'send',
    'END',
  ];
}

function whenRefused({ ref, mark }: MoveByHand): string {
  if (mark === null)
    return `“update failed: YXRRSET”: nothing was changed, since a mark stands at ${markName(ref)} that is not known here: somebody else writes this name. Find out who, first.`;
  return `“update failed: NXRRSET”: nothing was changed, since the mark is not the one in the script. No mark at all: the key may not write marks, or somebody removed it; leave the line with prereq out. The same cp= and pool= with another epoch= or by=: a promotion that is not known here; look which member it chose, and put that text into the line. Another cp= or pool=: somebody else writes this name; find out who, first. A new mark of your own is no way out: one that the control plane did not write pauses the pool.`;
}

/** Goes into a shell: of what was stored as a host, only what hosts and addresses are written with. */
function hostOf({ host }: Rfc2136Place): string {
  return host.replace(/[^\w.:%-]/g, '');
}
