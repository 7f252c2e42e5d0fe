import type { PoolView } from '@serverctl/contract';
import { memberWords, poolStateWords } from '../../lib/pool/health-words.ts';
import { activeOf } from '../../lib/pool/names.ts';

/**
 * What changed between two looks at a pool, for readers: transitions only, no ages. In the order in which it happens: a trouble, the move,
 * and how far that is. Empty = nothing of the kind.
 */
export function transitionsOf(before: PoolView, now: PoolView): readonly string[] {
  const said: string[] = [];
  for (const member of now.status.members) {
    const was = before.status.members.find(({ id }) => id === member.id);
    const { word } = memberWords(member, now.preset);
    if (was !== undefined && memberWords(was, before.preset).word !== word) said.push(`${member.hostname}: ${word}.`);
  }
  const active = activeOf(now);
  if (before.activeMemberId !== now.activeMemberId && active !== null) said.push(`${active.hostname} is active now.`);
  if (before.status.state !== now.status.state)
    said.push(`${poolStateWords[now.status.state].word}: ${now.status.sentence}`);
  return said;
}
