import { durationText, type MemberId } from '@serverctl/core';
import type { Notice, PoolWithMembers } from './ports.ts';
import type { EndedSilence } from './silence-log.ts';

/*
 * Every silence of more than 3 s is in the event log, with its true and its proven length (R2): afterwards a person can see what we could
 * hear. Nobody is told. After an outage of ours thousands end at once: those share a few events.
 */

/** More than these in one turn are told together. */
const mostSingle = 20;
const mostPerNotice = 250;

interface Named extends EndedSilence {
  readonly hostname: string;
  readonly poolId: PoolWithMembers['pool']['id'];
}

/** One quiet notice for each silence, or one for many. */
export function silenceNotices(ended: readonly EndedSilence[], rows: readonly PoolWithMembers[]): readonly Notice[] {
  if (ended.length === 0) return [];
  const silences = named(ended, rows);
  if (silences.length <= mostSingle) return silences.map(ofOne);
  const chunks = Array.from({ length: Math.ceil(silences.length / mostPerNotice) }, (_, index) =>
    silences.slice(index * mostPerNotice, (index + 1) * mostPerNotice),
  );
  return chunks.map(ofMany);
}

/** A member that is no longer registered has no name to tell. */
function named(ended: readonly EndedSilence[], rows: readonly PoolWithMembers[]): readonly Named[] {
  const known = new Map<MemberId, Pick<Named, 'hostname' | 'poolId'>>(
    rows.flatMap(({ pool, members }) =>
      members.map(({ id, hostname }) => [id, { hostname, poolId: pool.id }] as const),
    ),
  );
  return ended.flatMap((silence) => {
    const member = known.get(silence.memberId);
    return member === undefined ? [] : [{ ...silence, ...member }];
  });
}

function ofOne({ memberId, poolId, hostname, trueMs, provenMs, isOpenEnded }: Named): Notice {
  const atLeast = isOpenEnded ? 'at least ' : '';
  return {
    kind: 'member.silence',
    severity: 'info',
    poolId,
    memberId,
    sentence: `${hostname} is heard again after a silence of ${atLeast}${durationText(trueMs)}, of which ${durationText(provenMs)} are proven.`,
    details: { trueMs: Math.round(trueMs), provenMs: Math.round(provenMs), isOpenEnded },
    quiet: true,
  };
}

function ofMany(silences: readonly Named[]): Notice {
  const longestMs = Math.max(...silences.map(({ trueMs }) => trueMs));
  const details = silences.map(({ memberId, trueMs, provenMs, isOpenEnded }) => {
    return { memberId, trueMs: Math.round(trueMs), provenMs: Math.round(provenMs), isOpenEnded };
  });
  return {
    kind: 'member.silence',
    severity: 'info',
    poolId: null,
    memberId: null,
    sentence: `${silences.length} members are heard again at once; the longest silence was ${durationText(longestMs)}.`,
    details: { silences: details },
    quiet: true,
  };
}
